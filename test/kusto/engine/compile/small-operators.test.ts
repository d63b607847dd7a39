/** Operators that are small by themselves: parsing of texts, samples, schemas, `invoke`, several results. */
import { describe, expect, test } from '@jest/globals';
import { answersOf, refusalOf, rowsOf } from '../../../support/engine/kql.ts';

const parsed = (text: string, operator: string) =>
  rowsOf(`print x = '${text}' | ${operator} | project-away x`);

describe('parse', () => {
  test.each([
    [
      'n=5 t=2024-01-02, b=true.',
      'parse x with "n=" n: long " t=" t: datetime ", b=" b: bool "."',
      [[5, '2024-01-02T00:00:00.0000000Z', true]],
    ],
    ['n=five t=2024-01-02', 'parse x with "n=" n: long " t=" t: datetime', [[null, null]]],
    ['n=5 t=never', 'parse x with "n=" n: long " t=" t: datetime', [[null, null]]],
    [
      'n=five t=2024-01-02',
      'parse kind=relaxed x with "n=" n: long " t=" t: datetime',
      [[null, '2024-01-02T00:00:00.0000000Z']],
    ],
    ['n=5; s=abc', 'parse kind=relaxed x with "n=" n: long * "s=" s', [[5, 'abc']]],
    ['build-12-main', 'parse kind=regex x with @"[a-z]+-" n: long "-" branch', [[12, 'main']]],
    ['a,b,c', 'parse kind=regex x with "^" head "," *', [['a,b']]],
    ['a,b,c', 'parse kind=regex flags=U x with "^" head "," *', [['a']]],
    ['BUILD 7', 'parse kind=regex flags=i x with "build " n: long', [[7]]],
    ['ab12', 'parse kind=regex x with "(a)(b)" n: long', [[12]]],
    ['b12', 'parse kind=regex x with "(?:a|b)" n: long', [[12]]],
    ['a|b', 'parse kind=regex x with "a[|]" rest', [['b']]],
    ['a]|b', 'parse kind=regex x with @"a[\\]|]+" rest', [['b']]],
    ['a|b', 'parse kind=regex x with @"a\\|" rest', [['b']]],
    ['other', 'parse kind=regex x with "build " n: long', [[null]]],
  ])('%s | %s', (text, operator, expected) => {
    expect(parsed(text, operator)).toEqual(expected);
  });

  test('parse-where drops what does not match', () => {
    const texts = "datatable(x: string)['n=1 t=2024-01-02', 'n=two t=2024-01-02', 'n=3 t=never', 'other']";
    const query = (kind: string) =>
      `${texts} | parse-where ${kind} x with "n=" n: long " t=" t: datetime | project n`;
    expect(rowsOf(query('')).flat()).toEqual([1]);
    expect(rowsOf(query('kind=regex')).flat()).toEqual([1]);
    expect(rowsOf(query('kind=relaxed')).flat()).toEqual([1, null, 3]);
  });

  test.each([
    ['parse kind=regex x with * "," rest', 'can match in several ways'],
    ['parse kind=regex x with "a," part ","', 'can match in several ways'],
    ['parse kind=regex x with "b," rest', 'can match in several ways'],
    ['parse kind=regex x with "[" rest', 'is not valid: unclosed character class'],
    ['parse kind=regex x with "[|" rest', 'is not valid: unclosed character class'],
    ['parse kind=regex x with "a|b" rest', "'|' outside of parentheses in a pattern of parse kind=regex"],
    ['parse kind=regex flags=z x with "a" rest', "'z' are not flags of a regular expression"],
    ['parse x with "a" t: datetime * "b"', 'A datetime without a text behind it in parse is not supported'],
    ['parse x with "a" d: dynamic', 'Parsing a dynamic is not supported'],
  ])('refuses %s', (operator, message) => {
    expect(refusalOf(`print x = 'a,b,c' | ${operator}`)).toContain(message);
  });
});

describe('rows by chance and by number', () => {
  const numbers = 'range x from 1 to 100 step 1 | extend k = x % 3';

  test('sample gives as many rows as asked for, of all of them', () => {
    const samples = Array.from({ length: 8 }, () => rowsOf(`${numbers} | sample 3 | project x`).flat());
    expect(samples.map((sample) => new Set(sample).size)).toEqual(samples.map(() => 3));
    expect(new Set(samples.flat()).size).toBeGreaterThan(3);
    expect(rowsOf(`${numbers} | sample 1000 | count`)).toEqual([[100]]);
  });

  test('sample-distinct gives each value once', () => {
    expect(rowsOf(`${numbers} | sample-distinct 5 of k | order by k asc`).flat()).toEqual([0, 1, 2]);
    expect(rowsOf(`${numbers} | sample-distinct 2 of k`)).toHaveLength(2);
  });

  test('top-hitters counts or sums, exactly', () => {
    expect(answersOf(`${numbers} | top-hitters 1 of k`)).toEqual([
      { columns: ['k', 'approximate_count_k'], rows: [[1, 34]] },
    ]);
    expect(rowsOf(`${numbers} | top-hitters 2 of k by x`)).toEqual([
      [1, 1717],
      [0, 1683],
    ]);
  });
});

test('as computes its rows once where it is told to', () => {
  const sampled = (hint: string) =>
    rowsOf(
      `range x from 1 to 1000000 step 1 | sample 1 | as ${hint} T | union T | union T | summarize dcount(x)`,
    );
  expect(sampled('hint.materialized=true')).toEqual([[1]]);
  expect(sampled('hint.materialized=false')).not.toEqual([[1]]);
  expect(
    rowsOf(
      'range x from 1 to 3 step 1 | order by x desc | as hint.materialized=true T | extend n = row_number()',
    ),
  ).toEqual([
    [3, 1],
    [2, 2],
    [1, 3],
  ]);
});

test('getschema', () => {
  expect(rowsOf('print a = 1, b = 1.5, c = dynamic(1), d = decimal(1), e = true | getschema')).toEqual([
    ['a', 0, 'System.Int64', 'long'],
    ['b', 1, 'System.Double', 'real'],
    ['c', 2, 'System.Object', 'dynamic'],
    ['d', 3, 'System.Data.SqlTypes.SqlDecimal', 'decimal'],
    ['e', 4, 'System.SByte', 'bool'],
  ]);
});

test('invoke gives its rows to the first parameter', () => {
  const query =
    'let f = (T: (x: long), least: long) { T | where x >= least | count }; range x from 1 to 9 step 1';
  expect(rowsOf(`${query} | invoke f(4)`)).toEqual([[6]]);
  expect(refusalOf(`${query} | invoke nothing(4)`)).toMatch(/nothing/);
});

test('several statements give several results', () => {
  expect(answersOf('let n = 2; print n; range x from 1 to n step 1; n + 1')).toEqual([
    { columns: ['print_0'], rows: [[2]] },
    { columns: ['x'], rows: [[1], [2]] },
    { columns: ['Result'], rows: [[3]] },
  ]);
});
