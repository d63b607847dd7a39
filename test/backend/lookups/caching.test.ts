import type { Build2Deployment } from '../../../api/contract.ts';
import { startTestApp } from '../../support/backend.ts';
import { answerOf, type KustoProxy, startKustoProxy } from '../../support/engine/kusto-proxy.ts';
import { until } from '../../support/until.ts';

const project = 'b32aa71e-8ed2-41b2-9d77-5bc261222004';
const time = '2024-01-02T07:17:51Z';
const day = 24 * 60 * 60_000;

/** What Kusto answers about the builds of a deployment whose latest event has this time. */
const buildsOf = (lastUpdate: string | null): string =>
  answerOf(['Found', 'Id', 'Url', 'LastUpdatedTime'], [[true, '7', 'https://example.com/7', lastUpdate]]);

let kusto: KustoProxy;
let api: Awaited<ReturnType<typeof startTestApp>>;

/** Nothing about builds stays fresh, so that every answer is asked for anew or is a stale one. */
beforeAll(async () => {
  const answer = answerOf(
    [
      'Found',
      'DeploymentId',
      'Source',
      'StartTime',
      'EndTime',
      'LastUpdatedTime',
      'ChangeState',
      'Id',
      'Url',
    ],
    [[true, 'Group/1', 'expressv2', time, null, time, 'running', '7', 'https://example.com/7']],
  );
  kusto = await startKustoProxy(undefined, answer);
  api = await startTestApp(kusto.url, 'D', { B2D_CACHE_SECONDS: '0' });
});

afterAll(async () => {
  await api.close();
  await kusto.close();
});

beforeEach(() => {
  kusto.recover();
  kusto.forget();
});

const b2d = (buildId = 1, headers: Record<string, string> = {}, url = api.url): Promise<Response> =>
  fetch(`${url}/b2d/deployments?adoOrganizationName=msazure&adoProjectId=${project}&adoBuildId=${buildId}`, {
    headers,
  });
const d2b = (id: string): Promise<Response> =>
  fetch(`${api.url}/d2b/builds?${new URLSearchParams({ deploymentSource: 'azdeployer', deploymentId: id })}`);

describe('an answer that is already known', () => {
  it('is 304 without a body', async () => {
    const etag = (await b2d()).headers.get('etag') ?? '';
    const response = await b2d(1, { 'if-none-match': `"other", W/${etag}` });
    expect({
      status: response.status,
      etag: response.headers.get('etag'),
      body: await response.text(),
    }).toEqual({
      status: 304,
      etag,
      body: '',
    });
  });

  it('is sent in full where the caller knows another one', async () => {
    expect((await b2d(1, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('differs from the answer about another build', async () => {
    const etags = await Promise.all([b2d(), b2d(2)]);
    expect(new Set(etags.map((response) => response.headers.get('etag'))).size).toBe(2);
  });
});

describe('a hundred requests for one build at a time', () => {
  it('are one question to Kusto', async () => {
    const fresh = await startTestApp(kusto.url, 'D', { B2D_CACHE_SECONDS: '60' });
    kusto.forget();
    let arrived = 0;
    fresh.app.server.on('request', () => arrived++);
    const open = kusto.hold();
    const asking = Array.from({ length: 100 }, () => b2d(4, {}, fresh.url));
    await until(() => arrived >= 10);
    open();
    const bodies = await Promise.all(asking.map(async (answer) => (await answer).text()));
    expect(new Set(bodies).size).toBe(1);
    expect(kusto.asked).toHaveLength(1);
    await fresh.close();
  });
});

describe('the builds of a deployment', () => {
  it('are asked for once', async () => {
    const id = '70000001';
    const first = await (await d2b(id)).text();
    expect(await (await d2b(id)).text()).toBe(first);
    expect(kusto.asked).toHaveLength(1);
  });
});

describe('the builds of a deployment are kept', () => {
  it.each([
    ['for minutes while it is younger than a day', new Date(Date.now() - day + 60_000).toISOString(), 120],
    ['for minutes where its age is not known', null, 120],
    ['for an hour afterwards', new Date(Date.now() - day - 60_000).toISOString(), 3600],
  ])('%s', async (_how, lastUpdate, seconds) => {
    const source = await startKustoProxy(undefined, buildsOf(lastUpdate));
    const fresh = await startTestApp(source.url, 'D');
    const response = await fetch(`${fresh.url}/d2b/builds?deploymentSource=azdeployer&deploymentId=1`);
    await fresh.close();
    await source.close();
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe(`private, max-age=${seconds}`);
  });
});

describe('organization and project', () => {
  it('are repeated as each caller wrote them, also while the answer is cached', async () => {
    const fresh = await startTestApp(kusto.url, 'D', { B2D_CACHE_SECONDS: '60' });
    const spellings = [
      ['msazure', project],
      ['MSAzure', project.toUpperCase()],
      ['MSAzure', project],
      ['msazure', project],
      ['MSAzure', project.toUpperCase()],
    ] as const;
    kusto.forget();
    const answers: unknown[] = [];
    for (const [organization, id] of spellings) {
      const query = `adoOrganizationName=${organization}&adoProjectId=${id}&adoBuildId=9`;
      const body = (await (await fetch(`${fresh.url}/b2d/deployments?${query}`)).json()) as Build2Deployment;
      answers.push([body.ADOOrganizationName, body.ADOProjectId]);
    }
    await fresh.close();
    expect(answers).toEqual(spellings);
    expect(kusto.asked).toHaveLength(3);
  });
});

describe('while Kusto is away', () => {
  it.each([
    ['refuses with 503', { kind: 'status', status: 503 }],
    ['refuses with 429', { kind: 'status', status: 429 }],
    ['breaks connections', { kind: 'cut' }],
    ['does not answer in time', { kind: 'silence' }],
  ] as const)('and %s, the last answer is given and marked stale', async (_how, fault) => {
    const fresh = await b2d();
    expect(fresh.headers.has('warning')).toBe(false);
    kusto.fail(fault);
    const stale = await b2d();
    expect(stale.status).toBe(200);
    expect(stale.headers.get('warning')).toBe('110 - "Response is Stale"');
    expect(stale.headers.get('age')).toMatch(/^\d+$/);
    expect(stale.headers.get('cache-control')).toBe('no-store');
    expect(await stale.json()).toEqual(await fresh.json());
  });

  it('an unchanged stale answer is 304, and still marked', async () => {
    const etag = (await b2d()).headers.get('etag') ?? '';
    kusto.fail({ kind: 'cut' });
    const response = await b2d(1, { 'if-none-match': etag });
    expect(response.status).toBe(304);
    expect(response.headers.has('warning')).toBe(true);
  });

  it('what was never asked is 503', async () => {
    kusto.fail({ kind: 'cut' });
    expect((await b2d(3)).status).toBe(503);
  });

  it('and back again, answers are new', async () => {
    await b2d();
    kusto.fail({ kind: 'cut' });
    await b2d();
    kusto.recover();
    expect((await b2d()).headers.has('warning')).toBe(false);
  });
});
