/** `bag_unpack` and `pivot`, whose columns depend on the data. */
import { describe, expect, test } from '@jest/globals';
import { answersOf, refusalOf, rowsOf } from '../../../support/engine/kql.ts';

const bags = `datatable(id: long, bag: dynamic) [
  1, dynamic({"name": "web", "size": 20, "ready": true}),
  2, dynamic({"size": 30, "ratio": 0.5, "tags": ["x"], "gone": null}),
  3, dynamic(null),
  4, dynamic({"ratio": "none"})
]`;
const unpacked = (rest: string) => answersOf(`${bags} | evaluate bag_unpack(${rest}`);

describe('bag_unpack', () => {
  test('gives a column per slot, typed where all values are of one type', () => {
    expect(unpacked('bag) | project-reorder id')).toEqual([
      {
        columns: ['id', 'name', 'ratio', 'ready', 'size', 'tags'],
        rows: [
          [1, 'web', null, true, 20, null],
          [2, '', 0.5, null, 30, ['x']],
          [3, '', null, null, null, null],
          [4, '', 'none', null, null, null],
        ],
      },
    ]);
    expect(unpacked('bag) | where size > 20 | project total = size + 1')).toEqual([
      { columns: ['total'], rows: [[31]] },
    ]);
  });

  test('puts a prefix before, leaves slots out, and settles conflicts as told', () => {
    const of = (rest: string) =>
      answersOf(
        `datatable(id: long, bag: dynamic)[1, dynamic({"id": 7, "b": 2})] | evaluate bag_unpack(${rest}`,
      );
    expect(of("bag, 'p_')")).toEqual([{ columns: ['id', 'p_b', 'p_id'], rows: [[1, 2, 7]] }]);
    expect(of("bag, columnsConflict='keep_source')")).toEqual([{ columns: ['id', 'b'], rows: [[1, 2]] }]);
    expect(of("bag, columnsConflict='replace_source')")).toEqual([{ columns: ['id', 'b'], rows: [[7, 2]] }]);
    expect(of("bag, ignoredProperties=dynamic(['id']))")).toEqual([{ columns: ['id', 'b'], rows: [[1, 2]] }]);
    expect(of("bag, '', 'keep_source', dynamic(['b']))")).toEqual([{ columns: ['id'], rows: [[1]] }]);
  });

  test('keeps numbers to the digit, and tells real ones from whole ones as JSON writes them', () => {
    const numbers =
      'datatable(bag: dynamic)[dynamic({"n": 9007199254740993, "r": 2.0}), dynamic({"n": 1, "r": 0.5})]';
    expect(
      rowsOf(`${numbers} | evaluate bag_unpack(bag) | project tostring(n), r + 1.5, tostring(r)`),
    ).toEqual([
      ['9007199254740993', 3.5, '2.0'],
      ['1', 2, '0.5'],
    ]);
    expect(rowsOf(`${numbers} | evaluate bag_unpack(bag) | getschema | project ColumnType`)).toEqual([
      ['long'],
      ['real'],
    ]);
    expect(refusalOf(`${numbers} | evaluate bag_unpack(bag) : (r: long)`)).toContain(
      "the schema says that 'r' is a long, and a bag has 2.0",
    );
  });

  test('takes a written schema', () => {
    expect(unpacked('bag) : (*, size: real, name: string, more: datetime) | where id <= 2')).toEqual([
      {
        columns: ['id', 'size', 'name', 'more'],
        rows: [
          [1, 20, 'web', null],
          [2, 30, '', null],
        ],
      },
    ]);
  });

  test('works after another one, in let and in an argument', () => {
    const query =
      'let T = datatable(a: dynamic)[dynamic({"b": {"c": 5}})] | evaluate bag_unpack(a) | evaluate bag_unpack(b); let f = (R: (c: long)) { R | project d = c + 1 }; f(T)';
    expect(answersOf(query)).toEqual([{ columns: ['d'], rows: [[6]] }]);
  });

  test.each([
    [
      'datatable(id: long, bag: dynamic)[1, dynamic({"id": 7})] | evaluate bag_unpack(bag)',
      "'id' is a slot of a bag and a column of the rows",
    ],
    [
      'datatable(bag: dynamic)[dynamic({"at": "2024-05-06T07:08:09Z"})] | evaluate bag_unpack(bag)',
      "'at' has texts that look like a datetime",
    ],
    [
      'datatable(bag: dynamic)[dynamic({"at": 1})] | evaluate bag_unpack(bag) : (*, at: string)',
      "the schema says that 'at' is a string, and a bag has 1",
    ],
    [
      'let f = (T: (bag: dynamic)) { T | evaluate bag_unpack(bag) }; datatable(bag: dynamic)[] | invoke f()',
      'needs its schema here',
    ],
    [
      'datatable(bag: dynamic)[dynamic({"": 1})] | evaluate bag_unpack(bag)',
      'cannot be the name of a column',
    ],
    ['datatable(bag: string)["x"] | evaluate bag_unpack(bag)', 'bag_unpack() needs a dynamic column'],
    ["datatable(bag: dynamic)[] | evaluate bag_unpack(bag, columnsConflict='any')", "not 'any'"],
  ])('refuses %s', (query, message) => {
    expect(refusalOf(query)).toContain(message);
  });

  test('names are hostile', () => {
    const query = `datatable(bag: dynamic)[dynamic({"a'] : long); print 1 //": 3})] | evaluate bag_unpack(bag)`;
    expect(answersOf(query)).toEqual([{ columns: ["a'] : long); print 1 //"], rows: [[3]] }]);
  });
});

