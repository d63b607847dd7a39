import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { introspectionPaths } from '../../api/introspection/paths.ts';
import { apiPaths } from '../../api/paths.ts';
import { startTestApp } from '../support/backend.ts';
import { answerOf, type KustoProxy, startKustoProxy } from '../support/engine/kusto-proxy.ts';

let kusto: KustoProxy;
let api: Awaited<ReturnType<typeof startTestApp>>;

beforeEach(async () => {
  kusto = await startKustoProxy(undefined, answerOf(['Found', 'DeploymentId'], [[false, '']]));
  api = await startTestApp(kusto.url, 'D', {
    PORT: '0',
    CORS_ORIGINS: 'https://pages.example.com',
    B2D_CACHE_SECONDS: '0',
  });
});

afterEach(async () => {
  await api.close();
  await kusto.close();
});

const b2dPath =
  '/b2d/deployments?adoOrganizationName=o&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=1';
const b2d = (init?: RequestInit): Promise<Response> => fetch(api.url + b2dPath, init);

describe('a request that Kusto does not answer', () => {
  it.each([
    ['429', 'Too Many Requests', '7', { kind: 'status', status: 429, retryAfter: '7' }],
    ['503', 'Service Unavailable', '5', { kind: 'status', status: 502 }],
    ['503', 'Service Unavailable', '5', { kind: 'cut' }],
    ['500', 'Internal Server Error', null, { kind: 'status', status: 400 }],
    [
      '500',
      'Internal Server Error',
      null,
      { kind: 'body', body: answerOf(['Found', 'DeploymentId', 'StartTime'], [[true, 'a', 'x']]) },
    ],
  ] as const)('is %s %s', async (code, message, retryAfter, fault) => {
    kusto.fail(fault);
    const response = await b2d();
    expect(response.status).toBe(Number(code));
    expect(response.headers.get('retry-after')).toBe(retryAfter);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ code, message, traceId: response.headers.get('x-trace-id') });
  });
});

