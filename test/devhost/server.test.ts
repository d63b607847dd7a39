import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Devhost, startDevhost } from '../../devhost/server.ts';

const projects = [{ organization: 'o', project: 'p', name: 'One' }];
const entra = { clientId: 'client', tenant: 'tenant', audience: 'api://a' };
const builds = [{ organization: 'o', project: 'p', id: 1, title: 'One', shows: 'One build.' }];

const places = ['service', 'client', 'tenant', 'audience', 'extension-tokens'];
const place = (name: string, value: string) => `<meta name="deployments-${name}" content="${value}">`;

describe('the page that plays Azure DevOps', () => {
  let folder: string;
  let devhost: Devhost;
  const opened: number[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'devhost-'));
    const extensionDir = path.join(folder, 'extension');
    const pageDir = path.join(folder, 'devhost', 'page');
    for (const dir of [extensionDir, pageDir]) mkdirSync(dir, { recursive: true });
    writeFileSync(path.join(extensionDir, 'build-results.html'), 'the tab');
    writeFileSync(path.join(extensionDir, 'settings.html'), places.map((name) => place(name, '')).join(''));
    writeFileSync(path.join(pageDir, 'index.html'), 'the page');
    writeFileSync(path.join(pageDir, 'main.js'), 'the script');
    writeFileSync(path.join(folder, 'secret.js'), 'not for the browser');
    devhost = await startDevhost({
      port: 0,
      extensionPort: 0,
      apiUrl: 'http://api',
      extensionDir,
      builds,
      projects,
      entra,
      signIn: async (scope, claims) => `${scope} ${claims}`,
      async onOpened(buildId) {
        opened.push(buildId);
        if (buildId === 2) throw new Error('no demonstration');
      },
    });
  });
  afterAll(async () => {
    await devhost?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('serves page and extension from two origins', async () => {
    expect(devhost.origin).not.toBe(devhost.extensionOrigin);
    expect(await (await fetch(devhost.url)).text()).toBe('the page');
    expect(await (await fetch(`${devhost.extensionOrigin}/build-results.html`)).text()).toBe('the tab');
    const script = await fetch(`${devhost.origin}/main.js`);
    expect(script.headers.get('content-type')).toContain('text/javascript');
  });

  it('shows the page at any address that Azure DevOps would have for a build', async () => {
    expect(await (await fetch(`${devhost.origin}/msazure/One/_build/results?buildId=1`)).text()).toBe(
      'the page',
    );
  });

  it('tells the page where the extension and the API are, and which builds and projects there are to see', async () => {
    expect(await (await fetch(`${devhost.origin}/config.json`)).json()).toEqual({
      extensionOrigin: devhost.extensionOrigin,
      apiUrl: 'http://api',
      entra,
      builds,
      projects,
    });
    expect(await (await fetch(devhost.hubUrl)).text()).toBe('the page');
  });

  it('hears from the page which build it has opened, and from no other page', async () => {
    const say = (query: string, init: RequestInit = {}) =>
      fetch(`${devhost.origin}/opened${query}`, { method: 'POST', ...init });
    for (const query of ['?buildId=1', '?buildId=2', '?buildId=x', '']) {
      expect((await say(query)).status).toBe(204);
    }
    expect(opened).toEqual([1, 2, Number.NaN, Number.NaN]);
    expect((await say('?buildId=3', { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    await say('?buildId=4', { method: 'GET' });
    expect(opened).toHaveLength(4);
  });

  it('hands out tokens of Entra ID to its own page, and to no other', async () => {
    const ask = (init: RequestInit) => fetch(`${devhost.origin}/sign-in?scope=s&claims=c`, init);
    expect(await (await ask({ method: 'POST' })).json()).toEqual({ token: 's c' });
    const foreign = await ask({ method: 'POST', headers: { origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
    expect(await (await ask({ method: 'GET' })).text()).toBe('the page');
  });

  it('serves the extension as packed for the API, or as packed without a service', async () => {
    const page = `${devhost.extensionOrigin}/settings.html`;
    const packedAt = async (address: string) => (await fetch(address)).text();
    const packed = (values: Readonly<Record<string, string>>) =>
      places.map((name) => place(name, values[name] ?? '')).join('');
    expect(await packedAt(page)).toBe(packed({ service: 'http://api', 'extension-tokens': 'yes' }));
    expect(await packedAt(`${page}?unpacked`)).toBe(packed({}));
    expect(await packedAt(`${page}?entra`)).toBe(
      packed({ service: 'http://api', client: 'client', tenant: 'tenant', audience: 'api://a' }),
    );
  });

  it.each(['/../secret.js', '/%2e%2e/secret.js', '/..%2fsecret.js', '/missing.js', '/build-results'])(
    'has nothing outside its folder: %s',
    async (address) => {
      expect(await statusOf(devhost.extensionOrigin, address)).toBe(404);
    },
  );

  it('says so when its port is taken, and leaves nothing behind', async () => {
    const taken = Number(new URL(devhost.origin).port);
    const options = { port: taken, extensionPort: 0, apiUrl: 'http://api', extensionDir: folder, builds };
    await expect(startDevhost(options)).rejects.toThrow('EADDRINUSE');
  });
});

/** Asks for the path exactly as it is written: `fetch` would tidy it up. */
function statusOf(origin: string, address: string): Promise<number | undefined> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: address }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}
