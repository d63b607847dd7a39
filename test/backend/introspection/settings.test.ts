/** Settings of a project: saved version by version, by whoever may edit its pipelines. */
import { createIntrospectionClient, type IntrospectionClient } from '../../../api/introspection/client.ts';
import type { ProjectSettings } from '../../../api/introspection/contract.ts';
import { startTestApp } from '../../support/backend.ts';
import { type DataLayer, databaseName, startDataLayer } from '../../support/engine/data-layer.ts';

let layer: DataLayer;
let app: Awaited<ReturnType<typeof startTestApp>>;
let client: IntrospectionClient;
let projects = 0;
let key: { organization: string; project: string };

beforeAll(async () => {
  layer = await startDataLayer();
  app = await startTestApp(layer.url, databaseName, { CORS_ORIGINS: 'https://pages.example.com' }, 20_000);
  client = createIntrospectionClient({ baseUrl: app.url, timeoutMs: 30_000, retry: { attempts: 1 } });
});

afterAll(async () => {
  await app.close();
  await layer.stop();
});

beforeEach(() => {
  key = {
    organization: 'contoso',
    project: `00000000-0000-4000-8000-${String(++projects).padStart(12, '0')}`,
  };
});

const settings: ProjectSettings = {
  Services: [{ Name: 'web', Pipelines: ['web-*'], Repositories: ['web'], Payloads: [] }],
  Environments: [{ Name: 'Production', Tier: 'production', Aliases: ['prod', 'prod-*'] }],
  MetadataRepositories: ['hld'],
  ManifestRepositories: ['manifests'],
};

const named = (name: string): ProjectSettings => ({
  ...settings,
  Services: [{ Name: name, Pipelines: [], Repositories: [], Payloads: [] }],
});

