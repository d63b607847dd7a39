/**
 * Generated requests to every port: such as the contract allows, with hostile values in them, and such as nobody's
 * client sends.
 */
import fc from 'fast-check';
import { apiParameters } from '../../../api/parameters.ts';
import { type ApiName, apiNames, apiPaths } from '../../../api/paths.ts';
import { type PortName, type Product, portNames } from './product.ts';
import { rawRequest } from './raw-request.ts';

/** A request as it is written, and where to. */
export interface FuzzedRequest {
  readonly port: PortName;
  readonly bytes: Buffer;
  /** The statuses that the contract has for it; absent where anything but a fault of ours may be answered. */
  readonly allowed?: readonly number[];
}

type Parts = Exclude<Parameters<typeof rawRequest>[1], undefined>;
type Allowed = Parts & { readonly port: PortName; readonly allowed: readonly number[] };

const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }).map((text) => text.toWellFormed()),
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom(
    "'; .drop table Build2Payload //",
    '" or 1==1 | take 1 //',
    '<script>alert(1)</script>',
    '../../etc/passwd',
    '%00',
    '%',
    '+',
    '\0',
    '\r\nset-cookie: a=b',
    '\u001b]0;x\u0007',
    '\u202e\u2028\ufeff',
    '{{7*7}}`$(id)`',
    '__proto__',
    'a'.repeat(500),
    '\u{1f600}'.repeat(500),
  ),
);

/** Percent-encoded in one of the ways that are allowed. */
const encoded = (text: string, way: number): string => {
  if (way === 0) return encodeURIComponent(text);
  if (way === 1) return encodeURIComponent(text).replaceAll('%20', '+');
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
};
const ways = fc.nat({ max: 2 });

const valid: Readonly<Record<string, fc.Arbitrary<string>>> = {
  adoOrganizationName: fc.oneof(
    fc.constant('msazure'),
    ...apiParameters.b2d
      .filter(({ name }) => name === 'adoOrganizationName')
      .map(({ schema }) => fc.stringMatching(new RegExp(String(Object(schema).pattern), 'u')))
      .map((names) => names.filter((name) => name.length <= 200)),
  ),
  adoProjectId: fc.uuid(),
  adoBuildId: fc.integer({ min: 1, max: 2 ** 31 - 1 }).map(String),
  deploymentSource: fc
    .tuple(fc.constantFrom('expressv2', 'azdeployer', 'pilotfish', 'azurepipelines'), fc.boolean())
    .map(([name, isLoud]) => (isLoud ? name.toUpperCase() : name)),
  deploymentId: hostile,
  payload: fc.oneof(
    hostile,
    fc.tuple(hostile, hostile).map((parts) => parts.join('=')),
  ),
};

/** Header values without line breaks, as a client may send them. */
const headerText = fc
  .string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
    maxLength: 200,
  })
  .map((text) => text.replace(/\x7f/g, ''));

const lookup = (api: ApiName): fc.Arbitrary<Allowed> =>
  fc
    .record({
      path: fc.constantFrom(...apiPaths[api]),
      method: fc.constantFrom('GET', 'HEAD'),
      values: fc.tuple(
        ...apiParameters[api].map(({ name }) => fc.tuple(fc.constant(name), valid[name] ?? hostile, ways)),
      ),
      unknown: fc.array(fc.tuple(hostile, hostile, ways), { maxLength: 2 }),
      isLoud: fc.boolean(),
      etag: fc.option(headerText, { nil: undefined }),
    })
    .map(({ path, method, values, unknown, isLoud, etag }): Allowed => {
      const pairs = [
        ...values.map(([name, value, way]) => `${isLoud ? name.toUpperCase() : name}=${encoded(value, way)}`),
        ...unknown.map(([name, value, way]) => `x-${encoded(name, way)}=${encoded(value, way)}`),
      ];
      const headers: Record<string, string> = etag === undefined ? {} : { 'if-none-match': etag };
      const allowed = [200, 204, 304, 404];
      return { port: 'api', method, path: `${path}?${pairs.join('&')}`, headers, allowed };
    });

const patterns = fc
  .array(
    hostile
      .map((text) => text.replace(/[\n,!]/g, ''))
      .map((text) => text.trim().slice(0, 500).toWellFormed()),
    { maxLength: 5 },
  )
  .map((texts) => texts.join('\n'));

