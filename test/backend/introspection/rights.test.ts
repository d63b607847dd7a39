/**
 * Who sees what of introspection: a commit that has gone through two projects, and the settings of both. Of a project
 * that a caller may not read nothing is said, not even that it exists.
 */
import { recordStage } from '../../../changelog/demo/deliveries.ts';
import { Recorder, type Repository, type Run } from '../../../changelog/demo/hook-events.ts';
import { ingestRows, rowsOf } from '../../../changelog/demo/load-changelog-demo.ts';
import { foreign, organization, own } from '../../support/access/builds-table.ts';
import { type GuardedBackend, startGuardedBackend, tenant } from '../../support/access/guarded-backend.ts';
import { mapChangelog } from '../../support/changelog/changelog.ts';
import { type DataLayer, databaseName, startDataLayer } from '../../support/engine/data-layer.ts';
import { answerOf, type ReceivedQuery } from '../../support/engine/kusto-proxy.ts';

const nowhere = '00000000-0000-4000-8000-00000000dead';
const shared = 'a'.repeat(40);
/** Begins like `shared`, and was seen in the foreign project only. */
const hidden = `aaaaaaa${'b'.repeat(33)}`;
const time = '2026-01-02T03:04:05Z';

const columns = [
  'Row',
  'ProjectId',
  'Id',
  'Commit',
  'Message',
  'Service',
  'Environment',
  'Presence',
  'DeploymentSource',
  'DeploymentId',
  'BuildProjectId',
  'BuildId',
  'Key',
  'StepKind',
  'Title',
  'After',
  'StartTime',
  'LastUpdateTime',
  'Number',
  'Slot',
  'Horizon',
  'AndMore',
  'Direction',
  'Pipelines',
  'MetadataUpdate',
  'Approval',
  'ReadyToDeploy',
  'MergedBy',
  'SyncedClusters',
  'Missing',
  'Repository',
  'RepositoryId',
] as const;
type Cells = Partial<Record<(typeof columns)[number], unknown>>;
const answer = (...rows: Cells[]): string =>
  answerOf(
    columns,
    rows.map((row) => columns.map((name) => row[name] ?? null)),
  );

/** What the row is about says whose it is. */
const nameOf = (project: string): string => (project === own ? 'ours' : 'SECRET');
const placed = (project: string): Cells => ({
  Service: nameOf(project),
  Environment: nameOf(project),
  DeploymentSource: 'azurepipelines',
  DeploymentId: nameOf(project),
  BuildProjectId: project,
  BuildId: 1,
  StartTime: time,
  LastUpdateTime: time,
});

