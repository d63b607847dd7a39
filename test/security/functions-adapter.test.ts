/** What is odd on a socket is answered through Azure Functions too, and no handler throws. */
import functions from '@azure/functions';
import { handlerOf } from '../../backend/hosts/functions-adapter.ts';
import { startTestApp } from '../support/backend.ts';
import { answerOf, type KustoProxy, startKustoProxy } from '../support/engine/kusto-proxy.ts';
import { methods, oddHeaders, oddPaths } from '../support/security/odd-parts.ts';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

let kusto: KustoProxy;
let api: Awaited<ReturnType<typeof startTestApp>>;
beforeAll(async () => {
  kusto = await startKustoProxy(undefined, answerOf(['Found', 'DeploymentId'], [[false, '']]));
  api = await startTestApp(kusto.url, 'D');
});
afterAll(async () => {
  await api.close();
  await kusto.close();
});

/** As the Functions host hands it over; undefined where the host itself refuses it. */
function requestOf({ method, path, headers, body }: Sent): functions.HttpRequest | undefined {
  const url = `http://localhost:7071${path.startsWith('/') ? path : `/${path}`}`;
  try {
    return new functions.HttpRequest({
      // The type has the methods that a trigger may name; clients send others.
      method: method as 'GET',
      url,
      headers: { host: 'localhost:7071', ...headers },
      ...(body !== undefined && { body: { string: body } }),
    });
  } catch {
    return undefined;
  }
}

/** Statuses by what was sent, and whether each has the form of the contract. */
async function faults(requests: readonly Sent[]): Promise<string[]> {
  const handler = handlerOf(api.app);
  const found: string[] = [];
  let handed = 0;
  for (const sent of requests) {
    const request = requestOf(sent);
    if (!request) continue;
    handed++;
    const context = new functions.InvocationContext({ functionName: 'b2d' });
    const { status = 0, body } = Object(await handler(request, context)) as functions.HttpResponseInit;
    const text = String(body ?? '');
    const isError = status < 400 || sent.method === 'HEAD' || JSON.parse(text).code === String(status);
    if (status < 200 || status >= 500 || !isError)
      found.push(`${status} for ${JSON.stringify(sent).slice(0, 200)}`);
  }
  expect(handed).toBeGreaterThan(requests.length / 2);
  return found;
}

describe('the handler of HTTP triggers', () => {
  it.each(['GET', 'POST', 'DELETE'])('answers every odd path with %s', async (method) => {
    expect(await faults(oddPaths.map((path) => ({ method, path })))).toEqual([]);
  });

  it('answers every method', async () => {
    const paths = ['/', '//', '/b2d/deployments', '/health/live'];
    expect(await faults(methods.flatMap((method) => paths.map((path) => ({ method, path }))))).toEqual([]);
  });

  it('answers odd headers', async () => {
    const path = '/b2d/deployments?adoBuildId=1';
    const requests = oddHeaders.flatMap((headers) => [
      { method: 'GET', path, headers },
      { method: 'POST', path, headers, body: '{' },
    ]);
    expect(await faults(requests)).toEqual([]);
  });

  it.each([
    [414, { method: 'GET', path: `/${'a'.repeat(17_000)}` }],
    [431, { method: 'GET', path: '/', headers: { 'x-filler': 'f'.repeat(17_000) } }],
  ])('answers %i to what is too long', async (expected, sent) => {
    const request = requestOf(sent);
    if (!request) throw new Error('not handed over');
    const context = new functions.InvocationContext({ functionName: 'b2d' });
    expect(await handlerOf(api.app)(request, context)).toMatchObject({ status: expected });
  });
});
