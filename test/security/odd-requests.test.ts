/** No request ends a process, however odd it is; on every port, over real sockets. */
import { methods, oddHeaders, oddPaths } from '../support/security/odd-parts.ts';
import { type PortName, type Product, portNames, startProduct } from '../support/security/product.ts';
import { rawRequest, sendRaw } from '../support/security/raw-request.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

/** What was answered with a fault of ours, or not at all. */
async function faults(
  port: PortName,
  requests: readonly Parameters<typeof rawRequest>[1][],
): Promise<string[]> {
  const origin = product.origins[port];
  const found: string[] = [];
  for (const request of requests) {
    const { status } = await sendRaw(origin, rawRequest(origin, request));
    const mayBeSilent = request.method === 'CONNECT';
    if (status === undefined ? !mayBeSilent : status >= 500 || status < 200)
      found.push(`${status} for ${JSON.stringify(request).slice(0, 200)}`);
  }
  return [...found, ...product.troubles()];
}

/** The message of an answer in the API's form, or in that of Kusto. */
function messageOf(answer: string, status: number): unknown {
  const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
  if ('error' in body) return body.error['@message'];
  expect(body.code).toBe(String(status));
  return body.message;
}

const isPage = (port: PortName): boolean => port === 'page' || port === 'files';

/** Requests with bodies that are a byte too long: path, type, length and the message that says so. */
function longBodies(port: PortName): [path: string, type: string, length: number, message: string][] {
  if (isPage(port)) return [['/index.html', 'text/plain', 1, 'No body is taken here.']];
  const megabyte = 1024 * 1024;
  const long = (limit: string) => `The body is longer than ${limit}.`;
  if (port !== 'api') return [['/v2/rest/query', 'application/json', 64 * megabyte + 1, long('64 MiB')]];
  return [
    ['/gates/v1/evaluations', 'application/json', 64 * 1024 + 1, long('64 KiB')],
    ['/gates/v1/waits', 'application/json', 64 * 1024 + 1, long('64 KiB')],
    ['/hooks/v1/events', 'application/json', megabyte + 1, long('1 MiB')],
  ];
}

describe.each(portNames)('the %s', (port) => {
  it.each(['GET', 'POST'])('survives every odd path with %s', async (method) => {
    expect(
      await faults(
        port,
        oddPaths.map((path) => ({ method, path })),
      ),
    ).toEqual([]);
  });

  it('survives every method', async () => {
    const paths = ['/', '//', '*', '/v2/rest/query', '/b2d/deployments', '/hooks/v1/events'];
    expect(
      await faults(
        port,
        methods.flatMap((method) => paths.map((path) => ({ method, path }))),
      ),
    ).toEqual([]);
  });

  it('survives odd headers', async () => {
    const places = ['/', '/v2/rest/query', '/b2d/deployments', '/hooks/v1/events', '/gates/v1/evaluations'];
    const requests = oddHeaders.flatMap((headers) =>
      places.flatMap((path) => [
        { path, headers },
        { method: 'POST', path, headers, body: '{}' },
      ]),
    );
    expect(await faults(port, requests)).toEqual([]);
  });

  it.each([
    [414, 'address', { path: `/?${'a'.repeat(17_000)}` }],
    [414, 'address', { path: `/${'a'.repeat(60_000)}` }],
    [431, 'headers', { headers: { 'x-filler': 'f'.repeat(17_000) } }],
    [431, 'headers', { headers: { 'x-filler': 'f'.repeat(60_000) } }],
  ])('answers %i with the limit to %s that are too long', async (expected, what, request) => {
    const { status, text } = await sendRaw(product.origins[port], rawRequest(product.origins[port], request));
    expect(status).toBe(expected);
    expect(messageOf(text, expected)).toMatch(new RegExp(`^The ${what} (is|are) longer than 16 KiB\\.$`));
  });

  it('answers 413 with the limit to a body that is too long', async () => {
    for (const [path, type, length, message] of longBodies(port)) {
      const headers = {
        'content-type': type,
        'content-length': String(length),
        'x-changelog-secret': product.webhookSecret,
        authorization: `Bearer ${product.token}`,
      };
      const method = isPage(port) ? 'GET' : 'POST';
      const request = rawRequest(product.origins[port], { method, path, headers });
      const { status, text } = await sendRaw(product.origins[port], request);
      expect([path, status, messageOf(text, 413)]).toEqual([path, 413, message]);
    }
  });

  it('answers 400 to what is no HTTP', async () => {
    const { status, text } = await sendRaw(product.origins[port], 'GET / HTTP/1.1\r\nx\r\n\r\n');
    expect(status).toBe(400);
    expect(messageOf(text, 400)).toBe('The request is not valid HTTP.');
  });

  it('survives what is no HTTP', async () => {
    const texts = [
      '\0',

      'GET\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      '\x16\x03\x01\x02',
      'GET / HTTP/1.1\r\nx\r\n\r\n',
    ];
    for (const text of texts) await sendRaw(product.origins[port], text);
    expect(product.troubles()).toEqual([]);
  });
});
