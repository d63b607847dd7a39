import { ClientRequestProperties } from 'azure-kusto-data';
import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

const FUNCTION = `.create-or-alter function with (folder = 'F', docstring = "it's", skipvalidation = 'false')
  Of(a: string, n: long = 1, at: datetime = datetime(2024-01-01)) {
    T
    | where k == a and count >= n // and at
}`;

beforeAll(() => engine.rows('.create table T (k: string, count: long)'));

describe('.create-or-alter function', () => {
  it('keeps parameters, defaults, body and description as they were written', async () => {
    const row = [
      'Of',
      '(a:string, n:long=1, at:datetime=datetime(2024-01-01))',
      '{\n    T\n    | where k == a and count >= n // and at\n}',
      'F',
      "it's",
    ];
    expect(await engine.rows(FUNCTION)).toEqual([row]);
    expect(await engine.rows('.show function Of')).toEqual([row]);
    expect(await engine.rows('.show functions')).toEqual([row]);
  });

  it('can be called at once, with defaults where none are given', async () => {
    await engine.rows('.ingest inline into table T <| x,1\nx,0\ny,1');
    expect(await engine.rows("Of('x')")).toEqual([['x', 1]]);
    expect(await engine.rows("Of('x', 0) | count")).toEqual([[2]]);
  });

  it('replaces what was there, also for queries that were compiled before', async () => {
    await engine.rows('.create-or-alter function One() { print 1 }');
    expect(await engine.rows('One()')).toEqual([[1]]);
    await engine.rows('.create-or-alter function One() { print 2 }');
    expect(await engine.rows('One()')).toEqual([[2]]);
  });

  it('reads tables by a wildcard, also those that come later', async () => {
    await engine.rows('.create table WildA (n: long)');
    await engine.rows(
      '.create-or-alter function Wild() { union withsource=S Wild* | summarize sum(n) by S | sort by S asc }',
    );
    await engine.rows('.ingest inline into table WildA <| 1');
    expect(await engine.rows('Wild()')).toEqual([['WildA', 1]]);
    await engine.rows('.create table WildB (n: long)');
    await engine.rows('.ingest inline into table WildB <| 2');
    expect(await engine.rows('Wild()')).toEqual([
      ['WildA', 1],
      ['WildB', 2],
    ]);
    await engine.rows('.create function with (view = true) WildView() { print n = 3 }');
    expect((await engine.refusal('Wild()')).message).toContain("The view 'WildView' by the wildcard 'Wild*'");
    const script = (await engine.rows('.show database schema as csl script')).flat().join('\n');
    expect(script).toMatch(/function with \(view="true", skipvalidation="true"\) WildView/);
    for (const command of ['table WildA', 'table WildB', 'function Wild', 'function WildView'])
      await engine.rows(`.drop ${command}`);
  });

  it('is refused with the position in the whole command', async () => {
    expect((await engine.refusal('.create function Wrong() {\n  T\n  | where nope == 1\n}')).message).toMatch(
      /'nope' .*\[line 3, column 11\]$/,
    );
    expect((await engine.refusal('.create function Wrong() { T | where nope == 1 }')).message).toMatch(
      /\[line 1, column 38\]$/,
    );
  });

  it('is not bound where that is to be skipped, so that functions can refer to what comes later', async () => {
    await engine.rows('.create-or-alter function with (skipvalidation = true) Early() { Later() }');
    await engine.rows('.create function Later() { print 3 }');
    expect(await engine.rows('Early()')).toEqual([[3]]);
  });

  it.each([
    ['.create function F(', 'Expected the name of a parameter'],
    ['.create function F() print 1', "Expected '{', found 'print'"],
    ['.create function F() { print 1', "Expected '}'"],
    ['.create function F(n: long, t: (a: string)) { t }', 'write it before those that take a scalar'],
    ['.create function F(t: (a: string)) { t | where b == 1 }', "The name 'b' does not refer"],
    ['.create function F(t: (*)) { t | wher 1 }', "Did you mean 'where'?"],
    ['.create function F(t: (a: what)) { t }', "'what' is not a type"],
    ['.create function T() { print 1 }', "An entity named 'T' exists already"],
    ['.alter function Nope() { print 1 }', "Entity ID 'Nope' of kind 'Function' was not found."],
    ['.show function Nope', "Entity ID 'Nope' of kind 'Function' was not found."],
  ])('says what is wrong: %s', async (command, message) => {
    expect((await engine.refusal(command)).message).toContain(message);
  });
});

describe('a parameter that takes a table', () => {
  const command =
    ".create-or-alter function Rich(rows: (k: string, ['the count']: long), least: long = 1) { rows | where ['the count'] >= least | project k }";

  it('is shown as it was written, in the schema too, and kept', async () => {
    const written = "(rows:(k:string,['the count']:long), least:long=1)";
    expect((await engine.rows(command))[0]?.[1]).toBe(written);
    await engine.rows('.create-or-alter function Size(rows: ( * )) { rows | count }');
    expect((await engine.rows('.show function Size'))[0]?.[1]).toBe('(rows:(*))');
    const [[json = ''] = []] = await engine.rows('.show database schema as json');
    const { Rich } = JSON.parse(String(json)).Databases.NetDefaultDB.Functions;
    expect(Rich.InputParameters).toEqual([
      {
        Name: 'rows',
        Columns: [
          { Name: 'k', Type: 'System.String', CslType: 'string' },
          { Name: 'the count', Type: 'System.Int64', CslType: 'long' },
        ],
      },
      { Name: 'least', Type: 'System.Int64', CslType: 'long', CslDefaultValue: '1' },
    ]);
  });

  it('takes a table, a query, and the rows before invoke', async () => {
    const rows = "datatable(k: string, ['the count']: long, more: bool) ['a', 1, true, 'b', 5, true]";
    expect(await engine.rows(`Rich((${rows}))`)).toEqual([['a'], ['b']]);
    expect(await engine.rows(`let R = ${rows}; Rich(R, 2)`)).toEqual([['b']]);
    expect(await engine.rows(`${rows} | invoke Rich(least = 2)`)).toEqual([['b']]);
    expect(await engine.rows('Size((range x from 1 to 7 step 1))')).toEqual([[7]]);
    expect(await engine.rows('range x from 1 to 7 step 1 | invoke Size()')).toEqual([[7]]);
  });

  it('takes none without the columns', async () => {
    expect((await engine.refusal("Rich((print k = 'a'))")).message).toContain(
      'does not have the required columns',
    );
  });
});