const evaluation: fc.Arbitrary<Allowed> = fc
  .record({
    path: fc.constantFrom('/gates/v1/evaluations', '/gates/v1/waits?waitForCompletion=false'),
    type: fc.constantFrom('application/json', 'text/plain', ''),
    build: fc.record({
      organization: fc.constantFrom('msazure', 'https://dev.azure.com/msazure/', ' contoso '),
      projectId: fc.uuid(),
      buildId: fc.oneof(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.constant('85084651')),
    }),
    criteria: fc.record(
      {
        waitFor: fc.constantFrom('completed', 'started', 'final', ''),
        require: fc.constantFrom('all', 'any'),
        sources: fc.constantFrom('', 'Ev2', '*', '!expressv2', 'azure*'),
        payloads: patterns,
        deployments: patterns,
        minimumDeployments: fc.integer({ min: 1, max: 10_000 }).map(String),
        minimumEntities: fc.integer({ min: 1, max: 1_000_000 }).map(String),
        settle: fc.constantFrom('0s', '90s'),
        timeout: fc.constantFrom('1h30m', '48h', '30d'),
        onFailure: fc.constantFrom('fail', 'wait', 'warn'),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ path, type, build, criteria }) => ({
    port: 'api',
    method: 'POST',
    path,
    headers: { 'content-type': type },
    body: JSON.stringify({ build, criteria }),
    allowed: [200],
  }));

const event = (secret: string): fc.Arbitrary<Allowed> =>
  fc
    .record({
      eventType: fc.constantFrom(
        'build.complete',
        'git.push',
        'ms.vss-pipelines.run-state-changed-event',
        'x',
      ),
      id: fc.oneof(fc.uuid(), hostile),
      resource: fc.oneof(fc.dictionary(hostile, fc.jsonValue()), fc.jsonValue()),
    })
    .map((body) => ({
      port: 'api',
      method: 'POST',
      path: '/hooks/v1/events',
      headers: { 'content-type': 'application/json', 'x-changelog-secret': secret },
      body: JSON.stringify(body),
      allowed: [202],
    }));

const reading: fc.Arbitrary<Allowed> = fc
  .record({
    place: fc.constantFrom<{ port: PortName; path: string }>(
      { port: 'api', path: '/health/live' },
      { port: 'api', path: '/openapi.json' },
      { port: 'api', path: '/docs' },
      { port: 'api', path: '/gates/v1/connection' },
      { port: 'page', path: '/' },
      { port: 'page', path: '/config.json' },
      { port: 'files', path: '/build-results.html' },
      { port: 'engine', path: '/v1/rest/auth/metadata' },
      { port: 'served', path: '/health' },
    ),
    query: hostile,
    header: headerText,
  })
  .map(({ place, query, header }) => ({
    ...place,
    path: `${place.path}?${encodeURIComponent(query)}`,
    headers: { 'x-anything': header, 'user-agent': header },
    allowed: [200],
  }));

/** What a client of Kusto may ask: here the port, not the language, is of interest. */
const kusto = (token: string): fc.Arbitrary<Allowed> => {
  const json = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const text = fc.record({ port: fc.constantFrom<PortName>('engine', 'served'), value: hostile });
  return fc.oneof(
    text.map(({ port, value }) => ({
      port,
      method: 'POST',
      path: '/v2/rest/query',
      headers: json,
      body: JSON.stringify({
        csl: 'declare query_parameters(p: string); print p, strlen(p), p has "a", tolower(p), parse_json(p)',
        properties: { Parameters: { p: JSON.stringify(value) } },
      }),
      allowed: [200],
    })),
    text.map(({ port, value }) => ({
      port,
      method: 'POST',
      path: '/v1/rest/query',
      headers: json,
      body: JSON.stringify({ csl: `print ${JSON.stringify(value.replace(/[^ -~]/g, ''))}` }),
      allowed: [200],
    })),
    text.map(({ port, value }) => ({
      port,
      method: 'POST',
      path: '/v1/rest/ingest/NetDefaultDB/Fuzzed?streamFormat=json',
      headers: { ...json, 'content-type': 'application/octet-stream' },
      body: JSON.stringify({ Text: value }),
      allowed: [200],
    })),
    text.map(({ port, value }) => ({
      port,
      method: 'POST',
      path: '/v1/rest/mgmt',
      headers: { ...json, 'x-ms-client-request-id': encodeURIComponent(value) },
      body: JSON.stringify({ db: 'NetDefaultDB', csl: '.show tables' }),
      allowed: [200],
    })),
  );
};

/** Rarely wrong, so that what is wrong elsewhere is reached. */
const mostly = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: rare });