const send = (method: string, path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(
    `${app.url}/introspection/v1/${path}?${new URLSearchParams({ adoOrganizationName: key.organization, adoProjectId: key.project })}`,
    { method, body, headers: { 'content-type': 'application/json', ...headers } },
  );

describe('settings', () => {
  it('are empty, in version 0, before anybody saved any', async () => {
    expect(await client.getSettings(key)).toMatchObject({
      kind: 'found',
      body: { Version: 0, SavedBy: '', SavedTime: null, Settings: { Services: [], Environments: [] } },
    });
  });

  it('are read as they were saved, at once, and in any case of the project', async () => {
    await client.getSettings(key);
    const saved = await client.saveSettings(key, { version: 0, settings });
    expect(saved).toMatchObject({
      kind: 'saved',
      body: { Version: 1, SavedBy: 'loopback', Settings: settings },
    });
    const read = await client.getSettings({ organization: 'CONTOSO', project: key.project.toUpperCase() });
    expect(read).toMatchObject({ kind: 'found', body: { Version: 1, Settings: settings } });
    expect(await client.getSettings(key)).toMatchObject({ kind: 'found', body: { Version: 1 } });
  });

  it('are not saved over a version that their author has not seen', async () => {
    await client.saveSettings(key, { version: 0, settings: named('first') });
    for (const version of [0, 2])
      expect(await client.saveSettings(key, { version, settings })).toMatchObject({
        kind: 'conflict',
        currentVersion: 1,
        message: expect.stringContaining('version 1 is current'),
      });
    expect(await client.getSettings(key)).toMatchObject({ body: { Settings: named('first') } });
  });

  it('are saved once where several people save the same version', async () => {
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => client.saveSettings(key, { version: 0, settings: named(name) })),
    );
    const saved = answers.filter((answer) => answer.kind === 'saved');
    expect(saved).toHaveLength(1);
    expect(answers.filter(({ kind }) => kind === 'conflict')).toHaveLength(3);
    expect(await client.getSettings(key)).toMatchObject({ body: saved[0]?.body });
  });

  it('keep every version in the table', async () => {
    for (const [version, name] of ['a', 'b', 'c'].entries())
      await client.saveSettings(key, { version, settings: named(name) });
    const rows = await layer.database.query(
      `ProjectSettings | where ProjectId == '${key.project}' | order by Version asc | project Version, Name = tostring(Settings.Services[0].Name)`,
    );
    expect(rows.map(({ Version, Name }) => [Number(Version), Name])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]);
  });

  it('keep whatever characters names have', async () => {
    const odd = named(`"',;|\\ <b>\u{1f600}\u202e`);
    await client.saveSettings(key, { version: 0, settings: odd });
    expect(await client.getSettings(key)).toMatchObject({ body: { Settings: odd } });
  });

  it('are refused with all their mistakes, each with its place', async () => {
    const body = {
      Version: -1,
      Extra: 1,
      Settings: {
        Services: [
          { Name: 'web', Pipelines: ['a*b*c*d*e*'] },
          { Name: 'WEB', Pipelines: ['x', 'X'] },
          { Name: '', Repositories: 'web' },
          { Name: 'x'.repeat(101), Payloads: [7] },
          'web',
        ],
        Environments: [
          { Name: 'prod', Tier: 'moon', Aliases: ['live\u0000'] },
          { Name: 'live', Tier: 'production', Aliases: ['PROD'] },
        ],
        MetadataRepositories: Array.from({ length: 51 }, (_, index) => `r${index}`),
      },
    };
    const response = await send('PUT', 'settings', JSON.stringify(body));
    const { details } = (await response.json()) as { details: { target: string; message: string }[] };
    expect(response.status).toBe(400);
    expect(details.map(({ target }) => target).toSorted()).toEqual(
      [
        'Extra',
        'Version',
        'Settings.Services[0].Pipelines[0]',
        'Settings.Services[1].Name',
        'Settings.Services[1].Pipelines[1]',
        'Settings.Services[2].Name',
        'Settings.Services[2].Repositories',
        'Settings.Services[3].Name',
        'Settings.Services[3].Payloads[0]',
        'Settings.Services[4]',
        'Settings.Environments[0].Tier',
        'Settings.Environments[0].Aliases[0]',
        'Settings.Environments[1].Aliases',
        'Settings.MetadataRepositories',
      ].toSorted(),
    );
    expect(details.every(({ message }) => message.includes('must') || message.includes('may have'))).toBe(
      true,
    );
    expect(await client.getSettings(key)).toMatchObject({ body: { Version: 0 } });
  });

  it.each([
    ['no JSON', '{', {}, 400],
    ['no object', '[]', {}, 400],
    ['nothing', '', {}, 400],
    ['another type', '{}', { 'content-type': 'text/plain' }, 400],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
    ['a prototype', '{"__proto__": {"Version": 1}}', {}, 400],
    ['too much', `{"a": "${'a'.repeat(1_100_000)}"}`, {}, 413],
  ])('refuse a body that is %s', async (_what, body, headers, status) => {
    for (const [method, path] of [
      ['PUT', 'settings'],
      ['POST', 'settings/preview'],
    ] as const) {
      const response = await send(method, path, body, headers);
      expect([response.status, await response.json()]).toEqual([
        status,
        expect.objectContaining({ code: String(status), traceId: expect.any(String) }),
      ]);
    }
  });

  it('refuse pages of foreign origins, and let those of allowed ones ask before they send', async () => {
    const foreign = await send('PUT', 'settings', JSON.stringify({ Version: 0, Settings: settings }), {
      origin: 'https://evil.example.com',
    });
    expect(foreign.status).toBe(403);
    const preflight = await fetch(`${app.url}/introspection/v1/settings`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://pages.example.com',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('content-type');
    const elsewhere = await fetch(`${app.url}/gates/v1/waits`, {
      method: 'OPTIONS',
      headers: { origin: 'https://pages.example.com', 'access-control-request-method': 'POST' },
    });
    expect(elsewhere.headers.get('access-control-allow-methods')).not.toContain('POST');
  });

  it('name the methods of their paths', async () => {
    const posted = await send('POST', 'settings', '{}');
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT']);
    const got = await fetch(`${app.url}/introspection/v1/settings/preview`);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