/** What introspection's functions say of the project that is asked for; everything of one's own goes on in the other. */
function kusto({ text, parameters }: ReceivedQuery): string {
  const parameter = (name: string): string => String(parameters[name] ?? '').replace(/^["']|["']$/g, '');
  const project = parameter('AdoProjectId');
  const isKnown = [own, foreign].includes(project);
  const both = project === '' ? [own, foreign] : [project];
  if (text.includes('FindCommitsOfProjects')) {
    const known = both.map((one) => ({ Commit: shared, ProjectId: one }));
    return answer(...known, ...(both.includes(foreign) ? [{ Commit: hidden, ProjectId: foreign }] : []));
  }
  if (text.includes('GetCommitWhereabouts_v1')) {
    const commit = parameter('Commit');
    const where = commit === shared ? [own, foreign] : commit === hidden && project !== own ? [foreign] : [];
    return where.length === 0 ? answer() : answer(...where.flatMap((one) => whereabouts(one, commit)));
  }
  if (text.includes('Whereabouts_v1'))
    return isKnown ? answer(...[own, foreign].flatMap((one) => whereabouts(one, ''))) : answer();
  if (!isKnown) return answer();
  if (text.includes('GetEnvironments_v1'))
    return answer(
      { Row: 'about', Horizon: time },
      { Row: 'cell', Slot: 0, ...placed(project) },
      { Row: 'cell', Slot: 0, ...placed(foreign) },
    );
  if (text.includes('GetServices_v1')) return answer({ Service: nameOf(project), Pipelines: [] });
  if (text.includes('GetPlacements_v1'))
    return answer(
      {
        ...placed(project),
        Key: 'a',
        MergedBy: 'SECRET',
        MetadataUpdate: { ProjectId: foreign, Key: 'm', Kind: 'metadata', Title: 'SECRET' },
      },
      // Metadata of one's own, approved and written out elsewhere.
      {
        ...placed(project),
        Key: 'c',
        MergedBy: 'SECRET',
        SyncedClusters: ['SECRET'],
        MetadataUpdate: { ProjectId: project, Key: 'm', Kind: 'metadata', Title: 'ours' },
        Approval: { ProjectId: foreign, Key: 'a', Kind: 'approval', Title: 'SECRET' },
        ReadyToDeploy: { ProjectId: foreign, Key: 'r', Kind: 'manifest', Title: 'SECRET' },
      },
      { ...placed(foreign), Key: 'b' },
    );
  if (text.includes('GetNews_v1'))
    return answer(
      { Row: 'placement', Direction: 'forward', ...placed(project) },
      { Row: 'commit', ProjectId: project, Id: shared, Message: nameOf(project) },
      { Row: 'commit', ProjectId: foreign, Id: hidden, Message: 'SECRET' },
      { Row: 'workItem', ProjectId: foreign, Number: 666 },
    );
  if (text.includes('GetMeasures_v1')) return answer({ Row: 'measure' });
  return answer();
}

function whereabouts(project: string, commit: string): Cells[] {
  const name = nameOf(project);
  const before = project === own ? [] : ['ours'];
  return [
    ...(project === own || commit === hidden ? [{ Row: 'subject', ProjectId: project, Id: commit }] : []),
    { Row: 'commit', ProjectId: project, Id: commit, Message: name },
    { Row: 'pullRequest', ProjectId: project, Number: project === own ? 7 : 666, Title: name },
    { Row: 'presence', ProjectId: project, Presence: 'partly', Missing: ['!7', '!666'], ...placed(project) },
    { Row: 'step', ProjectId: project, Key: name, StepKind: 'build', Title: name, After: before },
    ...(project === own
      ? [
          {
            Row: 'step',
            ProjectId: own,
            Key: 'later',
            StepKind: 'environment',
            Title: 'ours',
            After: ['SECRET'],
          },
        ]
      : []),
  ];
}

let backend: GuardedBackend;
let callers: Readonly<Record<string, Record<string, string>>>;

beforeAll(async () => {
  backend = await startGuardedBackend({
    clients: {
      reader: { grants: [`${organization}/${own}`] },
      editor: { grants: [`${organization}/${own}`], settings: [`Contoso/${own.toUpperCase()}`] },
      'editor-of-more': { grants: [`${organization}/${own}`], settings: [organization] },
      everywhere: { grants: [organization], settings: [`${organization}/${own}`] },
    },
    answer: kusto,
  });
  const { entra, organizations } = backend;
  for (const user of ['user', 'user-who-edits']) organizations.readers.add(`${user} ${organization}/${own}`);
  organizations.readers
    .add(`user-of-both ${organization}/${own}`)
    .add(`user-of-both ${organization}/${foreign}`);
  organizations.editors
    .add(`user-who-edits ${organization}/${own}`)
    .add(`user-who-edits ${organization}/${foreign}`);
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const service = async (client: string, roles: readonly string[] = []) =>
    bearer(await entra.token(tenant, { claims: entra.application(client, roles) }));
  const user = async (id: string) => bearer(await entra.token(tenant, { claims: entra.user(id) }));
  callers = {
    nobody: {},
    stranger: await service('stranger'),
    reader: await service('reader'),
    editor: await service('editor'),
    'editor-of-more': await service('editor-of-more'),
    everywhere: await service('everywhere'),
    all: await service('any', ['Deployments.Read.All']),
    user: await user('user'),
    'user-who-edits': await user('user-who-edits'),
    'user-of-both': await user('user-of-both'),
    'user-of-nothing': await user('user-of-nothing'),
  };
});
afterAll(() => backend.close());

/** One trace id for all, so that equal answers are equal to the last byte. */
async function ask(caller: string, path: string, project: string | undefined, init: RequestInit = {}) {
  const query = new URLSearchParams({
    adoOrganizationName: organization,
    ...(project && { adoProjectId: project }),
  });
  const response = await fetch(
    `${backend.url}/introspection/v1/${path}${path.includes('?') ? '&' : '?'}${query}`,
    {
      ...init,
      headers: {
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
        'content-type': 'application/json',
        ...callers[caller],
      },
    },
  );
  return { status: response.status, etag: response.headers.get('etag'), text: await response.text() };
}

const news = 'news?service=s&environment=e&deploymentSource=azurepipelines&deploymentId=d';
const lookups = [
  'environments',
  'services',
  'deployments',
  news,
  `commits/${shared}`,
  'commits/aaaaaaa',
  'pull-requests/7',
  'work-items/7',
  'measures',
  'settings',
];
const readersOfOwn = ['reader', 'editor', 'user', 'user-who-edits'];
const readersOfBoth = ['everywhere', 'all', 'user-of-both'];

describe.each(lookups)('%s', (path) => {
  it.each(readersOfOwn)('of the own project shows %s nothing of the other', async (caller) => {
    const { status, text } = await ask(caller, path, own);
    expect([status, /SECRET|666|bbbbbbb/.test(text), text.includes(foreign)]).toEqual([200, false, false]);
  });

  it.each(readersOfBoth)('of the own project shows all of it to %s', async (caller) => {
    const { status, text } = await ask(caller, path, own);
    const hasOther = !['services', 'measures', 'settings'].includes(path);
    expect([status, text.includes('SECRET')]).toEqual([200, hasOther]);
  });

  it.each([...readersOfOwn, 'user-of-nothing'])(
    'of a hidden project is the same as of one that does not exist, for %s',
    async (caller) => {
      const other = await ask(caller, path, foreign);
      const none = await ask(caller, path, nowhere);
      expect([other.status, other.etag]).toEqual([404, null]);
      expect(other.text.replaceAll(foreign, nowhere)).toBe(none.text);
    },
  );

  it('is refused to whoever proves nothing, or has no grant', async () => {
    expect((await ask('nobody', path, own)).status).toBe(401);
    expect((await ask('stranger', path, own)).status).toBe(403);
  });
});

describe('a commit without a project', () => {
  it.each(readersOfOwn)('is shown to %s where it is in projects that they read', async (caller) => {
    for (const id of [shared, 'aaaaaaa']) {
      const { status, text } = await ask(caller, `commits/${id}`, undefined);
      expect([status, text.includes('ours'), /SECRET|bbbbbbb/.test(text), text.includes(foreign)]).toEqual([
        200,
        true,
        false,
        false,
      ]);
      const { Steps } = JSON.parse(text) as { Steps: { Key: string; After: string[] }[] };
      expect(Steps.map(({ Key, After }) => [Key, After])).toEqual([
        ['ours', []],
        ['later', ['ours']],
      ]);
    }
  });

  it.each(readersOfBoth)('is shown whole to %s, for whom a short id means several', async (caller) => {
    expect((await ask(caller, `commits/${shared}`, undefined)).text).toContain('SECRET');
    const { status, text } = await ask(caller, 'commits/aaaaaaa', undefined);
    expect([status, text.includes(shared), text.includes(hidden)]).toEqual([400, true, true]);
  });

  it.each(readersOfOwn)('that only others have is not known to %s', async (caller) => {
    const other = await ask(caller, `commits/${hidden}`, undefined);
    const none = await ask(caller, `commits/${'c'.repeat(40)}`, undefined);
    expect([other.status, other.text.replace(hidden, 'c'.repeat(40))]).toEqual([404, none.text]);
  });
});

describe('changing settings', () => {
  const change = { method: 'PUT', body: JSON.stringify({ Version: 7, Settings: {} }) };
  const preview = { method: 'POST', body: JSON.stringify({ Settings: {} }) };

  it.each([
    ['editor', own, 409],
    ['editor-of-more', own, 409],
    ['everywhere', own, 409],
    ['user-who-edits', own, 409],
    ['reader', own, 403],
    ['all', own, 403],
    ['user', own, 403],
    ['everywhere', foreign, 403],
    ['user-of-both', foreign, 403],
    ['editor', foreign, 404],
    ['editor-of-more', foreign, 404],
    ['user-who-edits', foreign, 404],
    ['user-of-nothing', own, 404],
    ['stranger', own, 403],
    ['nobody', own, 401],
  ])('is for those who may edit pipelines: %s in %s gets %i', async (caller, project, status) => {
    expect((await ask(caller, 'settings', project, change)).status).toBe(status);
    expect((await ask(caller, 'settings/preview', project, preview)).status).toBe(
      status === 409 ? 200 : status,
    );
  });

  it('is refused for a hidden project as for one that does not exist', async () => {
    const other = await ask('user-who-edits', 'settings', foreign, change);
    const none = await ask('user-who-edits', 'settings', nowhere, change);
    expect(other.text.replaceAll(foreign, nowhere)).toBe(none.text);
  });

  it('is not allowed from memory while Azure DevOps is away', async () => {
    const { organizations } = backend;
    expect((await ask('user-who-edits', 'settings', own, change)).status).toBe(409);
    organizations.conduct = { kind: 'down' };
    organizations.editors.add(`user-of-both ${organization}/${own}`);
    expect((await ask('user-of-both', 'settings', foreign, change)).status).toBe(403);
    expect((await ask('user-of-both', 'settings', own, change)).status).toBe(503);
    organizations.conduct = { kind: 'up' };
  });
});

/**
 * The same on real data: a service of one's own is deployed by way of a repository of the other project, which also
 * builds the commit.
 */
describe('a service whose way leads through another project', () => {
  let layer: DataLayer;
  let guarded: GuardedBackend;
  let headers: Readonly<Record<string, Record<string, string>>>;

  beforeAll(async () => {
    layer = await startDataLayer();
    await ingestRows(layer.database, recordTwoProjects().flatMap(rowsOf));
    await mapChangelog(layer.database);
    guarded = await startGuardedBackend({
      engine: { url: layer.url, database: databaseName },
      clients: { reader: { grants: [`${organization}/${own}`] }, everywhere: { grants: [organization] } },
    });
    const { entra, organizations } = guarded;
    organizations.readers.add(`user ${organization}/${own}`);
    const bearer = async (claims: Parameters<typeof entra.token>[1]) => ({
      authorization: `Bearer ${await entra.token(tenant, claims)}`,
    });
    headers = {
      reader: await bearer({ claims: entra.application('reader', []) }),
      everywhere: await bearer({ claims: entra.application('everywhere', []) }),
      user: await bearer({ claims: entra.user('user') }),
    };
  });
  afterAll(async () => {
    await guarded.close();
    await layer.stop();
  });

  async function read(caller: string, path: string, project: string | undefined) {
    const query = new URLSearchParams({
      adoOrganizationName: organization,
      ...(project && { adoProjectId: project }),
    });
    const url = `${guarded.url}/introspection/v1/${path}${path.includes('?') ? '&' : '?'}${query}`;
    const response = await fetch(url, { headers: headers[caller] ?? {} });
    return { status: response.status, text: await response.text() };
  }
  const deployment = encodeURIComponent(`${organization}/${own}/502/prod`);
  const paths = [
    'environments',
    'services',
    'deployments',
    'deployments?commit=aaaaaaaa',
    `news?service=shop&environment=prod&deploymentSource=azurepipelines&deploymentId=${deployment}`,
    `commits/${shared}`,
    'pull-requests/7',
    'work-items/7',
    'measures',
    'settings',
  ];

  it.each(paths)('shows nothing of it at %s to whoever may read one project', async (path) => {
    for (const caller of ['reader', 'user']) {
      const { status, text } = await read(caller, path, own);
      expect([caller, status, text]).toEqual([caller, 200, expect.not.stringMatching(/secret/i)]);
      expect(text).not.toContain(foreign);
      expect((await read(caller, path, foreign)).status).toBe(404);
    }
  });

  it('shows a commit that both projects have in one of them', async () => {
    for (const caller of ['reader', 'user']) {
      for (const id of [shared, shared.slice(0, 7)]) {
        const { status, text } = await read(caller, `commits/${id}`, undefined);
        expect([caller, status, text]).toEqual([caller, 200, expect.not.stringMatching(/secret/i)]);
        expect(JSON.parse(text)).toMatchObject({
          Environments: [{ Environment: 'dev' }, { Environment: 'prod' }],
        });
      }
    }
    const both = await read('everywhere', `commits/${shared}`, undefined);
    expect(both.text).toContain('secret-service');
  });

  it('shows the way to whoever may read both', async () => {
    const { text } = await read('everywhere', 'deployments?environment=prod', own);
    const { Changes } = JSON.parse(text) as { Changes: Record<string, unknown>[] };
    expect(Changes).toMatchObject([
      {
        MergedBy: 'secret.merger@contoso.com',
        SyncedClusters: ['secret-cluster'],
        Approval: { By: 'secret.approver@contoso.com' },
        // Who merged elsewhere is not who asked for it here: everybody who may read this project sees that.
        Placement: { By: 'Project Collection Build Service (contoso)' },
      },
    ]);
    const hidden = await read('reader', 'deployments?environment=prod', own);
    expect(JSON.parse(hidden.text)).toMatchObject({
      Changes: [
        {
          Ring: '',
          MergedBy: '',
          SyncedClusters: [],
          MetadataUpdate: null,
          Approval: null,
          ReadyToDeploy: null,
        },
      ],
    });
  });
});

function recordTwoProjects(): Recorder[] {
  const ours = new Recorder({ organization, id: own, name: 'Ours' });
  const other = new Recorder({ organization, id: foreign, name: 'SECRET' });
  const at = (minutes: number) => new Date(Date.now() - 600 * 60_000 + minutes * 60_000);
  const commit = { id: shared, message: 'Sell more #7', author: 'ada@contoso.com', time: at(0) };
  const account = 'Project Collection Build Service (contoso)';
  const [shop, hld] = [ours.repository('shop'), other.repository('secret-hld')];
  const main = 'refs/heads/main';
  const build = { repository: shop, branch: main, commit: shared, requestedFor: 'ada@contoso.com' };
  const built: Run = {
    ...build,
    id: 501,
    number: '2026.501',
    pipeline: { id: 10, name: 'shop' },
    created: at(2),
  };
  const finish = (recorder: Recorder, run: Run, environment: string, minutes: number) => {
    recorder.runChanged(run, 'inProgress', run.created);
    recordStage(
      recorder,
      run,
      { stage: environment, environment, result: 'succeeded', minutes: 5 },
      at(minutes),
    );
    recorder.runChanged(run, 'completed', at(minutes + 6), 'succeeded');
  };
  const merge = (recorder: Recorder, repository: Repository, name: string) =>
    recorder.merged({
      ...{ repository, pullRequest: 7, title: `${name} change`, source: `refs/heads/${name}` },
      ...{
        sourceCommit: recorder.commitId('source'),
        targetCommit: recorder.commitId('root'),
        mergeCommit: shared,
      },
      ...{
        createdBy: `${name}.author@contoso.com`,
        closedBy: `${name}.closer@contoso.com`,
        opened: at(0),
        time: at(1),
      },
    });
  merge(ours, shop, 'our');
  ours.pushed({
    repository: shop,
    ref: main,
    before: '0'.repeat(40),
    commits: [commit],
    by: 'ada@contoso.com',
    time: at(1),
  });
  finish(ours, built, 'dev', 5);
  ours.built(built, 'succeeded', at(11), { commits: [commit], workItems: [7] });

  // The metadata are elsewhere, and so are those who approve and merge them.
  const [proposed, merged, manifest] = ['proposed', 'merged', 'manifest'].map((name) =>
    other.commitId(name),
  ) as [string, string, string];
  const pushed = (repository: Repository, ref: string, id: string, message: string, minutes: number) =>
    other.pushed({
      ...{ repository, ref, before: '0'.repeat(40), by: 'secret.bot@contoso.com', time: at(minutes) },
      commits: [{ id, message, author: 'secret.bot@contoso.com', time: at(minutes) }],
    });
  pushed(hld, 'refs/heads/DEPLOY/shop-2026.501', proposed, 'Deploy shop 2026.501', 20);
  other.merged({
    ...{
      repository: hld,
      pullRequest: 31,
      title: 'Deploy shop 2026.501',
      source: 'refs/heads/DEPLOY/shop-2026.501',
    },
    ...{ sourceCommit: proposed, targetCommit: other.commitId('root'), mergeCommit: merged },
    ...{
      createdBy: 'secret.bot@contoso.com',
      closedBy: 'secret.merger@contoso.com',
      approvedBy: 'secret.approver@contoso.com',
    },
    ...{ opened: at(20), time: at(25) },
  });
  const deploying = {
    ...built,
    id: 502,
    number: '2026.502',
    pipeline: { id: 11, name: 'shop-hld' },
    created: at(26),
  };
  finish(ours, { ...deploying, repository: hld, commit: merged, requestedFor: account }, 'prod', 28);
  const manifests = other.repository('secret-manifests');
  pushed(manifests, main, manifest, 'prod: shop 2026.501', 31);
  pushed(manifests, 'refs/tags/flux-secret-cluster', manifest, 'prod: shop 2026.501', 35);

  // The other project builds the same commit, names the same work item, and has a pull request of the same number.
  merge(other, other.repository('secret-service'), 'secret');
  const theirs = {
    ...built,
    id: 901,
    pipeline: { id: 90, name: 'secret-service' },
    repository: other.repository('secret-service'),
  };
  finish(other, { ...theirs, requestedFor: 'secret.person@contoso.com' }, 'secret-environment', 40);
  other.built({ ...theirs, requestedFor: 'secret.person@contoso.com' }, 'succeeded', at(46), {
    commits: [{ ...commit, message: 'SECRET #7' }],
    workItems: [7],
  });
  return [ours, other];
}
