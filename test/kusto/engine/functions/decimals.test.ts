/** Decimals: exact, with 34 digits. https://learn.microsoft.com/kusto/query/scalar-data-types/decimal */
import { describe, expect, test } from '@jest/globals';
import { answersOf, refusalOf, rowsOf, scalar } from '../../../support/engine/kql.ts';

test.each<[string, unknown]>([
  ['decimal(0.1) + decimal(0.2)', '0.3'],
  ['decimal(1.50) + 1', '2.5'],
  ['2 - decimal(0.5)', '1.5'],
  ['decimal(1.5) * decimal(2.0)', '3'],
  ['1 / decimal(3)', '0.3333333333333333333333333333333333'],
  ['decimal(2) / 3', '0.6666666666666666666666666666666667'],
  ['decimal(1) / 0', null],
  ['decimal(5.5) % 2', '1.5'],
  ['decimal(-5) % 3', '1'],
  ['decimal(5) % 0', null],
  ['-decimal(1.5)', '-1.5'],
  ['decimal(null) + 1', null],
  // Half to even in the 35th digit.
  ['decimal(1000000000000000000000000000000000) + decimal(0.5)', '1000000000000000000000000000000000'],
  ['decimal(1000000000000000000000000000000001) + decimal(0.5)', '1000000000000000000000000000000002'],
  ['decimal(9999999999999999999999999999999999) + 1', '10000000000000000000000000000000000'],
  ['decimal(1e5)', '100000'],
  ['decimal(1.5e-3)', '0.0015'],
  ['decimal(1e50) * decimal(1e-50)', '1'],
  ['decimal(1e4000) * decimal(1e4000)', null],
  ['todecimal("123.45678") == decimal(123.45678)', true],
  ['todecimal(" -1e3 ")', '-1000'],
  ['todecimal("1,5")', null],
  ['todecimal(9223372036854775807)', '9223372036854775807'],
  ['todecimal(2.2)', '2.2000000000000002'],
  ['todecimal(real(null))', null],
  ['todecimal(dynamic(9007199254740993))', '9007199254740993'],
  ['todecimal(dynamic({"a":"1.25"}).a)', '1.25'],
  ['toint(decimal(2.7))', 2],
  ['tolong(decimal(-2.7))', -2],
  ['toint(decimal(3000000000))', null],
  ['toreal(decimal(0.1))', 0.1],
  ['tostring(decimal(1.50))', '1.50'],
  ['abs(decimal(-1.5))', '1.5'],
  ['sign(decimal(-1.5))', -1],
  ['ceiling(decimal(1.2))', '2'],
  ['round(decimal(1.255), 2)', '1.26'],
  ['round(decimal(-2.5))', '-3'],
  ['round(decimal(1234.5), -2)', '1200'],
  ['bin(decimal(1.7), decimal(0.5))', '1.5'],
  ['floor(decimal(-1.5), 1)', '-2'],
  ['bin(decimal(0.99999999999999999999999999999999996), 1)', '1'],
  ['bin_at(decimal(7.5), 3, 1)', '7'],
  ['max_of(decimal(9), 10, decimal(2.5))', '10'],
  ['min_of(decimal(9), 10, decimal(null))', '9'],
  ['iff(true, 1, decimal(2.5))', '1'],
  ['coalesce(decimal(null), 3)', '3'],
  ['sqrt(decimal(4))', 2],
])('%s is %j', (expression, value) => {
  expect(scalar(expression)).toBe(value);
});

test.each([
  ['decimal(1.50) == decimal(1.5)', true],
  ['decimal(1.50) != decimal(1.5)', false],
  ['decimal(1) == 1', true],
  ['decimal(2) < decimal(10)', true],
  ['decimal(-2) < decimal(-10)', false],
  ['decimal(-0.5) < decimal(0.25)', true],
  ['decimal(-1) < 0', true],
  ['decimal(0.0) >= 0', true],
  ['decimal(1e-20) > 0', true],
  ['decimal(123) > decimal(12.5)', true],
  ['decimal(-12) > decimal(-12.5)', true],
  ['decimal(5) between (1 .. 10)', true],
  ['decimal(11) !between (1 .. 10)', true],
  ['decimal(1.50) in (decimal(1.5), 7)', true],
  ['decimal(1.50) in ("1.5")', true],
  ['decimal(1.50) !in (1)', true],
])('%s is %j', (condition, value) => {
  expect(scalar(condition)).toBe(value);
});

