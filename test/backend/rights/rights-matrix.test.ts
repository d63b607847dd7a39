/**
 * Who sees what: every kind of caller, every lookup, builds of one's own projects, of others, of both and of none. What
 * somebody may not see is the same as what does not exist, whatever the request says of what it has already.
 */
import {
  foreign,
  kustoOf,
  organization,
  own,
  unmapped,
  usualTable,
} from '../../support/access/builds-table.ts';
import {
  type GuardedBackend,
  sha256Of,
  startGuardedBackend,
  tenant,
} from '../../support/access/guarded-backend.ts';

const extensionId = '00000000-0000-4000-8000-0000000000ee';
const extensionKey = 'certificate-of-the-extension-12345678';
const staticToken = 'a-static-token-of-a-client-1234567890';
let backend: GuardedBackend;
let callers: Readonly<Record<string, Record<string, string>>>;

beforeAll(async () => {
  backend = await startGuardedBackend({
    settings: {
      UNMAPPED_PROJECT: `${organization}/${unmapped}`,
      EXTENSION_ID: extensionId,
      EXTENSION_KEY: extensionKey,
    },
    clients: {
      granted: { grants: [`${organization}/${own}`] },
      'with-token': { grants: [`Contoso/${own.toUpperCase()}`], tokens: [sha256Of(staticToken)] },
      'of-organization': { grants: [organization] },
      'of-others': { grants: ['fabrikam'] },
    },
    answer: kustoOf(usualTable),
  });
  const { entra, organizations } = backend;
  organizations.readers.add(`reader ${organization}/${own}`).add(`both ${organization}/${own}`);
  organizations.readers.add(`both ${organization}/${unmapped}`).add(`own-token ${organization}/${own}`);
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const service = async (client: string, roles: readonly string[] = []) =>
    bearer(await entra.token(tenant, { claims: entra.application(client, roles) }));
  const user = async (id: string) => bearer(await entra.token(tenant, { claims: entra.user(id) }));
  callers = {
    'a client with the project': await service('granted'),
    'a client with a static token': bearer(staticToken),
    'a client with the organization': await service('of-organization'),
    'a client with the role for all': await service('any', ['Deployments.Read.All']),
    'a client of another organization': await service('of-others'),
    'a client without a grant': await service('nobody'),
    'a user who reads the project': await user('reader'),
    'a user who reads the project for what has no builds too': await user('both'),
    'a user who reads nothing': await user('stranger'),
    'a page with its own token': {
      ...bearer(await extensionToken()),
      'x-azure-devops-token': 'own-token',
    },
  };
});
afterAll(() => backend.close());

async function extensionToken(): Promise<string> {
  const { SignJWT } = await import('jose');
  return new SignJWT({ nameid: 'page-user', tid: tenant })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('app.vstoken.visualstudio.com')
    .setAudience(extensionId)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(extensionKey));
}

/** The project of each build. */
const projects: Readonly<Record<string, string>> = {
  1: own,
  2: foreign,
  3: own,
  4: foreign,
  98: own,
  99: foreign,
};
const pathsOf: Readonly<Record<string, (id: string) => string>> = {
  b2d: (id) =>
    `/b2d/v1/build2deployments?adoOrganizationName=${organization}&adoProjectId=${projects[id]}&adoBuildId=${id}`,
  d2b: (id) => `/d2b/v1/deployment2build?deploymentSource=expressv2&deploymentId=${id}`,
  entities: (id) => `/b2d/v1/entities?deploymentSource=expressv2&deploymentId=${id}`,
  p2b: (id) => `/p2b/v1/builds?deploymentSource=expressv2&payload=${id}`,
};

async function ask(caller: string, api: string, id: string, headers: Record<string, string> = {}) {
  const response = await fetch(backend.url + pathsOf[api]?.(id), {
    headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, ...callers[caller], ...headers },
  });
  return { status: response.status, etag: response.headers.get('etag'), text: await response.text() };
}

function withoutId(text: string, id: string): string {
  return text.replace(new RegExp(`(build|deployment|DeploymentId|payload) ${id}\\b`, 'gi'), '$1 ·');
}

const all = { own: 200, foreign: 200, shared: 200, without: 204, unknown: 404 };
const part = { own: 200, foreign: 404, shared: 200, without: 204, unknown: 404 };
const nothing = { own: 404, foreign: 404, shared: 404, without: 404, unknown: 404 };
const forbidden = { own: 403, foreign: 403, shared: 403, without: 403, unknown: 403 };
const expectations = {
  'a client with the project': part,
  'a client with a static token': part,
  'a client with the organization': all,
  'a client with the role for all': all,
  'a client of another organization': { ...nothing, without: 204 },
  'a client without a grant': forbidden,
  'a user who reads the project': { ...part, without: 404 },
  'a user who reads the project for what has no builds too': part,
  'a user who reads nothing': nothing,
  'a page with its own token': { ...part, without: 404 },
};
const rows = Object.entries(expectations);

