import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type KustoClient, openKusto } from '../../../kusto/client/client.ts';
import { KustoError } from '../../../kusto/client/errors.ts';
import type { Row } from '../../../kusto/client/rows.ts';
import { answerOf, type Fault, type KustoProxy, startKustoProxy } from '../../support/engine/kusto-proxy.ts';

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
    proxy.fail({ kind: 'status', status: 500 });
    for (let i = 0; i < 30; i++) await failureOf(lookUp());
    proxy.forget();
    for (let i = 0; i < 10; i++) await failureOf(lookUp());
    expect(proxy.asked.length).toBeLessThanOrEqual(12);
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

  it('fails after the connection is closed', async () => {
    kusto.close();
    expect((await failureOf(lookUp())).kind).toBe('unavailable');
  });
});

describe('a cluster that asks who we are', () => {
  it.each([
    { mode: 'azureCli' },
    { mode: 'managedIdentity' },
    { mode: 'managedIdentity', clientId: 'c' },
  ] as const)('is not waited for beyond the time limit while its cloud is unknown: %j', async (auth) => {
    const server = createServer(() => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const other = openKusto({ cluster: `http://127.0.0.1:${port}`, database: 'D', auth, maxRequests: 2 });
    expect(await failureOf(lookUp(100, other))).toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/^Could not sign in to Kusto: no answer within \d+ ms$/),
    });
    other.close();
    server.closeAllConnections();
    server.close();
  });
});
