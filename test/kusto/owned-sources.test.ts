/**
 * Sources that others own: one engine plays the database of their owner, another one has ours, and the definitions are
 * rendered for an environment that points to the first. A proxy between the two counts what goes over.
 */
import { type KustoClient, openKusto } from '../../kusto/client/client.ts';
import {
  azDeployerAudit,
  buildDrop,
  clusterProgress,
  ev2Change,
  ev2Progress,
  guidOf,
  pilotfishAudit,
  together,
} from '../../kusto/demo/events.ts';
import { ingestEvents } from '../../kusto/demo/load-demo.ts';
import { applySchemaPlan, planSchema } from '../../kusto/schema/apply.ts';
import { commandFor } from '../../kusto/schema/commands.ts';
import { validateEnvironment } from '../../kusto/schema/environment.ts';
import { loadDefinitions } from '../../kusto/schema/load.ts';
import { type DataLayer, databaseName, startDataLayer } from '../support/engine/data-layer.ts';
import { startTestEngine, type TestEngine } from '../support/engine/engine.ts';
import { type KustoProxy, startKustoProxy } from '../support/engine/kusto-proxy.ts';

const theirs = [
  'ChangeEvent',
  'DeploymentAuditEvent',
  'PFBuilderMessage',
  'GetPFBuilderMessage',
  'BuildArtifact',
  'EntityChangeEvent',
  'EntityChangeEventsMaterializedView',
];
const sources = [
  'ChangeEvent',
  'DeploymentAuditEvent',
  'PFBuilderMessage',
  'BuildArtifact',
  'EntityChangeEvents',
];

let engine: TestEngine;
let owner: KustoClient;
let wire: KustoProxy;
let layer: DataLayer;
/** What the owner's database contained when all events were in. */
let before: unknown;

const began = new Date('2026-03-01T08:00:00Z');
const done = (entity: string) => ({ entity, state: 'Completed', start: began, end: began, modified: began });
const build = (id: number) => ({ organization: 'contoso', project: guidOf('project'), id });
const drop = (id: number) => ({ branch: 'rd_main', version: `7.0.${id}` });
const ev2 = (id: number) => ({
  serviceTreeId: guidOf('tree'),
  serviceGroup: 'Shop',
  buildNumber: `1.0.${id}`,
});
const rollout = (id: number) => guidOf(`rollout ${id}`);
const hostAgent = (id: number) => `HostAgent;rd_main;7.0.${id}`;
const frontEnd = (id: number) => `FrontEnd=7.0.${id}`;
const pilotfish = (id: number) => `20260301-080000-${id}`;

/** A build of each orchestrator, deployed to two entities. */
const eventsOf = (id: number) => [
  ev2Change(build(id), ev2(id), rollout(id), began),
  ev2Progress(ev2(id), rollout(id), [done('eastus'), done('westus')]),
  buildDrop(build(id + 1), drop(id + 1)),
  azDeployerAudit(String(id + 1), [hostAgent(id + 1)], drop(id + 1), began),
  clusterProgress('AzDeployer', String(id + 1), hostAgent(id + 1), [done('one'), done('two')]),
  buildDrop(build(id + 2), drop(id + 2)),
  pilotfishAudit(pilotfish(id + 2), [{ payload: frontEnd(id + 2), drop: drop(id + 2) }], began),
  clusterProgress('Pilotfish', pilotfish(id + 2), frontEnd(id + 2), [done('one'), done('two')]),
];

/** Schema and number of rows of everything that the owner has. */
async function contentsOfOwner(): Promise<unknown> {
  const [schema] = await engine.rows(`.show database ['${databaseName}'] schema as json`);
  const counts = theirs
    .filter((name) => name !== 'GetPFBuilderMessage')
    .map(async (name) => [name, await engine.rows(`['${name}'] | count`)]);
  return { schema, counts: await Promise.all(counts) };
}

beforeAll(async () => {
  engine = await startTestEngine();
  owner = openKusto({ cluster: engine.url, database: databaseName, auth: { mode: 'none' } });
  for (const definition of loadDefinitions()) {
    if (definition.kind === 'policy' || !theirs.includes(definition.name)) continue;
    await owner.command(commandFor(definition, 'create'));
  }
  const many = Array.from({ length: 40 }, (_, index) => eventsOf(1000 + 10 * index)).flat();
  await ingestEvents(owner, together(many));
  before = await contentsOfOwner();

  wire = await startKustoProxy(engine.url);
  layer = await startDataLayer(undefined, [{ url: wire.url }]);
  const remote = { cluster: wire.url, database: databaseName };
  const environment = validateEnvironment({
    sources: Object.fromEntries(sources.map((name) => [name, remote])),
  });
  const plan = await planSchema(layer.database, databaseName, environment);
  await applySchemaPlan(layer.database, plan);
  const again = await planSchema(layer.database, databaseName, environment);
  expect(again.steps).toEqual([]);
  await layer.runJobs();
}, 120_000);

