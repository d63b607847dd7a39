/**
 * Classes of tokens, at least five of each, on every route: what is wrong with a token never shows in the answer. The
 * tokens are signed by real issuers on loopback.
 */
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { connect } from 'node:net';
import { exportSPKI, SignJWT } from 'jose';
import { lookupPaths } from '../../../api/lookups.ts';
import { apiClientId } from '../../support/access/entra.ts';
import {
  foreignTenant,
  type GuardedBackend,
  secondTenant,
  sha256Of,
  startGuardedBackend,
  tenant,
} from '../../support/access/guarded-backend.ts';

const extensionId = '00000000-0000-4000-8000-0000000000ee';
const extensionKeys = ['current-certificate-of-the-extension', 'previous-certificate-of-the-extension'];
const staticToken = 'a-static-token-of-a-client-1234567890';
const client = '00000000-0000-4000-8000-0000000000cc';
const paths = Object.values(lookupPaths).flat();
const routes = [...paths, '/nothing', '/gates/v1/connection'];
const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

let backend: GuardedBackend;

beforeAll(async () => {
  backend = await startGuardedBackend({
    settings: {
      EXTENSION_ID: extensionId,
      EXTENSION_KEY: String(extensionKeys[0]),
      EXTENSION_KEY_PREVIOUS: String(extensionKeys[1]),
    },
    clients: {
      [client]: { grants: ['contoso'] },
      monitor: { grants: ['contoso'], tokens: [sha256Of(staticToken)] },
    },
  });
});
afterAll(() => backend.close());

const ask = async (path: string, headers: Record<string, string>) => {
  const response = await fetch(backend.url + path, { headers: { traceparent, ...headers } });
  return {
    status: response.status,
    body: await response.text(),
    challenge: response.headers.get('www-authenticate'),
    vary: response.headers.get('vary'),
    retryAfter: response.headers.get('retry-after'),
  };
};
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const unauthorized = {
  status: 401,
  body: JSON.stringify({ code: '401', message: 'Unauthorized', traceId: 'a'.repeat(32) }),
  challenge: 'Bearer',
  vary: 'Origin, authorization, x-azure-devops-token',
  retryAfter: null,
};

type Tokens = () => Promise<readonly Record<string, string>[]>;
const now = () => Math.floor(Date.now() / 1_000);
const signed = (claims: Record<string, unknown>) =>
  backend.entra.token(tenant, { claims: { ...backend.entra.application(client), ...claims } });
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const all = async (tokens: readonly (string | Promise<string>)[]) => (await Promise.all(tokens)).map(bearer);
const good = () => signed({});
const otherKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const extensionToken = (
  claims: Record<string, unknown> = {},
  key = extensionKeys[0],
  alg = 'HS256',
): Promise<string> =>
  new SignJWT({ nameid: 'user-1', tid: tenant, ...claims })
    .setProtectedHeader({ alg })
    .setIssuer(String(claims.iss ?? 'app.vstoken.visualstudio.com'))
    .setAudience(String(claims.aud ?? extensionId))
    .setExpirationTime(Number(claims.exp ?? now() + 600))
    .sign(new TextEncoder().encode(key));

