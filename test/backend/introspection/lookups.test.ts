/** The routes of introspection over the demonstration projects, on the real engine. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createIntrospectionClient, type IntrospectionClient } from '../../../api/introspection/client.ts';
import type { Changes, Environments, ProjectSettings } from '../../../api/introspection/contract.ts';
import { openApiDocument } from '../../../api/openapi/document.ts';
import { paymentsProject } from '../../../changelog/demo/payments.ts';
import { storefrontProject } from '../../../changelog/demo/storefront.ts';
import { startTestBackend, type TestBackend } from '../../support/backend.ts';
import { mapChangelog } from '../../support/changelog/changelog.ts';
import { until } from '../../support/until.ts';

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
ajv.addSchema({ $id: 'contract', ...openApiDocument('1.2.3') });

const { organization, id: payments } = paymentsProject;
const { id: storefront } = storefrontProject;

let app: TestBackend;
let client: IntrospectionClient;

beforeAll(async () => {
  app = await startTestBackend({ kustoTimeoutMs: 20_000 });
  client = createIntrospectionClient({ baseUrl: app.url, timeoutMs: 30_000, retry: { attempts: 1 } });
});

afterAll(() => app.close());

const key = { organization, project: payments };
const base = { adoOrganizationName: organization, adoProjectId: payments };

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly code?: string;
    readonly message?: string;
    readonly details?: readonly { readonly target: string; readonly message: string }[];
  } & Readonly<Record<string, unknown>>;
}

async function ask(
  path: string,
  parameters: Readonly<Record<string, string>> = {},
  headers = {},
): Promise<Answer> {
  const response = await fetch(`${app.url}/introspection/v1/${path}?${new URLSearchParams(parameters)}`, {
    headers,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

function expectSchema(name: string, body: unknown): void {
  const validate = ajv.compile({ $ref: `contract#/components/schemas/${name}` });
  validate(body);
  expect(validate.errors).toBeNull();
}

async function found<T>(asking: Promise<{ readonly kind: string; readonly body?: T }>): Promise<T> {
  const answer = await asking;
  if (answer.kind !== 'found' || answer.body === undefined)
    throw new Error(`expected found, got ${answer.kind}`);
  return answer.body;
}

describe('environments', () => {
  it('are answered as the contract says, with every service and what is where', async () => {
    const { status, body } = await ask('environments', base);
    expect(status).toBe(200);
    expectSchema('Environments', body);
    const matrix = body as unknown as Environments;
    expect(matrix.Services.map(({ Name }) => Name)).toEqual(
      expect.arrayContaining(['card-gateway', 'fraud-scoring', 'ledger-api', 'statement-web']),
    );
    expect(matrix.Cells.some(({ Current }) => Current?.Kind === 'rollback')).toBe(true);
    expect(new Set(matrix.Cells.map(({ Service }) => Service)).size).toBe(matrix.Services.length);
  });

  it('come in pages that together are the whole', async () => {
    const whole = await found(client.getEnvironments(key));
    const pages: Environments[] = [];
    let continuationToken: string | undefined;
    do {
      const page: Environments = await found(client.getEnvironments({ ...key, top: 1, continuationToken }));
      pages.push(page);
      continuationToken = page.ContinuationToken;
    } while (continuationToken !== undefined);
    expect(pages).toHaveLength(whole.Services.length);
    expect(pages.flatMap(({ Services }) => Services)).toEqual(whole.Services);
    expect(pages.flatMap(({ Cells }) => Cells)).toEqual(whole.Cells);
  });

  it('of a service that is not known are an empty page', async () => {
    const { status, body } = await ask('environments', { ...base, service: 'nobody' });
    expect([status, body.Services, body.Cells]).toEqual([200, [], []]);
  });

  it('before the horizon are refused, with the horizon', async () => {
    const { Horizon } = await found(client.getEnvironments(key));
    const { status, body } = await ask('environments', { ...base, at: '2001-01-01' });
    expect(status).toBe(400);
    expect(body.details).toEqual([{ target: 'at', message: expect.stringContaining(String(Horizon)) }]);
    const at = await ask('environments', { ...base, at: String(Horizon) });
    expect([at.status, at.body.At]).toEqual([200, Horizon]);
  });

  it('of a time that has not come are refused', async () => {
    const { status, body } = await ask('environments', { ...base, at: '2999-01-01' });
    expect([status, body.details?.[0]?.target]).toEqual([400, 'at']);
  });

  it('have a horizon that moves once a day, so that they stay the same where nothing changes', async () => {
    // Nothing is known of when this project's deployments began.
    const other = { adoOrganizationName: 'msazure', adoProjectId: 'b32aa71e-8ed2-41b2-9d77-5bc261222004' };
    const { status, body } = await ask('environments', other);
    expect([status, body.Horizon]).toEqual([200, expect.stringMatching(/T00:00:00\.0000000Z$/)]);
  });

  it('are confirmed by their ETag', async () => {
    const first = await ask('environments', base);
    const etag = String(first.headers.get('etag'));
    const again = await ask('environments', base, { 'if-none-match': etag });
    expect([again.status, again.headers.get('etag')]).toEqual([304, etag]);
  });
});

describe('services', () => {
  it('are those of the project', async () => {
    const { status, body } = await ask('services', base);
    expect(status).toBe(200);
    expectSchema('Services', body);
  });
});

describe('deployments', () => {
  it('are answered as the contract says, newest first', async () => {
    const { status, body } = await ask('deployments', { ...base, top: '500' });
    expect(status).toBe(200);
    expectSchema('Changes', body);
    const times = (body as unknown as Changes).Changes.map(({ Placement }) => Placement.StartTime);
    expect(times.length).toBeGreaterThan(10);
    expect(times).toEqual(times.toSorted().reverse());
  });

  it('come in pages that together are the whole, and tokens go with their query only', async () => {
    const whole = await found(client.getChanges({ ...key, top: 500 }));
    const first = await found(client.getChanges({ ...key, top: 7 }));
    const second = await found(
      client.getChanges({ ...key, top: 7, continuationToken: first.ContinuationToken }),
    );
    expect([...first.Changes, ...second.Changes]).toEqual(whole.Changes.slice(0, 14));
    const token = String(first.ContinuationToken);
    const others: Record<string, string>[] = [
      { service: 'card-gateway' },
      { adoProjectId: storefront },
      { state: 'failed' },
    ];
    for (const other of others) {
      const { status, body } = await ask('deployments', { ...base, continuationToken: token, ...other });
      expect([status, body.details?.[0]?.target]).toEqual([400, 'continuationToken']);
    }
  });

  it.each([
    [
      'service',
      'services',
      ['card-gateway'],
      ({ Service }: { Service: string }) => Service === 'card-gateway',
    ],
    ['state', 'states', ['failed'], ({ State }: { State: string }) => State === 'failed'],
  ])('of one %s are those alone', async (_name, parameter, value, isRight) => {
    const { Changes } = await found(client.getChanges({ ...key, [parameter]: value, top: 500 }));
    expect(Changes.length).toBeGreaterThan(0);
    expect(Changes.filter(({ Placement }) => !isRight(Placement))).toEqual([]);
  });

  it('of a past time are as they were, back to the horizon', async () => {
    const { Horizon } = await found(client.getEnvironments(key));
    const early = await ask('deployments', { ...base, at: '2001-01-01' });
    expect([early.status, early.body.details]).toEqual([
      400,
      [{ target: 'at', message: expect.stringContaining(String(Horizon)) }],
    ]);
    const { status, body } = await ask('deployments', { ...base, at: String(Horizon) });
    expect([status, body.LeftOut]).toEqual([200, []]);
    expectSchema('Changes', body);
    expect((body as unknown as Changes).Changes.length).toBeGreaterThan(0);
    expect((await ask('deployments', base)).body).not.toHaveProperty('LeftOut');
  });

  it('of something that never was are none', async () => {
    for (const query of [
      { imageTag: 'never' },
      { buildId: 2 },
      { commit: 'fffffff' },
      { services: ['nobody'] },
    ])
      expect(await found(client.getChanges({ ...key, ...query }))).toMatchObject({ Changes: [] });
  });
});

describe('what is not known', () => {
  const unknown = { organization, project: '00000000-0000-4000-8000-00000000dead' };

  it.each([
    ['environments', () => client.getEnvironments(unknown)],
    ['services', () => client.getServices(unknown)],
    ['changes', () => client.getChanges(unknown)],
    ['measures', () => client.getMeasures(unknown)],
    ['a commit', () => client.getCommit({ ...key, commit: 'f'.repeat(40) })],
    ['a short commit', () => client.getCommit({ ...key, commit: 'fffffff' })],
    ['a pull request', () => client.getPullRequest({ ...key, pullRequest: 999_999 })],
    ['a work item', () => client.getWorkItem({ ...key, workItem: 999_999 })],
    [
      'news',
      () =>
        client.getNews({
          ...key,
          service: 'a',
          environment: 'b',
          source: 'azurepipelines',
          deploymentId: 'c',
        }),
    ],
  ])('is said: %s', async (_name, asking) => {
    expect(await asking()).toMatchObject({
      kind: 'unknown',
      message: expect.stringMatching(/^There is no record of /),
    });
  });
});

describe('a query that is wrong', () => {
  it.each([
    [
      'environments',
      { adoProjectId: 'x', at: 'yesterday', top: '201', state: 'done' },
      ['adoProjectId', 'state', 'at', 'top'],
    ],
    ['environments', { ...base, continuationToken: 'abc' }, ['continuationToken']],
    [
      'deployments',
      {
        ...base,
        buildId: '0',
        commit: 'abc',
        measure: 'speed',
        from: '2024-02-30',
        to: '2024-13-01',
        top: '501',
      },
      ['from', 'to', 'buildId', 'commit', 'measure', 'top'],
    ],
    ['deployments', { ...base, from: '2024-02-02', to: '2024-02-01' }, ['to']],
    ['deployments', { ...base, service: ',', environment: 'a'.repeat(257) }, ['service', 'environment']],
    [
      'news',
      { ...base, service: 'a,b', deploymentSource: 'argo' },
      ['deploymentSource', 'service', 'environment', 'deploymentId'],
    ],
    ['commits/xyz', base, ['id']],
    ['commits/abcdef', base, ['id']],
    ['pull-requests/-1', base, ['id']],
    ['work-items/1e3', base, ['id']],
    ['measures', { ...base, from: '2020-01-01', to: '2024-01-01' }, ['from']],
    ['settings', { adoOrganizationName: '-' }, ['adoOrganizationName', 'adoProjectId']],
  ])('is refused with all mistakes: %s %j', async (path, parameters, targets) => {
    const given = { adoOrganizationName: organization, ...parameters };
    const { status, body } = await ask(path, given as Record<string, string>);
    expect(status).toBe(400);
    expectSchema('ApiError', body);
    expect(body.details?.map(({ target }) => target).toSorted()).toEqual([...targets].toSorted());
  });
});

// The last tests: what is saved stays.
describe('settings that were saved', () => {
  const settings: ProjectSettings = {
    Services: [
      { Name: 'Cards', Pipelines: ['card-*'], Repositories: [], Payloads: [] },
      {
        Name: 'Ledger',
        Pipelines: ['settlement-worker', 'CARD-gate*'],
        Repositories: ['LEDGER-*'],
        Payloads: [],
      },
    ],
    Environments: [
      { Name: 'Live', Tier: 'production', Aliases: ['prod*'] },
      { Name: 'staging', Tier: 'other', Aliases: ['*ing', 'pro*ion'] },
      { Name: 'Early', Tier: 'development', Aliases: ['dev', 'te*t'] },
    ],
    MetadataRepositories: [],
    ManifestRepositories: [],
  };

  beforeAll(async () => {
    const preview = await client.previewSettings(key, settings);
    const saved = await client.saveSettings(key, { version: 0, settings });
    expect(saved).toMatchObject({ kind: 'saved', body: { Version: 1 } });
    await mapChangelog(app.database);
    const isNamed = async () =>
      (await found(client.getServices(key))).Services.some(({ Name }) => Name === 'Cards');
    await until(isNamed);
    expect(preview).toMatchObject({
      kind: 'found',
      body: {
        Services: (await found(client.getServices(key))).Services,
        Environments: [
          { Name: 'Live', Matches: ['production'], Ambiguous: ['production'] },
          { Name: 'staging', Matches: ['staging'], Ambiguous: [] },
          { Name: 'Early', Matches: ['dev', 'test'], Ambiguous: [] },
        ],
      },
    });
  });

  it('name the services, environments and cells of the matrix, and show what is ambiguous', async () => {
    const { Services, Environments, Cells } = await found(client.getEnvironments(key));
    expect(Services).toMatchObject([
      { Name: 'Cards', Guessed: false, Pipelines: ['card-gateway'], Ambiguous: ['card-gateway'] },
      { Name: 'Ledger', Guessed: false, Pipelines: ['ledger-api', 'settlement-worker'], Ambiguous: [] },
      { Name: 'fraud-scoring', Guessed: true, Ambiguous: [] },
      { Name: 'statement-web', Guessed: true, Ambiguous: [] },
    ]);
    expect(Environments).toEqual([
      { Name: 'Live', Tier: 'production', Guessed: false },
      { Name: 'staging', Tier: 'other', Guessed: false },
      { Name: 'Early', Tier: 'development', Guessed: false },
    ]);
    expect(new Set(Cells.map(({ Service, Environment }) => `${Service} ${Environment}`)).size).toBe(
      Cells.length,
    );
    expect(Cells).toHaveLength(12);
    // A cell of several pipelines has what the last of them brought.
    const { Changes } = await found(
      client.getChanges({
        ...key,
        services: ['Ledger'],
        environments: ['Live'],
        states: ['succeeded'],
        top: 500,
      }),
    );
    expect(new Set(Changes.map(({ Placement }) => Placement.Build.Pipeline))).toEqual(
      new Set(['ledger-api', 'settlement-worker']),
    );
    const last = Changes.map(({ Placement }) => Placement).toSorted((a, b) =>
      String(b.EndTime).localeCompare(String(a.EndTime)),
    )[0];
    const cell = Cells.find(({ Service, Environment }) => Service === 'Ledger' && Environment === 'Live');
    expect(cell?.Current).toEqual(last);
  });

  it('are what the past, news, measures and the way of a commit go by', async () => {
    const past = await found(
      client.getEnvironments({ ...key, at: new Date(Date.now() - 48 * 60 * 60_000).toISOString() }),
    );
    expect(past.Cells.map(({ Service, Environment }) => `${Service} ${Environment}`)).toContain('Cards Live');
    const { Changes } = await found(
      client.getChanges({ ...key, services: ['Cards'], environments: ['Live'] }),
    );
    const [change] = Changes;
    if (!change) throw new Error('nothing was deployed');
    const { DeploymentSource, DeploymentId, Build } = change.Placement;
    const news = await found(
      client.getNews({
        ...key,
        service: 'Cards',
        environment: 'Live',
        source: DeploymentSource as 'azurepipelines',
        deploymentId: DeploymentId,
      }),
    );
    expect(news.Placement).toMatchObject({ Service: 'Cards', Environment: 'Live' });
    const where = await found(client.getCommit({ ...key, commit: Build.Commit }));
    expect(where.Environments.map(({ Service, Environment }) => `${Service} ${Environment}`)).toEqual(
      expect.arrayContaining(['Cards Live', 'Cards staging', 'Cards Early']),
    );
    const { Measures } = await found(client.getMeasures({ ...key, services: ['Ledger'] }));
    expect(new Set(Measures.map(({ Service, Environment }) => `${Service} ${Environment}`))).toEqual(
      new Set([' ', 'Ledger Live', 'Ledger staging', 'Ledger Early']),
    );
  });

  it('give the names of the pipelines back when nothing names them any more', async () => {
    const nothing = { ...settings, Services: [], Environments: [] };
    expect(await client.saveSettings(key, { version: 1, settings: nothing })).toMatchObject({
      kind: 'saved',
    });
    await mapChangelog(app.database);
    const names = async () => (await found(client.getServices(key))).Services.map(({ Name }) => Name);
    await until(async () => (await names()).includes('card-gateway'));
    const { Environments } = await found(client.getEnvironments(key));
    expect(Environments.map(({ Name, Guessed }) => [Name, Guessed])).toEqual([
      ['dev', true],
      ['test', true],
      ['staging', true],
      ['production', true],
    ]);
  });
});