describe('in tables', () => {
  const table =
    'datatable(d: decimal, n: long) [decimal(1.5), 1, decimal(10), 2, decimal(1.50), 3, decimal(null), 4, decimal(-3), 5]';
  const rows = (query: string) => rowsOf(`${table} | ${query}`);

  test('equal ones are one key', () => {
    expect(rows('summarize sum(n) by d | order by d asc')).toEqual([
      [null, 4],
      ['-3', 5],
      ['1.5', 4],
      ['10', 2],
    ]);
    expect(rows('distinct d | count')).toEqual([[4]]);
    expect(rows('summarize dcount(d), make_set(d)')).toEqual([[3, ['1.5', '10', '-3']]]);
    expect(rows('partition by d (summarize sum(n)) | order by sum_n asc')).toEqual([[2], [4], [4], [5]]);
    expect(rows('where n == 1 | join kind=inner (datatable(d: decimal) [decimal(1.500)]) on d')).toEqual([
      ['1.5', 1, '1.500'],
    ]);
    expect(rows('where d in ((print decimal(1.500))) | count')).toEqual([[2]]);
    expect(rows('top-nested of d by sum(n) | where d == decimal(1.5) | project aggregated_d')).toEqual([[4]]);
  });

  test('they sort as numbers', () => {
    expect(rows('order by d desc, n asc | project n')).toEqual([[2], [1], [3], [5], [4]]);
    expect(rows('top 1 by d | project n')).toEqual([[2]]);
    expect(rows('summarize arg_max(d, n), arg_min(d, n)')).toEqual([['10', 2, '-3', 5]]);
    expect(rows('summarize min(d), max(d), maxif(d, n < 2)')).toEqual([['-3', '10', '1.5']]);
    expect(rows('where d > 1 and d < 5 | count')).toEqual([[2]]);
  });

  test('sums are exact', () => {
    expect(rows('summarize sum(d), avg(d), sumif(d, n < 2), x = sum(d) * 2')).toEqual([
      ['10', '2.5', '1.5', '20'],
    ]);
    expect(
      rowsOf(
        'datatable(d: decimal) [decimal(1e33), decimal(0.4), decimal(0.4), decimal(0.4), decimal(-1e33)] | summarize sum(d), avg(d)',
      ),
    ).toEqual([['1.2', '0.24']]);
    expect(rows('where false | summarize sum(d), avg(d), min(d)')).toEqual([['0', null, null]]);
  });

  test('written values become decimals: https://github.com/microsoft/Kusto-Query-Language/issues/172', () => {
    expect(rowsOf("datatable(d: decimal) [2.2, '2.2', decimal(2.3), 2.3, 0.0, 7]")).toEqual([
      ['2.2000000000000002'],
      ['2.2'],
      ['2.3'],
      ['2.2999999999999998'],
      ['0'],
      ['7'],
    ]);
  });

  test('a table keeps what was written', () => {
    const run = { tables: { T: { columns: 'd: decimal', rows: [['1.50'], ['1e2'], ['1.5']] } } };
    expect(answersOf('T | where d == decimal(1.5)', run)[0]?.rows).toEqual([['1.50'], ['1.5']]);
    expect(rowsOf('T | summarize sum(d), count() by d | order by d asc', run)).toEqual([
      ['1.5', '3', 2],
      ['100', '100', 1],
    ]);
  });
});

test.each([
  ['print decimal(1) == 1.5', 'A decimal beside a real number is not supported: write it as decimal(…)'],
  ['print decimal(1) * 1.5', 'A decimal beside a real number is not supported'],
  ['print iff(true, decimal(1), 1.5)', 'A decimal beside a real number is not supported'],
  ['print 1h * decimal(2)', 'A decimal beside a timespan is not supported'],
  ['print todecimal(1h)', 'todecimal() of timespan is not supported'],
  ['print hash(decimal(1))', 'hash() of decimal is not supported'],
  ['print bin(decimal(1), 0.5)', 'A decimal beside a real number is not supported'],
  ['datatable(d: decimal) [1] | summarize percentile(d, 50)', 'percentile() of decimal is not supported'],
  ['datatable(d: decimal) [1] | serialize | extend row_cumsum(d)', 'of a decimal is not supported'],
])('%s is refused', (query, message) => {
  expect(refusalOf(query)).toContain(message);
});
