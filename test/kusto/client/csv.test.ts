import { csvOf } from '../../../kusto/client/csv.ts';

describe('a row as CSV', () => {
  it.each<[string, unknown, string]>([
    ['text', 'a', '"a"'],
    ['text with quotes, commas and lines', 'a "b",\nc', '"a ""b"",\nc"'],
    ['empty text', '', ''],
    ['a number', -1.5, '-1.5'],
    ['a boolean', false, 'false'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['an object', { a: ['"'] }, '"{""a"":[""\\""""]}"'],
    ['null', null, ''],
    ['nothing', undefined, ''],
  ])('has %s as a cell', (_what, value, cell) => {
    expect(csvOf(['A', 'B'], [{ A: value, B: 1 }])).toBe(`${cell},1\n`);
  });

  it('has its cells in the order of the columns, without what has no column', () => {
    expect(csvOf(['B', 'A'], [{ A: 1, B: 2, C: 3 }, {}])).toBe('2,1\n,\n');
  });
});
