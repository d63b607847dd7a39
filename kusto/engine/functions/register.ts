/**
 * The functions that compiled statements call beyond SQLite's own. Register them on every connection.
 */
import type { Database } from 'better-sqlite3';

/** Registers the engine's scalar and aggregate functions on `db`. */
export function registerFunctions(_db: Database): void {
  throw new Error('not built yet');
}
