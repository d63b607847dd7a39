/**
 * A database with all definitions in it, on an engine of its own, and the three lookups as the backend asks
 * them.
 */
import { type KustoClient, openKusto } from '../../../kusto/client/client.ts';
import type { FunctionCall } from '../../../kusto/client/function-call.ts';
import {
  getBuild2Deployment,
  getDeployment2Build,
  getDeploymentEntitiesPage,
  getPayload2Build,
} from '../../../kusto/client/functions.ts';
import type { Row } from '../../../kusto/client/rows.ts';
import { type RawEvents, together } from '../../../kusto/demo/events.ts';
import { ingestEvents } from '../../../kusto/demo/load-demo.ts';
import { loadJobs } from '../../../kusto/jobs/job.ts';
import { defaultJobOptions, rerunJob } from '../../../kusto/jobs/run-job.ts';
import { startTestEngine, type TestEngineOptions } from './engine.ts';

/** The jobs over what Ev2, AzDeployer and Pilotfish report. */
const orchestratorJobs = [
  'Build2PayloadEv2',
  'Build2PayloadAzDeployer',
  'Build2PayloadPF',
  'BuildVersion2Payload',
];
const hour = 60 * 60_000;

export const databaseName = 'NetDefaultDB';

export interface EntitiesPage {
  readonly states?: readonly string[];
  readonly types?: readonly string[];
  readonly after?: readonly [order: number, type: string, id: string];
  readonly top?: number;
}

const beginning = [0, '', ''] as const;

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
  /** What GetDeploymentEntities_v1 gives. */
  entities(source: string, id: string): Promise<Row[]>;
  /** The row about the deployment and a page of its entities. */
  entitiesPage(source: string, id: string, page?: EntitiesPage): Promise<Row[]>;
  stop(): Promise<void>;
}

/**
 * @param dataDir a folder with the definitions in it, which stays; without it a new one, which goes with `stop`
 * @param allowedClusters other engines that it may read
 */
export async function startDataLayer(
  dataDir?: string,
  allowedClusters: TestEngineOptions['allowedClusters'] = [],
): Promise<DataLayer> {
  const engine = await startTestEngine({
    ...(dataDir === undefined ? { holds: 'definitions' } : { dataDir }),
    allowedClusters,
  });
  const database = openKusto({ cluster: engine.url, database: databaseName, auth: { mode: 'none' } });
  const ingest = (...events: RawEvents[]) => ingestEvents(database, together(events));
  const jobs = loadJobs().filter(({ name }) => orchestratorJobs.includes(name));
  // The same commands every time, so that they are bound once.
  const range = { start: new Date(Date.now() - hour), end: new Date(Date.now() + hour) };
  const runJobs = async () => {
    for (const job of jobs) await rerunJob(database, job, range, { ...defaultJobOptions, holder: 'test' });
  };
  const ask = ({ text, parameters }: FunctionCall) => database.query(text, parameters);
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
      ask(
        getBuild2Deployment.call({
          AdoOrganizationName: organization,
          AdoProjectId: project,
          AdoBuildId: String(id),
        }),
      ),
    deployment2Build: (source, id) =>
      ask(getDeployment2Build.call({ DeploymentSource: source, DeploymentId: id })),
    payload2Build: (source, payload) =>
      ask(getPayload2Build.call({ DeploymentSourceSystem: source, PayloadId: payload })),
    entities: (source, id) =>
      database.query(
        `declare query_parameters(source: string, id: string);
GetDeploymentEntities_v1(source, id)`,
        { source, id },
      ),
    entitiesPage: (source, id, { states = [], types = [], after = beginning, top = 5_000 } = {}) =>
      ask(
        getDeploymentEntitiesPage.call({
          DeploymentSource: source,
          DeploymentId: id,
          States: states,
          Types: types,
          AfterOrder: after[0],
          AfterType: after[1],
          AfterId: after[2],
          Top: top,
        }),
      ),
    async stop() {
      database.close();
      await engine.close();
    },
  };
}
