/**
 * The file `engine.json` of a data folder: which process has the folder open, since when, where its engine answers
 * and with which token. Only the folder's owner can read it.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLoopback } from '../../../net/loopback.ts';

/** Who has a data folder open. */
export interface Holder {
  readonly pid: number;
  /** ISO 8601. */
  readonly since: string;
  /** Absent until the engine answers. */
  readonly url?: string | undefined;
  /** Absent where the engine wants none. */
  readonly token?: string | undefined;
}

/** The holder as the file has it; undefined where there is none, or none that can be read. It may have ended since. */
export function readHolder(dataDir: string): Holder | undefined {
  try {
    const { pid, since, url, token } = JSON.parse(readFileSync(fileOf(dataDir), 'utf8'));
    return { pid: Number(pid), since: String(since), url, token };
  } catch {
    return undefined;
  }
}

/** Writes the file, whole or not at all. */
export function writeHolder(dataDir: string, holder: Holder): void {
  const file = fileOf(dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Deletes the file. */
export function removeHolder(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true });
}

/** The token of the engine at `cluster`, where that is the one on `dataDir`. */
export function tokenOfEngine(cluster: string, dataDir: string): string | undefined {
  const { url, token } = readHolder(dataDir) ?? {};
  if (!url || typeof token !== 'string' || !URL.canParse(url)) return undefined;
  const { hostname, port, protocol } = new URL(cluster);
  return protocol === 'http:' && isLoopback(hostname) && port === new URL(url).port ? token : undefined;
}

function fileOf(dataDir: string): string {
  return join(dataDir, 'engine.json');
}
