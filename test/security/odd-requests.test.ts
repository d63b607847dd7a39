/** No request ends a process, however odd it is; on every port, over real sockets. */
import { type PortName, type Product, portNames, startProduct } from '../support/security/product.ts';
import { rawRequest, sendRaw } from '../support/security/raw-request.ts';

const oddPaths = [
  '//',
  '///',
  '////x',
  '//evil.example/',
  '//[',
  '//:99999/',
  '/\\',
  '/\\\\evil.example',
  '/%',
  '/%zz',
  '/%0',
  '/%00',
  '/%ff%fe',
  '/%c0%ae%c0%ae/',
  '/..',
  '/../../../../etc/passwd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/..%2f..%2fetc%2fpasswd',
  '/..;/',
  '*',
  'x',
  '?',
  '/?',
  '/??',
  '/?%',
  '/?%zz=%zz',
  '/?a[b]=c&a[b][c]=d&__proto__[x]=1',
  '/#',
  '/#//',
  '/;',
  '/.',
  '/./',
  '/index.html/',
  '/index.html/../..',
  '/build-results.html%00.js',
  '/constructor',
  '/__proto__',
  '/toString',
  '/[',
  '/]',
  '/{}',
  '/|',
  '/^',
  '/"',
  '/<script>',
  '/é',
  '/\u{1f600}',
  `/${'a'.repeat(8_000)}`,
  `/${'../'.repeat(2_000)}`,
  `/?${'a=b&'.repeat(3_000)}`,
  'http://',
  'http:',
  'http:///',
  'http://evil.example/',
  'http://evil.example:99999/',
  'http://[::1',
  'https://evil.example/v2/rest/query',
  'file:///etc/passwd',
  'data:,x',
  'javascript:1',
  'evil.example:80',
  '/b2d//v1',
  '/b2d/v1/build2deployments//',
  '//b2d/deployments',
  '/d2b/builds?deploymentSource',
  '/p2b/builds?payload=%',
  '/docs//',
  '/docs/..%2f..%2fpackage.json',
  '/docs/%',
  '/hooks//v1/events',
  '/hooks/v1/events?%',
  '/gates/v1//',
  '/gates/v1/waits/%',
  '/gates/v1/waits/%00',
  '/v1/rest/ingest',
  '/v1/rest/ingest//',
  '/v1/rest/ingest/%zz/T',
  '/v1/rest/ingest/NetDefaultDB/%',
  '/v1/rest/ingest/a/b/c/d',
  '//v2/rest/query',
  '/v2/rest/query/',
  '/V2/REST/QUERY',
  '/config.json/',
  '/config.json?',
  '/config.json%00',
  '/CON',
  '/nul.js',
  '/a:b.js',
  '/main.js.',
];
const methods = [
  'GET',
  'POST',
  'HEAD',
  'OPTIONS',
  'PUT',
  'PATCH',
  'DELETE',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'QUERY',
  'get',
];
const oddHeaders: readonly Readonly<Record<string, string>>[] = [
  { upgrade: 'websocket', connection: 'Upgrade' },
  { upgrade: 'h2c', connection: 'Upgrade, HTTP2-Settings', 'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA' },
  { expect: '100-continue' },
  { expect: 'the unexpected' },
  { 'content-length': '-1' },
  { 'content-length': '5, 6' },
  { 'transfer-encoding': 'chunked', 'content-length': '3' },
  { 'transfer-encoding': 'gzip, chunked' },
  { 'content-encoding': 'gzip' },
  { 'content-type': '' },
  { 'content-type': 'application/json; charset=\u{1f600}' },
  { 'content-type': 'a'.repeat(4_000) },
  { cookie: '='.repeat(4_000) },
  { authorization: 'Bearer' },
  { authorization: `Bearer ${'A'.repeat(8_000)}` },
  { 'if-none-match': ','.repeat(4_000) },
  { traceparent: `00-${'0'.repeat(4_000)}` },
  { origin: '[' },
  { origin: 'http://[::1' },
  { host: '' },
  { host: '[' },
  { host: '[::1' },
  { host: 'localhost:99999999' },
  { 'x-filler': 'f'.repeat(20_000) },
  { 'x-ms-client-request-id': `${'\u00ff'.repeat(100)}` },
  { 'access-control-request-method': 'NONE', origin: 'null' },
];

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
