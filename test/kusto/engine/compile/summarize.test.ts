/** https://learn.microsoft.com/kusto/query/summarize-operator */
import { describe, expect, test } from '@jest/globals';
import { rowOf, rowsOf } from '../../../support/engine/kql.ts';

const table = `datatable(k:string, at:datetime, n:long, s:string)[
  "a", datetime(2024-01-01), 1, "x",
  "a", datetime(2024-01-03), 2, "y",
  "a", datetime(null), 9, "z",
  "b", datetime(null), 4, "only"]`;
const none = 'datatable(n:long, s:string, d:dynamic)[]';

describe('summarize', () => {
  test('counts, adds and averages', () => {
    expect(
      rowOf(
        `${table} | summarize count(), countif(n > 1), sum(n), sumif(n, n > 2), avg(n), dcount(k), min(at), max(at)`,
      ),
    ).toEqual([4, 3, 16, 13, 4, 2, '2024-01-01T00:00:00.0000000Z', '2024-01-03T00:00:00.0000000Z']);
  });

  test('arg_max takes a whole row, and an all-null group still gives one', () => {
    expect(rowsOf(`${table} | summarize arg_max(at, *) by k | sort by k asc`)).toEqual([
      ['a', '2024-01-03T00:00:00.0000000Z', 2, 'y'],
      ['b', null, 4, 'only'],
    ]);
  });

  test('of rows without a value, arg_max and arg_min keep the first, alone and beside each other', () => {
    const rows = [
      ['a', null, 1n],
      ['a', null, 2n],
      ['b', null, 3n],
      ['b', 7n, 4n],
    ];
    const tables = { T: { columns: 'k:string, n:long, m:long', rows } };
    const asked = (aggregates: string) =>
      rowsOf(`T | summarize ${aggregates} by k | sort by k asc`, { tables });
    expect(asked('arg_max(n, m)')).toEqual([
      ['a', null, 1],
      ['b', 7, 4],
    ]);
    expect(asked('arg_min(n, m)')).toEqual([
      ['a', null, 1],
      ['b', 7, 4],
    ]);
    expect(asked('arg_min(n, m), arg_max(n, m)')).toEqual([
      ['a', null, 1, null, 1],
      ['b', 7, 4, 7, 4],
    ]);
  });

  test('avg of datetime and timespan is exact to the tick', () => {
    const rows = [
      [638_448_000_000_000_001n, 9_000_000_000_000_000_001n],
      [638_448_000_000_000_004n, 9_000_000_000_000_000_004n],
      [null, null],
    ];
    const tables = { T: { columns: 'd:datetime, s:timespan', rows } };
    expect(rowsOf('T | summarize avg(d), avg(s), avgif(d, isnull(d))', { tables })).toEqual([
      ['2024-02-29T10:40:00.0000002Z', '10416666.16:00:00.0000002', null],
    ]);
  });

  test('groups by an expression that is the same for all rows', () => {
    const tables = { T: { columns: 'k:string', rows: [['a'], ['b']] } };
    expect(rowsOf('T | summarize count() by empty = isnull(k)', { tables })).toEqual([[false, 2]]);
    expect(rowsOf('T | summarize count() by empty = isnull(k), k | sort by k asc', { tables })).toEqual([
      [false, 'a', 1],
      [false, 'b', 1],
    ]);
  });

  test('arg_max beside min, max and maxif keeps to its own row', () => {
    const query = `${table} | summarize min(n), high = max(n), big = maxif(n, n < 5), arg_max(at, s, n) by k | sort by k asc`;
    expect(rowsOf(query)).toEqual([
      ['a', 1, 9, 2, '2024-01-03T00:00:00.0000000Z', 'y', 2],
      ['b', 4, 4, 4, null, 'only', 4],
    ]);
  });

  test('arg_max and arg_min beside each other keep to a row each', () => {
    expect(rowsOf(`${table} | summarize arg_max(at, s), arg_min(at, s) by k | sort by k asc`)).toEqual([
      ['a', '2024-01-03T00:00:00.0000000Z', 'y', '2024-01-01T00:00:00.0000000Z', 'x'],
      ['b', null, 'only', null, 'only'],
    ]);
  });

  test('arg_max chooses its row even if only another column is read', () => {
    expect(rowsOf(`${table} | summarize arg_max(at, s) by k | project s | sort by s asc`).flat()).toEqual([
      'only',
      'y',
    ]);
    expect(rowOf(`${table} | summarize arg_max(at, s) | project s`)).toEqual(['y']);
    expect(rowOf(`${table} | summarize arg_max(at, s) | count`)).toEqual([1]);
  });

  test('an empty table gives one row of defaults, and none with by', () => {
    expect(
      rowOf(
        `${none} | summarize count(), sum(n), avg(n), min(n), max(s), make_list(n), make_set(s), dcount(s), arg_max(n, s), take_any(s)`,
      ),
    ).toEqual([0, 0, null, null, '', [], [], 0, null, '', '']);
    expect(rowsOf(`${none} | summarize count() by s`)).toEqual([]);
    expect(rowOf(`${none} | summarize arg_max(n, s)`)).toEqual([null, '']);
    expect(rowOf(`${none} | summarize take_any(s, n)`)).toEqual(['', null]);
  });

  test('lists follow the order of the rows and leave out null; sets leave out repetitions', () => {
    expect(
      rowOf(
        'datatable(n:long)[3, 1, long(null), 2, 1] | order by n asc | summarize make_list(n), make_set(n), make_list(n, 2)',
      ),
    ).toEqual([
      [1, 1, 2, 3],
      [1, 2, 3],
      [1, 1],
    ]);
    expect(
      rowOf(
        'datatable(s:string, n:long)["a", 1, "b", 2] | summarize make_list_if(s, n > 1), make_bag(bag_pack(s, n))',
      ),
    ).toEqual([['b'], { a: 1, b: 2 }]);
  });

  test('lists and sets of texts have what is empty, in the order of the rows, and no more than fits', () => {
    const texts = 'datatable(s:string, n:long)["b", 3, "", 2, "é\\"", 1, "b", 0]';
    expect(
      rowOf(
        `${texts} | summarize make_set(s), make_list(s), make_set_if(s, n < 3), make_list(s, 2), make_set(tostring(n), 1)`,
      ),
    ).toEqual([['b', '', 'é"'], ['b', '', 'é"', 'b'], ['', 'é"', 'b'], ['b', ''], ['3']]);
    expect(rowOf(`${texts} | order by n asc | summarize make_list(s), make_set(s)`)).toEqual([
      ['b', 'é"', '', 'b'],
      ['b', 'é"', ''],
    ]);
    expect(rowOf(`${texts} | where n > 9 | summarize make_list(s), make_set(s)`)).toEqual([[], []]);
    expect(
      rowOf(
        "range i from 1 to 1048580 step 1 | summarize s = make_list('') | project array_length(s), s[1048575], isnull(s[1048576])",
      ),
    ).toEqual([1_048_576, '', true]);
  });

  test('min and max are exact to a tick', () => {
    const ticks =
      'datatable(k:long, d:datetime)[1, datetime(2024-01-01 00:00:00.0000001), 1, datetime(2024-01-01 00:00:00.0000002)]';
    expect(rowOf(`${ticks} | summarize max(d), min(d), arg_max(d, k)`)).toEqual([
      '2024-01-01T00:00:00.0000002Z',
      '2024-01-01T00:00:00.0000001Z',
      '2024-01-01T00:00:00.0000002Z',
      1,
    ]);
  });

  test('groups by expressions, and by constants', () => {
    expect(
      rowsOf(`${table} | where isnotnull(at) | summarize count() by bin(at, 2d), heavy = n > 1`),
    ).toHaveLength(2);
    expect(rowsOf(`${table} | summarize count() by one = 1`)).toEqual([[1, 4]]);
    expect(rowsOf(`${none} | summarize count() by one = 1`)).toEqual([]);
    expect(rowsOf(`${table} | summarize by k | sort by k asc`)).toEqual([['a'], ['b']]);
  });

  test('computes with aggregates, and filters them', () => {
    expect(
      rowsOf(
        `${table} | summarize spread = max(n) - min(n), tolower(strcat("N", count())) by k | where spread > 0`,
      ),
    ).toEqual([['a', 8, 'n3']]);
    expect(
      rowOf('datatable(n:long)[1, 2, 3, 4] | summarize round(stdev(n), 3), round(variance(n), 3)'),
    ).toEqual([1.291, 1.667]);
  });

  test('without keys there is one row, whatever is read of it', () => {
    const one = `${table} | summarize c = count()`;
    const [latest, empty] = [`${table} | summarize arg_max(at, *)`, `${none} | summarize c = count()`];
    expect(rowsOf(`${one} | project x = 1`)).toEqual([[1]]);
    expect(rowsOf(`${one} | where c > 1 | project x = 1`)).toEqual([[1]]);
    expect(rowsOf(`${one} | where c > 5 | project x = 1`)).toEqual([]);
    expect(rowsOf(`${one} | where c > 1 | count`)).toEqual([[1]]);
    expect(rowsOf(`${one} | order by c asc | project x = 1`)).toEqual([[1]]);
    expect(rowsOf(`${one} | top 1 by c | project x = 1`)).toEqual([[1]]);
    expect(rowsOf(`${latest} | project x = 1`)).toEqual([[1]]);
    expect(rowsOf(`${latest} | order by at asc | project x = 1`)).toEqual([[1]]);
    expect(rowsOf(`${empty} | where c == 0 | project x = 1`)).toEqual([[1]]);
  });

  test('take_any takes its columns from one row', () => {
    const [s, n] = rowOf('datatable(s:string, n:long)["a", 1, "b", 2] | summarize take_any(s, n)');
    expect([`a1`, `b2`]).toContain(`${s}${n}`);
  });
});
