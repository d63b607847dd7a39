/** The SQL of some queries, to the letter: what a stage of the compiler decides shows here first. */
import { compileQuery } from '../../../../kusto/engine/compile.ts';
import { catalogOf } from '../../../support/engine/kql.ts';

const CATALOG = catalogOf({
  tables: {
    Runs: { columns: 'Id:long, Name:string, Started:datetime, Data:dynamic' },
    Stages: { columns: 'RunId:long, Stage:string, State:string' },
  },
});

function sqlOf(query: string): string[] {
  const { sql } = compileQuery(CATALOG, query);
  return sql.split(/ (?=(?:FROM|WHERE|GROUP BY|HAVING|LEFT JOIN|ORDER BY|LIMIT) )/);
}

test('compares columns with parameters, which are the only values that are not spelled out', () => {
  expect(
    sqlOf('declare query_parameters(name: string); Runs | where Name == name and Id > 5 | project Id'),
  ).toEqual(['SELECT t1."Id" AS "r0"', 'FROM "Runs" AS t1', 'WHERE (t1."Name" = ?) AND (t1."Id" > 5)']);
});

test('spells out values that hold quotes and control characters', () => {
  expect(sqlOf(`Runs | where Name == "it's\\n\\"x\\"" | project Id`)).toEqual([
    'SELECT t1."Id" AS "r0"',
    'FROM "Runs" AS t1',
    `WHERE (t1."Name" = ('it''s' || char(10) || '"x"'))`,
  ]);
});

test('keeps an index usable where null and false come to the same', () => {
  expect(sqlOf('Runs | where Id == 5 or Id == 7 | project Id')).toEqual([
    'SELECT t1."Id" AS "r0"',
    'FROM "Runs" AS t1',
    'WHERE ((t1."Id" = 5) OR (t1."Id" = 7))',
  ]);
});

test('says for each sort key its direction and where nulls go', () => {
  expect(sqlOf('Runs | order by Name asc, Started desc nulls first | project Id | take 10')).toEqual([
    'SELECT t1."Id" AS "r0"',
    'FROM "Runs" AS t1',
    'ORDER BY t1."Name", t1."Started" DESC NULLS FIRST',
    'LIMIT 10',
  ]);
});

test('keeps the order of a limited set of rows by hidden columns', () => {
  expect(sqlOf('Runs | top 10 by Started | where Name != "" | project Id')).toEqual([
    'SELECT t2.c3 AS "r0"',
    'FROM (SELECT t1."Id" AS c3, t1."Name" AS c4, t1."Started" AS c5',
    'FROM "Runs" AS t1',
    'ORDER BY t1."Started" DESC',
    'LIMIT 10) AS t2',
    `WHERE (t2.c4 <> '')`,
    'ORDER BY t2.c5 DESC',
  ]);
});

test('takes the columns beside one arg_max from the row that has it', () => {
  expect(sqlOf('Runs | summarize arg_max(Started, Name), count() by Id')).toEqual([
    'SELECT t1."Id" AS "r0", t1."Started" AS "r1", t1."Name" AS "r2", count(*) AS "r3"',
    'FROM "Runs" AS t1',
    'GROUP BY t1."Id"',
    'HAVING (IFNULL(max(IFNULL(t1."Started", -9e999)), 1) IS NOT NULL)',
  ]);
});

test('numbers the rows of each group for several arg_max', () => {
  expect(sqlOf('Runs | summarize arg_max(Started, Name), arg_min(Id, Data) by Name')).toEqual([
    `SELECT t2.c4 AS "r0", max((CASE WHEN t2.c7 = 1 THEN t2.c5 END)) AS "r1", IFNULL(max((CASE WHEN t2.c7 = 1 THEN t2.c4 END)), '') AS "r2", max((CASE WHEN t2.c8 = 1 THEN t2.c3 END)) AS "r3", max((CASE WHEN t2.c8 = 1 THEN t2.c6 END)) AS "r4"`,
    'FROM (SELECT t1."Id" AS c3, t1."Name" AS c4, t1."Started" AS c5, t1."Data" AS c6, row_number() OVER (PARTITION BY t1."Name"',
    'ORDER BY t1."Started" DESC NULLS LAST) AS c7, row_number() OVER (PARTITION BY t1."Name"',
    'ORDER BY t1."Id" NULLS LAST) AS c8',
    'FROM "Runs" AS t1) AS t2',
    'GROUP BY t2.c4',
  ]);
});

