import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type KustoClient, openKusto } from '../../../kusto/client/client.ts';
import { KustoError } from '../../../kusto/client/errors.ts';
import type { Row } from '../../../kusto/client/rows.ts';
import { answerOf, type Fault, type KustoProxy, startKustoProxy } from '../../support/engine/kusto-proxy.ts';
import { until } from '../../support/until.ts';

const text = 'declare query_parameters(A: string); F(A)';
const parameters = { A: "x'y" };

let proxy: KustoProxy;
let kusto: KustoClient;

beforeEach(async () => {
  proxy = await startKustoProxy();
  kusto = openKusto({ cluster: proxy.url, database: 'D', auth: { mode: 'none' }, maxRequests: 2 });
});

afterEach(async () => {
  kusto.close();
  await proxy.close();
});

function lookUp(timeoutMs = 950, client = kusto): Promise<Row[]> {
  return client.query(text, parameters, { interactive: true, traceId: 'trace', timeoutMs });
}

async function failureOf(asking: Promise<unknown>): Promise<KustoError> {
  const error: unknown = await asking.then(
    () => new Error('was answered'),
    (reason: unknown) => reason,
  );
  if (error instanceof KustoError) return error;
  throw error;
}

describe('an interactive query', () => {
  it('is answered with rows by column name', async () => {
    expect(await lookUp()).toEqual([{ A: 'a' }]);
  });

  it('carries its values as parameters, bounds its rows, only reads, and names its trace', async () => {
    await lookUp();
    expect(proxy.asked).toEqual([
      {
        text,
        parameters: { A: "x'y" },
        requestId: 'Deployments;trace',
        options: {
          request_readonly: true,
          query_take_max_records: 10_000,
          queryconsistency: 'weakconsistency',
          query_results_cache_max_age: '00:00:02',
          servertimeout: expect.stringMatching(/^00:00:00\.9[0-5]\d$/),
        },
      },
    ]);
  });

  it('is sent a second time when the connection breaks', async () => {
    proxy.fail({ kind: 'cut' }, 1);
    expect(await lookUp()).toEqual([{ A: 'a' }]);
    expect(proxy.asked.map(({ requestId }) => requestId)).toEqual([
      'Deployments;trace',
      'Deployments;trace;2',
    ]);
  });

  it('is not sent a third time', async () => {
    proxy.fail({ kind: 'status', status: 500 });
    expect((await failureOf(lookUp())).kind).toBe('unavailable');
    expect(proxy.asked).toHaveLength(2);
  });

  it('is no longer sent twice when most queries fail', async () => {
    for (let round = 0; round < 3; round++) {
      proxy.fail({ kind: 'status', status: 500 });
      for (let i = 0; i < 9; i++) await failureOf(lookUp());
      proxy.recover();
      await lookUp();
    }
    proxy.forget();
    proxy.fail({ kind: 'status', status: 500 });
    for (let i = 0; i < 9; i++) await failureOf(lookUp());
    expect(proxy.asked.length).toBeLessThanOrEqual(11);
  });

  it.each<Fault>([{ kind: 'status', status: 500 }, { kind: 'status', status: 429 }, { kind: 'cut' }])(
    'is not sent for a moment after many have met %j, and is answered soon after Kusto is back',
    async (fault) => {
      proxy.fail(fault);
      for (let i = 0; i < 10; i++) await failureOf(lookUp());
      proxy.recover();
      proxy.forget();
      expect(await failureOf(lookUp())).toMatchObject({
        kind: 'unavailable',
        message: 'Kusto is not queried: it failed lately and is not called for a moment',
        retryAfterSeconds: 1,
      });
      expect(proxy.asked).toEqual([]);
      await until(() =>
        lookUp().then(
          () => true,
          () => false,
        ),
      );
    },
  );

  it('does not wait in line behind others while Kusto is silent', async () => {
    proxy.fail({ kind: 'silence' });
    for (let i = 0; i < 5; i++) await Promise.all([failureOf(lookUp(50)), failureOf(lookUp(50))]);
    proxy.forget();
    const failures = await Promise.all(Array.from({ length: 600 }, () => failureOf(lookUp())));
    expect(new Set(failures.map(({ message }) => message))).toEqual(
      new Set(['Kusto is not queried: it failed lately and is not called for a moment']),
    );
    expect(proxy.asked).toEqual([]);
  });

  it('that Kusto refuses stops no others', async () => {
    proxy.fail({ kind: 'status', status: 400 }, 20);
    for (let i = 0; i < 20; i++) await failureOf(lookUp());
    expect(await lookUp()).toEqual([{ A: 'a' }]);
  });

  it('that had little time left, because others were before it, stops no others', async () => {
    proxy.fail({ kind: 'silence' });
    for (let round = 0; round < 4; round++) {
      const first = [lookUp(80), lookUp(80)];
      const waiting = Array.from({ length: 4 }, () => lookUp(120));
      await Promise.all([...first, ...waiting].map(failureOf));
    }
    proxy.recover();
    expect(await lookUp()).toEqual([{ A: 'a' }]);
  });

  it("of one caller takes no more than its share of the places and of the line, and leaves others' alone", async () => {
    const shared = openKusto({
      cluster: proxy.url,
      database: 'D',
      auth: { mode: 'none' },
      maxRequests: 4,
      callerShare: 0.5,
    });
    const of = (caller: string | undefined, timeoutMs = 60_000): Promise<Row[]> =>
      shared.query(caller ?? 'nobody', {}, { interactive: true, timeoutMs, caller });
    const open = proxy.hold();
    const greedy = Array.from({ length: 2 + 256 }, () => of('greedy'));
    expect(await failureOf(of('greedy'))).toMatchObject({
      name: 'KustoError',
      kind: 'throttled',
      message: 'Too busy: too many requests of this caller are waiting',
      retryAfterSeconds: 1,
    });
    const others = [of('modest'), of(undefined)];
    await until(() => proxy.asked.length === 4);
    expect(proxy.asked.map((query) => query.text).toSorted()).toEqual([
      'greedy',
      'greedy',
      'modest',
      'nobody',
    ]);
    const late = of('modest');
    open();
    await Promise.all([...greedy, ...others, late]);
    expect(proxy.asked.at(-1)?.text).toBe('greedy');
    shared.close();
  });

  const error = (permanent: boolean): string =>
    JSON.stringify([
      {
        FrameType: 'DataSetCompletion',
        HasErrors: true,
        OneApiErrors: [{ error: { code: 'LimitsExceeded', '@permanent': permanent } }],
      },
    ]);

  it.each<[string, Fault, KustoError['kind'], number | undefined]>([
    ['429', { kind: 'status', status: 429, retryAfter: '7' }, 'throttled', 7],
    ['429 without a time', { kind: 'status', status: 429 }, 'throttled', 1],
    ['503', { kind: 'status', status: 503, retryAfter: '3' }, 'unavailable', 3],
    ['400', { kind: 'status', status: 400 }, 'defect', undefined],
    ['403', { kind: 'status', status: 403 }, 'defect', undefined],
    ['a broken connection', { kind: 'cut' }, 'unavailable', undefined],
    ['text that is not JSON', { kind: 'body', body: '<html>' }, 'unavailable', undefined],
    ['JSON that is no answer', { kind: 'body', body: '{}' }, 'defect', undefined],
    ['no primary result', { kind: 'body', body: '[]' }, 'defect', undefined],
    ['a permanent error inside', { kind: 'body', body: error(true) }, 'defect', undefined],
    ['a passing error inside', { kind: 'body', body: error(false) }, 'unavailable', undefined],
    [
      'an error in the middle of a table',
      { kind: 'body', body: answerOf(['A'], [['a'], { OneApiErrors: [] } as never]) },
      'defect',
      undefined,
    ],
  ])('that gets %s fails as such', async (_name, fault, kind, retryAfterSeconds) => {
    proxy.fail(fault);
    expect(await failureOf(lookUp())).toMatchObject({ kind, retryAfterSeconds });
  });

  it.each<Fault['kind'] & ('silence' | 'trickle')>(['silence', 'trickle'])(
    'that meets %s fails within its time limit',
    async (kind) => {
      proxy.fail({ kind });
      expect(await failureOf(lookUp(200))).toMatchObject({
        kind: 'unavailable',
        message: expect.stringMatching(/no complete answer within \d+ ms/),
      });
    },
  );

  it('waits for a place, and gives up when none comes free', async () => {
    const open = proxy.hold();
    const taken = [lookUp(), lookUp()];
    const waiting = lookUp(100);
    expect(await failureOf(waiting)).toMatchObject({ kind: 'unavailable', retryAfterSeconds: 1 });
    const next = lookUp();
    open();
    expect(await Promise.all([...taken, next])).toHaveLength(3);
    expect(proxy.asked).toHaveLength(3);
  });

  it('does not wait for background work, which waits for its own', async () => {
    const open = proxy.hold();
    const background = Array.from({ length: 5 }, () => kusto.query('Background'));
    await until(() => proxy.asked.length === 4);
    const interactive = lookUp(60_000);
    await until(() => proxy.asked.length === 5);
    expect(proxy.asked.map((query) => query.text).filter((sent) => sent === text)).toHaveLength(1);
    open();
    expect(await interactive).toEqual([{ A: 'a' }]);
    expect(await Promise.all(background)).toHaveLength(5);
  });

  it('fails after the connection is closed', async () => {
    kusto.close();
    expect((await failureOf(lookUp())).kind).toBe('unavailable');
  });
});

