/** Values that depend on the rows before: sums, ranks and sessions. */
import { describe, expect, test } from '@jest/globals';
import { refusalOf, rowsOf } from '../../../support/engine/kql.ts';

const builds = `datatable(branch: string, minutes: long) [
  'main', 5, 'main', 5, 'main', 9, 'topic', 9, 'topic', 9, 'topic', 1
] | serialize`;

describe('functions over the rows so far', () => {
  test.each([
    ['row_cumsum(minutes)', [5, 10, 19, 28, 37, 38]],
    ['row_cumsum(minutes, branch != prev(branch))', [5, 10, 19, 9, 18, 19]],
    ['row_cumsum(minutes / 2.0)', [2.5, 5, 9.5, 14, 18.5, 19]],
    ['row_rank_dense(minutes)', [1, 1, 2, 2, 2, 3]],
    ['row_rank_dense(minutes, branch != prev(branch))', [1, 1, 2, 1, 1, 2]],
    ['row_rank_min(minutes)', [1, 1, 3, 3, 3, 6]],
    ['row_rank_min(minutes, branch != prev(branch))', [1, 1, 3, 1, 1, 3]],
    ['row_number(7, branch != prev(branch))', [7, 8, 9, 7, 8, 9]],
  ])('%s', (call, expected) => {
    expect(rowsOf(`${builds} | extend value = ${call} | project value`).flat()).toEqual(expected);
  });

  test('come after the order by that makes their rows', () => {
    const query = `${builds} | order by minutes desc, branch asc | extend sum = row_cumsum(minutes) | where branch == 'main' | project minutes, sum`;
    expect(rowsOf(query)).toEqual([
      [9, 9],
      [5, 32],
      [5, 37],
    ]);
  });

  test('sessions end after a pause, after a length, and where it is said', () => {
    const times = `datatable(id: string, at: datetime) [
      'a', datetime(2024-01-01 10:00), 'a', datetime(2024-01-01 10:04), 'a', datetime(2024-01-01 10:20),
      'a', datetime(2024-01-01 10:24), 'a', datetime(2024-01-01 10:28), 'b', datetime(2024-01-01 10:29)
    ] | serialize`;
    const query = `${times} | extend start = row_window_session(at, 8m, 5m, id != prev(id)) | project format_datetime(start, 'HH:mm')`;
    expect(rowsOf(query).flat()).toEqual(['10:00', '10:00', '10:20', '10:20', '10:28', '10:29']);
  });

  test('refuse what has no answer', () => {
    expect(refusalOf(`${builds} | extend s = row_cumsum(long(null))`)).toContain("'row_cumsum' of a null");
    expect(refusalOf(`${builds} | extend s = row_cumsum(9223372036854775807)`)).toContain(
      'beyond the range of long',
    );
    expect(refusalOf('range x from 1 to 2 step 1 | distinct x | extend s = row_cumsum(x)')).toContain(
      'needs rows in order',
    );
  });
});
