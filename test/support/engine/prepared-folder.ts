/**
 * Data folders for test engines to start on a copy of: applying the definitions and loading the demonstration data
 * take many seconds, copying takes none. They are made once for each state of `kusto/`, below `node_modules/.cache`.
 * The engine keeps what it has compiled in its files, so whatever most tests ask has been compiled there too.
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
import { lookups } from '../../../backend/lookups/lookups.ts';
import { loadChangelogDemo } from '../../../changelog/demo/load-changelog-demo.ts';
import { type KustoClient, openKusto } from '../../../kusto/client/client.ts';
import { ping } from '../../../kusto/client/function-call.ts';
import { gateWaitCounts, getOpenGateWaits, jobWatermarks } from '../../../kusto/client/functions.ts';
import { loadDemo } from '../../../kusto/demo/load-demo.ts';
import { createEngine, DEFAULT_DATABASE } from '../../../kusto/engine/engine.ts';
import { openForReading } from '../../../kusto/engine/store/connection.ts';
import { isIndexed, loadCatalog } from '../../../kusto/engine/store/schema.ts';
import { loadJobs } from '../../../kusto/jobs/job.ts';
import { defaultJobOptions, rerunJob } from '../../../kusto/jobs/run-job.ts';
import { recordCommand } from '../../../kusto/jobs/window.ts';
import { applySchemaPlan, planSchema } from '../../../kusto/schema/apply.ts';
import { kustoFolder, loadDefinitions } from '../../../kusto/schema/load.ts';
import { until } from '../until.ts';
import { type DataFolder, dataFolder } from './data-folder.ts';

const cache = join(kustoFolder, '..', 'node_modules', '.cache', 'test-data');
/** The demonstration data's times are relative to when it was loaded, so it is loaded again after a while. */
const demoLastsMs = 15 * 60_000;
/** Nobody copies it any more. */
const demoIsGoneMs = 4 * demoLastsMs;

/** A folder of one's own with a database in which the definitions have been applied, gone with `remove`. */
export async function appliedFolder(): Promise<DataFolder> {
  return copyOf(
    await prepared(`definitions-${stateOfKusto()}`, dataFolder, async (database) => {
      await applySchemaPlan(database, await planSchema(database, DEFAULT_DATABASE));
      await compileAhead(database);
    }),
  );
}

/** The same with the demonstration data, made at most this long ago. */
export async function demoFolder(lastsMs = demoLastsMs): Promise<DataFolder> {
  const demo = `demo-${stateOfKusto()}-`;
  const now = Date.now();
  const names = existsSync(cache) ? readdirSync(cache) : [];
  for (const name of names.filter((name) => name.startsWith('demo-')))
    if (now - momentOf(name) > demoIsGoneMs) rmSync(join(cache, name), { recursive: true, force: true });
  const fresh = names.find((name) => name.startsWith(demo) && now - momentOf(name) < lastsMs);
  return copyOf(
    await prepared(fresh ?? `${demo}${now}`, appliedFolder, async (database) => {
      await loadChangelogDemo(database);
      await loadDemo(database);
    }),
  );
}

const momentOf = (name: string): number => Number(name.split('-').at(-1));

function copyOf(path: string): DataFolder {
  const folder = dataFolder();
  cpSync(path, folder.path, { recursive: true });
  return folder;
}

/** The folder called `name`, made where it is missing: `fill` fills a database that begins as `start` gives it. */
async function prepared(
  name: string,
  start: () => DataFolder | Promise<DataFolder>,
  fill: (database: KustoClient) => Promise<void>,
): Promise<string> {
  const place = join(cache, name);
  if (existsSync(place)) return place;
  const folder = await start();
  const engine = await createEngine({ dataDir: folder.path, port: 0 }, { lanes: 'inline' });
  const database = openKusto({ cluster: engine.url, database: DEFAULT_DATABASE, auth: { mode: 'none' } });
  try {
    await fill(database);
    await indexed(join(folder.path, `${DEFAULT_DATABASE}.sqlite`));
  } finally {
    database.close();
    await engine.close();
  }
  moveTo(place, folder);
  return place;
}

/** By a rename within the cache, as several tests may be doing the same. */
function moveTo(place: string, folder: DataFolder): void {
  mkdirSync(cache, { recursive: true });
  const beside = mkdtempSync(join(cache, 'making-'));
  cpSync(folder.path, beside, { recursive: true });
  folder.remove();
  try {
    renameSync(beside, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
    rmSync(beside, { recursive: true });
  }
}

/** Lets the engine compile the merges of the views, the jobs, the lookups and what servers ask at their start; no row stays. */
async function compileAhead(database: KustoClient): Promise<void> {
  const sources = loadDefinitions().flatMap((one) => (one.kind === 'view' ? [one.source] : []));
  for (const table of new Set(sources)) await database.command(`.append ${table} <| ${table} | take 0`);
  const range = { start: new Date(Date.now() - 60_000), end: new Date() };
  for (const job of loadJobs()) {
    await rerunJob(database, job, range, { ...defaultJobOptions, holder: 'us' });
    await database.command(recordCommand(job, range, 'us', false));
  }
  for (const table of ['JobWindow', 'JobLease']) await database.command(`.clear table ${table} data`);
  // The registration of a wait has less time than a busy machine may take to load the parser.
  const nobody = { ThisWaitId: '-', ThisPlanId: '-', ThisCaller: '-', ThisAddress: '-' };
  const calls = [ping, jobWatermarks.call({}), getOpenGateWaits.call({}), gateWaitCounts.call(nobody)];
  for (const { text, parameters } of [...calls, ...Object.values(lookups).map(({ warmUp }) => warmUp)])
    await database.query(text, parameters);
}

/** Waits for the indexes, which are made in the background: every copy would make them again. */
async function indexed(file: string): Promise<void> {
  const connection = openForReading(file);
  await until(() => isIndexed(connection, loadCatalog(connection, DEFAULT_DATABASE)));
  connection.close();
}

let state: string | undefined;

/** Different for different definitions, and for different engines. */
function stateOfKusto(): string {
  state ??= hashOfKusto();
  return state;
}

function hashOfKusto(): string {
  const hash = createHash('sha256');
  for (const folder of [kustoFolder, join(kustoFolder, '..', 'changelog')]) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => /\.(kql|json|ts)$/.test(name)).sort()) {
      hash.update(file).update(readFileSync(join(folder, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
