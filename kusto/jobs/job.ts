/**
 * The jobs that fill the mapping tables, as their `.kql` files define them. A job maps the rows that were ingested
 * during a window, and adds the results that are not there yet.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { commandsOf, DefinitionError, type ObjectDefinition } from '../schema/definitions.ts';
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
  /** Whether the changelog writes all of these tables. */
  readonly mapsChangelog: boolean;
}

const jobPattern = /^\.append (\w+) <\|\s*([\s\S]+)$/;
const lookbackPattern = /^\/\/ lookback: (\d+)d$/m;

/**
 * The jobs in `folder`, by name.
 *
 * @throws DefinitionError for a file that is not an append with a lookback
 */
export function loadJobs(folder = `${kustoFolder}/jobs`): Job[] {
  const objects = loadDefinitions().filter((definition) => definition.kind !== 'policy');
  return kqlFiles(folder).map((file) => readJob(basename(file, '.kql'), readFileSync(file, 'utf8'), objects));
}

function readJob(name: string, content: string, objects: readonly ObjectDefinition[]): Job {
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
    mapsChangelog: tables.every(({ folder }) => folder === 'Changelog'),
  };
}
