/**
 * What a data folder may hold. A folder with other things in it is not filled, a database of another program or of a
 * newer engine is not touched, and everything of ours is for its owner's eyes only.
 */
import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { EngineStartError } from '../start-error.ts';
import { damagedMessage, isDamaged } from './damage.ts';
import { LOCK_FILE, makeLockFile } from './folder-lock.ts';
import { FORMAT, formatOf } from './format.ts';

/** The end of a database file's name. */
export const SUFFIX = '.sqlite';

/** Files up to this size are checked for damage before they are opened, which takes a second at most. */
const CHECKED_BYTES = 256 * 1024 * 1024;

/** What systems and version control put into folders that are empty to people. */
const NOBODYS = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini', 'lost+found', '.gitignore', '.gitkeep']);

/**
 * Makes `dataDir` where it is missing, marks it as a data folder, and closes it to other users.
 *
 * @throws EngineStartError where it cannot be made or written, or holds other things than ours
 */
export function prepareFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const names = readdirSync(dataDir);
    const others = names.filter((name) => !NOBODYS.has(name));
    const isOurs = names.includes(LOCK_FILE) || databasesIn(names).length > 0;
    if (!isOurs && others.length > 0) throw foreign(dataDir, others);
    makeLockFile(dataDir);
    closeToOthers(dataDir, names);
  } catch (error) {
    if (error instanceof EngineStartError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineStartError(
      'folder',
      `The data folder ${dataDir} cannot be made or written: ${reason}`,
      error,
    );
  }
}

/**
 * The names of the databases in `dataDir`.
 *
 * @throws EngineStartError where one is damaged, of another program, or of a newer engine
 */
export function checkedDatabases(dataDir: string): string[] {
  const files = databasesIn(readdirSync(dataDir));
  for (const file of files) checkDatabase(join(dataDir, file));
  return files.map((file) => decodeURIComponent(file.slice(0, -SUFFIX.length)));
}

/** Names of files that are databases of ours, by name. */
function databasesIn(names: readonly string[]): string[] {
  return names.filter((name) => name.endsWith(SUFFIX) && /^(?:[^%]|%[\dA-F]{2})+$/.test(name));
}

/** @throws EngineStartError */
function checkDatabase(file: string): void {
  // Made and not filled before its engine was killed.
  if (statSync(file).size === 0) return;
  const { format, tables, fault } = lookInto(file);
  if (tables.length > 0 && !tables.includes('$engine'))
    throw new EngineStartError('file', `${file} is the database of another program. Move it elsewhere`);
  if (format > FORMAT)
    throw new EngineStartError(
      'file',
      `${file} was written by a newer version (format ${format}; this version knows ${FORMAT}). Use that version`,
    );
  if (fault) throw new EngineStartError('file', damagedMessage(file));
}

/** @throws EngineStartError where it cannot be read at all */
function lookInto(file: string): { format: number; tables: string[]; fault: boolean } {
  try {
    const connection = new Database(file, { readonly: true, fileMustExist: true });
    try {
      const tables = connection.prepare<[], { name: string }>('SELECT name FROM sqlite_master').all();
      const isShort = statSync(file).size <= CHECKED_BYTES;
      return {
        format: formatOf(connection),
        tables: tables.map(({ name }) => name),
        fault: isShort && connection.pragma('quick_check(1)', { simple: true }) !== 'ok',
      };
    } finally {
      connection.close();
    }
  } catch (error) {
    if (Object(error).code === 'SQLITE_NOTADB')
      throw new EngineStartError(
        'file',
        `${file} is not a database. Move it away, or put a copy in its place`,
      );
    if (isDamaged(error)) throw new EngineStartError('file', damagedMessage(file));
    throw error;
  }
}

/** Permissions of folders of an older version; a file system without any, or another owner, is left as it is. */
function closeToOthers(dataDir: string, names: readonly string[]): void {
  const own = names.filter((name) => /\.sqlite(-wal|-shm)?$/.test(name)).map((name) => join(dataDir, name));
  try {
    chmodSync(dataDir, 0o700);
    for (const file of own) chmodSync(file, 0o600);
  } catch {
    return;
  }
}

function foreign(dataDir: string, others: readonly string[]): EngineStartError {
  const [first = '', second] = others;
  const named = second === undefined ? first : `${first}, ${second}${others.length > 2 ? ', …' : ''}`;
  return new EngineStartError(
    'folder',
    `The folder ${dataDir} holds other things (${named}) and no data of ours, so it is not filled`,
  );
}
