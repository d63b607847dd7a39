/** The nightly warm-up of D2B, over the demonstration data and a real Redis. */
import { openAnswerCaches, openSharedD2b } from '../../../backend/cache/answer-caches.ts';
import { isNight, type WarmUpOptions, warmUpD2b } from '../../../backend/cache/d2b-warm-up.ts';
import { readConfig } from '../../../backend/config.ts';
import { openRedis, type RedisConnection } from '../../../backend/redis/connection.ts';
import { type KustoClient, openKusto } from '../../../kusto/client/client.ts';
import { getBuild2Deployment } from '../../../kusto/client/functions.ts';
import { sampleBuild, sampleRollouts } from '../../../kusto/demo/specification-sample.ts';
import { startTestEngine, type TestEngine } from '../../support/engine/engine.ts';
import { startRedis, type TestRedis } from '../../support/redis/redis.ts';
import { until } from '../../support/until.ts';

const dayMs = 24 * 60 * 60_000;
const never = new AbortController().signal;

let engine: TestEngine;
let server: TestRedis;
let redis: RedisConnection;
let kusto: KustoClient;
/** The keys of the deployments that were looked up. */
let lookedUp: string[];
let onLookup: () => void;

beforeAll(async () => {
  [engine, server] = await Promise.all([
    startTestEngine({ holds: 'demonstration', lanes: 'thread' }),
    startRedis(),
  ]);
  const client = openKusto({ cluster: engine.url, database: engine.database, auth: { mode: 'none' } });
  kusto = {
    ...client,
    async query(text, parameters, options) {
      if (parameters?.DeploymentId !== undefined) {
        lookedUp.push(`${parameters.DeploymentSource}-${parameters.DeploymentId}`);
        onLookup();
      }
      return client.query(text, parameters, options);
    },
  };
  redis = openRedis({ url: server.url, auth: { mode: 'url' } }, { commandMs: 60_000 });
  await until(() =>
    redis
      .run((commands) => commands.ping())
      .then(
        () => true,
        () => false,
      ),
  );
});
beforeEach(async () => {
  lookedUp = [];
  onLookup = () => undefined;
  await server.command(['FLUSHALL']);
});
afterAll(async () => {
  redis.close();
  kusto.close();
  await Promise.all([engine.close(), server.close()]);
});

const settings = readConfig({
  KUSTO_CLUSTER: 'http://localhost:1',
  KUSTO_DATABASE: 'D',
  REDIS_URL: 'redis://localhost',
  D2B_CACHE_SECONDS: '86400',
  D2B_YOUNG_CACHE_SECONDS: '86400',
  D2B_WARM_UP: '1-5',
});

/** At two o'clock in the morning after the eight deployments of the specification's example. */
function night(options: Partial<WarmUpOptions> = {}): WarmUpOptions {
  if (!settings.warmUp) throw new Error('nothing is set');
  return {
    config: settings.warmUp,
    lifetimes: settings.cache,
    kusto,
    redis,
    shared: openSharedD2b(settings, redis),
    database: 'D',
    now: () => new Date('2024-01-03T02:00:00Z'),
    ...options,
  };
}

const tomorrow = ({ now }: WarmUpOptions): Date => new Date((now?.() ?? new Date()).getTime() + dayMs);

it('looks up the deployments of the last days once a night, and keeps what instances then need not ask', async () => {
  const options = night();
  const report = await warmUpD2b(options, never);
  expect(lookedUp).toHaveLength(sampleRollouts.length);
  expect(report).toEqual({
    deployments: lookedUp.length,
    hits: 0,
    stored: lookedUp.length,
    failed: 0,
    hitRatio: 0,
    isDone: true,
  });
  expect(new Set(lookedUp).size).toBe(lookedUp.length);
  expect(await warmUpD2b(options, never)).toBeUndefined();

  const { d2b } = openAnswerCaches(settings, redis);
  for (const key of lookedUp) {
    const { answer } = await d2b.get(key, () => Promise.reject(new Error(`${key} is not there`)));
    expect(answer.kind).not.toBe('unknown');
  }
  expect(d2b.counts.shared).toBe(lookedUp.length);

  lookedUp = [];
  const next = await warmUpD2b({ ...options, now: () => tomorrow(options) }, never);
  expect(next).toMatchObject({ stored: 0, hitRatio: 1, isDone: true });
  expect(lookedUp).toEqual([]);
});

it('asks under the ids that B2D gives', async () => {
  const { organization, project, id } = sampleBuild;
  const { text, parameters } = getBuild2Deployment.call({
    AdoOrganizationName: organization,
    AdoProjectId: project,
    AdoBuildId: String(id),
  });
  const deployments = await kusto.query(text, parameters);
  await warmUpD2b(night(), never);
  expect(lookedUp.toSorted()).toEqual(
    deployments.map((row) => `${row.Source}-${row.DeploymentId}`).toSorted(),
  );
});

it('goes on where it was interrupted, and looks up nothing twice', async () => {
  await warmUpD2b(night(), never);
  const all = lookedUp.toSorted();
  await server.command(['FLUSHALL']);
  lookedUp = [];
  let reports = 0;
  for (let isDone = false; !isDone; reports++) {
    const interrupted = new AbortController();
    const before = lookedUp.length;
    onLookup = () => {
      if (lookedUp.length >= before + 3) interrupted.abort();
    };
    isDone = (await warmUpD2b(night(), interrupted.signal))?.isDone ?? true;
  }
  expect(reports).toBeGreaterThan(2);
  expect(lookedUp.toSorted()).toEqual(all);
});

it('makes no more lookups in a night than it may', async () => {
  const options = night();
  const bounded = { ...options, config: { ...options.config, mostLookups: 4 } };
  expect(await warmUpD2b(bounded, never)).toMatchObject({ stored: 4, isDone: true });
  expect(await warmUpD2b(bounded, never)).toBeUndefined();
  expect(lookedUp).toHaveLength(4);
});

it('tries again later when lookups fail', async () => {
  onLookup = () => {
    throw new Error('away');
  };
  expect(await warmUpD2b(night(), never)).toMatchObject({ stored: 0, isDone: false });
  expect(lookedUp.length).toBeLessThan(15);
  onLookup = () => undefined;
  expect(await warmUpD2b(night(), never)).toMatchObject({ isDone: true, failed: 0 });
});

it('does nothing by day, or while another instance is at it', async () => {
  const noon = new Date('2024-01-03T12:00:00Z');
  expect(await warmUpD2b(night({ now: () => noon }), never)).toBeUndefined();
  const [one, other] = await Promise.all([warmUpD2b(night(), never), warmUpD2b(night(), never)]);
  expect([one, other].filter((report) => report !== undefined)).toHaveLength(1);
});

it.each([
  [22, 5, [22, 23, 0, 4], [5, 12, 21]],
  [1, 5, [1, 4], [0, 5, 23]],
])('the night from %i to %i', (fromHour, toHour, nights, days) => {
  const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour, 30));
  const config = { fromHour, toHour, days: 1, mostLookups: 1 };
  expect(nights.map((hour) => isNight(config, at(hour)))).toEqual(nights.map(() => true));
  expect(days.map((hour) => isNight(config, at(hour)))).toEqual(days.map(() => false));
});
