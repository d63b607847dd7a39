/**
 * The indexes that the stored functions would like. Finding them means binding every function, so it is done
 * in the background once commands have gone quiet, and the indexes are made in a write of their own. They
 * are all that changes: no answer depends on them.
 */
import type { SuggestedIndex } from '../compile.ts';
import { type Connection, quoted } from './connection.ts';
import { run, type SqlStep } from './steps.ts';

const PREFIX = '$by$';

/** Names of the suggested indexes that a file has. */
export type IndexNames = ReadonlySet<string>;

/** The name of an index says what it is on. */
export function indexName({ physicalTable, columns }: SuggestedIndex): string {
  return `${prefixOf(physicalTable)}${columns.join(',')}`;
}

/** The steps that make the suggested indexes and drop those no longer suggested. */
export function indexSteps(existing: IndexNames, suggested: readonly SuggestedIndex[]): SqlStep[] {
  const wanted = new Map(suggested.map((index) => [indexName(index), index]));
  const stale = [...existing].filter((name) => !wanted.has(name));
  const missing = [...wanted].filter(([name]) => !existing.has(name));
  return [
    ...stale.map(dropStep),
    ...missing.map(([name, { physicalTable, columns }]) =>
      run(`CREATE INDEX ${quoted(name)} ON ${quoted(physicalTable)} (${columns.map(quoted).join(', ')})`),
    ),
  ];
}

/** The steps that drop every suggested index of a table, so that its columns can be dropped. */
export function dropIndexSteps(existing: IndexNames, physicalTable: string): SqlStep[] {
  return [...existing].filter((name) => name.startsWith(prefixOf(physicalTable))).map(dropStep);
}

/** The names of the suggested indexes that `connection`'s file has. */
export function loadIndexes(connection: Connection): IndexNames {
  const rows = connection
    .prepare<[], { name: string }>(
      `SELECT name FROM sqlite_master WHERE type = 'index' AND name GLOB '${PREFIX}*'`,
    )
    .all();
  return new Set(rows.map(({ name }) => name));
}

function prefixOf(physicalTable: string): string {
  return `${PREFIX}${physicalTable}$`;
}

function dropStep(name: string): SqlStep {
  return run(`DROP INDEX IF EXISTS ${quoted(name)}`);
}
