/** https://learn.microsoft.com/kusto/query/scalar-data-types/null-values */
import { describe, expect, test } from '@jest/globals';
import { rowsOf, scalar } from '../../../support/engine/kql.ts';

describe('null', () => {
  test('compares as the documentation shows', () => {
    const query = `datatable(val:int)[5, int(null)]
      | extend IsBiggerThan3 = val > 3, IsBiggerThan3OrNull = val > 3 or isnull(val),
               IsEqualToNull = val == int(null), IsNotEqualToNull = val != int(null)`;
    expect(rowsOf(query)).toEqual([
      [5, true, true, false, true],
      [null, null, true, null, null],
    ]);
  });

  test('differs from every value, so != keeps the row', () => {
    expect(rowsOf('datatable(ival:int, sval:string)[5, "a", int(null), "b"] | where ival != 5')).toEqual([
      [null, 'b'],
    ]);
  });

  test('is equal to no value even under not()', () => {
    expect(rowsOf('datatable(v:int)[5, int(null)] | where not(v == 5)')).toEqual([[null]]);
    expect(rowsOf('datatable(v:int)[5, int(null)] | where not(v in (5, 6))')).toEqual([[null]]);
    expect(rowsOf('datatable(v:int)[5, int(null)] | where v !in (5, 6)')).toEqual([[null]]);
  });

  test('drops a row where a condition gives it', () => {
    expect(rowsOf('datatable(v:int)[5, int(null)] | where v > 3')).toEqual([[5]]);
  });

  test('never is a string: conversions, prev and outer joins give an empty one', () => {
    expect(scalar('tostring(long(null))')).toBe('');
    expect(scalar('tostring(dynamic({"a":1}).b)')).toBe('');
    expect(scalar('strcat("a", int(null), "b")')).toBe('ab');
    expect(rowsOf('datatable(s:string)["a"] | serialize | extend p = prev(s)')).toEqual([['a', '']]);
    const joined =
      'datatable(k:string)["a"] | join kind=leftouter (datatable(k:string, v:string, n:long)["b", "x", 1]) on k';
    expect(rowsOf(joined)).toEqual([['a', '', '', null]]);
    expect(rowsOf('union (print a="x"), (print b=1) | project a, b')).toEqual([
      ['x', null],
      ['', 1],
    ]);
  });

  test('stays out of text tests, which take it for an empty string', () => {
    expect(rowsOf('datatable(s:string)["", "abc"] | where s !contains "b"')).toEqual([['']]);
  });

  test('is found by isnull for values and by isempty for strings', () => {
    expect(scalar('isnull(int(null))')).toBe(true);
    expect(scalar('isnull("")')).toBe(false);
    expect(scalar('isempty("")')).toBe(true);
    expect(scalar('isnotempty("a")')).toBe(true);
    expect(scalar('isnotnull(1)')).toBe(true);
    expect(scalar('isempty(dynamic(null))')).toBe(true);
  });

  test('is skipped by coalesce, and an empty string too', () => {
    // https://learn.microsoft.com/kusto/query/coalesce-function
    expect(scalar('coalesce(tolong("not a number"), tolong("42"), 33)')).toBe(42);
    expect(scalar('coalesce("", "x")')).toBe('x');
    expect(scalar('coalesce("", "")')).toBe('');
  });

  test('is ignored by min_of and max_of, whichever of the two it is', () => {
    const rows =
      'datatable(a:long, b:long)[1, 2, 4, 3, long(null), 5, 6, long(null), long(null), long(null)]';
    expect(rowsOf(`${rows} | project min_of(a, b), max_of(a, b), min_of(a, 4), max_of(4, b)`)).toEqual([
      [1, 2, 1, 4],
      [3, 4, 4, 4],
      [5, 5, 4, 5],
      [6, 6, 4, 4],
      [null, null, 4, 4],
    ]);
    const computed = `${rows} | project min_of(a * 2, b - 1), max_of(b - 1, a * 2)`;
    expect(rowsOf(computed)).toEqual([
      [1, 2],
      [2, 8],
      [4, 4],
      [12, 12],
      [null, null],
    ]);
  });
});
