import Database from 'better-sqlite3';
import fc from 'fast-check';
import type { Column, ScalarType } from '../../../../kusto/engine/catalog.ts';
import { registerRowText, rowText } from '../../../../kusto/engine/store/row-text.ts';
import { encoderOf } from '../../../../kusto/engine/store/values.ts';

type Value = string | number | bigint | null;

const connection = new Database(':memory:');
connection.defaultSafeIntegers(true);
registerRowText(connection);
afterAll(() => connection.close());

function written(columns: readonly Column[], values: readonly Value[]): string {
  const { sql, encode } = rowText(`SELECT ${columns.map(() => '?').join(', ')}`, columns);
  return encode(
    connection
      .prepare(sql)
      .raw(true)
      .get(...values),
  );
}

const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const text = fc.string({ unit: 'binary' });
const valuesOf: Readonly<Record<ScalarType, fc.Arbitrary<Value>>> = {
  string: text,
  guid: fc.uuid(),
  decimal: fc.bigInt().map(String),
  bool: fc.constantFrom(0n, 1n),
  int: long,
  long: fc.oneof(
    long,
    // SQLite has a whole number as a real one where it came from a division.
    fc.integer(),
  ),
  real: fc.double({ noNaN: true }),
  datetime: fc.bigInt({ min: 0n, max: 3_155_378_975_999_999_999n }),
  timespan: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
  dynamic: fc.json(),
};

test('SQLite writes rows of any types as their values are written one by one', () => {
  const cell = fc
    .constantFrom(...(Object.keys(valuesOf) as ScalarType[]))
    .chain((type) => fc.tuple(fc.constant(type), fc.option(valuesOf[type])));
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 12 }), (cells) => {
      const columns = cells.map(([type], index) => ({ name: `c${index}`, type }));
      const encoded = cells.map(([type, value]) => encoderOf(type)(value));
      expect(
        written(
          columns,
          cells.map(([, value]) => value),
        ),
      ).toBe(`[${encoded.join(',')}]`);
    }),
    { numRuns: 300 },
  );
});

test.each<[string, bigint]>([
  ['0001-01-01T00:00:00.0000000Z', 0n],
  ['1969-12-31T23:59:59.0000001Z', 621_355_967_990_000_001n],
  ['2000-02-29T12:00:00.0500000Z', 630_874_728_000_500_000n],
  ['9999-12-31T23:59:59.9999999Z', 3_155_378_975_999_999_999n],
])('%s is written with all of its digits', (_, ticks) => {
  const columns: Column[] = [{ name: 'at', type: 'datetime' }];
  expect(written(columns, [ticks])).toBe(`[${encoderOf('datetime')(ticks)}]`);
});

test('more columns than a function takes are written all the same', () => {
  const columns = Array.from({ length: 230 }, (_, index) => ({ name: `c${index}`, type: 'long' as const }));
  const values = columns.map((_, index) => BigInt(index));
  expect(written(columns, values)).toBe(`[${values.join(',')}]`);
});

test('text stays text, also where a JSON function gave it', () => {
  const { sql, encode } = rowText(`SELECT json_extract('{"a":[1]}', '$.a')`, [{ name: 'a', type: 'string' }]);
  expect(encode(connection.prepare(sql).raw(true).get())).toBe('["[1]"]');
});

test('rows keep their order', () => {
  const { sql, encode } = rowText(
    'SELECT value, value * value FROM json_each(?) ORDER BY value * value DESC',
    [
      { name: 'n', type: 'long' },
      { name: 'square', type: 'long' },
    ],
  );
  const rows = connection.prepare(sql).raw(true).all('[1,-5,3,-4]');
  expect(rows.map(encode)).toEqual(['[-5,25]', '[-4,16]', '[3,9]', '[1,1]']);
});

test.each<[string, ScalarType, Value]>([
  ['beyond the range of long', 'long', 1e19],
  ['beyond the range of long', 'long', 1.5],
  ['before the year 1 or after the year 9999', 'datetime', -1n],
  ['before the year 1 or after the year 9999', 'datetime', 3_155_378_976_000_000_000n],
])('what is %s is refused', (message, type, value) => {
  expect(() => written([{ name: 'v', type }], [value])).toThrow(message);
});
