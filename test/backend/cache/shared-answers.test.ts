/** D2B's answers in Redis: instances of the backend that share a real server, over a Kusto that is counted. */
import { hash } from 'node:crypto';
import fc from 'fast-check';
import { openSharedAnswers } from '../../../backend/cache/shared-answers.ts';
import { type Answer, answerOf as answerWith } from '../../../backend/lookups/answer.ts';
import { openRedis, type RedisConnection } from '../../../backend/redis/connection.ts';
import { startTestApp } from '../../support/backend.ts';
import { answerOf, type KustoProxy, startKustoProxy } from '../../support/engine/kusto-proxy.ts';
import { startRedis, type TestRedis } from '../../support/redis/redis.ts';
import { until } from '../../support/until.ts';

type Instance = Awaited<ReturnType<typeof startTestApp>>;

const day = 24 * 60 * 60_000;
const columns = ['Found', 'Id', 'Url', 'LastUpdatedTime'];
const row = (lastUpdate: string): unknown[] => [true, '7', 'https://example.com/7', lastUpdate];
const longAgo = new Date(Date.now() - 2 * day).toISOString();

let redis: TestRedis;
let kusto: KustoProxy;
let instances: Instance[];

beforeAll(async () => {
  redis = await startRedis();
});
beforeEach(async () => {
  await redis.command(['FLUSHALL']);
  kusto = await startKustoProxy(undefined, answerOf(columns, [row(longAgo)]));
  instances = [];
});
afterEach(async () => {
  for (const { close } of instances) await close();
  await kusto.close();
});
afterAll(() => redis.close());

/** Another instance; it is connected to Redis when this returns. */
async function start(
  settings: Record<string, string> = {},
  database = 'D',
  url = kusto.url,
): Promise<Instance> {
  const instance = await startTestApp(url, database, { REDIS_URL: redis.url, ...settings });
  instances.push(instance);
  return instance;
}

const d2b = (instance: Instance, id = '1'): Promise<Response> =>
  fetch(
    `${instance.url}/d2b/builds?${new URLSearchParams({ deploymentSource: 'azdeployer', deploymentId: id })}`,
  );

const names = async (): Promise<string[]> => (await redis.command(['KEYS', '*'])) as string[];
const secondsLeft = async (): Promise<number> => {
  await until(async () => (await names()).length === 1);
  const [name = ''] = await names();
  return Math.round(Number(await redis.command(['PTTL', name])) / 1000);
};
/** Asks for new ids until one of the answers is kept: then the instance is connected. */
async function connected(instance: Instance): Promise<void> {
  let id = 0;
  await until(async () => {
    await d2b(instance, `connected-${id++}`);
    return (await names()).length > 0;
  });
  await redis.command(['FLUSHALL']);
  kusto.forget();
}

it('what one instance has asked, no other asks again: bytes and ETag are the same', async () => {
  const [one, other] = await Promise.all([start(), start()]);
  await connected(one);
  await connected(other);
  const first = await d2b(one);
  await secondsLeft();
  const second = await d2b(other);
  expect(kusto.asked).toHaveLength(1);
  expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
  expect(second.headers.get('cache-control')).toBe(first.headers.get('cache-control'));
  expect(await second.text()).toBe(await first.text());
});

it.each([
  ['for an hour, and as long as it may be stale', answerOf(columns, [row(longAgo)]), 3600 + 600],
  ['for minutes while it is young', answerOf(columns, [row(new Date().toISOString())]), 120 + 600],
  ['for seconds where there is no build', answerOf(columns, [[false, '', '', longAgo]]), 2 + 600],
  ['for seconds where the deployment is unknown', answerOf(columns, []), 2],
])('an answer is kept %s', async (_how, answer, seconds) => {
  const source = await startKustoProxy(undefined, answer);
  const instance = await start({}, 'D', source.url);
  await connected(instance);
  await d2b(instance);
  const left = await secondsLeft();
  await source.close();
  expect(left).toBeGreaterThan(seconds - 2);
  expect(left).toBeLessThanOrEqual(seconds);
});

it('an instance that has never asked gives a stale answer of another one while Kusto is away', async () => {
  const settings = { D2B_CACHE_SECONDS: '0' };
  const [one, other] = await Promise.all([start(settings), start(settings)]);
  await connected(one);
  await connected(other);
  const body = await (await d2b(one)).text();
  await secondsLeft();
  kusto.fail({ kind: 'cut' });
  const stale = await d2b(other);
  expect([stale.status, stale.headers.get('warning'), await stale.text()]).toEqual([
    200,
    '110 - "Response is Stale"',
    body,
  ]);
});

it('an answer of another instance is fresh only for the rest of its time, also for the caller', async () => {
  const [one, other] = await Promise.all([start(), start()]);
  await connected(one);
  await connected(other);
  await d2b(one);
  await secondsLeft();
  const [name = ''] = await names();
  await redis.command(['PEXPIRE', name, String((3600 + 600 - 1000) * 1000)]);
  const control = (await d2b(other)).headers.get('cache-control') ?? '';
  expect(control).toMatch(/^private, max-age=2\d{3}$/);
  expect(kusto.asked).toHaveLength(1);
});

