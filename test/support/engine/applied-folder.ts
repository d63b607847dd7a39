/**
 * A data folder with all definitions in it, for test engines to start on a copy of: applying takes many
 * seconds, copying takes none. It is made once for each state of `kusto/`, below `node_modules/.cache`.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { openKusto } from '../../../kusto/client/client.ts';
import { createEngine, DEFAULT_DATABASE } from '../../../kusto/engine/engine.ts';
import { openForReading } from '../../../kusto/engine/store/connection.ts';
import { isIndexed, loadCatalog } from '../../../kusto/engine/store/schema.ts';
import { applySchemaPlan, planSchema } from '../../../kusto/schema/apply.ts';
import { kustoFolder } from '../../../kusto/schema/load.ts';
import { until } from '../until.ts';
import { type DataFolder, dataFolder } from './data-folder.ts';

const cache = join(kustoFolder, '..', 'node_modules', '.cache', 'kusto-applied');

/** A folder of one's own with a database in which the definitions have been applied, gone with `remove`. */
export async function appliedFolder(): Promise<DataFolder> {
  const made = join(cache, stateOfKusto());
  if (!existsSync(made)) await make(made);
  const folder = dataFolder();
  cpSync(made, folder.path, { recursive: true });
  return folder;
}

/** Makes the folder beside its place and moves it there, as several tests may be doing the same. */
async function make(place: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'making-'));
  const engine = await createEngine({ dataDir: folder, port: 0 }, { lanes: 'inline' });
  const database = openKusto({ cluster: engine.url, database: DEFAULT_DATABASE, auth: { mode: 'none' } });
  try {
    await applySchemaPlan(database, await planSchema(database, DEFAULT_DATABASE));
    await indexed(join(folder, `${DEFAULT_DATABASE}.sqlite`));
  } finally {
    database.close();
    await engine.close();
  }
  try {
    renameSync(folder, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
    rmSync(folder, { recursive: true });
  }
}

/** Waits for the indexes, which are made in the background: every copy would make them again. */
async function indexed(file: string): Promise<void> {
  const connection = openForReading(file);
  await until(() => isIndexed(connection, loadCatalog(connection, DEFAULT_DATABASE)));
  connection.close();
}

/** Different for different definitions, and for different engines. */
function stateOfKusto(): string {
  const hash = createHash('sha256');
  const files = readdirSync(kustoFolder, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => /\.(kql|json|ts)$/.test(name)).sort()) {
    hash.update(file).update(readFileSync(join(kustoFolder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
