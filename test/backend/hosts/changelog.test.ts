/** The changelog of a host between a real engine, a real queue and a stand-in of Azure DevOps. */

import type { QueueClient } from '@azure/storage-queue';
import fastify, { type FastifyInstance } from 'fastify';
import { BuildChanges } from '../../../backend/cache/build-changes.ts';
import { openHostChangelog } from '../../../backend/hosts/changelog.ts';
import { registerChangelog } from '../../../backend/hosts/functions-changelog.ts';
import { type FunctionRegistry, registerTriggers } from '../../../backend/hosts/functions-triggers.ts';
import { openHostJobs } from '../../../backend/hosts/jobs.ts';
import type { Changelog } from '../../../changelog/changelog.ts';
import { type ChangelogConfig, readChangelogConfig } from '../../../changelog/config.ts';
import { decodeEvent } from '../../../changelog/events/decode.ts';
import { startChangelogService } from '../../../changelog/loops.ts';
import type { JobScheduler } from '../../../kusto/jobs/scheduler.ts';
import { SettingsReader } from '../../../settings/reader.ts';
import { type AzureDevOpsStandIn, startAzureDevOps } from '../../support/azure-devops/azure-devops.ts';
import { aBuild, aRun } from '../../support/azure-devops/records.ts';
import { type Azurite, startAzurite } from '../../support/azurite.ts';
import { buildEvent, runEvent } from '../../support/changelog/events.ts';
import { ofServer } from '../../support/changelog/received-events.ts';
import { type DataLayer, startDataLayer } from '../../support/engine/data-layer.ts';
import { until } from '../../support/until.ts';

let layer: DataLayer;
let azurite: Azurite;
let devOps: AzureDevOpsStandIn;
let queue: QueueClient;
let app: FastifyInstance;
let log: string[];
let names = 0;
let schedulers: JobScheduler[];
const changes = new BuildChanges('data');

beforeAll(async () => {
  [layer, azurite, devOps] = await Promise.all([startDataLayer(), startAzurite(), startAzureDevOps()]);
});
afterAll(async () => {
  await Promise.all([devOps.close(), azurite.close()]);
  await layer.stop();
});

beforeEach(() => {
  log = [];
  schedulers = [];
  app = fastify({ logger: { level: 'info', stream: { write: (line: string) => void log.push(line) } } });
});
afterEach(async () => {
  for (const scheduler of schedulers) await scheduler.stop();
  await app.close();
});

function configOf(settings: Readonly<Record<string, string>>): ChangelogConfig {
  const reader = new SettingsReader(settings);
  const config = readChangelogConfig(reader, true);
  reader.throwIfWrong();
  if (!config) throw new Error('nothing is set');
  return config;
}

async function open(
  credentials: Readonly<Record<string, string>>,
): Promise<[Changelog, ChangelogConfig, JobScheduler]> {
  const name = `hosted${names++}`;
  queue = azurite.service.getQueueClient(name);
  const config = configOf({
    CHANGELOG_STORAGE: azurite.connectionString,
    CHANGELOG_QUEUE: name,
    CHANGELOG_RECONCILE: devOps.url,
  });
  const jobs = openHostJobs(layer.database, config, app.log, changes);
  schedulers.push(jobs);
  const host = { config, kusto: layer.database, jobs, changes, environment: credentials };
  return [await openHostChangelog(app, host), config, jobs];
}

/** A build of which no service hook has told. */
function loseBuild(): string {
  const lost = devOps.addProject(`lost-${names}`);
  const build = aBuild(lost, { id: 1, finishTime: new Date(Date.now() - 60_000).toISOString() });
  lost.builds.push(build);
  lost.runs.set(1, aRun(build));
  lost.artifacts.set(1, [{ name: 'drop', resource: { data: `\\\\drops\\${lost.id}` } }]);
  return lost.id;
}

const countOf = async (query: string): Promise<number> =>
  Number((await layer.database.query(`${query} | count`))[0]?.Count);

