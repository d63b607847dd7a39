/** Signing in to Redis with tokens, on a real server with a user and a stand-in of the host's identity endpoint. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openRedis } from '../../../backend/redis/connection.ts';
import { startRedis, type TestRedis } from '../../support/redis/redis.ts';
import { until } from '../../support/until.ts';

let redis: TestRedis;
let server: Server;
let issued: string[];
let lifetimeSeconds: number;

/** A token as Entra's look, for the object id that is the user's name. */
const tokenOf = (number: number): string =>
  ['{}', JSON.stringify({ oid: 'an-object-id', number }), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

beforeAll(async () => {
  redis = await startRedis();
  server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://host');
    issued.push(`${searchParams.get('resource')} ${searchParams.get('client_id')}`);
    response.setHeader('content-type', 'application/json').end(
      JSON.stringify({
        access_token: tokenOf(issued.length),
        expires_on: String(Math.floor(Date.now() / 1000) + lifetimeSeconds),
        resource: searchParams.get('resource'),
        token_type: 'Bearer',
      }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, {
    IDENTITY_ENDPOINT: `http://127.0.0.1:${port}`,
    IDENTITY_HEADER: 'secret',
  });
});

beforeEach(async () => {
  issued = [];
  lifetimeSeconds = 86_400;
  const passwords = [1, 2, 3, 4].map((number) => `>${tokenOf(number)}`);
  await redis.command(['ACL', 'SETUSER', 'an-object-id', 'reset', 'on', '~*', '&*', '+@all', ...passwords]);
});

afterAll(async () => {
  delete process.env.IDENTITY_ENDPOINT;
  delete process.env.IDENTITY_HEADER;
  server.closeAllConnections();
  server.close();
  await redis.close();
});

it('signs in as the identity', async () => {
  const connection = openRedis({ url: redis.url, auth: { mode: 'managedIdentity', clientId: 'mine' } });
  await until(() =>
    connection
      .run((commands) => commands.sendCommand(['ACL', 'WHOAMI']))
      .then(
        (name) => String(name) === 'an-object-id',
        () => false,
      ),
  );
  connection.close();
  expect(issued).toEqual(['https://redis.azure.com mine']);
});

it('sends a new token on the same connection before the last one ends', async () => {
  lifetimeSeconds = 2;
  const connection = openRedis({ url: redis.url, auth: { mode: 'managedIdentity' } });
  await until(() => issued.length >= 2);
  await until(async () => {
    const log = String(await redis.command(['CLIENT', 'LIST']));
    return log.split('\n').some((line) => line.includes('cmd=auth') && line.includes('user=an-object-id'));
  });
  connection.close();
});

it('says why it could not sign in', async () => {
  await redis.command(['ACL', 'SETUSER', 'an-object-id', 'resetpass']);
  const connection = openRedis({ url: redis.url, auth: { mode: 'managedIdentity' } });
  const reasons: (string | undefined)[] = [];
  connection.onChange((reason) => reasons.push(reason));
  await until(async () => {
    await connection.run((commands) => commands.ping()).catch(() => undefined);
    return reasons.length > 0;
  });
  connection.close();
  expect(reasons[0]).not.toContain(tokenOf(1));
});
