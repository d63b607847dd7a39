/** `scan` beyond the examples of its page: https://learn.microsoft.com/kusto/query/scan-operator */
import { describe, expect, test } from '@jest/globals';
import { answersOf, refusalOf, rowsOf } from '../../../support/engine/kql.ts';

const numbers = 'range x from 1 to 6 step 1';

test('a sequence goes from step to step, with what each has seen', () => {
  expect(
    rowsOf(`${numbers} | scan with_match_id = m declare (f: long, n: long = -1) with (
      step a: x % 3 == 1 => f = x;
      step b: x % 3 == 2 and x - a.x == 1 => f = a.f, n = a.n;
      step c output = none: x % 3 == 0 => f = b.f;
      step d: x == 6 => n = c.x * 10;)`),
  ).toEqual([
    [1, 1, -1, 0],
    [2, 1, -1, 0],
    [4, 4, -1, 1],
    [5, 4, -1, 1],
    // The sequence of 1, 2 and 3 goes on to the last step, before that of 4 and 5 takes its place.
    [6, null, 30, 0],
  ]);
});

test('a row may match several steps, the last of which comes first', () => {
  expect(
    rowsOf(`${numbers} | scan with_match_id = m with (step a: true; step b: x > a.x + 1 or x > 3;)`),
  ).toEqual([
    [1, 0],
    [2, 0],
    [3, 0],
    [4, 0],
    [4, 1],
    [5, 1],
    [5, 2],
    [6, 2],
    [6, 3],
  ]);
});

test('each subtable has a scan of its own, and texts and nulls begin as they are', () => {
  const rows =
    "datatable(k: string, x: long) ['a', 1, 'b', 5, 'a', 2, 'b', 6] | serialize | partition by k (sort by x asc | scan";
  expect(
    rowsOf(`${rows} with_match_id = m declare (c: long = 0, t: string, l: long) with (
      step s: true => c = x + s.c, t = strcat(s.t, x), l = s.l + 1;)) | sort by k asc, x asc`),
  ).toEqual([
    ['a', 1, 1, '1', null, 0],
    ['a', 2, 3, '12', null, 0],
    ['b', 5, 5, '5', null, 0],
    ['b', 6, 11, '56', null, 0],
  ]);
});

describe('without a match id', () => {
  const scan = `${numbers} | scan declare (c: long = 0) with (step s: true => c = x + s.c;)`;

  test('no result has one', () => {
    expect(answersOf(`${scan} | where x > 4 | extend y = c + 1 | sort by x desc`)[0]).toEqual({
      columns: ['x', 'c', 'y'],
      rows: [
        [6, 21, 22],
        [5, 15, 16],
      ],
    });
    expect(answersOf(`${scan} | take 1 | extend all = pack_all()`)[0]?.rows).toEqual([
      [1, 1, { x: 1, c: 1 }],
    ]);
    expect(answersOf(`let T = materialize(${scan} | where x < 2); T`)[0]?.columns).toEqual(['x', 'c']);
  });

  test.each([
    [`${scan} | union (print x = 1)`, "'union' after a scan without a match id"],
    [`union (${scan}), (print x = 1)`, 'after a scan without a match id'],
    [`${scan} | distinct *`, "'distinct' after"],
    [`${scan} | summarize arg_max(x, *)`, "'summarize' after"],
    [`${scan} | getschema`, "'getschema' after"],
    [`print x = 1 | join (${scan}) on x`, "'join' after"],
    [`print x = 1 | lookup (${scan}) on x`, "'lookup' after"],
  ])('%s is refused, since it would be seen', (query, message) => {
    expect(refusalOf(query)).toContain(message);
  });
});

test('a scan of too many steps is refused', () => {
  const all = (count: number) => Array.from({ length: count }, (_, index) => index);
  const steps = all(48).map(
    (step) =>
      `step s${step}: x > 0${all(step)
        .map((other) => ` and s${other}.x > 0`)
        .join('')};`,
  );
  expect(refusalOf(`${numbers} | scan with (${steps.join(' ')})`)).toContain('1000 are the most');
});

test.each([
  ['scan with (step s output = last: true;)', 'output=last in scan is not supported'],
  ['scan declare (c: long) with (step s: c > 1;)', "'c' is not supported here"],
  ['scan with (step s: t.x > 1; step t: true;)', "'t.x' is of a later step"],
  ['scan declare (c: string) with (step s: true => c = x;)', "A long does not fit column 'c' of type string"],
  ['scan declare (c: long) with (step s: true => x = 1;)', "The column 'x' is not declared"],
  ['summarize by x | scan with (step s: true;)', 'scan needs rows in order'],
])('%s is refused', (operator, message) => {
  expect(refusalOf(`${numbers} | ${operator}`)).toContain(message);
});
