import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { startEngine } from '../../../../kusto/engine/engine.ts';
import { openForReading } from '../../../../kusto/engine/store/connection.ts';
import { DatabaseFolder } from '../../../../kusto/engine/store/folder.ts';
import { loadIndexes } from '../../../../kusto/engine/store/indexes.ts';
import { startTestEngine } from '../../../support/engine/engine.ts';
import { until } from '../../../support/until.ts';

const NO_LIMITS = {
  parameters: {},
  limits: { take: Infinity, records: Infinity, bytes: Infinity },
  timeout: 60_000,
};

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'kusto-folder-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

it('an empty folder gets the emulator’s default database', async () => {
  const engine = await startTestEngine({ dataDir });
  expect(await engine.rows('.show databases | project DatabaseName')).toEqual([['NetDefaultDB']]);
  await engine.close();
});

it('everything is there again after a restart: tables, rows, views, functions, policies, mappings, databases', async () => {
  const first = await startTestEngine({ dataDir });
  await first.rows(".create table T (Id: string, ID: long, t: datetime) with (folder = 'F')");
  await first.rows('.create materialized-view V on table T { T | summarize arg_max(t, *) by Id }');
  await first.rows(
    ".create materialized-view Bad on table T { T | where 'x' matches regex strcat(Id, '(') | summarize count() by Id }",
  );
  await first.rows('.create function Of(key: string) { T | where Id == key | project ID }');
  await first.rows('.alter table T policy caching hot = 1d');
  await first.rows(`.create table T ingestion json mapping "m" '[{"column":"Id","path":"$.x"}]'`);
  await first.rows('.ingest inline into table T <| x,1,2024-01-01');
  await first.rows('.create database Other');
  await first.close();

  const second = await startTestEngine({ dataDir });
  expect(await second.rows("Of('x')")).toEqual([[1]]);
  await second.rows('.ingest inline into table T <| x,2,2024-01-02');
  expect(await second.rows('V | project ID')).toEqual([[2]]);
  expect((await second.refusal('Bad')).message).toContain("Materialized view 'Bad' lacks rows");
  expect(await second.rows('.show table T policy caching | project Policy')).toEqual([
    ['{"DataHotSpan":{"Value":"1.00:00:00"},"IndexHotSpan":{"Value":"1.00:00:00"}}'],
  ]);
  expect(await second.rows('.show table T ingestion mappings | project Name')).toEqual([['m']]);
  expect(await second.rows('.show databases | project DatabaseName | order by DatabaseName asc')).toEqual([
    ['NetDefaultDB'],
    ['Other'],
  ]);
  await second.close();
});

