/** Generated requests such as the contract allows, with hostile values in them. */
import fc from 'fast-check';
import { measureNames } from '../../../api/introspection/contract.ts';
import { apiOf, type LookupName, lookupNames, lookupParameters, lookupPaths } from '../../../api/lookups.ts';
import { apiParameters } from '../../../api/parameters.ts';
import { longestAddress } from '../../../net/request-size.ts';
import type { PortName, Product } from './product.ts';
import type { rawRequest } from './raw-request.ts';

type Parts = Exclude<Parameters<typeof rawRequest>[1], undefined>;
/** A request with the statuses that the contract has for it. */
export type AllowedRequest = Parts & { readonly port: PortName; readonly allowed: readonly number[] };

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

/** A comma would make two of it. */
const name = hostile.map((text) => text.replaceAll(/[,\\\s]/gu, '').slice(0, 100) || 'x');

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
  id: fc.integer({ min: 1_000_000, max: 9_999_999 }).map(String),
  buildId: fc.integer({ min: 1, max: 2 ** 31 - 1 }).map(String),
  commit: fc.stringMatching(/^[0-9a-fA-F]{7,64}$/),
  state: fc.constantFrom('failed', 'Failed,inProgress'),
  type: name,
  imageTag: name,
  author: name,
  repositoryId: name,
  service: name,
  environment: name,
  since: hostile,
  measure: fc.constantFrom(...measureNames),
  from: fc.constantFrom('2024-01-01', '2024-01-01T00:00:00.1234567+02:00'),
  to: fc.constantFrom('2024-02-01', '2024-03-01T00:00Z'),
  top: fc.integer({ min: 1, max: 200 }).map(String),
  payload: fc.oneof(
    hostile,
    fc.tuple(hostile, hostile).map((parts) => parts.join('=')),
  ),
};

/** Header values without line breaks, as a client may send them. */
export const headerText = fc
  .string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
    maxLength: 200,
  })
  .map((text) => text.replace(/\x7f/g, ''));

/** What only an answer can give, or the data refuses. */
const leftOut = ['at', 'continuationToken'];

const lookup = (api: LookupName): fc.Arbitrary<AllowedRequest> =>
  fc
    .record({
      path: fc.constantFrom(...lookupPaths[api]),
      method: fc.constantFrom('GET', 'HEAD'),
      values: fc.tuple(
        ...lookupParameters[api]
          .filter((parameter) => !leftOut.includes(parameter.name))
          .map((parameter) => fc.tuple(fc.constant(parameter.name), valid[parameter.name] ?? hostile, ways)),
      ),
      unknown: fc.array(fc.tuple(hostile, hostile, ways), { maxLength: 2 }),
      isLoud: fc.boolean(),
      etag: fc.option(headerText, { nil: undefined }),
    })
    .map(({ path, method, values, unknown, isLoud, etag }): AllowedRequest => {
      const id = values.find(([name]) => name === 'id')?.[1] ?? '';
      const pairs = [
        ...values.map(([name, value, way]) => `${isLoud ? name.toUpperCase() : name}=${encoded(value, way)}`),
        ...unknown.map(([name, value, way]) => `x-${encoded(name, way)}=${encoded(value, way)}`),
      ];
      const headers: Record<string, string> = etag === undefined ? {} : { 'if-none-match': etag };
      const address = `${path.replace(':id', encodeURIComponent(id))}?${pairs.join('&')}`;
      const allowed = address.length > longestAddress ? [414] : [200, 204, 304, 404];
      return { port: 'api', method, path: address, headers, allowed };
    });

const patterns = fc
  .array(
    hostile
      .map((text) => text.replace(/[\n,!]/g, ''))
      .map((text) => text.trim().slice(0, 500).toWellFormed()),
    { maxLength: 5 },
  )
  .map((texts) => texts.join('\n'));

const evaluation: fc.Arbitrary<AllowedRequest> = fc
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

const event = (secret: string): fc.Arbitrary<AllowedRequest> =>
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

const reading: fc.Arbitrary<AllowedRequest> = fc
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
const kusto = (token: string): fc.Arbitrary<AllowedRequest> => {
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

/** Each kind about as often as it has something to get wrong. */
export const allowedRequests = ({
  token,
  webhookSecret,
}: Pick<Product, 'token' | 'webhookSecret'>): fc.Arbitrary<AllowedRequest> =>
  fc.oneof(
    // What runs where takes the engine long: many of them at once would leave no place for all others.
    ...lookupNames.map((name) => ({
      weight: apiOf(name) === 'introspection' ? 1 : 6,
      arbitrary: lookup(name),
    })),
    { weight: 12, arbitrary: evaluation },
    { weight: 3, arbitrary: event(webhookSecret) },
    { weight: 9, arbitrary: reading },
    { weight: 12, arbitrary: kusto(token) },
  );
