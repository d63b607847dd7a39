/** https://learn.microsoft.com/kusto/query/percentiles-aggregation-function and percentilesw-aggregation-function */
import { describe, expect, test } from '@jest/globals';
import { columnNamesOf, type KqlRun, refusalOf, rowOf, rowsOf } from '../../../support/engine/kql.ts';

const latency = `let latencyTable = datatable (ReqCount:long, LatencyBucket:long)[8, 10, 6, 20, 3, 30, 1, 40];
latencyTable | summarize`;

function numbers(count: number, of: (index: number) => bigint | number | null): KqlRun {
  const rows = Array.from({ length: count }, (_, index) => [
    typeof of(index) === 'number' ? null : of(index),
    of(index),
  ]);
  return { tables: { T: { columns: 'n:long, r:real', rows } } };
}

describe('percentiles', () => {
  test('of weighted values, in whatever order they come', () => {
    expect(
      rowsOf(
        'datatable(value: long, weight: long) [40, 1, 10, 8, 30, 3, 20, 6] | summarize percentilew(value, weight, 50), percentilew(value, weight, 90)',
      ),
    ).toEqual([[20, 30]]);
  });

  test('of weighted values, as documented', () => {
    expect(rowOf(`${latency} percentilesw(LatencyBucket, ReqCount, 50, 75, 99.9)`)).toEqual([20, 20, 40]);
    expect(columnNamesOf(`${latency} percentilesw(LatencyBucket, ReqCount, 50, 75, 99.9)`)).toEqual([
      'percentile_LatencyBucket_50',
      'percentile_LatencyBucket_75',
      'percentile_LatencyBucket_99_9',
    ]);
    expect(rowOf(`${latency} percentilesw_array(LatencyBucket, ReqCount, 50, 75, 99.9)`)).toEqual([
      [20, 20, 40],
    ]);
    expect(rowOf(`${latency} percentilesw_array(LatencyBucket, ReqCount, dynamic([50, 75, 99.9]))`)).toEqual([
      [20, 20, 40],
    ]);
    expect(rowOf(`${latency} percentilew(LatencyBucket, ReqCount, 75)`)).toEqual([20]);
  });

  test('are the smallest value that so many percent do not exceed, with no rounding error', () => {
    const thousand = numbers(1000, (index) => BigInt(1000 - index));
    expect(rowOf('T | summarize percentiles(n, 0, 0.1, 50, 95, 99.9, 99.95, 100)', thousand)).toEqual([
      1, 1, 500, 950, 999, 1000, 1000,
    ]);
    const four = numbers(4, (index) => index + 0.5);
    expect(rowOf('T | summarize percentile(r, 50), percentiles_array(r, 25, 75.1)', four)).toEqual([
      1.5,
      [0.5, 3.5],
    ]);
  });

  test('are exact beyond what a real number can tell apart, and take numbers in their order', () => {
    const large = numbers(3, (index) => 9_007_199_254_740_993n + BigInt(index));
    expect(
      rowsOf(
        'T | summarize x = percentile(n, 50), y = percentiles_array(n, 1) | project tostring(x), tostring(y)',
        large,
      ),
    ).toEqual([['9007199254740994', '[9007199254740993]']]);
    expect(
      rowOf('datatable(r:real)[-10.0, 9.0, 1e3, 10.0] | summarize percentiles(r, 1, 50, 75, 100)'),
    ).toEqual([-10, 9, 10, 1000]);
  });

  test('of times are times', () => {
    const table =
      'datatable(t:datetime, s:timespan)[datetime(2024-01-01), 1d, datetime(2024-01-03), 2h, datetime(null), 3h]';
    expect(
      rowOf(
        `${table} | summarize percentiles(t, 50, 51), percentile(s, 34), percentiles_array(t, 10, 90), percentiles_array(s, 100)`,
      ),
    ).toEqual([
      '2024-01-01T00:00:00.0000000Z',
      '2024-01-03T00:00:00.0000000Z',
      '03:00:00',
      ['2024-01-01T00:00:00.0000000Z', '2024-01-03T00:00:00.0000000Z'],
      ['1.00:00:00'],
    ]);
  });

  test('ignore nulls, and weights that are null or less than one', () => {
    const table = 'datatable(n:long, w:long)[1, 1, 2, 0, 3, -5, 4, long(null), long(null), 100, 9, 1]';
    expect(rowOf(`${table} | summarize percentiles(n, 50, 100), percentilesw(n, w, 50, 51)`)).toEqual([
      3, 9, 1, 9,
    ]);
    expect(rowOf(`${table} | take 0 | summarize percentile(n, 5), percentiles_array(n, 5)`)).toEqual([
      null,
      null,
    ]);
  });

  test('may be parameters of the query', () => {
    const query =
      'declare query_parameters(p:real); T | summarize percentile(n, p), percentiles_array(n, p, 100)';
    const run = numbers(4, (index) => BigInt(index));
    expect(rowOf(query, { ...run, parameters: { p: '50' } })).toEqual([1, [1, 3]]);
    expect(refusalOf(query, { ...run, parameters: { p: '150' } })).toContain('150 is not');
  });

  test('stand in groups, under other names, alone and in expressions', () => {
    const table = 'datatable(k:string, n:long)["a", 1, "a", 3, "b", 7]';
    const query = `${table} | summarize (low, high) = percentiles(n, 1, 99), percentiles(n, 50), spread = percentile(n, 99) - percentile(n, 1) by k | sort by k asc`;
    expect(columnNamesOf(query)).toEqual(['k', 'low', 'high', 'percentile_n_50', 'spread']);
    expect(rowsOf(query)).toEqual([
      ['a', 1, 3, 1, 2],
      ['b', 7, 7, 7, 0],
    ]);
  });

  test.each([
    ['percentile(n, 101)', 'A percentile must be a number from 0 to 100, and 101 is not [line 1, column 15]'],
    ['percentiles(n, 5, -1)', 'A percentile must be a number from 0 to 100, and -1 is not'],
    ['percentiles_array(n, dynamic([]))', 'A percentile must be a number from 0 to 100'],
    ['percentile(n, n)', "'n' must be the same for all rows of percentile() [line 1, column 29]"],
    ['percentile(tostring(n), 5)', 'percentile() of string is not supported'],
    ['percentilew(n, r, 5)', 'The expression value must be an integer'],
    ['tostring(percentiles(n, 5, 50))', "'percentiles' inside of an expression is not supported"],
  ])('%s is refused', (aggregate, message) => {
    expect(refusalOf(`T | summarize ${aggregate}`, numbers(2, BigInt))).toContain(message);
  });
});
