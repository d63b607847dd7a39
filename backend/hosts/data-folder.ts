/**
 * Whether a data folder holds demonstration data: it does if it was empty at first. The file `demo` records that,
 * and whether loading finished: a load that was interrupted is repeated at the next start. (A query instead would
 * add seconds to every start, because it has to be compiled.)
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareFolder, SUFFIX } from '../../kusto/engine/store/folder-contents.ts';

export interface DataFolder {
  /** Absent where the folder holds somebody's own data. */
  readonly demo?: { readonly isLoaded: boolean; setLoaded(): void };
}

/** Whether the demonstration data of a folder has been loaded. */
export function hasDemo(path: string): boolean {
  const file = join(path, demoFile);
  return existsSync(file) && readFileSync(file, 'utf8') === loaded;
}

const demoFile = 'demo';
const loaded = 'The demonstration data is loaded. Delete this folder to start anew.\n';
const loading = 'The demonstration data is to be loaded.\n';

/** Opens a folder, and creates it if it is missing. @throws EngineStartError where it cannot be a data folder */
export function openDataFolder(path: string): DataFolder {
  prepareFolder(path);
  const file = join(path, demoFile);
  const isEmpty = !readdirSync(path).some((name) => name.endsWith(SUFFIX));
  if (isEmpty && !existsSync(file)) writeFileSync(file, loading, { mode: 0o600 });
  if (!existsSync(file)) return {};
  return {
    demo: {
      isLoaded: readFileSync(file, 'utf8') === loaded,
      setLoaded: () => writeFileSync(file, loaded),
    },
  };
}