describe('a request to the wrong place', () => {
  it('is 404 where nothing is served', async () => {
    const response = await fetch(`${api.url}/b2d/v2/deployments?adoBuildId=1`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      code: '404',
      message: 'Not Found',
      details: [{ target: 'path', message: 'Nothing is served at this path; /openapi.json lists what is.' }],
      traceId: response.headers.get('x-trace-id'),
    });
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('is 405 with the method %s', async (method) => {
    const response = await b2d({
      method,
      ...(method === 'POST' && { body: '{"a":1}', headers: { 'content-type': 'text/x' } }),
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect(await response.json()).toMatchObject({ code: '405' });
  });

  it.each([
    ['that is too long', 'a'.repeat(2_000_000), 'text/plain'],
    ['that is no JSON', '{', 'application/json'],
  ])('is not found there also with a body %s', async (_what, body, type) => {
    const init = { method: 'POST', body, headers: { 'content-type': type } };
    expect((await fetch(`${api.url}/nowhere`, init)).status).toBe(404);
    expect((await b2d(init)).status).toBe(405);
  });

  it('is 400 where it is not HTTP', async () => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.write('HELLO\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toMatch(/\{"code":"400","message":"The request is not valid HTTP\."\}$/);
  });
});

describe('the trace of a request', () => {
  it("is the caller's, in the answer and in what Kusto is asked", async () => {
    kusto.forget();
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const response = await b2d({ headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } });
    expect(response.headers.get('x-trace-id')).toBe(trace);
    expect(kusto.asked.map(({ requestId }) => requestId)).toEqual([`Deployments;${trace}`]);
  });

  it.each(['', 'x', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, '00-ABC-1-01'])(
    'is a new one where the caller sends %j',
    async (traceparent) => {
      const answers = await Promise.all([1, 2].map(() => b2d({ headers: { traceparent } })));
      const traces = answers.map(({ headers }) => headers.get('x-trace-id'));
      expect(traces).toEqual([
        expect.stringMatching(/^[0-9a-f]{32}$/),
        expect.stringMatching(/^[0-9a-f]{32}$/),
      ]);
      expect(traces[0]).not.toBe(traces[1]);
    },
  );
});

describe('a page in a browser', () => {
  const origin = 'https://pages.example.com';
  const preflight = (from: string): Promise<Response> =>
    b2d({ method: 'OPTIONS', headers: { origin: from, 'access-control-request-method': 'GET' } });

  it('of an allowed origin may ask, send a token and read the headers', async () => {
    const permission = await preflight(origin);
    expect(permission.status).toBe(204);
    expect(Object.fromEntries(permission.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': 'authorization, if-none-match, traceparent, x-azure-devops-token',
      vary: 'Origin',
    });
    const answer = await b2d({ headers: { origin } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-expose-headers')).toContain('etag');
  });

  it('learns of errors too', async () => {
    const answer = await fetch(`${api.url}/b2d/deployments`, { headers: { origin } });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
  });

  it.each(['https://evil.example.com', 'https://pages.example.com.evil.com', 'null'])(
    'of the origin %s may not',
    async (other) => {
      expect((await preflight(other)).headers.has('access-control-allow-origin')).toBe(false);
      expect((await b2d({ headers: { origin: other } })).headers.has('access-control-allow-origin')).toBe(
        false,
      );
    },
  );
});

describe('health', () => {
  const ready = async (): Promise<unknown> => (await fetch(`${api.url}/health/ready`)).json();

  it('is live as long as the process answers', async () => {
    kusto.fail({ kind: 'cut' });
    const response = await fetch(`${api.url}/health/live`);
    expect(await response.json()).toEqual({ status: 'live' });
  });

  it('is ready once every query is warm', async () => {
    expect(await ready()).toEqual({ status: 'ready' });
    expect(kusto.asked.map(({ text }) => text.split('\n')[1])).toEqual([
      'GetBuild2Deployment_v1(AdoOrganizationName, AdoProjectId, AdoBuildId)',
      'GetDeployment2Build_v1(DeploymentSource, DeploymentId)',
      'GetPayload2Build_v1(DeploymentSourceSystem, PayloadId)',
      'GetDeploymentEntitiesPage_v1(DeploymentSource, DeploymentId, States, Types, AfterOrder, AfterType, AfterId, Top)',
      undefined,
    ]);
  });

  it('asks Kusto once for many probes', async () => {
    kusto.forget();
    await Promise.all(Array.from({ length: 20 }, ready));
    expect(kusto.asked).toHaveLength(1);
  });

  it('is not ready while Kusto does not answer', async () => {
    kusto.fail({ kind: 'cut' });
    const response = await fetch(`${api.url}/health/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: 'notReady', reason: 'Kusto does not answer' });
  });

  it('does not keep a process from starting without Kusto, which warms up later', async () => {
    kusto.fail({ kind: 'cut' });
    const other = await startTestApp(kusto.url, 'D');
    kusto.recover();
    const response = await fetch(`${other.url}/health/ready`);
    expect(response.status).toBe(200);
    await other.close();
  });
});

describe('an app for some of the APIs', () => {
  it('serves and describes only those', async () => {
    const other = await startTestApp(kusto.url, 'D', { APIS: 'd2b' });
    const { paths } = (await (await fetch(`${other.url}/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(paths)).toEqual([
      '/d2b/v1/deployment2build',
      '/d2b/deployment2build',
      '/d2b/builds',
      '/health/live',
      '/health/ready',
    ]);
    expect((await fetch(other.url + b2dPath)).status).toBe(404);
    await other.close();
  });
});

describe('the documentation', () => {
  interface Parameter {
    readonly in: string;
    readonly name: string;
    readonly example: string | number;
  }
  interface Document {
    readonly info: { readonly version: string };
    readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly parameters?: Parameter[] }>>>>;
    readonly components: { readonly schemas: object };
  }
  const documentOf = async (url: string): Promise<Document> =>
    (await (await fetch(`${url}/openapi.json`)).json()) as Document;

  it('is about every path and object', async () => {
    const { paths, components } = await documentOf(api.url);
    expect(Object.keys(paths)).toEqual([
      ...Object.values(apiPaths).flat(),
      ...Object.values(introspectionPaths).map((path) => path.replace(':id', '{id}')),
      '/health/live',
      '/health/ready',
    ]);
    expect(Object.keys(components.schemas)).toContain('Deployment2Build');
  });

  it('has the version of the product', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect((await documentOf(api.url)).info.version).toBe(version);
  });

  it('has examples that can be asked', async () => {
    const { paths } = await documentOf(api.url);
    const examples = Object.values(apiPaths).map(([path]) => {
      const parameters = paths[path]?.get?.parameters ?? [];
      const query = parameters.filter(({ in: place }) => place === 'query');
      return `${path}?${new URLSearchParams(Object.fromEntries(query.flatMap(({ name, example }) => (example === undefined ? [] : [[name, String(example)]]))))}`;
    });
    expect(examples).toHaveLength(4);
    for (const path of examples) expect((await fetch(api.url + path)).status).not.toBe(400);
  });

  it('is a page whose every file comes from this host', async () => {
    const response = await fetch(`${api.url}/docs`);
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    const page = await response.text();
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
    expect(files.sort()).toEqual([
      '/docs/page.css',
      '/docs/start.js',
      '/docs/swagger-ui-bundle.js',
      '/docs/swagger-ui.css',
      '/openapi.json',
      'data:,',
    ]);
    for (const file of files.filter((address) => address.startsWith('/'))) {
      const answer = await fetch(api.url + file);
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(0);
      const { status, headers } = answer;
      expect([file, status, headers.get('x-content-type-options')]).toEqual([file, 200, 'nosniff']);
    }
  });
});
