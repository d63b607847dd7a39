/** Every request has a caller, whatever becomes of it. */
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../../backend/app.ts';
import type { Caller } from '../../../backend/auth/caller.ts';
import { readConfig } from '../../../backend/config.ts';
import { openKusto } from '../../../kusto/client/client.ts';

/** Nothing listens there, and nothing is queried. */
const kusto = openKusto({ cluster: 'http://127.0.0.1:9', database: 'D', auth: { mode: 'none' } });
const callers: Caller[] = [];
let app: FastifyInstance;
let address: string;

beforeAll(async () => {
  app = buildApp(readConfig({ LOG_LEVEL: 'silent', PORT: '0', APIS: 'gates' }), kusto);
  app.addHook('onResponse', async ({ caller }) => {
    callers.push(caller);
  });
  address = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  kusto.close();
});

test('with AUTH=none the caller is whoever is on this machine, also of what is refused or unknown', async () => {
  const statuses: number[] = [];
  for (const [path, headers] of [
    ['/health/live', {}],
    ['/nothing', {}],
    ['/health/live', { origin: 'https://elsewhere.example' }],
  ] as const) {
    const { status, body } = await fetch(address + path, { headers });
    await body?.cancel();
    statuses.push(status);
  }
  expect(statuses).toEqual([200, 404, 403]);
  expect(callers).toEqual(Array(3).fill({ kind: 'anyone', id: 'loopback' }));
});
