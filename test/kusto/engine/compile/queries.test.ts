import { describe, expect, test } from '@jest/globals';
import { Catalog } from '../../../../kusto/engine/catalog.ts';
import { checkFunction, compileQuery, describeView } from '../../../../kusto/engine/compile.ts';
import { bindParameters } from '../../../../kusto/engine/slot-values.ts';
import { answersOf, catalogOf, type KqlRun, refusalOf, rowsOf } from '../../../support/engine/kql.ts';

const run: KqlRun = {
  tables: {
    Events: {
      columns: 'id:string, at:datetime, n:long',
      rows: [
        ['a', 638400000000000000n, 1],
        ['b', 638500000000000000n, 2],
      ],
    },
  },
  functions: {
    'Newer(than: datetime)': 'Events | where at > than',
    'Label(id: string, n: long)': 'strcat(id, "-", n)',
    'Nested(than: datetime)': 'let limit = than; Newer(limit) | extend label = Label(id, n)',
    'Links()': 'dynamic({"host": "https://example"})',
    'Broken()': 'Events | where wrong == 1',
  },
};

describe('parameters', () => {
  const query =
    'declare query_parameters(s: string = "dflt", n: long = 5, d: datetime, g: guid); print s, n, d, g';
  const given = { d: 'datetime(2024-01-01)', g: '74BE27DE-1E4E-49D9-B579-FE0B331D3642' };

  test('are coerced by their declared type; strings arrive raw', () => {
    const parameters = { ...given, s: 'it\'s "raw" | take 1', n: 'long(7)' };
    expect(rowsOf(query, { parameters })).toEqual([
      ['it\'s "raw" | take 1', 7, '2024-01-01T00:00:00.0000000Z', '74be27de-1e4e-49d9-b579-fe0b331d3642'],
    ]);
  });

  test('have defaults', () => {
    expect(rowsOf(query, { parameters: given })[0]?.slice(0, 2)).toEqual(['dflt', 5]);
  });

  test('that are missing or not of their type are named', () => {
    expect(refusalOf(query, { parameters: { d: '2024-01-01' } })).toBe(
      "The query parameter 'g' has no value and no default",
    );
    expect(refusalOf(query, { parameters: { ...given, n: 'many' } })).toBe(
      "The query parameter 'n' is not a valid long",
    );
    expect(() =>
      bindParameters({ slots: [{ kind: 'parameter', name: 'constructor', type: 'string' }] }, {}, 0n),
    ).toThrow('constructor');
  });

  test.each([
    ['bool', 'true', 1n],
    ['bool', 'bool(false)', 0n],
    ['int', 'int(3)', 3n],
    ['real', 'real(1.5)', 1.5],
    ['timespan', 'time(1h)', 36_000_000_000n],
    ['timespan', '2d', 1_728_000_000_000n],
    ['datetime', '2024-01-01T00:00:00.0000001Z', 638396640000000001n],
    ['dynamic', 'dynamic({"a":1})', '{"a":1}'],
    ['long', 'long(null)', null],
    ['decimal', 'decimal(1.50)', '1.50'],
  ] as const)('%s as %s', (type, text, expected) => {
    expect(bindParameters({ slots: [{ kind: 'parameter', name: 'p', type }] }, { p: text }, 0n)).toEqual([
      expected,
    ]);
  });
});

describe('functions and let', () => {
  test('stored functions are put in place, with their own names', () => {
    expect(rowsOf('Nested(datetime(2024-01-06)) | project label', run)).toEqual([['b-2']]);
    expect(
      rowsOf('let m = 100; Events | extend label = Label("x", m) | project label | take 1', run),
    ).toEqual([['x-100']]);
    expect(rowsOf('print strcat(Links().host, "/x")', run)).toEqual([['https://example/x']]);
  });

  test('lambdas see what was declared before them, and have defaults', () => {
    const query =
      'let base = 10; let add = (x: long, y: long = 1) { x + y + base }; print add(1), add(1, 2), add(y = 5, x = 1)';
    expect(rowsOf(query)).toEqual([[12, 13, 16]]);
  });

  test('tabular lets and tabular parameters are plans of their own', () => {
    const query =
      'let T = Events | where n > 0; let twice = (rows: (id: string, n: long)) { rows | extend n = n * 2 }; union T, (twice(T)) | summarize sum(n)';
    expect(rowsOf(query, run)).toEqual([[9]]);
    expect(
      rowsOf('let m = materialize(Events | project id); m | join kind=inner m on id | count', run),
    ).toEqual([[2]]);
  });

  test('checking a function gives its columns', () => {
    const catalog = catalogOf(run);
    const named = (name: string) => {
      const found = catalog.functions.find((fn) => fn.name === name);
      if (!found) throw new Error(name);
      return checkFunction(catalog, found);
    };
    expect(named('Nested').map(({ name }) => name)).toEqual(['id', 'at', 'n', 'label']);
    expect(named('Label')).toEqual([{ name: 'Result', type: 'string' }]);
    expect(() => named('Broken')).toThrow("The name 'wrong' does not refer to any known column");
  });

  test('the database may be named', () => {
    expect(rowsOf('database("test").Events | count', run)).toEqual([[2]]);
    expect(rowsOf('database("test").Newer(datetime(2024-01-06)) | count', run)).toEqual([[1]]);
  });

  test('reads a delta instead of the table when told so', () => {
    const { sql, tables } = compileQuery(catalogOf(run), 'Events | count', {
      override: new Map([['Events', 'Events$delta']]),
    });
    expect(sql).toContain('"Events$delta"');
    expect(tables).toEqual(['Events']);
  });
});

