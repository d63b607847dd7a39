import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());
afterEach(async () => {
  const tables = await engine.rows('.show tables');
  if (tables.length > 0)
    await engine.rows(`.drop tables (${tables.map(([name]) => `['${name}']`).join(', ')})`);
});

const schemaOf = async (table: string) => (await engine.rows(`.show table ['${table}'] cslschema`))[0]?.[1];

describe('.create table', () => {
  it('answers with the table, its schema and its description', async () => {
    expect(
      await engine.rows(
        `.create table T (a: string, ['b c']: datetime) with (docstring = 'Doc', folder = "F")`,
      ),
    ).toEqual([['T', "a:string,['b c']:datetime", 'NetDefaultDB', 'F', 'Doc']]);
  });

  it('takes every type by each of its names', async () => {
    await engine.rows(
      '.create table T (a:bool, b:boolean, c:datetime, d:date, e:decimal, f:dynamic, g:guid, h:uuid, i:int, j:long, k:real, l:double, m:string, n:timespan, o:time)',
    );
    expect(await schemaOf('T')).toBe(
      'a:bool,b:bool,c:datetime,d:datetime,e:decimal,f:dynamic,g:guid,h:guid,i:int,j:long,k:real,l:real,m:string,n:timespan,o:timespan',
    );
  });

  it('leaves a table as it is that is there already', async () => {
    await engine.rows('.create table T (a: string)');
    await engine.rows('.create table T (b: long)');
    expect(await schemaOf('T')).toBe('a:string');
  });

  it('creates several at once', async () => {
    await engine.rows('.create tables A (a: string), B (b: long)');
    expect((await engine.rows('.show tables')).map(([name]) => name)).toEqual(['A', 'B']);
  });

  it('tells apart tables and columns whose names differ in case only, and names that SQLite keeps for itself', async () => {
    await engine.rows('.create table Case (Id: string, ID: long, rowid: string, oid: string)');
    await engine.rows('.create table CASE (id: string)');
    await engine.rows('.create table sqlite_master (x: string)');
    await engine.rows('.ingest inline into table Case <| a,1,r,o');
    await engine.rows('.ingest inline into table CASE <| b');
    await engine.rows('.ingest inline into table sqlite_master <| c');
    expect(await engine.rows('Case')).toEqual([['a', 1, 'r', 'o']]);
    expect(await engine.rows('CASE')).toEqual([['b']]);
    expect(await engine.rows('sqlite_master')).toEqual([['c']]);
  });

  it.each([
    ['.create table', 'Expected the name of a table, found the end of the command [line 1, column 14]'],
    ['.create table T', "Expected '(', found the end of the command"],
    ['.create table T ()', 'A table needs at least one column'],
    ['.create table T (a: strin)', "'strin' is not a type [line 1, column 21]"],
    ['.create table T (a: string, a: long)', "Column 'a' is declared twice"],
    ['.create table T (a string)', "Expected ':', found 'string)' [line 1, column 20]"],
    [".create table ['a;b'] (a: string)", "'a;b' is not a name"],
    ['.create table T (a: string) with (folder)', "Expected '=', found ')'"],
    ['.create table T (a: string) nonsense', "Unexpected text, found 'nonsense' [line 1, column 29]"],
    [
      '.crate table T (a: string)',
      "Unknown command '.crate table T'. Did you mean '.create table'? [line 1, column 2]",
    ],
  ])('is refused with the position of what is wrong: %s', async (command, message) => {
    const refusal = await engine.refusal(command);
    expect(refusal).toMatchObject({ status: 400, code: 'General_BadRequest' });
    expect(refusal.message).toContain(message);
  });
});

describe('.create-merge table and .alter-merge table', () => {
  it('add the columns that are missing; rows that are there have nothing in them', async () => {
    await engine.rows('.create table T (a: string)');
    await engine.rows('.ingest inline into table T <| x');
    await engine.rows('.create-merge table T (b: string, a: string)');
    await engine.rows('.alter-merge table T (c: long)');
    expect(await schemaOf('T')).toBe('a:string,b:string,c:long');
    expect(await engine.rows('T')).toEqual([['x', '', null]]);
  });

  it('refuse to change a type', async () => {
    await engine.rows('.create table T (a: string)');
    expect((await engine.refusal('.create-merge table T (a: long)')).message).toBe(
      "Column 'a' of table 'T' is of type string and cannot become long",
    );
  });
});