describe('what has been compiled', () => {
  const text = 'declare query_parameters(key: string = "x"); Found(key) | count';
  const setUp = [
    '.create table T (k: string)',
    ".create table ['two words'] (k: string)",
    '.create materialized-view V on table T { T | summarize n = count() by k }',
    '.create function Inner(key: string) { T | where k == key }',
    '.create function Found(key: string) { Inner(key) | union (V | where k == key | project k) }',
    '.create function All() { T }',
    '.create function Quoted(key: string) { ["two words"] | where k == key }',
    '.ingest inline into table T <| x',
  ];

  /** Whether `query` is compiled again by an engine that begins after `command`. */
  async function isCompiledAfter(command: string, query = text): Promise<boolean> {
    const first = await startTestEngine({ dataDir });
    for (const one of setUp) await first.rows(one);
    const before = await first.rows(query);
    // Writes are made in turn, so this one is behind the one that keeps the statement.
    await first.rows('.create-merge table Last (k: string)');
    await first.rows(command);
    await first.close();

    const folder = await DatabaseFolder.open({ dataDir, databases: [], lanes: 'inline' });
    const database = folder.database('NetDefaultDB');
    const compile = jest.spyOn(database.compiler, 'query');
    expect(JSON.parse((await database.query(query, NO_LIMITS)).rows)).toEqual(before);
    const isCompiled = compile.mock.calls.length > 0;
    compile.mockRestore();
    await folder.close();
    return isCompiled;
  }

  it.each([
    '.show tables',
    '.create table Other (k: string)',
    '.alter-merge table Last (other: long)',
    '.create function Of(key: string) { Found(key) }',
  ])('is read from the file after a restart, and after %s', async (command) => {
    expect(await isCompiledAfter(command)).toBe(false);
  });

  it.each([
    '.alter-merge table T (other: long)',
    '.create-or-alter function Inner(key: string) { T | where k =~ key }',
    '.create-or-alter function Found(key: string) { Inner(key) | union (V | where k == key | project k) | as Same }',
    '.alter materialized-view V on table T { T | summarize n = count(), m = max(k) by k }',
  ])('is compiled again after %s', async (command) => {
    expect(await isCompiledAfter(command)).toBe(true);
  });

  it('is compiled again where a name with spaces stands for something else', async () => {
    const quoted = 'declare query_parameters(key: string = "x"); Quoted(key) | count';
    expect(await isCompiledAfter(".alter-merge table ['two words'] (other: long)", quoted)).toBe(true);
  });

  it.each([
    ['print 1', false],
    ['All()', false],
    ["T | where k == 'x'", true],
  ])('is read from the file where it is asked again: %s', async (query, isCompiled) => {
    expect(await isCompiledAfter('.show tables', query)).toBe(isCompiled);
  });

  it('is one statement for all values in front of what is appended', async () => {
    const engine = await startTestEngine({ dataDir });
    await engine.rows('.create table Kept (Text: string, At: datetime, Long: timespan, Is: bool)');
    const written = [
      "let text = 'it\\'s';",
      'let at = datetime(2024-05-06);',
      'let span = 90000ms;',
      'let yes = true;',
    ];
    const others = ["let text = '';", 'let at = datetime(null);', 'let span = 0ms;', 'let yes = false;'];
    for (const values of [written, others])
      await engine.rows(
        `.append Kept <| ${values.join('\n')} print Text = text, At = at, Long = span, Is = yes`,
      );
    expect(keptStatements()).toBe(1);
    expect(await engine.rows('Kept | order by Text desc')).toEqual([
      ["it's", '2024-05-06T00:00:00.0000000Z', '00:01:30', true],
      ['', null, '00:00:00', false],
    ]);
    await engine.close();
  });

  it('may be appended from a table whose name stands in front', async () => {
    const engine = await startTestEngine({ dataDir });
    for (const one of setUp) await engine.rows(one);
    await engine.rows(".append T <| let name = 'T'; table(name)");
    expect(await engine.rows('T | count')).toEqual([[2]]);
    await engine.close();
  });

  it('is not kept for ever', async () => {
    await (await startTestEngine({ dataDir })).close();
    const connection = new Database(join(dataDir, 'NetDefaultDB.sqlite'));
    const insert = connection.prepare('INSERT INTO "$statement" VALUES (?, ?)');
    for (let n = 0; n <= 1000; n++) insert.run(`${n}`, Buffer.of());
    connection.close();
    const engine = await startTestEngine({ dataDir });
    await engine.rows('.create table T (k: string)');
    await engine.close();
    expect(keptStatements()).toBe(0);
  });
});

function keptStatements(): number {
  const connection = openForReading(join(dataDir, 'NetDefaultDB.sqlite'));
  const rows = connection.prepare('SELECT * FROM "$statement"').raw().all();
  connection.close();
  return rows.length;
}

