/** The connection to Redis, on a real server that is killed, frozen and started again. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { openRedis, type RedisConnection, RedisError } from '../../../backend/redis/connection.ts';
import { startRedis, type TestRedis } from '../../support/redis/redis.ts';
import { until } from '../../support/until.ts';

let server: TestRedis;
let redis: RedisConnection;
let changes: (string | undefined)[];

beforeAll(async () => {
  server = await startRedis();
});

beforeEach(() => {
  redis = openRedis({ url: server.url, auth: { mode: 'url' } });
  changes = [];
  redis.onChange((reason) => changes.push(reason));
});

afterEach(() => redis.close());
afterAll(() => server.close());

const ping = (): Promise<string> => redis.run((commands) => commands.ping());
const isUp = (): Promise<boolean> =>
  ping().then(
    () => true,
    () => false,
  );
const failure = async (): Promise<string> => {
  const error: unknown = await ping().catch((reason: unknown) => reason);
  if (error instanceof RedisError) return error.message;
  throw new Error(`was answered: ${error}`);
};

it('runs commands', async () => {
  await until(isUp);
  await redis.run((commands) => commands.set('key', 'value'));
  expect(await redis.run((commands) => Promise.all([commands.get('key'), commands.get('other')]))).toEqual([
    'value',
    null,
  ]);
});

it('fails while Redis is killed, says so once, and works again when it is back', async () => {
  await until(isUp);
  await server.kill();
  for (let i = 0; i < 20; i++) await failure();
  await server.start();
  await until(isUp);
  expect(changes).toEqual([expect.any(String), undefined]);
});

it('fails while Redis is frozen, soon without asking it, and works again when it is back', async () => {
  await until(isUp);
  server.freeze();
  const reasons: string[] = [];
  for (let i = 0; i < 10; i++) reasons.push(await failure());
  server.thaw();
  await until(isUp);
  expect(reasons[0]).toBe('Redis did not answer: no answer within 50 ms');
  expect(reasons.at(-1)).toBe('Redis did not answer: it failed lately and is not called for a moment');
  expect(changes).toEqual([expect.any(String), undefined]);
});

it('has a bounded number of commands under way', async () => {
  await until(isUp);
  server.freeze();
  const reasons = await Promise.all(Array.from({ length: 300 }, failure));
  server.thaw();
  await until(isUp);
  expect(reasons.filter((reason) => reason.includes('too many commands'))).toHaveLength(300 - 256);
});

it('does not take a refused command for an outage', async () => {
  await until(isUp);
  for (let i = 0; i < 10; i++)
    await expect(redis.run((commands) => commands.sendCommand(['NO SUCH COMMAND']))).rejects.toThrow(
      /^Redis did not answer: ERR unknown command/,
    );
  expect(await ping()).toBe('PONG');
  expect(changes).toEqual([]);
});

it('starts without Redis, and finds it later', async () => {
  await server.kill();
  const early = openRedis({ url: server.url, auth: { mode: 'url' } });
  const pong = (): Promise<string> => early.run((commands) => commands.ping());
  await expect(pong()).rejects.toThrow(RedisError);
  await server.start();
  await until(() =>
    pong().then(
      () => true,
      () => false,
    ),
  );
  early.close();
  await expect(pong()).rejects.toThrow(RedisError);
});

it('replaces a connection whose other end is gone without a word', async () => {
  const sockets: Socket[] = [];
  const between = createServer((socket) => {
    const onward = connect(server.port, '127.0.0.1');
    sockets.push(socket, onward);
    for (const end of [socket, onward]) end.on('error', () => undefined);
    socket.pipe(onward).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(between, 'listening');
  const { port } = between.address() as { port: number };
  const other = openRedis({ url: `redis://127.0.0.1:${port}`, auth: { mode: 'url' } }, { silentMs: 200 });
  const answers = (): Promise<boolean> =>
    other
      .run((commands) => commands.ping())
      .then(
        () => true,
        () => false,
      );
  await until(answers);
  for (const socket of sockets) socket.unpipe().pause();
  await until(async () => !(await answers()));
  await until(answers);
  expect(sockets.length).toBe(4);
  other.close();
  for (const socket of sockets) socket.destroy();
  between.close();
});

it('receives what is published, and says where messages may be missing', async () => {
  await until(isUp);
  const messages: string[] = [];
  let gaps = 0;
  redis.subscribe(
    'channel',
    (message) => messages.push(message),
    () => gaps++,
  );
  const published = async (): Promise<boolean> =>
    (await redis.run((commands) => commands.publish('channel', 'first')).catch(() => 0)) === 1;
  await until(published);
  await until(() => messages.includes('first'));
  expect(gaps).toBe(0);
  await server.kill();
  await server.start();
  await until(() => gaps === 1);
  await until(published);
  await until(() => messages.length === 2);
});
