/**
 * Who sees what of introspection: a commit that has gone through two projects, and the settings of both. Of a project
 * that a caller may not read nothing is said, not even that it exists.
 */
import { foreign, organization, own } from '../../support/access/builds-table.ts';
import { type GuardedBackend, startGuardedBackend, tenant } from '../../support/access/guarded-backend.ts';
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