it('what the functions look up is read from the file when something else changes', async () => {
  const first = await startTestEngine({ dataDir });
  await first.rows('.create table T (k: string)');
  await first.rows('.create function with (skipvalidation = true) Of(key: string) { T | where k == key }');
  await until(() => indexesOf(dataDir).length > 0);
  await first.close();

  const folder = await DatabaseFolder.open({ dataDir, databases: [], lanes: 'inline' });
  const database = folder.database('NetDefaultDB');
  const suggest = jest.spyOn(database.compiler, 'suggestIndexes');
  const table = { name: 'Other', folder: '', docString: '', physical: 'Other', columns: [] };
  await database.change(
    (catalog) => ({ catalog: catalog.with({ kind: 'table', ...table }), steps: [] }),
    10_000,
  );
  await until(() => suggest.mock.calls.length > 0);
  const [, known] = suggest.mock.calls[0] ?? [];
  suggest.mockRestore();
  await folder.close();
  expect(known).toEqual([
    { key: expect.stringMatching(/^Of /), indexes: [{ physicalTable: 'T', keys: ['"k"'] }] },
  ]);
});

function indexesOf(folder: string): string[] {
  const connection = openForReading(join(folder, 'NetDefaultDB.sqlite'));
  const found = [...loadIndexes(connection).keys()];
  connection.close();
  return found;
}

it('what the source has compiled is not compiled again by the engine that a build makes of it', async () => {
  const text = 'declare query_parameters(key: string = "x"); T | where k == key | count';
  const source = await startTestEngine({ dataDir });
  await source.rows('.create table T (k: string)');
  expect(await source.rows(text)).toEqual([[0]]);
  await source.rows('.ingest inline into table T <| x');
  await source.close();
  expect(keptStatements()).toBe(1);

  const built = await startTestEngine({ dataDir, lanes: 'thread' });
  expect(await built.rows(text)).toEqual([[1]]);
  await built.rows('.ingest inline into table T <| x');
  await built.close();
  expect(keptStatements()).toBe(1);
});

it('rows older than the retention policy of their table are deleted, newer ones and other tables are not', async () => {
  const folder = await DatabaseFolder.open({ dataDir, databases: ['D'], lanes: 'inline' });
  await folder.close();
  const engine = await startTestEngine({ dataDir });
  await engine.rows('.create tables Short (n: long), Long (n: long)');
  await engine.rows('.alter-merge table Short policy retention softdelete = 1d');
  await engine.rows('.alter-merge table Long policy retention softdelete = 3650d');
  await engine.rows(
    '.set-or-append Short with (tags = \'["ingest-by:a"]\') <| range n from 1 to 6000 step 1',
  );
  await engine.rows('.append Long <| range n from 1 to 10 step 1');
  await engine.close();

  const later = await DatabaseFolder.open({ dataDir, databases: [], lanes: 'inline' });
  const database = later.database('NetDefaultDB');
  const counts = async () => (await database.query('union (Short | count), (Long | count)', NO_LIMITS)).rows;
  await later.expire(Date.now());
  expect(
    JSON.parse(await counts())
      .flat()
      .sort(),
  ).toEqual([10, 6000]);
  await later.expire(Date.now() + 2 * 86_400_000);
  expect(
    JSON.parse(await counts())
      .flat()
      .sort(),
  ).toEqual([0, 10]);
  expect(database.settings('SELECT tag FROM "$tag"', [], [{ name: 'tag', type: 'string' }])).toEqual([]);
  await later.close();
});

it('a view keeps its rows after those of its table are gone, and loses them by its own policy', async () => {
  const first = await startTestEngine({ dataDir });
  await first.rows('.create table T (k: string, t: datetime, n: long)');
  await first.rows('.create materialized-view V on table T { T | summarize arg_max(t, n) by k }');
  await first.rows('.alter-merge table T policy retention softdelete = 90d');
  await first.rows('.alter-merge materialized-view V policy retention softdelete = 400d');
  await first.rows('.ingest inline into table T <| x,2024-01-02,2');
  await first.close();
  const expireAfter = async (days: number) => {
    const folder = await DatabaseFolder.open({ dataDir, databases: [], lanes: 'inline' });
    await folder.expire(Date.now() + days * 86_400_000);
    await folder.close();
  };

  await expireAfter(91);
  const second = await startTestEngine({ dataDir });
  expect(await second.rows('T | count')).toEqual([[0]]);
  expect(await second.rows('V')).toEqual([['x', '2024-01-02T00:00:00.0000000Z', 2]]);
  await second.rows('.ingest inline into table T <| x,2024-01-01,1');
  expect(await second.rows('V | project n')).toEqual([[2]]);
  await second.close();

  await expireAfter(401);
  const third = await startTestEngine({ dataDir });
  expect(await third.rows('V | count')).toEqual([[0]]);
  await third.close();
});