afterAll(async () => {
  await layer.stop();
  await wire.close();
  owner.close();
  await engine.close();
});

/** The rows that went over the wire for a lookup, and its answer. */
async function counted<Rows>(lookup: () => Promise<Rows>): Promise<{ answer: Rows; rows: number }> {
  wire.forget();
  const answer = await lookup();
  return { answer, rows: wire.rowsSent.reduce((sum, rows) => sum + rows, 0) };
}

test('the jobs have mapped what is there', async () => {
  const rows = await layer.database.query(
    'Build2Payload | summarize Builds = dcount(Id) by DeploymentSource | order by DeploymentSource asc',
  );
  expect(rows).toEqual(
    ['azdeployer', 'expressv2', 'pilotfish'].map((DeploymentSource) => ({ DeploymentSource, Builds: 40 })),
  );
});

test.each([
  ['expressv2', 1010, `Shop/${rollout(1010)}`],
  ['azdeployer', 1011, '1011'],
  ['pilotfish', 1012, pilotfish(1012)],
])('B2D of a build of %s fetches the events of its deployment alone', async (Source, id, DeploymentId) => {
  const { answer, rows } = await counted(() => layer.build2Deployment(build(id)));
  expect(answer).toMatchObject([{ DeploymentId, Source, State: 'succeeded', Progress: { Total: 2 } }]);
  // Its two events twice: those that carry the payload, and those of the deployment.
  expect(rows).toBe(4);
});

test('B2D of an unknown build fetches nothing', async () => {
  const { answer } = await counted(() => layer.build2Deployment(build(1)));
  expect(answer).toEqual([]);
  expect(wire.asked).toEqual([]);
});

test.each([
  ['expressv2', 1020, `Shop/${rollout(1020)}`],
  ['azdeployer', 1021, '1021'],
  ['pilotfish', 1022, pilotfish(1022)],
])('D2B of a deployment of %s fetches its events alone', async (source, id, deployment) => {
  const { answer, rows } = await counted(() => layer.deployment2Build(source, deployment));
  expect(answer).toMatchObject([{ Found: true, Id: String(id) }]);
  expect(rows).toBe(2);
});

test.each([
  ['expressv2', 1030, `${guidOf('tree')}/Shop=1.0.1030`],
  ['azdeployer', 1031, hostAgent(1031)],
  ['pilotfish', 1032, frontEnd(1032)],
])('P2B of a payload of %s fetches the events that carry it alone', async (source, id, payload) => {
  const { answer, rows } = await counted(() => layer.payload2Build(source, payload));
  expect(answer).toMatchObject([{ Found: true, Id: String(id) }]);
  expect(rows).toBe(2);
});

test.each([
  ['expressv2', `Shop/${rollout(1050)}`],
  ['azdeployer', '1051'],
  ['pilotfish', pilotfish(1052)],
])('the entities of a deployment of %s are fetched alone', async (source, deployment) => {
  const { answer, rows } = await counted(() =>
    layer.database.query(`GetDeploymentEntities_v1('${source}', '${deployment}') | count`),
  );
  expect(answer).toEqual([{ Count: 2 }]);
  expect(rows).toBeLessThanOrEqual(4);
});

test('an event that comes in later is seen, and mapped by the next run of the jobs', async () => {
  const fresh = 5000;
  await ingestEvents(owner, together(eventsOf(fresh)));
  before = await contentsOfOwner();
  expect(await layer.build2Deployment(build(fresh))).toEqual([]);
  await layer.runJobs();
  expect(await layer.build2Deployment(build(fresh))).toMatchObject([{ State: 'succeeded' }]);
});

test("a run of the jobs fetches artifacts by the versions that were deployed, not the owner's whole table", async () => {
  await layer.runJobs();
  const artifacts = wire.asked.filter(({ text }) => text.includes('table("BuildArtifact")'));
  expect(artifacts.length).toBeGreaterThan(0);
  for (const { text } of artifacts) expect(text).toMatch(/ in \(_read_\d\)/);
});

test("our own events beside the owner's count too", async () => {
  const { EntityChangeEvent = [] } = ev2Progress(ev2(1040), rollout(1040), [
    { ...done('northeurope'), state: 'Failed' },
  ]);
  await layer.ingest({ EntityChangeEvent });
  expect(await layer.build2Deployment(build(1040))).toMatchObject([
    { State: 'failed', Progress: { Total: 3, Succeeded: 2, Failed: 1 } },
  ]);
});

test("the owner's database is as it was, and got nothing but requests to read", async () => {
  await layer.runJobs();
  expect(await contentsOfOwner()).toEqual(before);
  expect(wire.asked.length).toBeGreaterThan(0);
  for (const { options } of wire.asked) expect(options).toMatchObject({ request_readonly: true });
  for (const other of wire.others) expect(other).toMatch(/^\/v1\/rest\/mgmt .*"csl":"\.show database/);
});