test('gives a stored column of the optional side as it is', () => {
  expect(
    sqlOf('Runs | lookup (Stages | where State == "done") on $left.Id == $right.RunId | project Id, Stage'),
  ).toEqual([
    `SELECT t1."Id" AS "r0", IFNULL(t2."Stage", '') AS "r1"`,
    'FROM "Runs" AS t1',
    `LEFT JOIN "Stages" AS t2 ON (t1."Id" = t2."RunId") AND (t2."State" = 'done')`,
    'WHERE kql_in_time(t1.rowid)',
  ]);
});

test('looks at the time in every loop around a loop, unless a row has one partner at most', () => {
  const timed = (query: string) =>
    sqlOf(query)
      .join(' ')
      .match(/kql_in_time\([^)]*\)/g);
  expect(timed('Runs | join kind=inner Stages on $left.Id == $right.RunId | project Id')).toEqual([
    'kql_in_time(t1.rowid)',
    'kql_in_time(t2.rowid)',
  ]);
  expect(timed('Runs | join kind=leftsemi Stages on $left.Id == $right.RunId | project Id')).toHaveLength(1);
  expect(timed('Runs | mv-expand Data | count')).toEqual(['kql_in_time(t2.key)']);
  const last = '(Stages | summarize arg_max(Stage, State) by RunId | project RunId, State)';
  expect(timed(`Runs | lookup ${last} on $left.Id == $right.RunId | project Id, State`)).toBeNull();
  expect(timed(`Runs | join kind=inner ${last} on $left.Id == $right.RunId | project Id`)).toBeNull();
  expect(timed(`Runs | join kind=inner ${last} on $left.Name == $right.State | project Id`)).toHaveLength(2);
});

test('asks the join key whether there is a row, for what is computed on the optional side', () => {
  expect(
    sqlOf(
      'Runs | join kind=leftouter (Stages | extend Long = strlen(Stage)) on $left.Id == $right.RunId | project Id, Long',
    ),
  ).toEqual([
    'SELECT t1."Id" AS "r0", (CASE WHEN t2."RunId" IS NOT NULL THEN kql_strlen(t2."Stage") ELSE NULL END) AS "r1"',
    'FROM "Runs" AS t1',
    'LEFT JOIN "Stages" AS t2 ON (t1."Id" = t2."RunId")',
    'WHERE kql_in_time(t1.rowid)',
  ]);
});

test('uses the native upper() for a column, which may be read several times', () => {
  expect(sqlOf('Runs | project u = toupper(Name)')).toEqual([
    `SELECT (CASE WHEN octet_length(t1."Name") <> length(t1."Name") THEN kql_toupper(t1."Name") ELSE upper(t1."Name") END) AS "r0"`,
    'FROM "Runs" AS t1',
  ]);
});

test('uses JavaScript for anything else', () => {
  expect(sqlOf('Runs | project u = toupper(strcat(Name, "x"))')).toEqual([
    `SELECT kql_toupper((t1."Name" || 'x')) AS "r0"`,
    'FROM "Runs" AS t1',
  ]);
});

test('computes once what is costly and used twice', () => {
  expect(
    sqlOf('Runs | extend key = extract("^(a+)", 1, Name) | extend twice = strcat(key, key) | project twice'),
  ).toEqual([
    'SELECT (t2.c3 || t2.c3) AS "r0"',
    `FROM (SELECT kql_extract('^(a+)', 1, t1."Name") AS c3`,
    'FROM "Runs" AS t1',
    'LIMIT -1) AS t2',
  ]);
});