const refused: Readonly<Record<string, Tokens>> = {
  algorithm: async () => {
    const claims = {
      ...backend.entra.application(client),
      iss: `${backend.entra.url}/${tenant}/v2.0`,
      aud: apiClientId,
      tid: tenant,
      exp: now() + 600,
    };
    const kid = `first-of-${tenant}`;
    const { privateKey } = otherKey();
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const publicKey = await exportSPKI(otherKey().publicKey as never).catch(() => 'public');
    const hmac = (alg: string, hash: string) => {
      const content = `${encoded({ alg, kid, typ: 'JWT' })}.${encoded(claims)}`;
      return `${content}.${createHmac(hash, publicKey).update(content).digest('base64url')}`;
    };
    return all([
      `${encoded({ alg: 'none', kid })}.${encoded(claims)}.`,
      `${encoded({ alg: 'None', kid })}.${encoded(claims)}.AAAA`,
      hmac('HS256', 'sha256'),
      hmac('HS512', 'sha512'),
      new SignJWT(claims).setProtectedHeader({ alg: 'PS256', kid }).sign(privateKey),
      new SignJWT(claims).setProtectedHeader({ alg: 'RS512', kid }).sign(privateKey),
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(ec.privateKey),
      extensionToken({}, extensionKeys[0], 'HS512'),
    ]);
  },
  signature: async () => {
    const [header, payload, signature] = (await good()).split('.');
    const [, otherPayload, otherSignature] = (await signed({ extra: 1 })).split('.');
    return all([
      `${header}.${payload}.${otherSignature}`,
      `${header}.${otherPayload}.${signature}`,
      `${header}.${payload}.${signature?.split('').reverse().join('')}`,
      `${header}.${payload}.AAAA`,
      `${header}.${payload}.${signature?.slice(0, -8)}`,
      `${(await extensionToken()).slice(0, -4)}AAAA`,
    ]);
  },
  key: async () => {
    const sign = (kid: string | undefined, key = otherKey().privateKey) =>
      new SignJWT({ ...backend.entra.application(client), tid: tenant })
        .setProtectedHeader({ alg: 'RS256', ...(kid !== undefined && { kid }) })
        .setIssuer(`${backend.entra.url}/${tenant}/v2.0`)
        .setAudience(apiClientId)
        .setExpirationTime('1h')
        .sign(key);
    return all([
      sign('unknown'),
      sign(`first-of-${tenant}`),
      sign(undefined),
      sign(''),
      sign(`first-of-${foreignTenant}`),
      extensionToken({}, 'another-certificate-of-an-extension'),
      extensionToken({}, ''.padEnd(40, ' ')),
    ]);
  },
  issuer: () =>
    all([
      signed({ iss: `${backend.entra.url}/${foreignTenant}/v2.0` }),
      signed({ iss: `${backend.entra.url}/${secondTenant}/v2.0` }),
      signed({ iss: `${backend.entra.url}/${tenant}` }),
      signed({ iss: `https://sts.windows.net/${tenant}` }),
      signed({ iss: `https://sts.windows.net/${foreignTenant}/` }),
      signed({ iss: `https://evil.example/${tenant}/v2.0` }),
      signed({ iss: undefined }),
      signed({ iss: 7 }),
      extensionToken({ iss: 'app.vstoken.example' }),
    ]),
  tenant: async () =>
    all([
      backend.entra.token(foreignTenant, { claims: backend.entra.application(client) }),
      backend.entra.token(foreignTenant, {
        claims: {
          ...backend.entra.application(client),
          tid: tenant,
          iss: `${backend.entra.url}/${tenant}/v2.0`,
        },
      }),
      signed({ tid: foreignTenant }),
      signed({ tid: secondTenant, iss: `${backend.entra.url}/${secondTenant}/v2.0` }),
      signed({ tid: undefined }),
      signed({ tid: [tenant] }),
      signed({ tid: 'common' }),
      extensionToken({ tid: foreignTenant }),
      extensionToken({ tid: undefined }),
    ]),
  audience: () =>
    all([
      signed({ aud: '00000003-0000-0000-c000-000000000000' }),
      signed({ aud: '499b84ac-1321-427f-aa17-267ca6975798' }),
      signed({ aud: `api://${apiClientId}/Deployments.Read` }),
      signed({ aud: '' }),
      signed({ aud: undefined }),
      signed({ aud: [] }),
      signed({ aud: apiClientId.toUpperCase() }),
      extensionToken({ aud: '00000000-0000-4000-8000-0000000000ff' }),
    ]),
  time: () =>
    all([
      signed({ exp: now() - 120 }),
      signed({ exp: 0 }),
      signed({ exp: undefined }),
      signed({ exp: String(now() + 600) }),
      signed({ nbf: now() + 120 }),
      signed({ nbf: 'soon' }),
      extensionToken({ exp: now() - 120 }),
    ]),
  kind: () =>
    all([
      // An ID token proves a user to a page, not to an API.
      signed({ azp: undefined, idtyp: undefined, oid: 'someone', sub: 'pairwise', scp: undefined }),
      signed({ azp: undefined, appid: undefined }),
      signed({ idtyp: 'user' }),
      signed({ oid: undefined }),
      signed({ oid: { toString: 'x' } }),
      signed({ azp: '../../other' }),
      signed({ scp: 'Deployments.Read', oid: 'a b' }),
      extensionToken({ nameid: undefined }),
      extensionToken({ nameid: 'a/b' }),
    ]),
  form: async () => {
    const token = await good();
    return [
      {},
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: 'Bearer ' },
      { authorization: token },
      { authorization: `Basic ${token}` },
      { authorization: `Bearer ${token} ${token}` },
      { authorization: `Bearer "${token}"` },
      bearer('x'),
      bearer('..'),
      bearer('a.b.c'),
      bearer(`${token}.${token}`),
      bearer(`${encoded([])}.${encoded([])}.AAAA`),
      bearer(
        `${encoded({ alg: 'RS256', kid: `first-of-${tenant}`, crit: ['x'] })}.${encoded({ tid: tenant })}.AAAA`,
      ),
      bearer('x'.repeat(9_000)),
    ];
  },
  static: () =>
    all([
      `${staticToken}x`,
      staticToken.slice(1),
      staticToken.toUpperCase(),
      sha256Of(staticToken),
      'monitor',
    ]),
};

