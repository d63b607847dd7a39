/** A backend's gates as a process of its own, to be killed. Settings come as one JSON argument; prints its address. */
import fastify from 'fastify';
import { giveCallers } from '../../../backend/auth/authenticate.ts';
import { anyoneHere } from '../../../backend/auth/caller.ts';
import { serveGates } from '../../../backend/gates/gates.ts';
import { openToAnyoneHere } from '../../../backend/rights/rights.ts';
import { openKusto } from '../../../kusto/client/client.ts';

const { cluster, database, key } = JSON.parse(process.argv[2] ?? '{}') as Record<
  'cluster' | 'database' | 'key',
  string
>;

const app = fastify({
  logger: { level: 'warn', stream: process.stderr },
  routerOptions: { querystringParser: (raw) => ({ raw }) },
});
giveCallers(app, anyoneHere);
serveGates(app, {
  rights: openToAnyoneHere,
  kusto: openKusto({ cluster, database, auth: { mode: 'none' } }),
  waits: {
    key: Buffer.from(key, 'base64'),
    callbackHosts: ['127.0.0.1'],
    caps: { perPlan: 100, perOrganization: 1_000, unconfirmedPerAddress: 1_000 },
    tickMs: 100,
    leaseMs: 2_000,
  },
});
console.log(await app.listen({ port: 0, host: '127.0.0.1' }));
