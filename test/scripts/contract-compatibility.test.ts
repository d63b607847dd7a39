/** Version 1 keeps what it promised, and the comparison that says so sees what would break a client. */
import { readFileSync } from 'node:fs';
import { openApiDocument } from '../../api/openapi/document.ts';
import { type Contract, incompatibleChanges } from '../../scripts/contract-compatibility.ts';

/** JSON that a test changes at will. */
interface Json {
  [name: string]: Json;
}

const frozenText = readFileSync(new URL('../../api/openapi/v1.frozen.json', import.meta.url), 'utf8');
const frozen = JSON.parse(frozenText) as Contract;

/** What the comparison says of the frozen contract after a change. */
function changesAfter(change: (contract: Json) => void): string[] {
  const contract = JSON.parse(frozenText) as Json;
  change(contract);
  return incompatibleChanges(frozen, contract as unknown as Contract);
}

const json = (value: unknown): Json => value as Json;

/** A member, which has to be there: a test that changes nothing would pass for the wrong reason. */
function at(value: Json, ...path: readonly (string | number)[]): Json {
  return path.reduce((object, name) => {
    const member = object[String(name)];
    if (member === undefined) throw new Error(`The contract has no ${path.join('/')}`);
    return member;
  }, value);
}

const b2d = '/b2d/v1/build2deployments';
const deployment = (contract: Json): Json => at(contract, 'components', 'schemas', 'Deployment');
const buildId = (contract: Json): Json => at(contract, 'paths', b2d, 'get', 'parameters', 2);
const wait = (contract: Json): Json => at(contract, 'components', 'schemas', 'WaitRequest');

test('the contract of today keeps what version 1 promised (npx tsx scripts/freeze-contract.ts after an addition)', () => {
  expect(frozen.paths[b2d]?.get).toBeDefined();
  expect(incompatibleChanges(frozen, JSON.parse(JSON.stringify(openApiDocument('1'))) as Contract)).toEqual(
    [],
  );
});

test.each<[string, (contract: Json) => void, RegExp]>([
  [
    'a field that is gone',
    (contract) => delete at(deployment(contract), 'properties').ChangeState,
    /\.ChangeState is gone$/,
  ],
  [
    'a field that may be missing now',
    (contract) => {
      const required = at(deployment(contract), 'required') as unknown as string[];
      deployment(contract).required = json(required.filter((name) => name !== 'StartTime'));
    },
    /\.StartTime may be missing now$/,
  ],
  [
    'a field of another type',
    (contract) => {
      at(deployment(contract), 'properties', 'Id').type = json('integer');
    },
    /\.Id: type was "string" and is "integer"$/,
  ],
  [
    'a field that may be null now',
    (contract) => {
      at(deployment(contract), 'properties', 'Id').type = json(['string', 'null']);
    },
    /\.Id: type was/,
  ],
  [
    'a field of another format',
    (contract) => delete at(deployment(contract), 'properties', 'StartTime').format,
    /\.StartTime: format was "date-time"/,
  ],
  [
    'a new required parameter',
    (contract) => {
      const { parameters } = at(contract, 'paths', b2d, 'get');
      (parameters as unknown as Json[]).push(
        json({ name: 'region', in: 'query', required: true, schema: { type: 'string' } }),
      );
    },
    /^GET \/b2d\/v1\/build2deployments: parameter region is required now$/,
  ],
  [
    'an optional parameter that is required now',
    (contract) => {
      at(contract, 'paths', b2d, 'get', 'parameters', 3).required = json(true);
    },
    /parameter If-None-Match is required now$/,
  ],
  [
    'a parameter that is gone',
    (contract) => {
      (at(contract, 'paths', b2d, 'get').parameters as unknown as Json[]).splice(3, 1);
    },
    /parameter If-None-Match is gone$/,
  ],
  [
    'a parameter that takes fewer values',
    (contract) => {
      at(buildId(contract), 'schema').maximum = json(1000);
    },
    /parameter adoBuildId: maximum was 2147483647 and is 1000$/,
  ],
  [
    'a parameter of a narrower type',
    (contract) => {
      at(buildId(contract), 'schema').multipleOf = json(2);
    },
    /parameter adoBuildId: multipleOf was undefined and is 2$/,
  ],
  ['a path that is gone', (contract) => delete at(contract, 'paths')[b2d], /^GET \/b2d\/\S+ is gone$/],
  [
    'an answer that is gone',
    (contract) => delete at(contract, 'paths', b2d, 'get', 'responses')['204'],
    /: 204 is gone$/,
  ],
  [
    'a header that is gone',
    (contract) => delete at(contract, 'paths', b2d, 'get', 'responses', '200', 'headers').ETag,
    /: 200: header ETag is gone$/,
  ],
  [
    'a field of a request that is required now',
    (contract) => {
      wait(contract).required = json([...(at(wait(contract), 'required') as unknown as string[]), 'reason']);
    },
    /\.reason is required now$/,
  ],
])('%s is incompatible', (_name, change, expected) => {
  const changes = changesAfter(change);
  expect(changes).not.toEqual([]);
  for (const found of changes) expect(found).toMatch(expected);
});

test.each<[string, (contract: Json) => void]>([
  [
    'a field',
    (contract) => {
      at(deployment(contract), 'properties').Regions = json({ type: 'integer' });
    },
  ],
  [
    'a field that every answer has',
    (contract) => {
      at(deployment(contract), 'properties').Regions = json({ type: 'integer' });
      deployment(contract).required = json([
        ...(deployment(contract).required as unknown as string[]),
        'Regions',
      ]);
    },
  ],
  [
    'an optional parameter',
    (contract) => {
      (at(contract, 'paths', b2d, 'get').parameters as unknown as Json[]).push(
        json({ name: 'region', in: 'query', required: false, schema: { type: 'string' } }),
      );
    },
  ],
  [
    'a value of a parameter',
    (contract) => {
      const { schema } = at(contract, 'paths', '/d2b/v1/deployment2build', 'get', 'parameters', 0);
      (at(schema as Json, 'enum') as unknown as string[]).push('argo');
    },
  ],
  [
    'room in a parameter',
    (contract) => {
      at(buildId(contract), 'schema').maximum = json(2 ** 53);
    },
  ],
  [
    'a path',
    (contract) => {
      at(contract, 'paths')['/b2d/v2/build2deployments'] = at(contract, 'paths', b2d);
    },
  ],
  [
    'a status',
    (contract) => {
      at(contract, 'paths', b2d, 'get', 'responses')['410'] = json({});
    },
  ],
  [
    'a description',
    (contract) => {
      deployment(contract).description = json('One deployment.');
    },
  ],
])('%s may be added', (_name, change) => {
  expect(changesAfter(change)).toEqual([]);
});