describe.each(Object.entries(refused))('a token with the wrong %s', (_name, tokens) => {
  it('is refused at every route with the same answer', async () => {
    const given = await tokens();
    expect(given.length).toBeGreaterThanOrEqual(5);
    for (const headers of given) {
      const answers = await Promise.all(routes.map((route) => ask(route, headers)));
      expect([headers, answers]).toEqual([headers, routes.map(() => unauthorized)]);
    }
  });
});

describe('a token elsewhere', () => {
  it.each([
    ['in the query', (token: string) => ({ query: `?access_token=${token}` })],
    ['in a cookie', (token: string) => ({ headers: { cookie: `access_token=${token}` } })],
    ['in another header', (token: string) => ({ headers: { 'x-authorization': `Bearer ${token}` } })],
    ['in the proxy header', (token: string) => ({ headers: { 'proxy-authorization': `Bearer ${token}` } })],
    ['in the header for Azure DevOps', (token: string) => ({ headers: { 'x-azure-devops-token': token } })],
  ])('%s proves nothing', async (_place, put) => {
    const { query = '', headers = {} } = put(await good()) as {
      query?: string;
      headers?: Record<string, string>;
    };
    for (const route of routes) expect(await ask(route + query, headers)).toEqual(unauthorized);
  });

  it('is refused if there are two', async () => {
    const { hostname, port } = new URL(backend.url);
    const line = `authorization: Bearer ${await good()}\r\n`;
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      connect(Number(port), hostname)
        .on('data', (chunk) => {
          text += String(chunk);
        })
        .on('close', () => resolve(text))
        .on('error', reject)
        .end(`GET ${paths[0]} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${line}${line}\r\n`);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe('a valid token', () => {
  const accepted: Readonly<Record<string, () => Promise<readonly string[]>>> = {
    'of an application': () =>
      Promise.all([
        good(),
        signed({ aud: `api://${apiClientId}` }),
        signed({ aud: [apiClientId, 'other'] }),
        signed({ iss: `https://sts.windows.net/${tenant}/`, ver: '1.0', azp: undefined, appid: client }),
        signed({ idtyp: undefined }),
        signed({ exp: now() - 20 }),
        signed({ nbf: now() + 20 }),
        backend.entra.token(secondTenant, { claims: backend.entra.application(client) }),
        signed({ azp: 'unlisted', roles: ['Deployments.Read.All'] }),
      ]),
    'of the clients file': async () => [staticToken],
  };

  it.each(Object.entries(accepted))('%s gets past the door at every path', async (_name, tokens) => {
    for (const token of await tokens()) {
      for (const path of paths) expect((await ask(path, bearer(token))).status).toBe(400);
      expect((await ask('/nothing', bearer(token))).status).toBe(404);
    }
  });

  it('without a grant is forbidden before anything is looked up, at every path', async () => {
    const forbidden = [
      signed({ azp: 'unlisted' }),
      signed({ azp: 'unlisted', roles: ['Deployments.Read', 'deployments.read.all'] }),
      signed({ azp: 'unlisted', roles: 'Deployments.Read.All' }),
      signed({ scp: 'User.Read', oid: 'someone' }),
      signed({ scp: '', oid: 'someone', roles: ['Deployments.Read.All'] }),
      extensionToken(),
      extensionToken({}, extensionKeys[1]),
    ];
    backend.kusto.forget();
    for (const token of await Promise.all(forbidden)) {
      for (const path of paths) {
        const { status, body } = await ask(`${path}?adoOrganizationName=contoso`, bearer(token));
        expect([status, JSON.parse(body)]).toEqual([
          403,
          { code: '403', message: expect.stringMatching(/^Forbidden/), traceId: 'a'.repeat(32) },
        ]);
      }
    }
    expect(backend.kusto.asked).toEqual([]);
  });

  it('is not needed for probes, documentation and the contract', async () => {
    for (const path of ['/health/live', '/docs', '/openapi.json'])
      expect((await ask(path, {})).status).toBe(200);
  });
});