it('databases do not share', async () => {
  const [one, other] = await Promise.all([start(), start({}, 'Other')]);
  await connected(one);
  await connected(other);
  await d2b(one);
  await secondsLeft();
  await d2b(other);
  expect(kusto.asked).toHaveLength(2);
});

/** As an instance writes it: a digest, and what it is about. */
const signed = (content: string): string => `${hash('sha256', content, 'base64url')}\n${content}`;

const records = [
  '',
  '{',
  'null\n',
  '{"keptSeconds":9}\n',
  '{"keptSeconds":4500,"kind":"other","freshSeconds":4400}\n{}',
  '{"keptSeconds":4500,"kind":"found","freshSeconds":4400,"etag":"\\"e\\""}\n{}',
  '{"keptSeconds":4500,"kind":"none","freshSeconds":4400,"reason":7}\n',
  '{"keptSeconds":4500,"kind":"unknown","freshSeconds":4400}\n',
];

it('what cannot be understood is asked for, whatever bytes or JSON it is', async () => {
  const [one, other] = await Promise.all([start(), start()]);
  await connected(one);
  await connected(other);
  const body = await (await d2b(one)).text();
  await secondsLeft();
  const [name = ''] = await names();
  const good = String(await redis.command(['GET', name]));
  const content = good.slice(good.indexOf('\n') + 1);
  const head = JSON.parse(content.slice(0, content.indexOf('\n'))) as Record<string, unknown>;
  const changed = fc
    .tuple(fc.constantFrom(...Object.keys(head)), fc.oneof(fc.jsonValue(), fc.constant(undefined)))
    .filter(([field, value]) => !(JSON.stringify(value) === JSON.stringify(head[field])))
    // Any time is a time, and any list of projects without fields of the wrong type is one.
    .filter(([field, value]) => !(field.endsWith('Seconds') && typeof value === 'number' && value >= 0))
    .filter(([field, value]) => !(field === 'projects' && Array.isArray(value) && value.length === 0))
    .map(([field, value]) => signed(`${JSON.stringify({ ...head, [field]: value })}\n{"hidden":1}`));
  const record = fc.oneof(
    fc.constantFrom(`${good} `, good.slice(0, -1), good.slice(1), content),
    fc.string({ unit: 'binary' }),
    fc.json().map((json) => signed(`${json}\n{"hidden":1}`)),
    changed,
  );
  let id = 0;
  await fc.assert(
    fc.asyncProperty(record, async (text) => {
      id += 1;
      const place = name.replace(/1$/, `m${id}`);
      await redis.command(['SET', place, text, 'PX', '4199000']);
      const answer = await d2b(other, `m${id}`);
      expect([answer.status, await answer.text()]).toEqual([200, body.replace('"1"', `"m${id}"`)]);
      expect(kusto.asked).toHaveLength(1 + id);
    }),
    {
      numRuns: Number(process.env.RECORDS ?? 40),
      examples: [...records, ...records.map(signed)].map((text): [string] => [text]),
    },
  );
});

it('nothing fails without Redis', async () => {
  const instance = await start({ D2B_CACHE_SECONDS: '0' });
  await connected(instance);
  await redis.kill();
  const answers = await Promise.all(Array.from({ length: 50 }, (_, id) => d2b(instance, `a${id}`)));
  await redis.start();
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});

describe('the records', () => {
  let connection: RedisConnection;
  beforeAll(async () => {
    // A busy machine is no reason to do without.
    connection = openRedis({ url: redis.url, auth: { mode: 'url' } }, { commandMs: 60_000 });
    await until(() =>
      connection
        .run((commands) => commands.ping())
        .then(
          () => true,
          () => false,
        ),
    );
  });
  afterAll(() => connection.close());

  it('belong to one key, whatever characters are in it', async () => {
    const shared = openSharedAnswers(connection, 'data', 'd2b', 100);
    const part = fc.oneof(
      fc.constantFrom('a', 'a b', 'a\nb', '\\u0020', ' ', '\u0000', '\ud800', '\udc00', 'A', 'é', 'é'),
      fc.string({ unit: 'binary' }),
    );
    const keys = fc.uniqueArray(part, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(keys, async (different) => {
        await redis.command(['FLUSHALL']);
        const answers = different.map((key): Answer => answerWith({ kind: 'found', body: { key } }, 10));
        for (const [index, key] of different.entries()) shared.set(key, answers[index] as Answer);
        await until(async () => (await redis.command(['DBSIZE'])) === different.length);
        for (const [index, key] of different.entries())
          expect((await shared.get(key))?.answer).toEqual(answers[index]);
      }),
      { numRuns: 25 },
    );
  });

  it('are not too large to arrive in time', async () => {
    const shared = openSharedAnswers(connection, 'data', 'd2b', 100);
    shared.set('large', answerWith({ kind: 'found', body: { text: 'x'.repeat(1024 * 1024) } }, 10));
    shared.set('small', answerWith({ kind: 'found', body: {} }, 10));
    await until(async () => (await shared.get('small')) !== undefined);
    expect(await shared.get('large')).toBeUndefined();
  });
});
