/** Operators that work on many small tables: `mv-apply`, `partition`, `top-nested`. */
import { describe, expect, test } from '@jest/globals';
import { answersOf, type KqlRun, refusalOf, rowsOf } from '../../../support/engine/kql.ts';

const run: KqlRun = {
  tables: {
    Build: {
      columns: 'id:long, stages:dynamic, times:dynamic',
      rows: [
        [1, '["build","test"]', '[3,8]'],
        [2, '[]', '[]'],
        [3, '["build","deploy","test"]', '[5,1,9]'],
        [4, null, null],
      ],
    },
  },
};
const rows = (query: string) => rowsOf(query, run);

describe('mv-apply', () => {
  test('filters, sorts and takes within each row', () => {
    expect(
      rows('Build | mv-apply t = times to typeof(long) on (top 1 by t) | project id, t | order by id asc'),
    ).toEqual([
      [1, 8],
      [3, 9],
      [4, null],
    ]);
    expect(
      rows(
        'Build | mv-apply s = stages to typeof(string), t = times to typeof(long) on (where t > 4 | order by t asc | take 1) | project id, s, t',
      ),
    ).toEqual([
      [1, 'test', 8],
      [3, 'build', 5],
    ]);
  });

  test('summarize without keys gives a row for every row before it, empty arrays included', () => {
    const query =
      'Build | mv-apply t = times to typeof(long) on (where t > 4 | summarize n = count(), most = max(t), all = make_list(t)) | project id, n, most, all | order by id asc';
    expect(rows(query)).toEqual([
      [1, 1, 8, [8]],
      [2, 0, null, []],
      [3, 2, 9, [5, 9]],
      [4, 0, null, []],
    ]);
    expect(rows('Build | mv-apply times on (count) | project id, Count | order by id asc')).toEqual([
      [1, 2],
      [2, 0],
      [3, 3],
      [4, 1],
    ]);
  });

  test('summarize with keys gives no row for an empty array', () => {
    const query =
      'Build | mv-apply s = stages to typeof(string) on (summarize n = count() by isLong = strlen(s) > 4) | project id, isLong, n | order by id asc, isLong asc';
    expect(rows(query)).toEqual([
      [1, false, 1],
      [1, true, 1],
      [3, false, 1],
      [3, true, 2],
      [4, false, 1],
    ]);
  });

  test('equal rows stay apart', () => {
    const query =
      'union Build, Build | where id == 1 | mv-apply t = times to typeof(long) on (summarize sum(t)) | project sum_t';
    expect(rows(query)).toEqual([[11], [11]]);
  });

  test('gives the columns of the row that the subquery does not replace', () => {
    const [answer] = answersOf(
      'Build | where id == 1 | mv-apply with_itemindex = at stages to typeof(string) on (project at, id = strcat(stages, id))',
      run,
    );
    expect(answer?.columns).toEqual(['id', 'times', 'at']);
    expect(answer?.rows).toEqual([
      ['build1', [3, 8], 0],
      ['test1', [3, 8], 1],
    ]);
  });

  test('numbers and neighbours of rows are those of the array', () => {
    const query =
      'Build | mv-apply t = times to typeof(long) on (serialize | extend n = row_number(), before = prev(t), sum = row_cumsum(coalesce(t, 0))) | project id, n, before, sum';
    expect(rows(query)).toEqual([
      [1, 1, null, 3],
      [1, 2, 3, 11],
      [3, 1, null, 5],
      [3, 2, 5, 6],
      [3, 3, 1, 15],
      [4, 1, null, 0],
    ]);
  });

  test('one inside of another', () => {
    const query =
      'Build | mv-apply s = stages to typeof(string) on (mv-apply t = times to typeof(long) on (summarize sum(t)) | summarize n = count(), sum(sum_t)) | project id, n, sum_sum_t | order by id asc';
    expect(rows(query)).toEqual([
      [1, 2, 22],
      [2, 0, 0],
      [3, 3, 45],
      [4, 1, 0],
    ]);
  });

  test('distinct is within each row', () => {
    const query =
      'Build | mv-apply s = stages to typeof(string) on (distinct n = strlen(s)) | project id, n | order by id asc, n asc';
    expect(rows(query)).toEqual([
      [1, 4],
      [1, 5],
      [3, 4],
      [3, 5],
      [3, 6],
      [4, 0],
    ]);
  });

  test.each([
    [
      'mv-apply times on (join (Build) on id)',
      "The operator 'join' in mv-apply or partition is not supported",
    ],
    ['mv-apply times on (union Build)', "The operator 'union' in mv-apply or partition is not supported"],
    ['mv-apply times on (sample 1)', "The operator 'sample' in mv-apply or partition is not supported"],
    ['mv-apply number = id on (count)', 'The expression must have the type dynamic'],
    ['partition by id { Build }', 'partition with a query in braces is not supported'],
    [
      "top-nested 1 of id with others = 'rest' by count()",
      "''rest'' is of type string, and what it stands for of type",
    ],
  ])('refuses %s', (operator, message) => {
    expect(refusalOf(`Build | ${operator}`, run)).toContain(message);
  });
});

