/**
 * A data folder with all definitions in it, for test engines to start on a copy of: applying takes many
 * seconds, copying takes none. It is made once for each state of `kusto/`, below `node_modules/.cache`. The
 * engine keeps what it has compiled in its files, so whatever most tests ask has been compiled there too.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { build2Deployment } from '../../../backend/lookups/build-to-deployments.ts';
import { deployment2Build } from '../../../backend/lookups/deployment-to-builds.ts';
import { payload2Build } from '../../../backend/lookups/payload-to-builds.ts';
import { type KustoClient, openKusto } from '../../../kusto/client/client.ts';
import { createEngine, DEFAULT_DATABASE } from '../../../kusto/engine/engine.ts';
import { openForReading } from '../../../kusto/engine/store/connection.ts';
import { isIndexed, loadCatalog } from '../../../kusto/engine/store/schema.ts';
import { loadJobs } from '../../../kusto/jobs/job.ts';
import { defaultJobOptions, rerunJob } from '../../../kusto/jobs/run-job.ts';
import { applySchemaPlan, planSchema } from '../../../kusto/schema/apply.ts';
import { kustoFolder, loadDefinitions } from '../../../kusto/schema/load.ts';
import { until } from '../until.ts';
import { type DataFolder, dataFolder } from './data-folder.ts';

const lookups = [build2Deployment, deployment2Build, payload2Build];
const cache = join(kustoFolder, '..', 'node_modules', '.cache', 'kusto-applied');

/** A folder of one's own with a database in which the definitions have been applied, gone with `remove`. */
export async function appliedFolder(): Promise<DataFolder> {
  const made = join(cache, stateOfKusto());
  if (!existsSync(made)) await make(made);
  const folder = dataFolder();
  cpSync(made, folder.path, { recursive: true });
  return folder;
}

/** Makes the folder beside its place and moves it there, as several tests may be doing the same. */
async function make(place: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'making-'));
  const engine = await createEngine({ dataDir: folder, port: 0 }, { lanes: 'inline' });
  const database = openKusto({ cluster: engine.url, database: DEFAULT_DATABASE, auth: { mode: 'none' } });
  try {
    await applySchemaPlan(database, await planSchema(database, DEFAULT_DATABASE));
    await compileAhead(database);
    await indexed(join(folder, `${DEFAULT_DATABASE}.sqlite`));
  } finally {
    database.close();
    await engine.close();
  }
  try {
    renameSync(folder, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
    rmSync(folder, { recursive: true });
  }
}

/** Lets the engine compile the merges of the views, the jobs and the lookups; no row stays. */
async function compileAhead(database: KustoClient): Promise<void> {
  const sources = loadDefinitions().flatMap((one) => (one.kind === 'view' ? [one.source] : []));
  for (const table of new Set(sources)) await database.command(`.append ${table} <| ${table} | take 0`);
  const range = { start: new Date(Date.now() - 60_000), end: new Date() };
  for (const job of loadJobs()) await rerunJob(database, job, range, { ...defaultJobOptions, holder: 'us' });
  for (const table of ['JobWindow', 'JobLease']) await database.command(`.clear table ${table} data`);
  for (const { warmUp } of lookups) await database.query(warmUp.text, warmUp.parameters);
}

/** Waits for the indexes, which are made in the background: every copy would make them again. */
async function indexed(file: string): Promise<void> {
  const connection = openForReading(file);
  await until(() => isIndexed(connection, loadCatalog(connection, DEFAULT_DATABASE)));
  connection.close();
}

/** Different for different definitions, and for different engines. */
function stateOfKusto(): string {
  const hash = createHash('sha256');
  const files = readdirSync(kustoFolder, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => /\.(kql|json|ts)$/.test(name)).sort()) {
    hash.update(file).update(readFileSync(join(kustoFolder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
