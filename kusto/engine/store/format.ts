/**
 * The form in which a file keeps a database, numbered in SQLite's `user_version`. An engine reads files of its own
 * format, brings older ones up to date as it opens them, and refuses newer ones.
 */
import type { Database } from 'better-sqlite3';

/** What takes a file from the format of its place in the list to the next. Entries are added and never changed. */
const STEPS: readonly ((connection: Database) => void)[] = [
  // Before formats had numbers. Compiled queries that an older engine has kept are of no use to any other.
  (connection) => connection.exec('DELETE FROM "$statement"'),
];

/** The format that this engine writes. */
export const FORMAT = STEPS.length;

/** The format of `connection`'s file. */
export function formatOf(connection: Database): number {
  return Number(connection.pragma('user_version', { simple: true }));
}

/** Brings the file, which has the engine's own tables, to this engine's format; to be called in a transaction. */
export function bringUpToDate(connection: Database): void {
  for (const step of STEPS.slice(formatOf(connection))) step(connection);
  connection.pragma(`user_version = ${FORMAT}`);
}