describe('a background query', () => {
  it('only reads, takes no answer from a cache, and has minutes', async () => {
    await kusto.query(text, parameters);
    expect(proxy.asked).toEqual([
      {
        text,
        parameters,
        requestId: expect.any(String),
        options: {
          request_readonly: true,
          servertimeout: expect.stringMatching(/^00:0(4:00.000|3:59\.\d+)$/),
        },
      },
    ]);
  });
});

describe('what is not a query', () => {
  let received: { readonly url: string; readonly type: string; readonly authorization: string | undefined }[];
  let server: Server;
  let other: KustoClient;

  beforeEach(async () => {
    received = [];
    server = createServer((request, response) => {
      const { url = '', headers } = request;
      received.push({ url, type: String(headers['content-type']), authorization: headers.authorization });
      request.resume().on('end', () => response.writeHead(500).end('<html>'));
    });
    other = openKusto({ cluster: await listen(server), database: 'My base', auth: { mode: 'none' } });
  });

  afterEach(async () => {
    other.close();
    server.close();
    await once(server, 'close');
  });

  it('is sent once, because nobody knows whether it was done', async () => {
    const failed = { kind: 'unavailable', status: 500, message: 'Kusto answered 500: <html>' };
    expect(await failureOf(other.command('.append T <| print 1'))).toMatchObject(failed);
    expect(await failureOf(other.ingest('T & U', ['A'], [{ A: 1 }]))).toMatchObject(failed);
    expect(received).toEqual([
      { url: '/v1/rest/mgmt', type: 'application/json; charset=utf-8', authorization: undefined },
      {
        url: '/v1/rest/ingest/My%20base/T%20%26%20U?streamFormat=csv',
        type: 'application/octet-stream',
        authorization: undefined,
      },
    ]);
  });
});

