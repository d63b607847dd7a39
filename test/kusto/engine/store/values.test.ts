import fc from 'fast-check';
import type { ScalarType } from '../../../../kusto/engine/catalog.ts';
import { parseExactly, stringifyExactly } from '../../../../kusto/engine/store/big-integers.ts';
import { encoderOf, valueOfJson, valueOfText } from '../../../../kusto/engine/store/values.ts';

const encoded = (type: ScalarType, text: string) => encoderOf(type)(valueOfText(type, text));

describe('a field of text', () => {
  it.each<[ScalarType, string, string]>([
    ['string', ' a "b" ', '" a \\"b\\" "'],
    ['string', '', '""'],
    ['bool', 'True', 'true'],
    ['bool', '0', 'false'],
    ['int', '-2147483648', '-2147483648'],
    ['long', '9223372036854775807', '9223372036854775807'],
    ['long', '0x10', '16'],
    ['real', '1.5e3', '1500'],
    ['real', '-inf', '"-Infinity"'],
    ['decimal', '0.1', '"0.1"'],
    ['datetime', '2024-02-13T17:18:12.1234567Z', '"2024-02-13T17:18:12.1234567Z"'],
    ['datetime', '2024-02-13', '"2024-02-13T00:00:00.0000000Z"'],
    ['timespan', '1.02:03:04', '"1.02:03:04"'],
    ['guid', '{00000000-0000-0000-0001-02030405060F}', '"00000000-0000-0000-0001-02030405060f"'],
    ['dynamic', '{"a": [1]}', '{"a": [1]}'],
    ['dynamic', 'plain', '"plain"'],
  ])('of type %s: %p becomes %s', (type, text, json) => {
    expect(encoded(type, text)).toBe(json);
  });

  it.each<[ScalarType, string]>([
    ['bool', 'maybe'],
    ['int', '2147483648'],
    ['long', '9223372036854775808'],
    ['long', '1.5'],
    ['real', 'x'],
    ['decimal', '1,5'],
    ['datetime', '2024-02-30'],
    ['timespan', 'soon'],
    ['guid', '1234'],
    ['dynamic', ''],
    ['dynamic', 'null'],
  ])('that is no %s, such as %p, becomes null', (type, text) => {
    expect(encoded(type, text)).toBe('null');
  });
});

describe('a JSON value', () => {
  it.each<[ScalarType, unknown, unknown]>([
    ['string', 5, '5'],
    ['string', true, 'true'],
    ['string', { a: 1 }, '{"a":1}'],
    ['string', null, ''],
    ['string', undefined, ''],
    ['long', '12', 12n],
    ['long', [1], null],
    ['long', true, null],
    ['bool', false, 0n],
    ['real', 2, 2],
    ['dynamic', 'a', '"a"'],
    ['dynamic', null, null],
  ])('for a column of type %s: %p becomes %p', (type, value, stored) => {
    expect(valueOfJson(type, value)).toBe(stored);
  });

  it('keeps every digit of a 64-bit integer, alone and inside of a dynamic value', () => {
    const record = parseExactly(
      '{"n":9007199254740993,"d":{"n":[-9223372036854775808]},"f":0.1234567890123456789}',
    );
    const { n, d, f } = record as Record<string, unknown>;
    expect(valueOfJson('long', n)).toBe(9007199254740993n);
    expect(valueOfJson('dynamic', d)).toBe('{"n":[-9223372036854775808]}');
    expect(f).toBeCloseTo(0.1234567890123);
  });

  it('is the same after parsing and writing, whatever strings and integers it holds', () => {
    const value = fc.letrec((tie) => ({
      json: fc.oneof(
        fc.string().map((text) => JSON.stringify(text)),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
        fc.array(tie('json').map(String), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
      ),
    })).json;
    fc.assert(fc.property(value, (json) => expect(stringifyExactly(parseExactly(String(json)))).toBe(json)));
  });
});

it('writes strings of any characters as JSON that gives them back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(JSON.parse(encoderOf('string')(text))).toBe(text);
    }),
  );
});

it('writes what SQLite cannot hold of a real as Kusto writes it', () => {
  expect(encoderOf('real')(Number.NaN)).toBe('"NaN"');
  expect(encoderOf('real')(Infinity)).toBe('"Infinity"');
});
