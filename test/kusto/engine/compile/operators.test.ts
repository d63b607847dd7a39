import { describe, expect, test } from '@jest/globals';
import { columnNamesOf, type KqlRun, refusalOf, rowsOf, scalar } from '../../../support/engine/kql.ts';

const run: KqlRun = {
  tables: {
    Fruit: {
      columns: 'name:string, color:string, weight:long',
      rows: [
        ['apple', 'red', 150],
        ['cherry', 'red', 5],
        ['lemon', 'yellow', 100],
        ['melon', 'yellow', null],
      ],
    },
    Price: {
      columns: 'name:string, euro:real',
      rows: [
        ['apple', 0.5],
        ['apple', 0.7],
        ['lemon', 0.4],
        ['plum', 0.2],
      ],
    },
  },
};
const rows = (query: string) => rowsOf(query, run);
const names = (query: string) => columnNamesOf(query, run);

describe('columns', () => {
  test('extend replaces in place and adds at the end', () => {
    expect(names('Fruit | extend weight = weight * 2, tag = strcat(name, color)')).toEqual([
      'name',
      'color',
      'weight',
      'tag',
    ]);
    expect(rows('Fruit | take 1 | extend weight = weight * 2 | extend weight = weight + 1')).toEqual([
      ['apple', 'red', 301],
    ]);
  });

  test('extend without a name takes the name that Kusto gives', () => {
    expect(names('Fruit | extend strcat(name, color)')).toEqual(['name', 'color', 'weight', 'Column1']);
  });

  test('project, project-away, -keep, -rename and -reorder', () => {
    expect(names('Fruit | project w = weight, name')).toEqual(['w', 'name']);
    expect(names('Fruit | project-away c*')).toEqual(['name', 'weight']);
    expect(names('Fruit | project-keep weight, name')).toEqual(['name', 'weight']);
    expect(names('Fruit | project-rename shade = color')).toEqual(['name', 'shade', 'weight']);
    expect(names('Fruit | project-reorder weight')).toEqual(['weight', 'name', 'color']);
    expect(
      rows('Fruit | project-rename shade = color | where shade == "red" | project name, shade | take 1'),
    ).toEqual([['apple', 'red']]);
  });

  test('names that differ in case only are two columns', () => {
    const query =
      'print value = 1, Value = 2 | extend VALUE = value + Value | where Value == 2 | project VALUE, Value, value';
    expect(rows(query)).toEqual([[3, 2, 1]]);
    const stored = { tables: { T: { columns: 'id:string, Id:string', rows: [['lower', 'Upper']] } } };
    expect(rowsOf('T | where Id == "Upper" | project Id, id', stored)).toEqual([['Upper', 'lower']]);
  });

  test('join and summarize name columns as Kusto does', () => {
    expect(names('Fruit | join kind=inner Price on name')).toEqual([
      'name',
      'color',
      'weight',
      'name1',
      'euro',
    ]);
    expect(
      names('Fruit | summarize count(), max(weight), dcount(name), arg_max(weight, name) by color'),
    ).toEqual(['color', 'count_', 'max_weight', 'dcount_name', 'weight', 'name']);
  });
});

describe('order', () => {
  test('is descending by default, and null is the smallest', () => {
    // https://learn.microsoft.com/kusto/query/sort-operator
    expect(rows('Fruit | order by weight | project name').flat()).toEqual([
      'apple',
      'lemon',
      'cherry',
      'melon',
    ]);
    expect(rows('Fruit | sort by weight asc | project name').flat()).toEqual([
      'melon',
      'cherry',
      'lemon',
      'apple',
    ]);
    expect(rows('Fruit | sort by weight asc nulls last | project name').flat()).toEqual([
      'cherry',
      'lemon',
      'apple',
      'melon',
    ]);
    expect(rows('Fruit | sort by weight desc nulls first | project name').flat()).toEqual([
      'melon',
      'apple',
      'lemon',
      'cherry',
    ]);
  });

  test('survives filters and projections after it', () => {
    expect(rows('Fruit | order by name desc | where color == "red" | project weight').flat()).toEqual([
      5, 150,
    ]);
    expect(rows('Fruit | top 3 by weight | where name != "apple" | project name').flat()).toEqual([
      'lemon',
      'cherry',
    ]);
  });

  test('top and take count after what stands before them', () => {
    expect(rows('Fruit | top 2 by weight asc nulls last | project name').flat()).toEqual(['cherry', 'lemon']);
    expect(rows('Fruit | where color == "yellow" | take 1 | count')).toEqual([[1]]);
    expect(rows('Fruit | take 3 | take 2 | count')).toEqual([[2]]);
  });

  test('prev, next and row_number see the neighbours in order, ties or not', () => {
    const query =
      'Fruit | order by color asc, name asc | extend p = prev(name), n = next(weight), r = row_number() | project name, p, n, r';
    expect(rows(query)).toEqual([
      ['apple', '', 5, 1],
      ['cherry', 'apple', 100, 2],
      ['lemon', 'cherry', null, 3],
      ['melon', 'lemon', null, 4],
    ]);
    const ties =
      'datatable(k:long, v:long)[1,1, 1,2, 1,3, 1,4] | order by k asc | extend before = prev(v), r = row_number() | where r > 1 | where v == before | count';
    expect(rows(ties)).toEqual([[0]]);
  });

  test('a filter on prev looks at the row before, filtered or not', () => {
    expect(rows('Fruit | order by name asc | where prev(color) != color | project name').flat()).toEqual([
      'apple',
      'lemon',
    ]);
    expect(
      rows('Fruit | order by name asc | extend r = row_number(10) | where r == 11 | project name').flat(),
    ).toEqual(['cherry']);
  });
});