describe('a cluster that asks who we are', () => {
  it.each([
    { mode: 'azureCli' },
    { mode: 'managedIdentity' },
    { mode: 'managedIdentity', clientId: 'c' },
  ] as const)('is not waited for beyond the time limit while its cloud is unknown: %j', async (auth) => {
    const server = createServer(() => {});
    const other = openKusto({ cluster: await listen(server), database: 'D', auth, maxRequests: 2 });
    expect(await failureOf(lookUp(100, other))).toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/^Could not sign in to Kusto: no answer within \d+ ms$/),
    });
    other.close();
    server.closeAllConnections();
    server.close();
  });
});

describe('a managed identity', () => {
  const endpoint = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'] as const;
  let asked: URLSearchParams[];
  let authorizations: unknown[];
  let server: Server;
  let url: string;

  // One server for all tests: the identity library asks for the endpoint once in a process.
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://host');
      response.setHeader('content-type', 'application/json');
      if (pathname === '/v1/rest/auth/metadata') return response.end(JSON.stringify({ AzureAD: cloud }));
      if (pathname === '/identity') {
        asked.push(searchParams);
        return response.end(JSON.stringify(tokenOf(searchParams.get('client_id') ?? 'system')));
      }
      authorizations.push(request.headers.authorization);
      return response.end(answerOf(['A'], [['a']]));
    });
    url = await listen(server);
    Object.assign(process.env, { IDENTITY_ENDPOINT: `${url}/identity`, IDENTITY_HEADER: 'secret' });
  });

  beforeEach(() => {
    asked = [];
    authorizations = [];
  });

  afterAll(async () => {
    for (const name of endpoint) delete process.env[name];
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it.each([
    ['of the system', { mode: 'managedIdentity' }, null, 'Bearer system'],
    ['of a user', { mode: 'managedIdentity', clientId: 'user' }, 'user', 'Bearer user'],
  ] as const)('%s signs in once for many requests', async (_whose, auth, clientId, authorization) => {
    const other = openKusto({ cluster: url, database: 'D', auth });
    expect(await Promise.all([lookUp(60_000, other), lookUp(60_000, other)])).toHaveLength(2);
    expect(await lookUp(60_000, other)).toEqual([{ A: 'a' }]);
    other.close();
    expect(authorizations).toEqual(Array(3).fill(authorization));
    expect(asked.map((query) => [query.get('resource'), query.get('client_id')])).toEqual([
      ['https://kusto.example', clientId],
    ]);
  });
});

const cloud = {
  LoginEndpoint: 'https://login.microsoftonline.com',
  KustoServiceResourceId: 'https://kusto.example',
};

const tokenOf = (token: string) => ({
  access_token: token,
  expires_on: String(Math.floor(Date.now() / 1000) + 86_400),
  resource: cloud.KustoServiceResourceId,
  token_type: 'Bearer',
});

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