describe('materialized views', () => {
  const catalog = catalogOf(run);

  test('are described by their keys and aggregates', () => {
    expect(
      describeView(
        catalog,
        'Events',
        'Events | extend k = tolower(id) | summarize arg_max(at, *), low = min(n), count() by k',
      ),
    ).toEqual({
      columns: [
        { name: 'k', type: 'string' },
        { name: 'at', type: 'datetime' },
        { name: 'id', type: 'string' },
        { name: 'n', type: 'long' },
        { name: 'low', type: 'long' },
        { name: 'count_', type: 'long' },
      ],
      keys: ['k'],
      aggregates: [
        { kind: 'arg_max', by: 'at', columns: ['at', 'id', 'n'] },
        { kind: 'min', column: 'low' },
        { kind: 'count', column: 'count_' },
      ],
    });
  });

  test.each([
    'Events | where n > 1',
    'Events | summarize count() by id | where count_ > 1',
    'Events | summarize avg(n) by id',
    'Events | summarize x = count() + 1 by id',
    'Events | join kind=inner Events on id | summarize count() by id',
    'Events | order by n | summarize count() by id',
    'print id = "x" | summarize count() by id',
  ])('that cannot be kept up to date are refused: %s', (query) => {
    expect(() => describeView(catalog, 'Events', query)).toThrow();
  });
});

test('set query_take_max_records limits each result', () => {
  const of = (query: string) => answersOf(query).map(({ rows }) => rows.flat());
  expect(of('set query_take_max_records = 2; range x from 1 to 5 step 1; print 7')).toEqual([[1, 2], [7]]);
  expect(of('set query_take_max_records = 2; range x from 1 to 5 step 1 | order by x desc')).toEqual([
    [5, 4],
  ]);
  expect(of('set notruncation; range x from 1 to 3 step 1')).toEqual([[1, 2, 3]]);
  expect(refusalOf('set query_take_max_records = 1.5; print 1')).toContain('needs a whole number');
});

describe('refusals', () => {
  test.each([
    ['Events | where id == 3', 'Cannot compare values of types string and long [line 1, column 16]'],
    [
      'Events\n| take 1\n| evaluate autocluster()',
      "The plugin 'autocluster' is not supported (see docs/kql-support.md) [line 3, column 12]",
    ],
    [
      'Events | where rand() > 0.5',
      "The function 'rand' is not supported (see docs/kql-support.md) [line 1, column 16]",
    ],
    ['Events | project nothing', "KS142: The name 'nothing' does not refer to any known column"],
    [
      'Events | summarize hll(n)',
      "The aggregate 'hll' is not supported (see docs/kql-support.md) [line 1, column 20]",
    ],
    [
      'Events | project prev(id)',
      "'prev(id)' needs rows in order: use it after order by or serialize [line 1, column 18]",
    ],
    ['Events | where prev(id) == "a" and strlen(id) > max(n)', 'KS'],
    [
      'print decimal(1) + 2.5',
      'A decimal beside a real number is not supported: write it as decimal(…), or convert one with todecimal() or toreal() (see docs/kql-support.md) [line 1, column 7]',
    ],
    [
      'print dynamic(1) + 1',
      'Arithmetic with dynamic values is not supported: convert them first, such as with tolong() (see docs/kql-support.md) [line 1, column 7]',
    ],
    [
      'print dynamic(1) == dynamic(2)',
      'Comparing two dynamic values is not supported: convert them first (see docs/kql-support.md) [line 1, column 7]',
    ],
    [
      'cluster("other").database("x").Events',
      '\'cluster("other").database("x")\': other clusters and databases are not supported (see docs/kql-support.md) [line 1, column 1]',
    ],
    ['database("other").Events', "KS208: The name 'other' does not refer to any known database"],
    ['Events | join kind=inner (Events | extend m = n) on $left.n > $right.m', 'KS'],
    ['union Ev*, Events', "Table 'Events' by name and by a wildcard in one union is not supported"],
    [
      'let EvView = view () { print x = 1 }; union Ev*',
      "The view 'EvView' by the wildcard 'Ev*' is not supported: write its name",
    ],
    ['union Nothing*', "KS142: The name 'Nothing*' does not refer to any known table"],
    [
      'Events | parse kind=regex id with "a|b" c',
      "'|' outside of parentheses in a pattern of parse kind=regex is not supported (see docs/kql-support.md) [line 1, column 35]",
    ],
    [
      'print "x" matches regex "["',
      'The regular expression "[" is not valid: unclosed character class, at character 1',
    ],
    [
      'Broken()',
      "In function 'Broken': The name 'wrong' does not refer to anything that exists here [line 1, column 17]",
    ],
    ['Events | project row_number()', 'row_number'],
  ])('%s', (query, message) => {
    expect(refusalOf(query, run)).toContain(message);
  });

  test('inside of a function name the function', () => {
    const functions = { 'Odd()': 'Events\n| reduce by id' };
    expect(refusalOf('Odd()', { ...run, functions })).toBe(
      "In function 'Odd': The operator 'reduce' is not supported (see docs/kql-support.md) [line 2, column 3]",
    );
  });

  test('an empty query is refused, not a crash', () => {
    expect(() => compileQuery(new Catalog('test'), '   ')).toThrow('The query has no result');
    expect(() => compileQuery(new Catalog('test'), ')(')).toThrow('KS');
  });
});