test('repeats what is cheap', () => {
  expect(
    sqlOf('Runs | extend key = strcat(Name, "x") | extend twice = strcat(key, key) | project twice'),
  ).toEqual([`SELECT ((t1."Name" || 'x') || (t1."Name" || 'x')) AS "r0"`, 'FROM "Runs" AS t1']);
});

test('does not take a text that mentions a JavaScript function for a call of one', () => {
  expect(
    sqlOf('Runs | extend key = strcat(Name, "kql_x") | extend twice = strcat(key, key) | project twice'),
  ).toEqual([`SELECT ((t1."Name" || 'kql_x') || (t1."Name" || 'kql_x')) AS "r0"`, 'FROM "Runs" AS t1']);
});

test('takes the text of a constant before the query is run', () => {
  expect(sqlOf('Runs | project s = strcat(dynamic({"a": "x"}).a, Id)')).toEqual([
    `SELECT ('x' || IFNULL(CAST(t1."Id" AS TEXT), '')) AS "r0"`,
    'FROM "Runs" AS t1',
  ]);
});

test('looks members up by a path', () => {
  expect(sqlOf('Runs | project s = tostring(Data.steps[0].name)')).toEqual([
    `SELECT kql_dynamic_text(NULLIF(t1."Data" -> '$."steps"[0]."name"', 'null')) AS "r0"`,
    'FROM "Runs" AS t1',
  ]);
});

test('finds rows by those of another table', () => {
  expect(sqlOf('Runs | where Id in (Stages | where State == "x" | project RunId) | project Id')).toEqual([
    'SELECT t1."Id" AS "r0"',
    'FROM "Runs" AS t1',
    'WHERE IFNULL((t1."Id" IN (SELECT t2."RunId"',
    'FROM "Stages" AS t2',
    `WHERE (t2."State" = 'x'))), 0)`,
  ]);
});

test('names what each parameter stands for, once per use', () => {
  const { sql, slots } = compileQuery(
    CATALOG,
    'declare query_parameters(a: string, b: string); Runs | where Name in (a, b, a) and Started < now() | project Id',
  );
  expect(sql).toBe(
    'SELECT t1."Id" AS "r0" FROM "Runs" AS t1 WHERE (t1."Name" IN (?, ?, ?)) AND (t1."Started" < ?)',
  );
  expect(slots.map((slot) => (slot.kind === 'parameter' ? slot.name : 'now()'))).toEqual([
    'a',
    'b',
    'a',
    'now()',
  ]);
});

test('computes what is materialized once, and each use of it reads the same rows', () => {
  expect(
    sqlOf(
      'let late = materialize(Runs | where Id > 5 | project Id); late | join kind=inner late on Id | project Id',
    ),
  ).toEqual([
    'WITH m3 AS MATERIALIZED (SELECT t1."Id" AS c2',
    'FROM "Runs" AS t1',
    'WHERE (t1."Id" > 5)) SELECT t4.c2 AS "r0"',
    'FROM m3 AS t4 CROSS JOIN m3 AS t5 ON (t4.c2 = t5.c2)',
    'WHERE kql_in_time(t4.c2) AND kql_in_time(t5.c2)',
  ]);
});

test('of what is materialized, computes what any of its uses reads, and nothing else', () => {
  const [shared = ''] = sqlOf(
    'let runs = materialize(Runs | summarize arg_max(Id, *) by Name); union (runs | project Name), (runs | project Id)',
  );
  const [all = ''] = sqlOf(
    'let runs = materialize(Runs | summarize arg_max(Id, *) by Name); union runs, runs',
  );
  expect(shared.match(/ AS c\d+/g)).toHaveLength(2);
  expect((all.match(/ AS c\d+/g) ?? []).length).toBeGreaterThan(2);
});

