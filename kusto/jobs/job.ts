/**
 * The jobs that fill the mapping tables, as their `.kql` files define them. A job maps the rows that were ingested
 * during a window, and adds the results that are not there yet.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import {
  commandsOf,
  DefinitionError,
  type ObjectDefinition,
  type TableDefinition,
} from '../schema/definitions.ts';
import { tablesRead } from '../schema/dependencies.ts';
import { kqlFiles, kustoFolder, loadDefinitions } from '../schema/load.ts';

export interface Job {
  readonly name: string;
  /** The table that it appends to. */
  readonly target: string;
  /** KQL that gives the rows to append, by `windowStart` and `windowEnd`. */
  readonly query: string;
  /** How far before the watermark a window starts, to find deployments whose other sources arrived late. */
  readonly lookbackMs: number;
  /** The tables that it maps from. It has nothing to do unless one of them has new rows. */
  readonly reads: readonly string[];
  /** Whether only the changelog and other jobs write to these tables, and people who change settings. */
  readonly mapsChangelog: boolean;
}

const jobPattern = /^\.append (\w+) <\|\s*([\s\S]+)$/;
const lookbackPattern = /^\/\/ lookback: (\d+)d$/m;

/**
 * The jobs in `folder`: each after those that fill the tables that it reads, and otherwise by name.
 *
 * @throws DefinitionError for a file that is not an append with a lookback
 */
export function loadJobs(folder = `${kustoFolder}/jobs`): Job[] {
  const objects = loadDefinitions().filter((definition) => definition.kind !== 'policy');
  const jobs = kqlFiles(folder).map((file) =>
    readJob(basename(file, '.kql'), readFileSync(file, 'utf8'), objects),
  );
  const filled = new Set(jobs.map(({ target }) => target));
  return inOrderOfData(jobs).map(({ tables, ...job }) => ({
    ...job,
    mapsChangelog: tables.every((table) => ownFolders.includes(table.folder) || filled.has(table.name)),
  }));
}

/** The folders of tables to which nobody else writes. */
const ownFolders = ['Changelog', 'Introspection'];

type ReadJob = Omit<Job, 'mapsChangelog'> & { readonly tables: readonly TableDefinition[] };

function inOrderOfData(jobs: readonly ReadJob[]): ReadJob[] {
  const ordered = new Set<ReadJob>();
  const visit = (job: ReadJob): void => {
    if (ordered.has(job)) return;
    for (const other of jobs) if (job.reads.includes(other.target)) visit(other);
    ordered.add(job);
  };
  for (const job of jobs) visit(job);
  return [...ordered];
}

function readJob(name: string, content: string, objects: readonly ObjectDefinition[]): ReadJob {
  const [, target, query] = jobPattern.exec(commandsOf(content)[0] ?? '') ?? [];
  const [, days] = lookbackPattern.exec(content) ?? [];
  if (target === undefined || query === undefined || days === undefined) {
    throw new DefinitionError(
      `job ${name}: expected a comment "lookback: <days>d" and ".append <table> <| <query>"`,
    );
  }
  // A job compares with the rows of its target; it does not map them.
  const tables = tablesRead(query, objects).filter((table) => table.name !== target);
  return {
    name,
    target,
    query,
    lookbackMs: Number(days) * 24 * 60 * 60_000,
    reads: tables.map((table) => table.name),
    tables,
  };
}
