/** Temporary folders for engines' data. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DataFolder {
  readonly path: string;
  remove(): void;
}

/** An empty folder, gone with `remove`. */
export function dataFolder(): DataFolder {
  const path = mkdtempSync(join(tmpdir(), 'kusto-data-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
