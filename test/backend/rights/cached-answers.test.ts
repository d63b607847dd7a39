/**
 * A cached answer of one caller never reaches another: random callers ask two instances that share Redis and keep
 * answers in memory, while rights change between the requests, and send the ETags of each other's answers.
 * RIGHTS_HISTORIES=1000 tries more.
 */
import fc from 'fast-check';
import fastify, { type FastifyInstance } from 'fastify';
import { type ProjectKey, projectIdOf } from '../../../api/keys.ts';
import { giveCallers } from '../../../backend/auth/authenticate.ts';
import { anonymous } from '../../../backend/auth/caller.ts';
import { openAnswerCaches } from '../../../backend/cache/answer-caches.ts';
import { readConfig } from '../../../backend/config.ts';
import { answerProblems } from '../../../backend/errors.ts';
import { lookups } from '../../../backend/lookups/lookups.ts';
import { serveLookup } from '../../../backend/lookups/routes.ts';
import { openRedis, type RedisConnection } from '../../../backend/redis/connection.ts';
import { projectsIn, type Rights } from '../../../backend/rights/rights.ts';
import { type KustoClient, openKusto } from '../../../kusto/client/client.ts';
import { sleep } from '../../../net/sleep.ts';
import { kustoOf, organization, type Table } from '../../support/access/builds-table.ts';
import { type KustoProxy, startKustoProxy } from '../../support/engine/kusto-proxy.ts';
import { startRedis, type TestRedis } from '../../support/redis/redis.ts';
import { until } from '../../support/until.ts';

const projects = [1, 2, 3].map((digit) => `00000000-0000-4000-8000-00000000000${digit}`);
const names = ['ann', 'bob', 'eve'];

/** What each caller may see now, as `organization/project`. */
const visible = new Map<string, ReadonlySet<string>>();
const table: Record<string, readonly string[]> = {};
const config = readConfig({ REQUEST_DEADLINE_MS: '800' });

let redis: TestRedis;
let kustoServer: KustoProxy;
let kusto: KustoClient;
let connections: RedisConnection[];
let instances: FastifyInstance[];
let urls: string[];

beforeAll(async () => {
  redis = await startRedis();
  kustoServer = await startKustoProxy(undefined, (query) => kustoOf(table)(query));
  kusto = openKusto({ cluster: kustoServer.url, database: 'D', auth: { mode: 'none' } });
  connections = [
    openRedis({ url: redis.url, auth: { mode: 'url' } }),
    openRedis({ url: redis.url, auth: { mode: 'url' } }),
  ];
  instances = connections.map(instanceOn);
  urls = await Promise.all(instances.map((app) => app.listen({ host: '127.0.0.1', port: 0 })));
});
afterAll(async () => {
  for (const app of instances) await app.close();
  for (const connection of connections) await connection.close();
  kusto.close();
  await kustoServer.close();
  await redis.close();
});

/** The lookups with their caches. Callers are who they say, because tokens are tested elsewhere. */
function instanceOn(connection: RedisConnection): FastifyInstance {
  const app = fastify({ routerOptions: { querystringParser: (raw) => ({ raw }) } });
  answerProblems(app);
  giveCallers(app, anonymous);
  // Fastify takes the time of requests only where somebody wants to know it, as the app does.
  app.addHook('onResponse', async () => undefined);
  app.addHook('onRequest', async (request) => {
    const client = String(request.headers['x-caller']);
    request.caller = { kind: 'service', id: client, client, roles: [] };
  });
  const caches = openAnswerCaches(config, connection);
  for (const lookup of [lookups.b2d, lookups.d2b, lookups.p2b, lookups.entities]) {
    const cache = caches[lookup.name === 'entities' ? 'b2d' : (lookup.name as 'b2d')];
    serveLookup(app, lookup, {
      kusto,
      rights,
      cache,
      lifetimes: config.cache,
      deadlineMs: config.limits.deadlineMs,
    });
  }
  return app;
}

/** How long the last question might take. */
let allowedMs = 0;

