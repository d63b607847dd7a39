/**
 * Opens a database file. Every connection sees the same pragmas: WAL, so that readers never wait for the
 * writer, and `synchronous=FULL`, so that what was acknowledged survives the loss of power.
 *
 * The engine's own tables begin with `$`, which no Kusto entity's name may.
 */
import { existsSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { registerKqlFunctions } from '../functions/register.ts';
import { bringUpToDate } from './format.ts';
import { registerRowText } from './row-text.ts';

/** An open database file. */
export type Connection = Database.Database;

/** A prepared statement, whatever it takes and gives. */
export type Prepared = Database.Statement<unknown[]>;

/** Page cache of one connection; every process that reads a database has one. */
const CACHE_KIBIBYTES = 64 * 1024;
/** The log is cut back to this size once it has been copied into the database. */
const LOG_BYTES = 64 * 1024 * 1024;
/** How long a connection waits for another's lock. */
export const BUSY_MILLISECONDS = 30_000;

const OWN_TABLES = `
  CREATE TABLE IF NOT EXISTS "$engine" (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS "$entity" (name TEXT PRIMARY KEY, position INTEGER NOT NULL, json TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS "$policy" (entity TEXT, policy TEXT, json TEXT NOT NULL, PRIMARY KEY (entity, policy)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS "$mapping" (entity TEXT, kind TEXT, name TEXT, json TEXT NOT NULL, PRIMARY KEY (entity, kind, name)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS "$statement" (key TEXT PRIMARY KEY, statement BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS "$tag" (entity TEXT, tag TEXT, ingestion INTEGER NOT NULL, PRIMARY KEY (entity, tag)) WITHOUT ROWID;
`;

/**
 * Opens `file` for writing, creating it with the engine's own tables where it is new, and readable by its owner only;
 * SQLite gives the same permissions to the files beside it.
 *
 * @param mostBytes what it may grow to; a write beyond it fails as on a full disk
 */
export function openForWriting(file: string, mostBytes: number): Connection {
  if (!existsSync(file)) writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
  const connection = new Database(file, { timeout: BUSY_MILLISECONDS });
  if (Number.isFinite(mostBytes)) {
    const pageBytes = Number(connection.pragma('page_size', { simple: true }));
    connection.pragma(`max_page_count = ${Math.max(1, Math.floor(mostBytes / pageBytes))}`);
  }
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma(`journal_size_limit = ${LOG_BYTES}`);
  prepareConnection(connection);
  connection
    .transaction(() => {
      connection.exec(OWN_TABLES);
      bringUpToDate(connection);
    })
    .immediate();
  return connection;
}

/** Opens an existing `file` for reading only. */
export function openForReading(file: string): Connection {
  const connection = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_MILLISECONDS });
  prepareConnection(connection);
  registerRowText(connection);
  // For what a query keeps while it runs: see staged-read.ts.
  connection.pragma('temp_store = MEMORY');
  return connection;
}

function prepareConnection(connection: Connection): void {
  connection.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
  connection.defaultSafeIntegers(true);
  registerKqlFunctions(connection);
}

/** Whether a write failed because there is no space for it; SQLite has undone it by then. */
export function isOutOfSpace(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'SQLITE_FULL';
}
