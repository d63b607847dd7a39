import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ClientOptions, createClient, type DeploymentsClient } from '../../api/client.ts';
import { ClientError } from '../../api/client-error.ts';

const build = {
  organization: 'msazure',
  project: 'b32aa71e-8ed2-41b2-9d77-5bc261222004',
  buildId: 85084651,
};
const body = {
  ADOOrganizationName: 'msazure',
  ADOProjectId: build.project,
  ADOBuildId: 85084651,
  Deployments: [],
};
const ok = JSON.stringify(body);

interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

let server: Server;
let baseUrl: string;
let seen: IncomingMessage[];
/** What the server does with the n-th request; the last entry holds for all later ones. */
let replies: (Reply | 'cut' | 'silence')[];

beforeEach(async () => {
  seen = [];
  replies = [{ body: ok }];
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    seen.push(request);
    const reply = replies[Math.min(seen.length, replies.length) - 1] ?? {};
    if (reply === 'silence') return;
    if (reply === 'cut') return void request.socket.destroy();
    response.writeHead(reply.status ?? 200, reply.headers ?? {}).end(reply.body ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** A client that remembers its waits instead of making them. */
function clientWith(options: Partial<ClientOptions> = {}): { client: DeploymentsClient; waits: number[] } {
  const waits: number[] = [];
  const client = createClient({
    baseUrl,
    random: () => 0,
    now: () => 0,
    sleep: async (milliseconds) => void waits.push(milliseconds),
    ...options,
  });
  return { client, waits };
}

async function failureOf(asking: Promise<unknown>): Promise<ClientError> {
  const error: unknown = await asking.then(
    () => new Error('was answered'),
    (reason: unknown) => reason,
  );
  if (error instanceof ClientError) return error;
  throw error;
}

const errorBody = (code: string, more: object = {}): string =>
  JSON.stringify({ code, message: `message ${code}`, traceId: 'trace', ...more });

describe('a lookup', () => {
  it('asks at the canonical path, below whatever path the backend has', async () => {
    const { client } = clientWith({ baseUrl: `${baseUrl}/some/where/` });
    await client.getDeployments(build);
    expect(seen[0]?.url).toBe(
      `/some/where/b2d/v1/build2deployments?adoOrganizationName=msazure&adoProjectId=${build.project}&adoBuildId=85084651`,
    );
  });

  it('encodes what it asks for', async () => {
    replies = [{ body: '{"DeploymentSource":"a","DeploymentId":"b","Payload":"c","Builds":[]}' }];
    const { client } = clientWith();
    await client.getBuilds({ source: 'expressv2', id: 'A b/ü&c' });
    await client.getBuildsOfPayload({ source: 'pilotfish', payload: 'a=1+2' });
    expect(seen.map(({ url }) => url)).toEqual([
      '/d2b/v1/deployment2build?deploymentSource=expressv2&deploymentId=A+b%2F%C3%BC%26c',
      '/p2b/v1/builds?deploymentSource=pilotfish&payload=a%3D1%2B2',
    ]);
  });

  it('finds', async () => {
    replies = [{ body: ok, headers: { etag: '"1"', 'x-trace-id': 't' } }];
    expect(await clientWith().client.getDeployments(build)).toEqual({
      kind: 'found',
      body,
      changed: true,
      skipped: [],
      etag: '"1"',
      staleSeconds: undefined,
      traceId: 't',
    });
  });

  it('finds nothing yet, and says why', async () => {
    replies = [{ status: 204, headers: { 'x-reason': 'none so far' } }];
    expect(await clientWith().client.getDeployments(build)).toMatchObject({
      kind: 'none',
      reason: 'none so far',
    });
  });

  it('learns that something is unknown, in the words that help most', async () => {
    const details = [{ target: 'adoBuildId', message: 'Nothing is known of build 1.' }];
    replies = [{ status: 404, body: errorBody('404', { details }) }];
    expect(await clientWith().client.getDeployments(build)).toEqual({
      kind: 'unknown',
      message: 'Nothing is known of build 1.',
      traceId: 'trace',
    });
  });

  it('says how old an answer is that the backend could not renew', async () => {
    replies = [{ body: ok, headers: { warning: '110 - "Response is Stale"', age: '42' } }];
    expect(await clientWith().client.getDeployments(build)).toMatchObject({ staleSeconds: 42 });
  });

  it('transfers no body if nothing has changed', async () => {
    replies = [{ body: ok, headers: { etag: '"1"' } }, { status: 304 }];
    const { client } = clientWith();
    const previous = await client.getDeployments(build);
    const next = await client.getDeployments(build, { previous });
    expect(seen[1]?.headers['if-none-match']).toBe('"1"');
    expect(next).toMatchObject({ kind: 'found', changed: false, body, etag: '"1"' });
  });

  it('can be based on any previous answer', async () => {
    replies = [{ status: 204 }, { body: ok }];
    const { client } = clientWith();
    const previous = await client.getDeployments(build);
    expect(await client.getDeployments(build, { previous })).toMatchObject({ kind: 'found', changed: true });
    expect(seen[1]?.headers).not.toHaveProperty('if-none-match');
  });

  it('shows a new token at every try', async () => {
    let tokens = 0;
    replies = ['cut', { body: ok }];
    await clientWith({ token: async () => `t${++tokens}` }).client.getDeployments(build);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);
  });

  it('sends nothing if it cannot get a token', async () => {
    const token = () => Promise.reject(new Error('signed out'));
    expect((await failureOf(clientWith({ token }).client.getDeployments(build))).kind).toBe('tokenFailed');
    expect(seen).toHaveLength(0);
  });
});

describe('a lookup that fails', () => {
  it.each([
    [400, 'badRequest'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [405, 'notAnApi'],
    [500, 'serverError'],
    [418, 'notAnApi'],
  ] as const)('with %i is %s, at once and with its trace', async (status, kind) => {
    replies = [{ status, body: errorBody(String(status)) }];
    const { client, waits } = clientWith();
    expect(await failureOf(client.getDeployments(build))).toMatchObject({
      kind,
      status,
      traceId: 'trace',
      message: `message ${status}`,
    });
    expect(waits).toEqual([]);
  });

  it.each([
    ['of our shape for an unknown path', errorBody('404', { details: [{ target: 'path', message: 'x' }] })],
    ['of somebody else', '<html>Not Found</html>'],
    ['of somebody else in JSON', '{"error":"nothing"}'],
    ['of null', 'null'],
  ])('with a 404 %s is not an API', async (_whose, content) => {
    replies = [{ status: 404, body: content }];
    expect((await failureOf(clientWith().client.getDeployments(build))).kind).toBe('notAnApi');
  });

  it('keeps the details that can be read', async () => {
    const details = [{ target: 'adoBuildId', message: 'm' }, 'x', null, { target: 1 }];
    replies = [{ status: 400, body: errorBody('400', { details }) }];
    expect((await failureOf(clientWith().client.getDeployments(build))).details).toEqual([details[0]]);
  });

  it.each(['', '<html>', '{}', '[]', 'null'])('because its body is %j says so', async (content) => {
    replies = [{ body: content }];
    expect((await failureOf(clientWith().client.getDeployments(build))).kind).toBe('invalidResponse');
  });

  it.each<[string, Reply | 'cut', string]>([
    ['429', { status: 429 }, 'throttled'],
    ['502', { status: 502 }, 'unavailable'],
    ['503', { status: 503 }, 'unavailable'],
    ['504', { status: 504 }, 'unavailable'],
    ['a broken connection', 'cut', 'network'],
  ])('with %s is tried three times, with growing waits', async (_what, reply, kind) => {
    replies = [reply];
    const { client, waits } = clientWith();
    expect((await failureOf(client.getDeployments(build))).kind).toBe(kind);
    expect(seen).toHaveLength(3);
    expect(waits).toEqual([150, 300]);
  });

  it('and then does not gives the answer', async () => {
    replies = [{ status: 503, headers: { 'retry-after': '2' } }, { body: ok }];
    const { client, waits } = clientWith();
    expect(await client.getDeployments(build)).toMatchObject({ kind: 'found' });
    expect(waits).toEqual([2000]);
  });

  it('is not waited for when the server asks for too long', async () => {
    replies = [{ status: 429, headers: { 'retry-after': '3600' } }];
    const { client, waits } = clientWith();
    expect((await failureOf(client.getDeployments(build))).retryAfterSeconds).toBe(3600);
    expect(waits).toEqual([]);
  });

  it('because nothing came in time says so', async () => {
    replies = ['silence'];
    const { client } = clientWith({ timeoutMs: 30, retry: { attempts: 1 } });
    expect((await failureOf(client.getDeployments(build))).kind).toBe('timeout');
  });
});

describe('a lookup that its caller gives up', () => {
  const reason = new Error('another build');

  it('before it began sends nothing', async () => {
    const asking = clientWith().client.getDeployments(build, { signal: AbortSignal.abort(reason) });
    await expect(asking).rejects.toBe(reason);
    expect(seen).toHaveLength(0);
  });

  it('while it waits for an answer ends with the reason', async () => {
    replies = ['silence'];
    const caller = new AbortController();
    const asking = clientWith().client.getDeployments(build, { signal: caller.signal });
    await once(server, 'request');
    caller.abort(reason);
    await expect(asking).rejects.toBe(reason);
  });

  it('between two tries ends with the reason', async () => {
    replies = [{ status: 503, headers: { 'retry-after': '10' } }];
    const caller = new AbortController();
    const client = createClient({ baseUrl });
    const asking = client.getDeployments(build, { signal: caller.signal });
    await once(server, 'request');
    setTimeout(() => caller.abort(reason), 50);
    await expect(asking).rejects.toBe(reason);
  });
});

describe('a client', () => {
  it.each(['ftp://x', 'file:///etc', 'nowhere'])('cannot be made for %s', (url) => {
    expect(() => createClient({ baseUrl: url })).toThrow(
      'baseUrl must be a URL that begins with https:// or http://',
    );
  });

  it('really waits between tries', async () => {
    replies = [{ status: 503 }, { body: ok }];
    const client = createClient({ baseUrl, retry: { firstDelayMs: 1 } });
    expect(await client.getDeployments(build)).toMatchObject({ kind: 'found' });
  });
});