test('computes once what two functions materialize alike, and twice what they do not', () => {
  const late = (least: string) => `materialize(Runs | where Id > ${least} | project Id)`;
  const both = (other: string) =>
    `let one = () { let late = ${late('5')}; late }; let other = () { let late = ${late(other)}; late | where Id < 9 }; one | join kind=inner other on Id | project Id`;
  const made = (other: string) =>
    sqlOf(both(other))
      .join(' ')
      .match(/m\d+ AS (MATERIALIZED )?\(/g);
  expect(made('5')).toHaveLength(1);
  expect(made('6')).toHaveLength(2);
});

test('computes a scalar that a let names once, however often it is used', () => {
  expect(
    sqlOf(
      'let most = toscalar(Runs | summarize max(Id)); Runs | where Id == most or Id == most - 1 | project Id',
    ),
  ).toEqual([
    'WITH m4 AS MATERIALIZED (SELECT max(t2."Id") AS c3',
    'FROM "Runs" AS t2) SELECT t1."Id" AS "r0"',
    'FROM "Runs" AS t1',
    'WHERE ((t1."Id" = (SELECT t5.c3',
    'FROM m4 AS t5',
    'LIMIT 1)) OR (t1."Id" = ((SELECT t6.c3',
    'FROM m4 AS t6',
    'LIMIT 1) - 1)))',
  ]);
});

test('shares rows in an order with their numbers, by which each use sorts them', () => {
  const sql = sqlOf(
    'let sorted = materialize(Runs | order by Id asc); union (sorted | extend p = prev(Id)), (sorted | extend p = next(Id))',
  ).join(' ');
  expect(sql.match(/m\d+ AS (MATERIALIZED )?\(/g)).toHaveLength(1);
  expect(sql.match(/l(ag|ead)\(.*?\) OVER \(ORDER BY t\d+\.c\d+\)/g)).toHaveLength(2);
});

test('keeps what the query made in the outer loop of a join, and lets SQLite choose between stored tables', () => {
  const joined = (left: string) => sqlOf(`${left} | join kind=inner Runs on Name | count`).join(' ');
  expect(joined('Runs')).not.toContain('CROSS JOIN');
  expect(joined('Runs | where Id > 5')).not.toContain('CROSS JOIN');
  expect(joined('Runs | distinct Name')).toContain('CROSS JOIN');
  expect(joined('Runs | summarize max(Id) by Name | where Name != "x"')).toContain('CROSS JOIN');
});

describe('what builds on shared rows again and again', () => {
  const levels = (count: number): string => {
    const next = (level: number) =>
      `let rows${level} = materialize(union rows${level - 1}, rows${level - 1} | summarize Id = max(Id) by Name);`;
    const all = Array.from({ length: count }, (_, index) => next(index + 1)).join('\n');
    return `let rows0 = materialize(Runs | project Id, Name);\n${all}\nrows${count} | order by Name asc`;
  };

  test('is also written as stages that fill a table each', () => {
    const { staged } = compileQuery(CATALOG, levels(12));
    // The last is used once: it stays in the statement that uses it.
    expect(staged?.stages).toHaveLength(12);
    expect(staged?.stages.every(({ sql }) => sql.length < 1_000)).toBe(true);
    expect(compileQuery(CATALOG, levels(4)).staged).toBeUndefined();
  });

  test('finds its rows by the columns that a join compares', () => {
    const { staged } = compileQuery(
      CATALOG,
      levels(12).replace('rows12 |', 'rows11 | join kind=inner rows11 on Name |'),
    );
    expect(staged?.stages.at(-1)?.keys).toEqual([[expect.stringMatching(/^c\d+$/)]]);
  });
});

test('a limit that is a parameter is an expression: SQLite would plan again for every value', () => {
  const { sql } = compileQuery(CATALOG, 'declare query_parameters(Top: long);\nRuns | take Top');
  expect(sql).toMatch(/LIMIT \(\? \+ 0\)/);
});