it('what has no retention policy of its own goes by that of the database', async () => {
  const engine = await startTestEngine({ dataDir });
  await engine.rows('.create tables Own (n: long), None (n: long)');
  await engine.rows('.alter-merge database NetDefaultDB policy retention softdelete = 1d');
  await engine.rows('.alter-merge table Own policy retention softdelete = 3d');
  for (const table of ['Own', 'None']) await engine.rows(`.ingest inline into table ${table} <| 1`);
  await engine.close();
  const folder = await DatabaseFolder.open({ dataDir, databases: [], lanes: 'inline' });
  await folder.expire(Date.now() + 2 * 86_400_000);
  const count = async (table: string) =>
    (await folder.database('NetDefaultDB').query(`${table} | count`, NO_LIMITS)).rows;
  expect([await count('Own'), await count('None')]).toEqual(['[[1]]', '[[0]]']);
  await folder.close();
});

it('indexes for the equality tests of functions are made once commands are quiet, and go with the function', async () => {
  const engine = await startTestEngine({ dataDir });
  await engine.rows('.create table T (k: string, n: long)');
  await engine.rows('.create function Of(key: string) { T | where k == key }');
  await engine.close();
  const folder = await DatabaseFolder.open({ dataDir, databases: [], lanes: 'inline' });
  const database = folder.database('NetDefaultDB');
  const indexes = () =>
    database
      .settings(
        `SELECT name FROM sqlite_master WHERE type = 'index' AND name GLOB '$by$*'`,
        [],
        [{ name: 'name', type: 'string' }],
      )
      .flat();
  await until(() => indexes().length > 0);
  expect(indexes()).toEqual(['$by$T$"k"']);
  await database.change((catalog) => ({ catalog: catalog.without('Of'), steps: [] }), 10_000);
  await until(() => indexes().length === 0);
  await folder.close();
});

it('makes the indexes of a table again that was dropped and created, or that lost a column', async () => {
  const engine = await startTestEngine({ dataDir });
  await engine.rows('.create table T (k: string, n: long)');
  await engine.rows('.create function Of(key: string) { T | where k == key }');
  const file = openForReading(join(dataDir, 'NetDefaultDB.sqlite'));
  const indexes = () => [...loadIndexes(file).keys()];
  await until(() => indexes().length > 0);
  await engine.rows('.drop table T');
  await engine.rows('.create table T (k: string, n: long)');
  await until(() => indexes().length > 0);
  await engine.rows('.alter table T (k: string)');
  expect(indexes()).toEqual([]);
  await until(() => indexes().length > 0);
  expect(indexes()).toEqual(['$by$T$"k"']);
  file.close();
  await engine.close();
});

it('runs in a thread of its own', async () => {
  const engine = await startEngine({ dataDir, port: 0, databases: ['Extra'] });
  expect(engine.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const response = await fetch(`${engine.url}/v1/rest/mgmt`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ db: 'Extra', csl: '.show tables' }),
  });
  expect(response.status).toBe(200);
  await engine.close();
  await expect(fetch(`${engine.url}/health`)).rejects.toThrow();
  expect(
    readdirSync(dataDir)
      .filter((file) => !/-(wal|shm)$/.test(file))
      .sort(),
  ).toEqual(['Extra.sqlite', 'NetDefaultDB.sqlite', 'engine.lock']);
});

it('says why an engine cannot start', async () => {
  const first = await startEngine({ dataDir, port: 0 });
  const port = Number(new URL(first.url).port);
  await expect(startEngine({ dataDir: join(dataDir, 'other'), port })).rejects.toThrow(/EADDRINUSE/);
  await first.close();
});