describe('pivot', () => {
  const builds = `datatable(branch: string, state: string, minutes: long) [
    'main', 'failed', 5, 'main', 'succeeded', 7, 'main', 'succeeded', 9, 'topic', 'succeeded', 1
  ]`;

  test('counts, or aggregates, into a column per value', () => {
    expect(
      answersOf(`${builds} | project-away minutes | evaluate pivot(state) | order by branch asc`),
    ).toEqual([
      {
        columns: ['branch', 'failed', 'succeeded'],
        rows: [
          ['main', 1, 2],
          ['topic', 0, 1],
        ],
      },
    ]);
    expect(
      answersOf(`${builds} | evaluate pivot(state, sum(minutes)) | extend all = failed + succeeded`),
    ).toEqual([
      {
        columns: ['branch', 'failed', 'succeeded', 'all'],
        rows: [
          ['main', 5, 16, 21],
          ['topic', 0, 1, 1],
        ],
      },
    ]);
    expect(answersOf(`${builds} | evaluate pivot(branch, max(minutes), state) | order by state asc`)).toEqual(
      [
        {
          columns: ['state', 'main', 'topic'],
          rows: [
            ['failed', 5, null],
            ['succeeded', 9, 1],
          ],
        },
      ],
    );
  });

  test('takes a written schema', () => {
    const query = `${builds} | evaluate pivot(state, count(), branch) : (branch: string, succeeded: long) | order by branch asc`;
    expect(answersOf(query)).toEqual([
      {
        columns: ['branch', 'succeeded'],
        rows: [
          ['main', 2],
          ['topic', 1],
        ],
      },
    ]);
  });

  test.each([
    [
      'evaluate pivot(state, count(), branch) : (branch: string, succeeded: string)',
      "'succeeded' is a long, not a string",
    ],
    ['evaluate pivot(state, count(), branch) : (succeeded: long)', "'branch' is a string"],
    ["extend state = '' | evaluate pivot(state)", 'cannot be the name of a column'],
    ['evaluate narrow()', "The plugin 'narrow' is not supported"],
  ])('refuses %s', (operator, message) => {
    expect(refusalOf(`${builds} | ${operator}`)).toContain(message);
  });
});