describe('join', () => {
  const join = (kind: string) =>
    rows(
      `Fruit | project name | join kind=${kind} (Price | project name, euro) on name | sort by name asc, name1 asc, euro asc`,
    );

  test('inner gives every pair, innerunique (the default) one row per key of the left', () => {
    expect(join('inner')).toEqual([
      ['apple', 'apple', 0.5],
      ['apple', 'apple', 0.7],
      ['lemon', 'lemon', 0.4],
    ]);
    expect(rows('Fruit | join (Price) on name | count')).toEqual([[3]]);
    expect(rows('union Fruit, Fruit | join Price on name | count')).toEqual([[3]]);
    expect(rows('union Fruit, Fruit | join kind=inner Price on name | count')).toEqual([[6]]);
  });

  test('the outer ones fill the other side', () => {
    expect(join('leftouter').filter(([name]) => name === 'melon')).toEqual([['melon', '', null]]);
    expect(join('rightouter').filter(([name]) => name === '')).toEqual([['', 'plum', 0.2]]);
    expect(join('fullouter')).toHaveLength(6);
  });

  test('a computed column of the optional side is null too', () => {
    const query =
      'Fruit | where name == "melon" | join kind=leftouter (Price | extend label = strcat(name, "!"), n = 1) on name | project label, n';
    expect(rows(query)).toEqual([['', null]]);
  });

  test('semi and anti joins keep one side', () => {
    expect(rows('Fruit | join kind=leftsemi Price on name | project name').flat()).toEqual([
      'apple',
      'lemon',
    ]);
    expect(rows('Fruit | join kind=leftanti Price on name | project name').flat()).toEqual([
      'cherry',
      'melon',
    ]);
    expect(rows('Fruit | join kind=rightanti Price on name | project name').flat()).toEqual(['plum']);
    expect(rows('Fruit | join kind=rightsemi Price on name | project euro').flat()).toEqual([0.5, 0.7, 0.4]);
  });

  test('$left and $right name the sides', () => {
    const query =
      'Fruit | join kind=inner (Price | project fruit = name, euro) on $left.name == $right.fruit | count';
    expect(rows(query)).toEqual([[3]]);
  });

  test('several keys are written with commas or with and', () => {
    expect(rows('Fruit | join kind=inner Fruit on name, color | count')).toEqual([[4]]);
    expect(rows('Fruit | join kind=inner Fruit on name and color | count')).toEqual([[4]]);
    expect(
      rows(
        'Fruit | join kind=inner Fruit on $left.name == $right.name and $left.color == $right.color | count',
      ),
    ).toEqual([[4]]);
  });

  test('a filter after an outer join does not become part of it', () => {
    expect(
      rows('Fruit | join kind=leftouter Price on name | where isempty(name1) | project name').flat(),
    ).toEqual(['cherry', 'melon']);
  });

  test('lookup leaves out the key of the right', () => {
    expect(names('Fruit | lookup Price on name')).toEqual(['name', 'color', 'weight', 'euro']);
    expect(rows('Fruit | lookup kind=inner Price on name | count')).toEqual([[3]]);
  });
});

