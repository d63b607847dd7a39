/** Another version of an API beside the first, the end of a version, and the deadline that versions share. */
import { AnswerCache } from '../../backend/cache/answer-cache.ts';
import { build2Deployment } from '../../backend/lookups/build-to-deployments.ts';
import type { Lookup } from '../../backend/lookups/lookup.ts';
import { serveLookup } from '../../backend/lookups/routes.ts';
import { openToAnyoneHere } from '../../backend/rights/rights.ts';
import { announceRetirements } from '../../backend/versions.ts';
import { sleep } from '../../net/sleep.ts';
import { buildTestApp } from '../support/backend.ts';
import { answerOf, type KustoProxy, startKustoProxy } from '../support/engine/kusto-proxy.ts';

const query = 'adoOrganizationName=o&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=1';

/** Version 2 of B2D: the same key, another body. */
const build2DeploymentV2: Lookup<Parameters<typeof build2Deployment.call>[0], object> = {
  ...build2Deployment,
  result: ({ buildId }) => ({ kind: 'found', body: { build: { id: buildId } } }),
};

let kusto: KustoProxy;
let api: ReturnType<typeof buildTestApp>;
let url: string;

beforeAll(async () => {
  kusto = await startKustoProxy(undefined, answerOf(['Found', 'DeploymentId'], [[true, 'd']]));
  api = buildTestApp(kusto.url, 'D', { CORS_ORIGINS: 'https://pages.example.com', B2D_CACHE_SECONDS: '0' });
  const { app, config, kusto: client } = api;
  const services = {
    kusto: client,
    rights: openToAnyoneHere,
    cache: new AnswerCache(config.cache),
    lifetimes: config.cache,
    deadlineMs: config.limits.deadlineMs,
  };
  serveLookup(app, build2DeploymentV2, services, ['/b2d/v2/build2deployments']);
  announceRetirements(app, {
    v1: {
      deprecatedAt: new Date('2025-01-01T00:00:00Z'),
      sunsetAt: new Date('2026-01-01T00:00:00Z'),
      successor: 'v2',
    },
  });
  app.addHook('preHandler', async ({ headers }) => {
    if (headers['x-slow'] !== undefined) await sleep(Number(headers['x-slow']));
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await api.close();
  await kusto.close();
});

test('two versions answer side by side, each in its own form', async () => {
  const answers = await Promise.all(
    ['v1', 'v2'].map(async (version) =>
      (await fetch(`${url}/b2d/${version}/build2deployments?${query}`)).json(),
    ),
  );
  expect(answers).toEqual([
    expect.objectContaining({ ADOBuildId: 1, Deployments: [expect.objectContaining({ Id: 'd' })] }),
    { build: { id: 1 } },
  ]);
});

describe('a retired version', () => {
  it.each([
    ['/b2d/v1/build2deployments', 200],
    ['/b2d/build2deployments', 200],
    ['/b2d/v1/build2deployments?x', 400],
  ])('says so in every answer: %s, %d', async (path, status) => {
    const answer = await fetch(`${url}${path}${status === 200 ? `?${query}` : ''}`, {
      headers: { origin: 'https://pages.example.com' },
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('deprecation')).toBe('@1735689600');
    expect(answer.headers.get('sunset')).toBe('Thu, 01 Jan 2026 00:00:00 GMT');
    expect(answer.headers.get('link')).toBe(
      '</docs>; rel="deprecation"; type="text/html", </docs#v2>; rel="successor-version"',
    );
    expect(answer.headers.get('access-control-expose-headers')).toContain('deprecation, etag, link');
  });

  it.each([`/b2d/v2/build2deployments?${query}`, '/health/live', '/docs', '/openapi.json', '/nothing'])(
    'is no concern of %s',
    async (path) => {
      const answer = await fetch(url + path);
      await answer.body?.cancel();
      expect(answer.headers.has('deprecation')).toBe(false);
      expect(answer.headers.has('sunset')).toBe(false);
    },
  );

  it('cannot end before it is deprecated', () => {
    const [deprecatedAt, sunsetAt] = [new Date('2026-01-02'), new Date('2026-01-01')];
    expect(() => announceRetirements(api.app, { v1: { deprecatedAt, sunsetAt, successor: 'v2' } })).toThrow(
      RangeError,
    );
  });
});

describe('the deadline of a request', () => {
  const timeGivenToKusto = async (slow: number): Promise<number> => {
    kusto.forget();
    await fetch(`${url}/b2d/v1/build2deployments?${query}`, { headers: { 'x-slow': String(slow) } });
    const [asked] = kusto.asked;
    const [, seconds] = /^00:00:0?(\d+\.\d+)$/.exec(String(asked?.options.servertimeout)) ?? [];
    return Number(seconds) * 1000;
  };

  it('is passed to Kusto without what was used before', async () => {
    const all = await timeGivenToKusto(0);
    expect(all).toBeGreaterThan(0);
    expect(all).toBeLessThanOrEqual(950);
    expect(await timeGivenToKusto(400)).toBeLessThanOrEqual(551);
  });

  it('is longer where it is set so', async () => {
    const patient = buildTestApp(kusto.url, 'D', { REQUEST_DEADLINE_MS: '5000' });
    kusto.forget();
    await patient.app.inject(`/b2d/v1/build2deployments?${query}`);
    await patient.close();
    expect(kusto.asked.at(-1)?.options.servertimeout).toMatch(/^00:00:0?4\.\d+$/);
  });

  it('answers 503 once it is over', async () => {
    kusto.hold();
    const other = query.replace('adoBuildId=1', 'adoBuildId=2');
    const answer = await fetch(`${url}/b2d/v1/build2deployments?${other}`, { headers: { 'x-slow': '960' } });
    expect(answer.status).toBe(503);
    expect(answer.headers.has('retry-after')).toBe(true);
  });
});
