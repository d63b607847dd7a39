/** Applying the definitions to a live database. */
import { type KustoClient, openKusto } from '../../../kusto/client/client.ts';
import { applySchemaPlan, planSchema } from '../../../kusto/schema/apply.ts';
import { type Environment, validateEnvironment } from '../../../kusto/schema/environment.ts';
import { loadDefinitions } from '../../../kusto/schema/load.ts';
import { startTestEngine, type TestEngine } from '../../support/engine/engine.ts';

let engine: TestEngine;
let database: KustoClient;

beforeAll(async () => {
  // It comes from an empty one to which all was applied: see prepared-folder.ts.
  engine = await startTestEngine({ holds: 'definitions' });
  database = openKusto({ cluster: engine.url, database: engine.database, auth: { mode: 'none' } });
});
afterAll(async () => {
  database.close();
  await engine.close();
});

/** What there is to do, as `change function Links`. */
const toDo = async () => (await plan()).steps.map(({ action, title }) => `${action} ${title}`);

const plan = (environment?: Environment, drop?: string[]) =>
  planSchema(database, engine.database, environment, drop);

test('an empty database gets everything, and then there is nothing left to do', async () => {
  const empty = await startTestEngine();
  const client = openKusto({ cluster: empty.url, database: empty.database, auth: { mode: 'none' } });
  const first = await planSchema(client, empty.database);
  client.close();
  await empty.close();
  expect(first.steps.map(({ action }) => action)).toEqual(loadDefinitions().map(() => 'create'));
  expect(await plan()).toEqual({
    steps: [],
    unchanged: first.steps.map(({ title }) => title),
    unmanaged: [],
  });
});

test('what somebody changed is changed back, and the rest is left', async () => {
  await database.command('.create-or-alter function DeploymentStateOf(changeState: string) { "succeeded" }');
  await database.command('.alter-merge table Build2Payload policy retention softdelete = 7d');
  await database.command('.alter-merge materialized-view RunState policy retention softdelete = 7d');
  expect(await toDo()).toEqual([
    'change function DeploymentStateOf',
    'change retention policy of Build2Payload',
    'change retention policy of RunState',
  ]);
  await applySchemaPlan(database, await plan());
  expect(await toDo()).toEqual([]);
});

test('a table keeps its rows and its other columns when a column is added', async () => {
  await database.command('.drop table JobWindow');
  await database.command('.create table JobWindow (Job: string, Old: long)');
  await database.command('.ingest inline into table JobWindow <|\nmine,7');
  expect(await toDo()).toContain('change table JobWindow');
  await applySchemaPlan(database, await plan());
  expect(await database.query('JobWindow | project Job, Old, Holder')).toEqual([
    { Job: 'mine', Old: 7, Holder: '' },
  ]);
});

test('a view that is created takes in the rows that are there', async () => {
  const view = 'EntityChangeEventsMaterializedView';
  await database.command(`.drop materialized-view ${view}`);
  await database.ingest(
    'EntityChangeEvent',
    ['SchemaVersion', 'Timestamp', 'StartTime', 'EndTime', 'EntityType', 'EntityId'],
    [{ EntityId: 'eastus' }],
  );
  await applySchemaPlan(database, await plan());
  expect(await database.query(`${view} | project EntityId`)).toEqual([{ EntityId: 'eastus' }]);
});

test('what is not ours is reported and stays, until it is dropped by name', async () => {
  await database.command('.create table Theirs (Id: string)');
  await database.command('.create-or-alter function TheirFunction() { Theirs }');
  expect((await plan()).unmanaged).toEqual(['table Theirs', 'function TheirFunction']);
  await applySchemaPlan(database, await plan(undefined, ['TheirFunction']));
  expect((await plan()).unmanaged).toEqual(['table Theirs']);
  await applySchemaPlan(database, await plan(undefined, ['Theirs']));
});

test('another environment changes its sources and links only', async () => {
  const environment = validateEnvironment({ links: { Ev2Rollout: 'https://ev2.example/' } });
  const change = await plan(environment);
  expect(change.steps.map(({ title }) => title)).toEqual(['function Links']);
  expect(change.steps[0]?.differences).toContain('+ "Ev2Rollout": "https://ev2.example/",');
});

test('a step that is refused is named, with the reason', async () => {
  const command = '.create table T (Id: nonsense)';
  const refused = { action: 'create' as const, title: 'table T', differences: [], command };
  await expect(applySchemaPlan(database, { steps: [refused], unchanged: [], unmanaged: [] })).rejects.toThrow(
    /^create table T: .*nonsense/,
  );
});
