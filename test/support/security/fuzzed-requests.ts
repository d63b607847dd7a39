/**
 * Generated requests to every port: half of them such as the contract allows, half such as nobody's client sends.
 */
import fc from 'fast-check';
import { introspectionPaths } from '../../../api/introspection/paths.ts';
import { lookupPaths } from '../../../api/lookups.ts';
import { type AllowedRequest, allowedRequests, headerText } from './allowed-requests.ts';
import { type PortName, type Product, portNames } from './product.ts';
import { rawRequest } from './raw-request.ts';

/** A request as it is written, and where to. */
export interface FuzzedRequest {
  readonly port: PortName;
  readonly bytes: Buffer;
  /** The statuses that the contract has for it; absent where anything but a fault of ours may be answered. */
  readonly allowed?: readonly number[];
}

/** Rarely wrong, so that what is wrong elsewhere is reached. */
const mostly = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: rare });

const token = mostly(
  fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'M-SEARCH'),
  fc.string({ maxLength: 20 }),
);
const target = fc.oneof(
  fc.constantFrom(
    ...Object.values(lookupPaths).flat(),
    introspectionPaths.settingsPreview,
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
const broken = (right: fc.Arbitrary<AllowedRequest>) =>
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
export function fuzzedRequests(count: number, seed: number, product: Product): FuzzedRequest[] {
  const right = allowedRequests(product);
  const request = fc.oneof(
    {
      weight: 2,
      arbitrary: right.map((parts) => ({
        port: parts.port,
        bytes: rawRequest(product.origins[parts.port], parts),
        allowed: parts.allowed,
      })),
    },
    ...[odd, broken(right)].map((arbitrary) => ({
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...portNames), arbitrary)
        .map(([port, written]) => ({ port, bytes: written(product.origins[port]) })),
    })),
  );
  return fc.sample(request, { numRuns: count, seed });
}
