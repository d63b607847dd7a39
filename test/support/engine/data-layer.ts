/**
 * A database with all definitions in it, on an engine of its own, and the three lookups as the backend asks
 * them.
 */
import { type KustoClient, openKusto } from '../../../kusto/client/client.ts';
import type { Row } from '../../../kusto/client/rows.ts';
import { type RawEvents, together } from '../../../kusto/demo/events.ts';
import { ingestEvents } from '../../../kusto/demo/load-demo.ts';
import { loadJobs } from '../../../kusto/jobs/job.ts';
import { defaultJobOptions, rerunJob } from '../../../kusto/jobs/run-job.ts';
import { appliedFolder } from './applied-folder.ts';
import { startTestEngine } from './engine.ts';

/** The jobs over what Ev2, AzDeployer and Pilotfish report. */
const orchestratorJobs = [
  'Build2PayloadEv2',
  'Build2PayloadAzDeployer',
  'Build2PayloadPF',
  'BuildVersion2Payload',
];
const hour = 60 * 60_000;

export const databaseName = 'NetDefaultDB';

export interface DataLayer {
  readonly url: string;
  readonly database: KustoClient;
  /** Ingests raw events and runs the jobs over all that there is. */
  tell(...events: RawEvents[]): Promise<void>;
  ingest(...events: RawEvents[]): Promise<void>;
  runJobs(): Promise<void>;
  build2Deployment(build: { organization: string; project: string; id: number | string }): Promise<Row[]>;
  deployment2Build(source: string, id: string): Promise<Row[]>;
  payload2Build(source: string, payload: string): Promise<Row[]>;
  stop(): Promise<void>;
}

/** @param dataDir a folder with the definitions in it, which stays; without it a new one, which goes with `stop` */
export async function startDataLayer(dataDir?: string): Promise<DataLayer> {
  const folder = dataDir === undefined ? await appliedFolder() : { path: dataDir, remove: () => undefined };
  const engine = await startTestEngine({ dataDir: folder.path });
  const database = openKusto({ cluster: engine.url, database: databaseName, auth: { mode: 'none' } });
  const ingest = (...events: RawEvents[]) => ingestEvents(database, together(events));
  const jobs = loadJobs().filter(({ name }) => orchestratorJobs.includes(name));
  // The same commands every time, so that they are bound once.
  const range = { start: new Date(Date.now() - hour), end: new Date(Date.now() + hour) };
  const runJobs = async () => {
    for (const job of jobs) await rerunJob(database, job, range, { ...defaultJobOptions, holder: 'test' });
  };
  return {
    url: engine.url,
    database,
    ingest,
    runJobs,
    async tell(...events) {
      await ingest(...events);
      await runJobs();
    },
    build2Deployment: ({ organization, project, id }) =>
      call(database, 'GetBuild2Deployment_v1', organization, project, String(id)),
    deployment2Build: (source, id) => call(database, 'GetDeployment2Build_v1', source, id),
    payload2Build: (source, payload) => call(database, 'GetPayload2Build_v1', source, payload),
    async stop() {
      database.close();
      await engine.close();
      folder.remove();
    },
  };
}

function call(database: KustoClient, name: string, ...values: readonly string[]): Promise<Row[]> {
  const names = values.map((_, index) => `p${index}`);
  const declared = names.map((parameter) => `${parameter}: string`).join(', ');
  return database.query(
    `declare query_parameters(${declared});\n${name}(${names.join(', ')})`,
    Object.fromEntries(names.map((parameter, index) => [parameter, values[index] ?? ''])),
  );
}