test('a server reads the queue, fetches what was lost, and reads artifacts, until it is stopped', async () => {
  const lost = loseBuild();
  const [changelog] = await open({ AZURE_DEVOPS_TOKEN: devOps.token });
  const service = startChangelogService(changelog);
  await queue.sendMessage(JSON.stringify(runEvent({ runId: 100 })));
  await until(async () => (await countOf('RunEvent | where RunId == 100')) === 1);
  await until(async () => (await countOf(`BuildArtifact | where ProjectId == '${lost}'`)) === 2);
  await service.stop();
  expect(changelog.metrics().understood).toMatchObject({ 'build.complete': 1 });
  await queue.sendMessage(JSON.stringify(runEvent({ runId: 101 })));
  // A service that still reads would have taken it between two of these looks.
  for (let looks = 0; looks < 20; looks++) {
    expect((await queue.peekMessages()).peekedMessageItems).toHaveLength(1);
  }
});

test('a Functions app does the same when it is triggered', async () => {
  const handlers = new Map<string, (...inputs: never[]) => unknown>();
  const record = (name: string, options: { handler: (...inputs: never[]) => unknown }): void =>
    void handlers.set(name, options.handler);
  const registry: FunctionRegistry = { http: record, timer: record, storageQueue: record };
  const lost = loseBuild();
  const [changelog, config, jobs] = await open({ AZURE_DEVOPS_EXT_PAT: devOps.token });
  const stopping = new AbortController();
  registerTriggers(registry, {
    app,
    apis: [],
    warmUp: undefined,
    canary: undefined,
    gates: undefined,
    jobs,
    changelog: (registration) => registerChangelog(registration, config, changelog),
    stopping: stopping.signal,
  });
  const call = (name: string, ...inputs: unknown[]) => handlers.get(name)?.(...(inputs as never[]));
  expect([...handlers.keys()].sort()).toEqual([
    'artifacts',
    'docs',
    'environments',
    'events',
    'health',
    'mappingJobs',
    'openapi',
    'reconcile',
  ]);

  await call('events', runEvent({ runId: 200 }), {});
  expect(await countOf('RunEvent | where RunId == 200')).toBe(1);
  const times = {
    insertionTime: '2026-03-01T10:00:00+00:00',
    expirationTime: '9999-12-31T23:59:59.9999999+00:00',
  };
  await call('events', 'bad', { triggerMetadata: { id: 'm', dequeueCount: '5', ...times } });
  expect(await changelog.queues?.poison.list()).toMatchObject([{ firstSeen: '2026-03-01T10:00:00.000Z' }]);
  expect(log.join()).toContain('changelog: a message was moved to the poison queue');

  await call('reconcile');
  await call('artifacts');
  expect(await countOf(`BuildArtifact | where ProjectId == '${lost}'`)).toBe(2);
  await call('mappingJobs');
  expect(await countOf('JobWindow')).toBeGreaterThan(0);

  const late = loseBuild();
  stopping.abort();
  await call('reconcile');
  expect(await countOf(`BuildState | where ProjectId == '${late}'`)).toBe(0);
  await changelog.close();
});

test('an event cannot have a token sent to a server that the settings do not name', async () => {
  const [changelog] = await open({ AZURE_DEVOPS_TOKEN: devOps.token });
  const stranger = await startAzureDevOps();
  const event = {
    ...ofServer(buildEvent({ buildId: 300 }), stranger.url),
    createdDate: new Date().toISOString(),
  };
  await changelog.processor.process(decodeEvent(JSON.stringify(event)));
  await changelog.artifacts?.now();
  expect(log.join()).toContain('CHANGELOG_RECONCILE must have the URL of this collection');
  expect(stranger.requests).toEqual([]);
  await changelog.close();
  await stranger.close();
});

test('without credentials nothing is asked of Azure DevOps, and that is said', async () => {
  const [changelog] = await open({});
  expect(changelog).toMatchObject({ artifacts: undefined, environments: undefined, reconciling: [] });
  expect(log.join()).toContain('nothing is reconciled without credentials for Azure DevOps');
  await until(async () => log.join().includes('changelog: metrics'));
  await changelog.close();
});
