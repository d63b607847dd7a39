/**
 * Fills a folder of the embedded engine with the data set of the benchmark, through the ingestion of the engine. A
 * folder that has been filled is used again.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openKusto } from '../../kusto/client/client.ts';
import { DEFAULT_DATABASE, startEngine } from '../../kusto/engine/engine.ts';
import { applySchemaPlan, planSchema } from '../../kusto/schema/apply.ts';
import { buildRows, eventRows, type Sizes, versionRows } from './data.ts';

const rowsPerRequest = 20_000;

/** The tables in the order in which they are filled, with the indexes of their rows. */
const loads = [
  { table: 'Build2Payload', rows: buildRows, count: ({ builds }: Sizes) => builds },
  { table: 'BuildVersion2Payload', rows: versionRows, count: ({ versions }: Sizes) => versions },
  { table: 'EntityChangeEvent', rows: eventRows, count: ({ events }: Sizes) => events },
];

/** Makes sure that `folder` has the data set of `sizes`. `say` is called with lines of progress. */
export async function prepare(folder: string, sizes: Sizes, say: (line: string) => void): Promise<void> {
  const marker = join(folder, 'sizes.json');
  const wanted = JSON.stringify(sizes);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const engine = await startEngine({ dataDir: folder, port: 0 });
  try {
    const database = openKusto({ cluster: engine.url, database: DEFAULT_DATABASE, auth: { mode: 'none' } });
    await applySchemaPlan(database, await planSchema(database, DEFAULT_DATABASE));
    database.close();
    for (const { table, rows, count } of loads) {
      const total = count(sizes);
      for (let from = 0; from < total; from += rowsPerRequest) {
        const to = Math.min(total, from + rowsPerRequest);
        await ingest(engine.url, table, `${[...rows(sizes, from, to)].join('\n')}\n`);
        say(`${table}: ${to.toLocaleString('en')} of ${total.toLocaleString('en')}`);
      }
    }
  } finally {
    await engine.close();
  }
  writeFileSync(marker, wanted);
}

async function ingest(engineUrl: string, table: string, csv: string): Promise<void> {
  const response = await fetch(`${engineUrl}/v1/rest/ingest/${DEFAULT_DATABASE}/${table}?streamFormat=csv`, {
    method: 'POST',
    headers: { 'Content-Encoding': 'gzip' },
    body: gzipSync(csv, { level: 1 }),
  });
  if (!response.ok) throw new Error(`Ingestion into ${table} failed: ${await response.text()}`);
}