describe('partition', () => {
  const numbers = 'range x from 1 to 6 step 1 | extend k = iff(x > 4, long(null), x % 2)';

  test('takes the first of each, nulls included', () => {
    expect(rows(`${numbers} | partition hint.strategy=native by k (top 1 by x) | order by x asc`)).toEqual([
      [3, 1],
      [4, 0],
      [6, null],
    ]);
  });

  test('counts what is left of each, also nothing', () => {
    const query = `${numbers} | partition by k (where x < 4 | summarize n = count(), most = max(x)) | order by n asc, most asc`;
    expect(rows(query)).toEqual([
      [0, null],
      [1, 2],
      [2, 3],
    ]);
  });
});

describe('top-nested', () => {
  const numbers = 'range x from 1 to 20 step 1 | extend k = x % 3, l = iff(x % 5 == 0, long(null), x % 5)';

  test('takes the best of the best, in either direction, nulls included', () => {
    const query = `${numbers} | top-nested 2 of k by total = sum(x), top-nested 2 of l by least = max(x) asc | order by k asc, least asc`;
    expect(answersOf(query)).toEqual([
      {
        columns: ['k', 'total', 'l', 'least'],
        rows: [
          [1, 70, 2, 7],
          [1, 70, null, 10],
          [2, 77, 3, 8],
          [2, 77, 1, 11],
        ],
      },
    ]);
  });

  test('without a number takes all', () => {
    expect(
      rows(`${numbers} | top-nested of k by count(), top-nested 1 of x by max(x) | order by k asc`),
    ).toEqual([
      [0, 6, 18, 18],
      [1, 7, 19, 19],
      [2, 7, 20, 20],
    ]);
  });

  const sales = `datatable(region: string, seller: string, item: string, sold: long) [
    'K', 'Law', 'F', 5, 'K', 'Law', 'G', 4, 'K', 'Pub', 'B', 4, 'K', 'Rad', 'Z', 1,
    'T', 'Law', 'P', 10, 'T', 'Law', 'Q', 2, 'T', 'Pub', 'R', 3,
    'A', 'Law', 'S', 1, 'B', 'Pub', 'U', 2]`;

  test('with others has a row for what is not at the top, as in the example that the page had', () => {
    const query = `${sales} | top-nested 2 of region with others = 'Other regions' by sum(sold),
      top-nested 1 of seller by sum(sold), top-nested 1 of item with others = 'Other items' by sum(sold)`;
    expect(
      rows(query)
        .map((row) => row.join('|'))
        .sort(),
    ).toEqual([
      'K|14|Law|9|F|5',
      'K|14|Law|9|Other items|4',
      'K|14|||Other items|5',
      'Other regions|3|||Other items|3',
      'T|15|Law|12|Other items|2',
      'T|15|Law|12|P|10',
      'T|15|||Other items|3',
    ]);
  });

  test('with others has no row where all are at the top, and takes null for a value', () => {
    expect(rows(`${sales} | top-nested 4 of region with others = 'Others' by max(sold) | count`)).toEqual([
      [4],
    ]);
    expect(rows(`${sales} | where false | top-nested 1 of region with others = '' by count()`)).toEqual([]);
    const nulls = 'datatable(k: long, n: long) [long(null), 1, long(null), 2, 3, 1]';
    expect(rows(`${nulls} | top-nested 1 of k with others = -1 by n = sum(n)`)).toEqual([
      [null, 3],
      [-1, 1],
    ]);
  });
});
