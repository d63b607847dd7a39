import type { StoredColumn } from '../../../../kusto/engine/catalog.ts';
import { parseMapping, recordReader } from '../../../../kusto/engine/store/field-mapping.ts';

const columns: StoredColumn[] = [
  { name: 'A', type: 'string', physical: 'A' },
  { name: 'N', type: 'long', physical: 'N' },
];

it('without a mapping takes separated values by position and JSON by name', () => {
  const read = recordReader(columns, undefined);
  expect(read({ kind: 'fields', fields: ['x', '1', 'more'] })).toEqual(['x', 1n]);
  expect(read({ kind: 'fields', fields: ['x'] })).toEqual(['x', null]);
  expect(read({ kind: 'object', object: { N: 2, other: 3 } })).toEqual(['', 2n]);
});

it('does not take inherited properties for a record’s own', () => {
  const read = recordReader([{ name: 'constructor', type: 'string', physical: 'constructor' }], undefined);
  expect(read({ kind: 'object', object: {} })).toEqual(['']);
});

it('follows paths through objects and arrays', () => {
  const mapping = parseMapping(
    '[{"column":"A","Properties":{"Path":"$.a[\'b c\'].d[1]"}},{"column":"N","path":"$[\\"n\\"]"}]',
  );
  const read = recordReader(columns, mapping);
  expect(read({ kind: 'object', object: { a: { 'b c': { d: ['x', 'y'] } }, n: 7 } })).toEqual(['y', 7n]);
  expect(read({ kind: 'object', object: { a: 'flat' } })).toEqual(['', null]);
});

it('takes the whole record for the path $, ordinals, and constants', () => {
  const whole = recordReader(columns, parseMapping('[{"column":"A","path":"$"}]'));
  expect(whole({ kind: 'object', object: { n: 1 } })).toEqual(['{"n":1}', null]);
  const read = recordReader(
    columns,
    parseMapping('[{"Column":"A","Properties":{"ConstValue":"c"}},{"Name":"N","Ordinal":"1"}]'),
  );
  expect(read({ kind: 'fields', fields: ['x', '5'] })).toEqual(['c', 5n]);
});

it.each([
  ['{', 'The ingestion mapping is not valid JSON'],
  ['{}', 'The ingestion mapping must be a JSON array'],
  ['[1]', 'Entry 0 of the ingestion mapping must be an object'],
  ['[{"path":"$.a"}]', "Entry 0 of the ingestion mapping has no 'column'"],
  ['[{"column":"A"}]', "Entry 0 of the ingestion mapping has neither 'Path', 'Ordinal' nor 'ConstValue'"],
  ['[{"column":"A","path":"a"}]', "path 'a' must begin with '$'"],
  ['[{"column":"A","path":"$..a"}]', "path '$..a' is not supported"],
  ['[{"column":"A","path":"$.a","transform":"DateTimeFromUnixSeconds"}]', "'Transform' is not supported"],
])('refuses the mapping %s', (json, message) => {
  expect(() => parseMapping(json)).toThrow(message);
});