it('the name of a table may be a parameter', async () => {
  await engine.rows('.create function Rows(name: string) { table(name) | count }');
  expect(await engine.rows("Rows('T')")).toEqual(await engine.rows('T | count'));
  expect((await engine.refusal("Rows('Nope')")).message).toContain('needs the name of a table');
  await engine.rows(
    ".create function Both(name: string = 'T') { let N = (name); Rows(N) | union (Rows(name)) }",
  );
  expect(await engine.rows('Both() | count')).toEqual([[2]]);
  // What was compiled of a query holds for as long as nothing changes that it names.
  const workedOut = "let n = toupper('t'); table(n)";
  expect((await engine.refusal(workedOut)).message).toContain('needs a name that is written, not worked out');
  expect((await engine.refusal("Rows(toupper('t'))")).message).toContain('not worked out');
});

describe('the name of a table as a parameter of the query', () => {
  const declared = 'declare query_parameters(n: string);';

  beforeAll(async () => {
    await engine.rows(".set Named <| datatable(k: string, ['a b']: long) ['x', 1, 'y', 2, 'x', 3]");
    await engine.rows('.set Other <| print k = "x", more = dynamic({"z": 7})');
    await engine.rows('.create function RowsOf(name: string) { table(name) | count }');
  });

  it.each<[string, string, unknown[][]]>([
    ['in a query', `${declared} table(n) | where k == 'x' | project ['a b']`, [[1], [3]]],
    ['used twice', `${declared} table(n) | where n == 'Named' | summarize count() by n`, [['Named', 3]]],
    ['behind a let', `${declared} let m = n; table(m) | count`, [[3]]],
    ['in a function of the query', `${declared} let f = (m: string) { table(m) | count }; f(n)`, [[3]]],
    ['in a stored function', `${declared} RowsOf(n)`, [[3]]],
    ['in a scalar', `${declared} print toscalar(table(n) | count)`, [[3]]],
    ['in a union', `${declared} union table(n), (Other | project k) | count`, [[4]]],
    [
      'among others',
      "declare query_parameters(a: long = 2, ['n']: string); table(n) | where ['a b'] > a | count",
      [[1]],
    ],
    [
      'of two tables',
      'declare query_parameters(n: string, o: string); table(n) | join kind=inner table(o) on k | count',
      [[2]],
    ],
    ['by its default', 'declare query_parameters(p: string = "Other"); table(p) | project k', [['x']]],
    [
      'with columns that depend on the data',
      'declare query_parameters(o: string); table(o) | evaluate bag_unpack(more) | project z',
      [[7]],
    ],
  ])('is read, %s', async (_, query, rows) => {
    const properties = new ClientRequestProperties({}, { n: 'Named', o: "'Other'" });
    const { primaryResults } = await engine.client.execute(null, query, properties);
    expect(primaryResults[0]?._rows).toEqual(rows);
  });

  it('is refused where there is no such table, with the position as it was sent', async () => {
    const refusal = (query: string, parameters = {}) =>
      engine.client
        .execute(null, query, new ClientRequestProperties({}, parameters))
        .then(
          String,
          (error: { response: { data: { error: Record<string, string> } } }) =>
            error.response.data.error['@message'],
        );
    expect(await refusal(`${declared} table(n)`, { n: "it's\\\n" })).toContain(
      "The name 'it's\\\n' does not refer to any known table, tabular variable or function. [line 1, column 44]",
    );
    expect(await refusal(`${declared} table(n) | where nope == 1`, { n: 'Named' })).toMatch(
      /'nope' .*\[line 1, column 55\]$/,
    );
    expect(await refusal(`${declared} table(n)`)).toContain("'n' has no value and no default");
    expect((await engine.refusal(`.set Copy <| ${declared} table(n)`)).message).toContain('written');
  });
});

it('.create function is refused for one that is there, and leaves it with ifnotexists', async () => {
  await engine.rows('.create function Twice() { print 1 }');
  expect((await engine.refusal('.create function Twice() { print 2 }')).code).toBe(
    'BadRequest_EntityNameIsNotUnique',
  );
  await engine.rows('.create function ifnotexists Twice() { print 2 }');
  await engine.rows('.create function with (ifnotexists = true) Twice() { print 2 }');
  expect(await engine.rows('Twice()')).toEqual([[1]]);
});

it('.drop function forgets it', async () => {
  await engine.rows('.create function Gone() { print 1 }');
  await engine.rows('.drop function Gone');
  expect((await engine.refusal('Gone()')).message).toContain("'Gone'");
  expect((await engine.refusal('.drop function Gone')).code).toBe('BadRequest_EntityNotFound');
  await engine.rows('.drop function Gone ifexists');
});
