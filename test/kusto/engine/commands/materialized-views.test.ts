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

describe('a view whose query fails for a row', () => {
  const health = '.show materialized-views | project Name, LastRunResult, IsHealthy';
  const lacking = "Materialized view 'V' lacks rows, since its query failed for them";

  beforeEach(async () => {
    await engine.rows(
      `.create materialized-view V on table T { T | where k matches regex strcat(k, '') | summarize sum(n) by k }`,
    );
    await engine.rows('.ingest inline into table T <| a,2024-01-01,1');
    await engine.rows('.ingest inline into table T <| (,2024-01-01,2');
  });

  it('is refused to readers, and its table has the row and those that follow', async () => {
    expect(await engine.rows(health)).toEqual([['V', 'Failed', false]]);
    await engine.rows('.ingest inline into table T <| b,2024-01-01,3');
    await engine.rows(".append T <| print k = 'c', t = datetime(2024-01-01), n = 4");
    expect(await engine.rows('T | project n | order by n asc')).toEqual([[1], [2], [3], [4]]);
    for (const query of [
      'V',
      'T | join kind=leftanti V on k',
      '.append T <| V | project k, t = now(), n = sum_n',
    ]) {
      const refusal = await engine.refusal(query);
      expect(refusal.status).toBe(400);
      expect(refusal.message).toContain(`${lacking} (The regular expression "(" is not valid`);
    }
  });

  it.each(['.clear materialized-view V data', '.drop materialized-view V'])(
    'begins anew after %s',
    async (command) => {
      await engine.rows(command);
      await engine.rows('.create ifnotexists materialized-view V on table T { T | summarize sum(n) by k }');
      expect(await engine.rows(health)).toEqual([['V', 'Completed', true]]);
      await engine.rows('.ingest inline into table T <| b,2024-01-01,5');
      expect(await engine.rows('V')).toEqual([['b', 5]]);
    },
  );

  it('does not keep others from it', async () => {
    await engine.rows('.create materialized-view W on table T { T | summarize count() by n }');
    await engine.rows('.ingest inline into table T <| (,2024-01-01,9');
    expect(await engine.rows('W')).toEqual([[9, 1]]);
    await engine.rows('.drop materialized-view W');
  });
});

it('a sum beyond long fails the view, not the table', async () => {
  await engine.rows('.create materialized-view V on table T { T | summarize sum(n) by k }');
  const most = 'a,2024-01-01,9223372036854775807';
  await engine.rows(`.ingest inline into table T <|\n${most}\n${most}`);
  expect(await engine.rows('T | count')).toEqual([[2]]);
  expect((await engine.refusal('V')).message).toContain('(A number is beyond the range of long)');
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
