import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

beforeEach(() => engine.rows('.create table T (a: string, n: long)'));
afterEach(async () => {
  for (const table of ['T', 'U']) await engine.rows(`.drop table ${table} ifexists`);
});

describe('.ingest inline', () => {
  it('answers with an extent, and with an empty one for no rows', async () => {
    const [row] = await engine.rows('.ingest inline into table T <| x,1');
    expect(row?.[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(row?.[3]).toBe(false);
    expect((await engine.rows('.ingest inline into table T <|'))[0]?.[0]).toBe(
      '00000000-0000-0000-0000-000000000000',
    );
  });

  it('takes the text behind <| as it is: no comments, quotes as CSV has them', async () => {
    await engine.rows('.ingest inline into table T <|\n    "a // ""b""",1\n    c,2');
    expect(await engine.rows('T')).toEqual([
      ['a // "b"', 1],
      ['    c', 2],
    ]);
  });

  it('reads other formats, mappings and a header', async () => {
    await engine.rows(`.ingest inline into table T with (format = 'multijson') <| [{"n": 1, "a": "x"}]`);
    await engine.rows(
      `.ingest inline into table T with (format = 'json', ingestionMapping = '[{"column":"a","path":"$.b"}]') <| {"b": "y"}`,
    );
    await engine.rows('.ingest inline into table T with (ignoreFirstRecord = true) <| a,n\nz,3');
    expect(await engine.rows('T')).toEqual([
      ['x', 1],
      ['y', null],
      ['z', 3],
    ]);
  });

  it('ingests nothing of a text that is malformed at its end', async () => {
    const refusal = await engine.refusal('.ingest inline into table T <| x,1\ny,"2');
    expect(refusal.message).toBe('A quoted field is not closed [line 2, column 3]');
    expect(await engine.rows('T')).toEqual([]);
  });

  it.each([
    ['.ingest inline into table Nope <| x', "Entity ID 'Nope' of kind 'Table' was not found."],
    ['.ingest inline into table T [x,1]', 'Rows in brackets are not supported'],
    [".ingest inline into table T with (format = 'avro') <| x", "Data format 'avro' is not supported"],
    [".ingest inline into table T with (ingestionMappingReference = 'm') <| x", "Entity ID 'm'"],
    [".ingest inline into table T with (tags = 'a') <| x", "Property 'tags' must be a JSON array of strings"],
  ])('says what is wrong: %s', async (command, message) => {
    expect((await engine.refusal(command)).message).toContain(message);
  });
});

describe('rows from a query', () => {
  it('.append counts them', async () => {
    const [row] = await engine.rows(".append T <| print a = 'x', n = 1 | union (print a = 'y', n = 2)");
    expect(row?.slice(1)).toEqual([0, 0, 0, 0, 2]);
  });

  it('.append of no rows makes no extent', async () => {
    expect(await engine.rows('.append T <| T')).toEqual([]);
  });

  it('.append matches columns by position and type, not by name', async () => {
    await engine.rows(".append T <| print x = 'a', y = long(5)");
    expect(await engine.rows('T')).toEqual([['a', 5]]);
    expect((await engine.refusal(".append T <| print n = long(5), a = 'a'")).message).toBe(
      "Query schema does not match table schema. QuerySchema=('n:long,a:string'), TableSchema=('a:string,n:long')",
    );
  });

  it('.append with extend_schema adds the columns that are missing, by name', async () => {
    await engine.rows(".append T with (extend_schema = true) <| print n = long(5), b = 'new'");
    expect(await engine.rows('T')).toEqual([['', 5, 'new']]);
  });

  it('.set makes the table, and is refused where there is one', async () => {
    await engine.rows(
      ".set U with (folder = 'F', docstring = 'D') <| print a = 'x', t = datetime(2024-01-01)",
    );
    expect(await engine.rows('.show tables | where TableName == "U"')).toEqual([
      ['U', 'NetDefaultDB', 'F', 'D'],
    ]);
    expect((await engine.refusal(".set U <| print a = 'x'")).code).toBe('BadRequest_EntityNameIsNotUnique');
    expect((await engine.refusal(".append V <| print a = 'x'")).code).toBe('BadRequest_EntityNotFound');
  });

  it('.set-or-replace reads the rows that it replaces', async () => {
    await engine.rows('.ingest inline into table T <| x,1');
    await engine.rows('.set-or-replace T <| T | extend n = n + 1 | union (print a = "y", n = long(5))');
    expect(await engine.rows('T | order by a asc')).toEqual([
      ['x', 2],
      ['y', 5],
    ]);
  });

  it('async commands answer with an operation', async () => {
    const [[id] = []] = await engine.rows(".set-or-append async U <| print a = 'x'");
    expect(await engine.rows(`.show operations ${id} | project State`)).toEqual([['Completed']]);
    expect(await engine.rows('U')).toEqual([['x']]);
  });

  it('is refused with the position of what is wrong in the query', async () => {
    expect((await engine.refusal('.append T <|\n  T\n  | where nope == 1')).message).toMatch(
      /\[line 3, column 11\]$/,
    );
  });

  it('all rows of one command have the same ingestion time, those of the next a later one', async () => {
    await engine.rows('.ingest inline into table T <| x,1\ny,2');
    await engine.rows('.ingest inline into table T <| z,3');
    const rows = await engine.rows('T | extend at = ingestion_time() | order by a asc | project at');
    const [x = [], y = [], z = []] = rows;
    expect(x).toEqual(y);
    expect(String(z[0]) > String(x[0])).toBe(true);
  });
});

describe('tags', () => {
  const tagged = (tag: string, row: string) =>
    `.append T with (tags = '["ingest-by:${tag}", "other"]', ingestIfNotExists = '["${tag}"]') <| print a = '${row}', n = long(1)`;

  it('ingest what they name once, however often and at once it is asked for', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => engine.rows(tagged('w1', 'x'))));
    expect(answers.filter((rows) => rows.length === 1)).toHaveLength(1);
    await engine.rows(tagged('w2', 'y'));
    expect(await engine.rows('T | project a | order by a asc')).toEqual([['x'], ['y']]);
  });

  it('are those of one table', async () => {
    await engine.rows('.create table U (a: string, n: long)');
    await engine.rows(tagged('w', 'x'));
    await engine.rows(tagged('w', 'x').replace('.append T', '.append U'));
    expect(await engine.rows('U | count')).toEqual([[1]]);
  });

  it('are not kept for an ingestion that failed', async () => {
    await engine.refusal(
      `.ingest inline into table T with (tags = '["ingest-by:w"]', ingestIfNotExists = '["w"]') <| "x`,
    );
    await engine.rows(
      `.ingest inline into table T with (tags = '["ingest-by:w"]', ingestIfNotExists = '["w"]') <| x,1`,
    );
    expect(await engine.rows('T | count')).toEqual([[1]]);
  });
});