/** Programs see what belongs to no project. */
const rights: Rights = {
  refusal: () => undefined,
  async sight(caller, asked, withinMs) {
    allowedMs = withinMs;
    const mine = visible.get(caller.id) ?? new Set();
    const sees = (project: ProjectKey): boolean => mine.has(projectIdOf(project));
    return projectsIn(asked).every(sees) ? { kind: 'all' } : { kind: 'some', sees };
  },
  mayEdit: async () => false,
};

interface Step {
  readonly caller: string;
  readonly api: 'd2b' | 'p2b' | 'entities';
  readonly id: number;
  readonly instance: number;
  /** Before the request, the caller's rights become these. */
  readonly sees: readonly string[] | undefined;
  readonly withEtagOf: string | undefined;
}

const step: fc.Arbitrary<Step> = fc.record({
  caller: fc.constantFrom(...names),
  api: fc.constantFrom('d2b', 'p2b', 'entities'),
  id: fc.nat(3),
  instance: fc.nat(1),
  sees: fc.option(fc.subarray(projects), { nil: undefined, freq: 2 }),
  withEtagOf: fc.option(fc.constantFrom(...names), { nil: undefined }),
});
const builds = fc.array(fc.tuple(fc.constantFrom(...projects), fc.integer({ min: 1, max: 9 })), {
  maxLength: 4,
});

let run = 0;

it('shows to each caller what that caller may see when it asks, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(builds, { minLength: 4, maxLength: 4 }),
      fc.array(step, { maxLength: 25 }),
      async (deployments, steps) => {
        run += 1;
        visible.clear();
        const known: Table = Object.fromEntries(
          deployments.map((list, id) => [
            `r${run}-${id}`,
            list.map(([project, build]) => `${project}/${build}`),
          ]),
        );
        Object.assign(table, known);
        const etags = new Map<string, string>();
        for (const one of steps) await take(one, known, etags);
      },
    ),
    { numRuns: Number(process.env.RIGHTS_HISTORIES ?? 25) },
  );
});

it('asks about rights only as long as the request has time left', async () => {
  const slowMs = 100;
  table.slow = [`${projects[0]}/1`];
  const release = kustoServer.hold();
  const before = kustoServer.asked.length;
  const answer = fetch(`${urls[0]}/d2b/builds?deploymentSource=expressv2&deploymentId=slow`);
  await until(() => kustoServer.asked.length > before);
  await sleep(slowMs);
  release();
  await answer;
  expect(allowedMs).toBeGreaterThan(0);
  expect(allowedMs).toBeLessThanOrEqual(800 - slowMs);
});

async function take(
  { caller, api, id, instance, sees, withEtagOf }: Step,
  known: Table,
  etags: Map<string, string>,
) {
  if (sees) visible.set(caller, new Set(sees.map((project) => `${organization}/${project}`)));
  const name = `r${run}-${id}`;
  const of = (owner: string): string => `${owner} ${api} ${name}`;
  const path = {
    d2b: `/d2b/builds?deploymentSource=expressv2&deploymentId=${name}`,
    p2b: `/p2b/builds?deploymentSource=expressv2&payload=${name}`,
    entities: `/b2d/v1/entities?deploymentSource=expressv2&deploymentId=${name}`,
  }[api];
  const etag = withEtagOf && etags.get(of(withEtagOf));
  const answer = await fetch(`${urls[instance]}${path}`, {
    headers: { 'x-caller': caller, ...(etag && { 'if-none-match': etag }) },
  });
  const text = await answer.text();

  const mine = visible.get(caller) ?? new Set();
  const isMine = (build: string): boolean => mine.has(`${organization}/${build.split('/')[0]}`);
  const all = known[name] ?? [];
  const seen = all.filter(isMine);
  if (all.length > 0 && seen.length === 0)
    return expect([answer.status, text.includes('Builds')]).toEqual([404, false]);
  if (all.length === 0) return expect(answer.status).toBe(api === 'd2b' ? 204 : 200);
  expect([200, 304]).toContain(answer.status);
  if (answer.status === 304) return expect(answer.headers.get('etag')).toBe(etag);
  etags.set(of(caller), String(answer.headers.get('etag')));
  if (api === 'entities') return;
  const { Builds } = JSON.parse(text) as { Builds: { ProjectId: string; Id: string }[] };
  expect(Builds.map(({ ProjectId, Id }) => `${ProjectId}/${Id}`)).toEqual(seen);
}
