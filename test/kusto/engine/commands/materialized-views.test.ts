import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

beforeEach(() => engine.rows('.create table T (k: string, t: datetime, n: long)'));
afterEach(async () => {
  await engine.rows('.drop materialized-view V ifexists');
  await engine.rows('.drop table T ifexists');
});

const VIEW = 'materialized-view V on table T { T | summarize arg_max(t, *) by k }';

it('.create materialized-view takes in only what comes later', async () => {
  await engine.rows('.ingest inline into table T <| old,2024-01-01,1');
  await engine.rows(`.create ${VIEW}`);
  await engine.rows('.ingest inline into table T <| new,2024-01-01,1');
  expect(await engine.rows('V')).toEqual([['new', '2024-01-01T00:00:00.0000000Z', 1]]);
});

it('.create materialized-view with backfill takes in what is there', async () => {
  await engine.rows('.ingest inline into table T <| x,2024-01-01,1\nx,2024-01-02,2\ny,2024-01-01,3');
  await engine.rows(
    '.create materialized-view with (backfill = true, folder = "F", docString = "D") V on table T { T | summarize arg_max(t, *) by k }',
  );
  expect(await engine.rows('V | project k, n | order by k asc')).toEqual([
    ['x', 2],
    ['y', 3],
  ]);
  const [shown] = await engine.rows('.show materialized-view V');
  expect(shown?.slice(0, 3)).toEqual(['V', 'T', ' T | summarize arg_max(t, *) by k ']);
  expect(await engine.rows('.show materialized-views | project Name, Folder, DocString, IsHealthy')).toEqual([
    ['V', 'F', 'D', true],
  ]);
});

it('.create async materialized-view answers with an operation that can be asked for', async () => {
  const [[id] = []] = await engine.rows(`.create async ${VIEW}`);
  expect(await engine.rows(`.show operations ${id} | project Operation, State`)).toEqual([
    ['MaterializedViewCreateOrAlter', 'Completed'],
  ]);
  expect(await engine.rows('.show operations 00000000-0000-0000-0000-000000000000')).toEqual([]);
});

it('.create-or-alter leaves the same view as it is, and adds columns to one that has more', async () => {
  await engine.rows(`.create-or-alter ${VIEW}`);
  await engine.rows('.ingest inline into table T <| x,2024-01-01,1');
  await engine.rows(`.create-or-alter ${VIEW}`);
  await engine.rows(
    '.create-or-alter materialized-view V on table T { T | extend m = n * 2 | summarize arg_max(t, *) by k }',
  );
  await engine.rows('.ingest inline into table T <| y,2024-01-01,2');
  expect(await engine.rows('V | project k, n, m | order by k asc')).toEqual([
    ['x', 1, null],
    ['y', 2, 4],
  ]);
});

it('goes on when its source gets more columns', async () => {
  await engine.rows(`.create ${VIEW}`);
  await engine.rows('.alter-merge table T (more: string)');
  await engine.rows('.ingest inline into table T <| x,2024-01-01,1,m');
  expect(await engine.rows('V')).toEqual([['x', '2024-01-01T00:00:00.0000000Z', 1]]);
});

it('its source keeps the columns that it needs', async () => {
  await engine.rows(`.create ${VIEW}`);
  expect((await engine.refusal('.alter table T (k: string, t: datetime)')).message).toContain(
    "materialized view 'V' does not return a column 'n'",
  );
});

it.each([
  [
    '.create materialized-view V on table Nope { Nope | summarize count() by k }',
    "Entity ID 'Nope' of kind 'Table'",
  ],
  [
    '.create materialized-view V on materialized-view W { W | summarize count() by k }',
    'over another is not supported',
  ],
  [
    '.create materialized-view with (lookback = 6h) V on table T { T | summarize count() by k }',
    "'lookback'",
  ],
  [
    '.create materialized-view V on table T { T | where nope == 1 | summarize count() by k }',
    '[line 1, column 52]',
  ],
  ['.create materialized-view V on table T { T | take 5 }', ''],
  [
    '.alter materialized-view V on table T { T | summarize count() by k }',
    "of kind 'MaterializedView' was not found",
  ],
  ['.drop materialized-view V', "of kind 'MaterializedView' was not found"],
])('says what is wrong: %s', async (command, message) => {
  const refusal = await engine.refusal(command);
  expect(refusal.status).toBe(400);
  expect(refusal.message).toContain(message);
});

it('.alter materialized-view does not change keys or drop columns', async () => {
  await engine.rows(`.create ${VIEW}`);
  expect((await engine.refusal(`.create ${VIEW}`)).code).toBe('BadRequest_EntityNameIsNotUnique');
  expect(
    (await engine.refusal('.alter materialized-view V on table T { T | summarize arg_max(t, *) by n }'))
      .message,
  ).toContain('drop and create it');
  expect(
    (await engine.refusal('.alter materialized-view V on table T { T | summarize arg_max(t, k) by k }'))
      .message,
  ).toBeTruthy();
});