describe.each(rows)('to %s', (caller, expected) => {
  it.each(['d2b', 'p2b'])('%s shows builds of visible projects only', async (api) => {
    for (const [id, status] of Object.entries(expected)) {
      const answer = await ask(caller, api, id);
      // A payload that is known and has no build has an empty list.
      expect([id, answer.status]).toEqual([id, api === 'p2b' && status === 204 ? 200 : status]);
      if (id !== 'shared' || status !== 200) continue;
      const { Builds } = JSON.parse(answer.text) as { Builds: { ProjectId: string }[] };
      expect(Builds.map(({ ProjectId }) => ProjectId)).toEqual(
        expected.foreign === 200 ? [own, foreign] : [own],
      );
    }
  });

  it('entities are shown if one of the builds is visible', async () => {
    for (const [id, status] of Object.entries(expected)) {
      const answer = await ask(caller, 'entities', id);
      expect([id, answer.status]).toEqual([id, status === 204 ? 200 : status]);
    }
  });

  it('entities name payloads of visible builds only, and are all there', async () => {
    const { status, text } = await ask(caller, 'entities', 'shared');
    if (status !== 200) return expect(text).not.toContain('payload-');
    const { Payloads, Entities } = JSON.parse(text) as {
      Payloads: { Id: string }[];
      Entities: { Id: string; Payload: string }[];
    };
    const isAll = expected.foreign === 200;
    expect(Payloads.map(({ Id }) => Id)).toEqual(isAll ? ['payload-1', 'payload-2'] : ['payload-1']);
    expect(Entities.map(({ Id, Payload }) => [Id, Payload])).toEqual([
      ['region 0', 'payload-1'],
      ['region 1', isAll ? 'payload-2' : ''],
    ]);
    if (!isAll) expect(text).not.toContain('payload-2');
  });

  it('B2D shows builds of visible projects only', async () => {
    const statuses = [];
    for (const id of ['1', '2', '3', '98', '99']) statuses.push((await ask(caller, 'b2d', id)).status);
    const { own: ofOwn, foreign: ofForeign } = expected;
    expect(statuses).toEqual([
      ofOwn,
      ofForeign,
      ofOwn === 200 ? 204 : ofOwn,
      ...(ofOwn === 403 ? [403, 403] : [404, 404]),
    ]);
  });

  it('says that nothing has changed only if that may be seen', async () => {
    const openly = 'a client with the role for all';
    for (const [api, id] of [
      ['b2d', '1'],
      ['b2d', '2'],
      ['d2b', 'own'],
      ['d2b', 'foreign'],
      ['d2b', 'shared'],
      ['p2b', 'shared'],
    ] as const) {
      const { status, etag } = await ask(caller, api, id);
      const { etag: whole } = await ask(openly, api, id);
      const repeated = await ask(caller, api, id, { 'if-none-match': String(etag ?? whole) });
      const any = await ask(caller, api, id, { 'if-none-match': '*' });
      expect([api, id, repeated.status, any.status]).toEqual([
        api,
        id,
        ...(status === 200 ? [304, 304] : [status, status]),
      ]);
      const isPart = id === 'shared' && expected.foreign !== 200;
      if (status === 200) expect([api, id, etag === whole]).toEqual([api, id, !isPart]);
    }
  });

  it('what may not be seen is what does not exist', async () => {
    for (const [api, hidden, missing] of [
      ['d2b', 'foreign', 'unknown'],
      ['p2b', 'foreign', 'unknown'],
      ['entities', 'foreign', 'unknown'],
      ['b2d', '2', '99'],
    ] as const) {
      const { status, text } = await ask(caller, api, hidden);
      if (status !== 404) continue;
      const unknown = await ask(caller, api, missing);
      expect(unknown.status).toBe(404);
      expect(withoutId(unknown.text, missing)).toBe(withoutId(text, hidden));
    }
  });
});

describe('the number of hidden builds', () => {
  const roles = ['Deployments.Hidden.Count'];
  const asking = async (client: string, granted: readonly string[] = []) => {
    const claims = backend.entra.application(client, granted);
    const token = await backend.entra.token(tenant, { claims });
    return async (api: string, id: string, headers: Record<string, string> = {}) => {
      callers = { ...callers, asking: { authorization: `Bearer ${token}` } };
      return ask('asking', api, id, headers);
    };
  };

  it.each(['d2b', 'p2b'])('of %s is told to a program with the role, and to nobody else', async (api) => {
    const mayCount = await asking('granted', roles);
    const { Builds, HiddenBuilds } = JSON.parse((await mayCount(api, 'shared')).text) as {
      Builds: { ProjectId: string }[];
      HiddenBuilds: number;
    };
    expect([Builds.map(({ ProjectId }) => ProjectId), HiddenBuilds]).toEqual([[own], 1]);
    for (const caller of Object.keys(expectations))
      for (const id of ['own', 'shared', 'foreign', 'unknown'])
        expect((await ask(caller, api, id)).text).not.toContain('Hidden');
    // Where nothing is hidden, and where nothing may be seen, the role makes no difference.
    for (const id of ['own', 'foreign', 'unknown', 'without'])
      expect(await mayCount(api, id)).toEqual(await ask('a client with the project', api, id));
  });

  it.each(['d2b', 'p2b'])('of %s leaves no trace in the answer to others', async (api) => {
    const before = await ask('a client with the project', api, 'shared');
    const counted = await (await asking('granted', roles))(api, 'shared');
    expect(counted.etag).not.toBe(before.etag);
    const headers = { 'if-none-match': String(counted.etag) };
    expect(await ask('a client with the project', api, 'shared', headers)).toEqual(before);
  });

  it('is no grant', async () => {
    expect((await (await asking('nobody', roles))('d2b', 'shared')).status).toBe(403);
  });
});

it('asks Azure DevOps once for a user and a project, however many requests there are', async () => {
  const { entra, organizations } = backend;
  organizations.readers.add(`many ${organization}/${own}`);
  const token = await entra.token(tenant, { claims: entra.user('many') });
  callers = { ...callers, many: { authorization: `Bearer ${token}` } };
  organizations.asked.length = 0;
  entra.counts.exchanges = 0;
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask('many', 'd2b', 'own')));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect([organizations.asked.length, entra.counts.exchanges]).toEqual([1, 1]);
});
