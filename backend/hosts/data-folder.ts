/**
 * What a data folder is for. A folder that is empty at first holds demonstration data; the file `demo` in it
 * says so, and whether all of it is in: a load that was interrupted is done again at the next start. (Asking
 * the database instead would cost a start seconds, because a query is compiled for it.)
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DataFolder {
  /** Absent where the folder holds somebody's own data. */
  readonly demo?: { readonly isLoaded: boolean; setLoaded(): void };
}

const loaded = 'The demonstration data is loaded. Delete this folder to start anew.\n';
const loading = 'The demonstration data is to be loaded.\n';

/** Opens a folder, and creates it where it is missing. */
export function openDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true });
  const file = join(path, 'demo');
  if (readdirSync(path).length === 0) writeFileSync(file, loading);
  if (!existsSync(file)) return {};
  return {
    demo: {
      isLoaded: readFileSync(file, 'utf8') === loaded,
      setLoaded: () => writeFileSync(file, loaded),
    },
  };
}
