/**
 * One engine to a data folder. The lock is SQLite's own on an empty file that stays open: it works on every system,
 * and it ends with the process, however that ends.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { EngineStartError } from '../start-error.ts';
import { readHolder, removeHolder, writeHolder } from './holder.ts';

/** The file of the lock. It marks a folder as a data folder, so it stays when the lock is released. */
export const LOCK_FILE = 'engine.lock';

/** A folder that nobody else can open. */
export interface FolderLock {
  /** Tells the folder's owner where the engine answers, and with which token. */
  announce(url: string, token: string | undefined): void;
  release(): void;
}

/** Makes the file of the lock. It is never opened otherwise: closing it would end the lock of this process. */
export function makeLockFile(dataDir: string): void {
  const file = join(dataDir, LOCK_FILE);
  if (!existsSync(file)) writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
}

/**
 * Locks `dataDir`, which has the file of the lock.
 *
 * @throws EngineStartError where another engine has it, naming that engine's process
 */
export function lockFolder(dataDir: string): FolderLock {
  const connection = new Database(join(dataDir, LOCK_FILE), { timeout: 0 });
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    throw isLocked(error) ? inUse(dataDir) : error;
  }
  const holder = { pid: process.pid, since: new Date().toISOString() };
  writeHolder(dataDir, holder);
  return {
    announce: (url, token) => writeHolder(dataDir, { ...holder, url, token }),
    release() {
      removeHolder(dataDir);
      connection.close();
    },
  };
}

function inUse(dataDir: string): EngineStartError {
  const holder = readHolder(dataDir);
  const who = holder ? `process ${holder.pid} since ${holder.since}` : 'another process';
  return new EngineStartError('folder', `The data folder ${dataDir} is in use by ${who}`);
}

function isLocked(error: unknown): boolean {
  return String(Object(error).code).startsWith('SQLITE_BUSY');
}
