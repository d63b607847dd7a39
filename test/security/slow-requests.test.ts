/** A client that sends little by little does not occupy a server; on every port, over real sockets. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { startDevhost } from '../../devhost/server.ts';
import { serverLimits } from '../../net/server-limits.ts';
import { startTestApp } from '../support/backend.ts';
import { dataFolder } from '../support/engine/data-folder.ts';
import { startTestEngine } from '../support/engine/engine.ts';
import { answerOf, startKustoProxy } from '../support/engine/kusto-proxy.ts';
import { rawRequest } from '../support/security/raw-request.ts';

// For this file alone; the servers read them when they start.
Object.assign(serverLimits, { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 });

type Port = 'api' | 'engine' | 'page' | 'files';
let origins: Readonly<Record<Port, string>>;
const stops: (() => unknown)[] = [];

beforeAll(async () => {
  const pages = dataFolder();
  for (const folder of ['extension', 'devhost/page'])
    mkdirSync(join(pages.path, folder), { recursive: true });
  writeFileSync(join(pages.path, 'devhost/page', 'index.html'), 'the page');
  const kusto = await startKustoProxy(undefined, answerOf(['Found'], [[false]]));
  const api = await startTestApp(kusto.url, 'D');
  const engine = await startTestEngine();
  const extensionDir = join(pages.path, 'extension');
  const devhost = await startDevhost({
    port: 0,
    extensionPort: 0,
    apiUrl: api.url,
    extensionDir,
    builds: [],
  });
  stops.push(devhost.close, engine.close, api.close, kusto.close, pages.remove);
  origins = { api: api.url, engine: engine.url, page: devhost.origin, files: devhost.extensionOrigin };
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

/** Sends `start`, then `more` again and again until the server closes; all that it has answered. */
function trickle(origin: string, start: string | Buffer, more: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(start));
    const timer = setInterval(() => socket.write(more), 40);
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(answer);
    });
  });
}

describe.each<Port>(['api', 'engine', 'page', 'files'])('the %s', (port) => {
  it('ends a request whose headers trickle', async () => {
    const answer = await trickle(origins[port], 'GET / HTTP/1.1\r\n', 'x: y\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('The request did not arrive in time.');
  });

  it('ends a request whose body trickles', async () => {
    const path = port === 'engine' ? '/v2/rest/query' : '/gates/v1/evaluations';
    const headers = {
      'content-type': 'application/json',
      'content-length': '1000',
      connection: 'keep-alive',
    };
    const request = rawRequest(origins[port], { method: 'POST', path, headers });
    // Servers that read no body answer before it has arrived.
    expect(await trickle(origins[port], request, ' ')).toMatch(/^HTTP\/1\.1 (408|413) /);
  });

  it('ends a connection on which nothing is sent', async () => {
    expect(await trickle(origins[port], '', '')).toMatch(/^HTTP\/1\.1 408 /);
  });
});