test.each([
  ['1 in ("1")', true],
  ['1 in ("a", "2")', false],
  ['9007199254740993 in ("9007199254740992")', false],
  ['2.5 in ("2.5")', true],
  ['"1" in (1)', true],
  ['"01" in (1)', false],
  ['"A" in~ ("a", 1)', true],
  ['1 !in ("1")', false],
  ['datetime(2024-01-01) in ("2024-01-01")', true],
  ['1h in ("01:00:00")', true],
  ['true in ("true")', true],
  ['guid(74be27de-1e4e-49d9-b579-fe0b331d3642) in ("74BE27DE-1e4e-49d9-b579-fe0b331d3642")', true],
  ['1 in ((print "1"))', true],
  ['2 in (1, dynamic([2, 3]))', true],
  ['2 in (dynamic([1]), 2)', true],
  ['"x" in~ (dynamic([1, "X"]), "y")', true],
  ['dynamic(2) in (dynamic([1]), 2)', true],
  ['1h !in (dynamic([5]), 2h)', true],
  ['"a b" has_any (dynamic(["c"]), "B")', true],
  ['"a b" has_all ("a", dynamic(["c"]))', false],
  ['"1 2" has_any (dynamic(null), 2)', true],
  ['dynamic({}) has_any (dynamic(null), 5)', false],
  ['dynamic("5 6") has_all (5, 6)', true],
  ['"1" !in ((range x from 1 to 3 step 1))', false],
])('a list of texts is compared with a number as such, and the reverse: %s', (condition, value) => {
  expect(scalar(condition)).toBe(value);
});

