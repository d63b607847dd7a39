/** What the server does under too many requests, and when it stops. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { startTestEngine } from '../../../support/engine/engine.ts';
import { until } from '../../../support/until.ts';

const BODY = '{"csl":".show version"}';
const headTo = (url: string) =>
  `POST /v1/rest/mgmt HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`;

async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

it('answers 429 while a thousand requests are under way, and answers again when they are gone', async () => {
  const engine = await startTestEngine();
  const sockets: Socket[] = [];
  for (let index = 0; index < 1000; index++) {
    const socket = await open(engine.url);
    socket.write(headTo(engine.url));
    sockets.push(socket);
  }
  let response = await fetch(`${engine.url}/health`);
  await until(async () => {
    response = await fetch(`${engine.url}/health`);
    return response.status !== 200;
  });
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(await response.json()).toMatchObject({ error: { code: 'TooManyRequests', '@permanent': false } });
  for (const socket of sockets) socket.destroy();
  await until(async () => {
    response = await fetch(`${engine.url}/health`);
    return response.status !== 429;
  });
  expect(response.status).toBe(200);
  await engine.close();
});

it('answers the requests under way when it stops, and no others', async () => {
  const engine = await startTestEngine();
  const socket = await open(engine.url);
  socket.write(headTo(engine.url));
  await fetch(`${engine.url}/health`);
  const closed = engine.close();
  const answer = once(socket, 'data');
  socket.write(BODY);
  const [data] = await answer;
  expect(String(data)).toMatch(/^HTTP\/1.1 200/);
  expect(String(data)).toMatch(/connection: close/i);
  await closed;
  await expect(fetch(`${engine.url}/health`)).rejects.toThrow();
});
