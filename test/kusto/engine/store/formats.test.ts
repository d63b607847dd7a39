import { KqlError } from '../../../../kusto/engine/errors.ts';
import { dataFormat, recordsOf } from '../../../../kusto/engine/store/formats.ts';

const fields = (format: Parameters<typeof recordsOf>[0], text: string) =>
  [...recordsOf(format, text)].map((record) => (record.kind === 'fields' ? record.fields : []));
const objects = (text: string) =>
  [...recordsOf('multijson', text)].map((record) => (record.kind === 'object' ? record.object : {}));

describe('separated values', () => {
  it('are cut at separators and line ends of both kinds', () => {
    expect(fields('csv', 'a,b\r\nc,d\n')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(fields('tsv', 'a\tb,c')).toEqual([['a', 'b,c']]);
  });

  it('keep separators, line ends and doubled quotes inside quotes', () => {
    expect(fields('csv', '"a,""b""\nc",d')).toEqual([['a,"b"\nc', 'd']]);
  });

  it('may be indented before a quote, as commands are', () => {
    expect(fields('csv', '    "Coats black",20\n    Shoes,1')).toEqual([
      ['Coats black', '20'],
      ['    Shoes', '1'],
    ]);
  });

  it('keep empty fields, also the last one of the text', () => {
    expect(fields('csv', ',a,\n,')).toEqual([
      ['', 'a', ''],
      ['', ''],
    ]);
  });

  it('skip empty lines and a byte order mark', () => {
    expect(fields('csv', '\uFEFFa\n\n\nb\n')).toEqual([['a'], ['b']]);
  });

  it.each([
    ['a field that is not closed', 'a,"b\nc', 'A quoted field is not closed [line 1, column 3]'],
    ['text behind a closing quote', '"a"b', 'Text follows the closing quote of a field [line 1, column 4]'],
  ])('are refused with the position of %s', (_, text, message) => {
    expect(() => fields('csv', text)).toThrow(new KqlError(message));
  });
});

describe('JSON', () => {
  it('comes one object after another, with any white space, or in an array', () => {
    expect(objects('{"a":1}\n{"a":"}"} {"a":{"b":[{}]}}')).toEqual([
      { a: 1 },
      { a: '}' },
      { a: { b: [{}] } },
    ]);
    expect(objects(' [ {"a":1} , {"a":2} ] ')).toEqual([{ a: 1 }, { a: 2 }]);
    expect(objects('[]')).toEqual([]);
    expect(objects('')).toEqual([]);
  });

  it.each([
    ['7', 'A JSON record must be an object [line 1, column 1]'],
    ['{"a":1', 'A JSON record is not closed [line 1, column 1]'],
    ['{"a":"1}', 'A string in a JSON record is not closed [line 1, column 6]'],
    ['{"a":1}\n{a:1}', 'A record is not valid JSON'],
    ['[{"a":1} {"a":2}]', "Expected ',' or ']' in the array of records"],
    ['[{"a":1}', "Expected ',' or ']' in the array of records"],
    ['[{"a":1}] x', 'Text follows the array of records'],
  ])('is refused where it is malformed: %s', (text, message) => {
    expect(() => objects(text)).toThrow(message);
  });
});

it('takes whole texts and lines as single fields', () => {
  expect(fields('raw', 'a\nb,c')).toEqual([['a\nb,c']]);
  expect(fields('txt', 'a\r\nb,c\n')).toEqual([['a'], ['b,c']]);
});

it('knows formats in any case, and names those there are for one it does not know', () => {
  expect(dataFormat('MultiJSON')).toBe('multijson');
  expect(() => dataFormat('parquet')).toThrow("Data format 'parquet' is not supported; use one of csv, tsv");
});