const token = mostly(
  fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'M-SEARCH'),
  fc.string({ maxLength: 20 }),
);
const target = fc.oneof(
  fc.constantFrom(
    ...Object.values(apiPaths).flat(),
    ...['/', '/gates/v1/evaluations', '/gates/v1/waits', '/hooks/v1/events', '/health/ready', '/docs'],
    ...[
      '/v1/rest/mgmt',
      '/v2/rest/query',
      '/v1/rest/ingest/NetDefaultDB/Fuzzed',
      '/index.html',
      '/config.json',
    ],
  ),
  mostly(fc.webPath(), fc.string({ unit: 'binary' })),
);
const headerName = mostly(
  fc.constantFrom(
    ...[
      'origin',
      'content-type',
      'content-encoding',
      'range',
      'if-none-match',
      'traceparent',
      'te',
      'cookie',
    ],
    ...['authorization', 'authtoken', 'planurl', 'x-changelog-secret', 'x-ms-client-request-id', 'accept'],
    ...['access-control-request-method', 'access-control-request-headers', 'x-forwarded-for', 'forwarded'],
  ),
  fc.oneof(
    fc.constantFrom(
      'host',
      'content-length',
      'transfer-encoding',
      'expect',
      'upgrade',
      'connection',
      'trailer',
    ),
    fc.string({ maxLength: 30 }),
  ),
);
const headerValue = mostly(
  fc.oneof(
    headerText,
    fc.constantFrom('gzip', 'close', '0', 'application/json', 'text/html', 'null', '*', '"x"'),
  ),
  fc.oneof(fc.constantFrom('chunked', '-1', '1e3', '18446744073709551616'), fc.string({ unit: 'binary' })),
);
const body = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.constantFrom(
    '--a\r\n',
    '0\r\n\r\n',
    'ffffffffffffffff\r\n',
    '{"csl":',
    '[',
    '\u0000',
    '{"__proto__":{"x":1}}',
  ),
);

/** Written by hand: nothing of it needs to be right. */
const odd = fc
  .record({
    method: token,
    target,
    query: mostly(fc.webQueryParameters(), fc.string({ unit: 'binary' })),
    version: mostly(fc.constant('HTTP/1.1'), fc.string()),
    hasHost: mostly(fc.constant(true), fc.constant(false)),
    headers: fc.array(fc.tuple(headerName, headerValue), { maxLength: 8 }),
    body,
    length: mostly(fc.constant('right'), fc.constantFrom('absent', 'long')),
    end: mostly(fc.constant('\r\n'), fc.constantFrom('\n', '\r')),
  })
  .map(({ method, target, query, version, hasHost, headers, body, length, end }) => (origin: string) => {
    const size = Buffer.byteLength(body) + (length === 'long' ? 5 : 0);
    const all = [
      ...(hasHost ? [['host', new URL(origin).host]] : []),
      ...(length === 'absent' ? [] : [['content-length', String(size)]]),
      ...headers,
    ];
    const lines = all.map(([name, value]) => `${name}: ${value}${end}`).join('');
    return Buffer.from(`${method} ${target}?${query} ${version}${end}${lines}${end}${body}`);
  });

/** A right request in which some bytes are not. */
const broken = (right: fc.Arbitrary<Allowed>) =>
  fc
    .record({
      request: right,
      places: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }),
      cut: fc.nat(),
    })
    .map(({ request, places, cut }) => (origin: string) => {
      const bytes = rawRequest(origin, request);
      for (const [place, byte] of places) bytes[place % bytes.length] = byte;
      return cut % 4 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes;
    });

/** The same requests for the same seed: half of them allowed, half odd. */
export function fuzzedRequests(
  count: number,
  seed: number,
  { origins, token, webhookSecret }: Product,
): FuzzedRequest[] {
  const right: fc.Arbitrary<Allowed> = fc.oneof(
    ...apiNames.map((api) => ({ weight: 4, arbitrary: lookup(api) })),
    { weight: 4, arbitrary: evaluation },
    { weight: 1, arbitrary: event(webhookSecret) },
    { weight: 3, arbitrary: reading },
    { weight: 4, arbitrary: kusto(token) },
  );
  const request = fc.oneof(
    {
      weight: 2,
      arbitrary: right.map((parts) => ({
        port: parts.port,
        bytes: rawRequest(origins[parts.port], parts),
        allowed: parts.allowed,
      })),
    },
    ...[odd, broken(right)].map((arbitrary) => ({
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...portNames), arbitrary)
        .map(([port, written]) => ({ port, bytes: written(origins[port]) })),
    })),
  );
  return fc.sample(request, { numRuns: count, seed });
}