describe('union, distinct and tables out of nothing', () => {
  test('union takes columns by name and type', () => {
    expect(names('union (print a = 1), (print a = "x")')).toEqual(['a_long', 'a_string']);
    expect(rows('union (print a = 1), (print a = "x")')).toEqual([
      [1, ''],
      [null, 'x'],
    ]);
    expect(names('union kind=inner Fruit, Price')).toEqual(['name']);
    // Parts of a time are long, as Kusto's emulator has them.
    expect(
      names('union (print a = 1), (print a = getyear(now())), (print a = datetime_part("day", now()))'),
    ).toEqual(['a']);
  });

  test('a wildcard in a union stands for the tables with such names', () => {
    const table = (name: string) => ({ columns: 'a: long, b: string', rows: [[1, name]] });
    const run = {
      tables: {
        Ev1: table('x'),
        Ev2: table('y'),
        ev3: table('z'),
        Other: { columns: 'c: real', rows: [[0.5]] },
      },
      functions: { 'EvFunction()': 'print a = 7' },
    };
    const counted = 'summarize count() by S | sort by S asc';
    expect(rowsOf(`let EvRows = print a = 7; union withsource=S Ev* | ${counted}`, run)).toEqual([
      ['Ev1', 1],
      ['Ev2', 1],
    ]);
    expect(rowsOf(`union withsource=S database('test').O*, *2 | ${counted}`, run)).toEqual([
      ['Ev2', 1],
      ['Other', 1],
    ]);
    expect(rowsOf('union * | summarize count(), sum(a), sum(c)', run)).toEqual([[4, 3, 0.5]]);
    expect(rowsOf('union kind=inner E* | where b == "y"', run)).toEqual([[1, 'y']]);
    expect(
      rowsOf(`union withsource=S Ev1, O*t*e*, Ev2*2 | ${counted}`, {
        tables: { ...run.tables, Ev202: table('') },
      }),
    ).toEqual([
      ['Ev1', 1],
      ['Ev202', 1],
      ['Other', 1],
    ]);
  });

  test('what a full join works out is there for a row without a key', () => {
    const run = { tables: { T: { columns: 'k: long, t: string', rows: [[null, 'B']] } } };
    const joined = 'T | extend l = tolower(t) | join kind=fullouter (T | extend r = tolower(t), d = 2) on k';
    expect(rowsOf(`${joined} | project l, r, d | sort by l desc`, run)).toEqual([
      ['b', '', null],
      ['', 'b', 2],
    ]);
  });

  test('a key that is worked out is not there without a row', () => {
    const run = { tables: { T: { columns: 'k: long, t: string', rows: [[1, 'B']] } } };
    for (const right of ['T', '(union T, (T | where false))'])
      expect(
        rowsOf(
          `print k = 9 | join kind=leftouter (${right} | extend k = coalesce(k, 0), c = strcat(t, "!")) on k`,
          run,
        ),
      ).toEqual([[9, null, '', '']]);
  });

  test('a union has no rows that a filter behind an outer join leaves out', () => {
    const joined = 'print a = 1 | join kind=fullouter (print b = 2) on $left.a == $right.b';
    const filtered = `(${joined} | where coalesce(b, 0) == 3)`;
    expect(rows(`union ${filtered}, ${filtered}`)).toEqual([]);
    expect(
      rows(`union (Fruit | join kind=leftouter Price on name), ${filtered} | where isnotnull(a)`),
    ).toEqual([]);
  });

  // https://learn.microsoft.com/kusto/query/as-operator
  test.each([
    'range x from 1 to 2 step 1 | as T1 | union withsource=TableName (range x from 1 to 2 step 1 | as T2)',
    'union withsource=TableName (range x from 1 to 2 step 1 | as T1), (range x from 1 to 2 step 1 | as T2)',
  ])('as names the rows: %s', (query) => {
    expect(rowsOf(query)).toEqual([
      ['T1', 1],
      ['T1', 2],
      ['T2', 1],
      ['T2', 2],
    ]);
  });

  test('union isfuzzy leaves out what does not exist, as long as something does', () => {
    const some = 'let A = view () { print x = 1 }; let B = view () { print x = 2 };';
    expect(rowsOf(`${some} union isfuzzy=true (A | where x > 0), B, Gone, (Gone | where x > 0)`)).toEqual([
      [1],
      [2],
    ]);
    expect(rowsOf(`${some} A | union isfuzzy=true Gone`)).toEqual([[1]]);
    expect(refusalOf(`${some} union isfuzzy=true Gone, Lost`)).toContain("There is no table 'Gone' here");
    expect(refusalOf(`${some} union isfuzzy=false A, Gone`)).toContain("'Gone'");
  });

  test('union keeps columns of one name and several types apart, from a column of such a name too', () => {
    expect(rowsOf("union (print k = 1), (print k = 'a') | project k_long, k_string")).toEqual([
      [1, ''],
      [null, 'a'],
    ]);
    const taken = "union (print k = 1, k_string = 'x'), (print k = 'a')";
    expect(columnNamesOf(taken)).toEqual(['k_long', 'k_string1', 'k_string']);
    expect(rowsOf(`${taken} | project k_long, k_string1, k_string`)).toEqual([
      [1, '', 'x'],
      [null, 'a', ''],
    ]);
  });

  test('union tells where a row is from', () => {
    expect(
      rows('union withsource=Source Fruit, Price | summarize count() by Source | sort by Source asc'),
    ).toEqual([
      ['Fruit', 4],
      ['Price', 4],
    ]);
  });

  test('distinct counts all of its columns', () => {
    expect(rows('Fruit | distinct color | sort by color asc').flat()).toEqual(['red', 'yellow']);
    expect(rows('Fruit | distinct * | count')).toEqual([[4]]);
    expect(
      rows('Fruit | distinct color, heavy = weight > 50 | project color | sort by color asc').flat(),
    ).toEqual(['red', 'red', 'yellow', 'yellow']);
  });

  test('range, print and datatable', () => {
    expect(rows('range x from 1 to 7 step 3').flat()).toEqual([1, 4, 7]);
    expect(rows('range d from datetime(2024-01-01) to datetime(2024-01-02) step 12h | count')).toEqual([[3]]);
    expect(rows('datatable(a:real, b:dynamic, c:bool)[1, "x", true]')).toEqual([[1, 'x', true]]);
    expect(rows('datatable(a:real)[]')).toEqual([]);
  });

  test('as names the rows for later', () => {
    expect(rows('Price | as P | union P | count')).toEqual([[8]]);
  });

  test('mv-expand: [] drops the row, null keeps it, a bag gives a row per key', () => {
    // https://learn.microsoft.com/kusto/query/mv-expand-operator
    const table =
      'datatable(k:long, d:dynamic)[1, dynamic([10, "a"]), 2, dynamic([]), 3, dynamic(null), 4, dynamic({"x": 1, "y": [2]}), 5, dynamic(7)]';
    expect(rows(`${table} | mv-expand d`)).toEqual([
      [1, 10],
      [1, 'a'],
      [3, null],
      [4, { x: 1 }],
      [4, { y: [2] }],
      [5, 7],
    ]);
    expect(rows(`${table} | where k == 4 | mv-expand kind=array d`)).toEqual([
      [4, ['x', 1]],
      [4, ['y', [2]]],
    ]);
  });

  test('mv-expand casts, counts, limits and goes side by side', () => {
    expect(rows('print d = dynamic([1, "2", 3.7, true]) | mv-expand d to typeof(long)').flat()).toEqual([
      1,
      null,
      3,
      null,
    ]);
    expect(rows('print d = split("a b", " ") | mv-expand with_itemindex=i d to typeof(string)')).toEqual([
      ['a', 0],
      ['b', 1],
    ]);
    expect(rows('print d = dynamic([1, 2, 3]) | mv-expand d limit 2 | count')).toEqual([[2]]);
    expect(rows('print a = dynamic([1, 2]), b = dynamic(["x"]) | mv-expand a, b')).toEqual([
      [1, 'x'],
      [2, null],
    ]);
  });

  test('parse captures text and numbers between words', () => {
    const query =
      'print s = "id=42; name=ann (x)" | parse s with "id=" id:long "; name=" name " (" * | project id, name';
    expect(rows(query)).toEqual([[42, 'ann']]);
    expect(rows('print s = "nothing" | parse s with "id=" id:long ";" rest | project id, rest')).toEqual([
      [null, ''],
    ]);
  });
});