describe('.alter table', () => {
  it('makes the columns those that are given, in their order', async () => {
    await engine.rows('.create table T (a: string, b: long, c: string)');
    await engine.rows('.ingest inline into table T <| x,1,y');
    await engine.rows('.alter table T (c: string, a: string, d: long)');
    expect(await engine.rows('T')).toEqual([['y', 'x', null]]);
  });

  it('drops a column that functions have made an index for', async () => {
    await engine.rows('.create table T (a: string, b: string)');
    await engine.rows('.create-or-alter function F(x: string) { T | where b == x }');
    await engine.rows('.alter table T (a: string)');
    expect(await schemaOf('T')).toBe('a:string');
    await engine.rows('.drop function F');
  });

  it('sets folder and description', async () => {
    await engine.rows('.create table T (a: string)');
    await engine.rows('.alter table T folder "F"');
    await engine.rows('.alter table T docstring "D"');
    expect(await engine.rows('.show tables')).toEqual([['T', 'NetDefaultDB', 'F', 'D']]);
  });
});

describe('.drop table', () => {
  it('drops its rows too', async () => {
    await engine.rows('.create table T (a: string)');
    await engine.rows('.ingest inline into table T <| x');
    expect(await engine.rows('.drop table T')).toEqual([]);
    await engine.rows('.create table T (a: string)');
    expect(await engine.rows('T')).toEqual([]);
  });

  it('is refused for a table that is not there, unless told otherwise', async () => {
    expect(await engine.refusal('.drop table T')).toEqual({
      status: 400,
      code: 'BadRequest_EntityNotFound',
      message: "Entity ID 'T' of kind 'Table' was not found.",
    });
    expect(await engine.rows('.drop table T ifexists')).toEqual([]);
  });

  it('is refused while a materialized view reads the table', async () => {
    await engine.rows('.create table T (a: string, t: datetime)');
    await engine.rows('.create materialized-view V on table T { T | summarize arg_max(t, *) by a }');
    expect((await engine.refusal('.drop table T')).message).toContain("source of materialized view 'V'");
    expect((await engine.refusal('.rename table T to U')).message).toContain(
      "source of materialized view 'V'",
    );
    await engine.rows('.drop materialized-view V');
  });
});

it('.rename table keeps the rows', async () => {
  await engine.rows('.create table T (a: string)');
  await engine.rows('.ingest inline into table T <| x');
  await engine.rows('.rename table T to U');
  expect(await engine.rows('U')).toEqual([['x']]);
  await engine.rows('.create table T (a: string)');
  expect(await engine.rows('T')).toEqual([]);
  expect((await engine.refusal('.rename table T to U')).message).toBe("An entity named 'U' exists already");
});

it('.clear table forgets its tags with its rows', async () => {
  const append = `.set-or-append T with (tags = '["ingest-by:1"]', ingestIfNotExists = '["1"]') <| print a = 'x'`;
  await engine.rows(append);
  await engine.rows(append);
  await engine.rows('.clear table T data');
  expect(await engine.rows('T')).toEqual([]);
  await engine.rows(append);
  expect(await engine.rows('T')).toEqual([['x']]);
});

describe('.delete table records', () => {
  it('deletes the rows that the predicate finds, and no others like them', async () => {
    await engine.rows('.create table T (a: string, n: long)');
    await engine.rows('.ingest inline into table T <| x,1\nx,2\ny,1');
    expect((await engine.rows(".delete table T records <| T | where a == 'x' and n > 1"))[0]?.[2]).toBe(1);
    expect(await engine.rows('T | order by a asc')).toEqual([
      ['x', 1],
      ['y', 1],
    ]);
  });

  it('is refused with the position of what is wrong in the predicate', async () => {
    await engine.rows('.create table T (a: string)');
    expect((await engine.refusal('.delete table T records <|\nT | where b == 1')).message).toMatch(
      /'b' .*\[line 2, column 11\]$/,
    );
  });
});

it('a command with text behind its end does nothing', async () => {
  await engine.rows('.create table T (a: long, b: long)');
  await engine.rows('.ingest inline into table T <| 1,2');
  for (const command of [
    '.drop table T',
    '.clear table T data',
    '.rename table T to U',
    '.drop table T columns (a)',
    '.alter-merge table T (c: long)',
    '.create table X (a: long)',
    '.create function F() { 1 }',
    '.create materialized-view V on table T { T | summarize count() by a }',
    '.delete table T policy caching',
    '.create table T ingestion json mapping "M" \'[{"column":"a","path":"$.a"}]\'',
    '.create database D',
  ])
    expect((await engine.refusal(`${command} nonsense`)).message).toContain(
      "Unexpected text, found 'nonsense'",
    );
  expect(await engine.rows('T')).toEqual([[1, 2]]);
  for (const list of ['functions', 'materialized-views', 'table T ingestion mappings'])
    expect(await engine.rows(`.show ${list}`)).toEqual([]);
  expect(await engine.rows('.show tables | project TableName')).toEqual([['T']]);
  expect(await engine.rows('.show databases | project DatabaseName')).toEqual([['NetDefaultDB']]);
  expect(await engine.rows('.show table T policy caching | project Policy')).toEqual([['null']]);
});
