/**
 * Fills a folder of the embedded engine with the data set of a benchmark, through the ingestion of the engine. A folder
 * that has been filled is used again.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openKusto } from '../kusto/client/client.ts';
import { DEFAULT_DATABASE, startEngine } from '../kusto/engine/engine.ts';
import { openForReading } from '../kusto/engine/store/connection.ts';
import { isIndexed, loadCatalog } from '../kusto/engine/store/schema.ts';
import { applySchemaPlan, planSchema } from '../kusto/schema/apply.ts';
import type { SchemaStep } from '../kusto/schema/schema-plan.ts';
import { sleep } from '../net/sleep.ts';

const rowsPerRequest = 20_000;

/** The rows of a table: lines of CSV, computed from their indexes. */
export interface TableLoad {
  readonly table: string;
  readonly count: number;
  /** Lines `from` (inclusive) to `to` (exclusive); some may be left out. */
  rows(from: number, to: number): Iterable<string>;
}

/** Shows a line of progress. */
export type Say = (line: string) => void;

/** Shows a line of progress on standard error, in the place of the last one on a terminal. */
export const sayOnError: Say = (line) => {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
};

/** A line of CSV. */
export const csv = (cells: readonly (string | number)[]): string => cells.join(',');

/**
 * Makes sure that `folder` has a data set.
 *
 * @param description what tells the data set from others
 * @param loads the tables in the order in which they are filled
 */
export async function fillFolder(
  folder: string,
  description: object,
  loads: readonly TableLoad[],
  say: Say,
): Promise<void> {
  const marker = join(folder, 'sizes.json');
  const wanted = JSON.stringify(description);
  const isFilled = existsSync(marker) && readFileSync(marker, 'utf8') === wanted;
  if (!isFilled) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  const engine = await startEngine({ dataDir: folder, port: 0 });
  const database = openKusto({ cluster: engine.url, database: DEFAULT_DATABASE, auth: { mode: 'none' } });
  const apply = async (isNow: (step: SchemaStep) => boolean) => {
    const { steps, ...plan } = await planSchema(database, DEFAULT_DATABASE);
    await applySchemaPlan(database, { ...plan, steps: steps.filter(isNow) });
  };
  try {
    // The engine makes the indexes that functions want: of all rows at once, they take a fraction of the time.
    if (!isFilled) await apply(({ title }) => !title.startsWith('function '));
    for (const { table, rows, count } of isFilled ? [] : loads) {
      for (let from = 0; from < count; from += rowsPerRequest) {
        const to = Math.min(count, from + rowsPerRequest);
        await ingest(engine.url, table, `${[...rows(from, to)].join('\n')}\n`);
        say(`${table}: ${to.toLocaleString('en')} of ${count.toLocaleString('en')}`);
      }
    }
    await apply(() => true);
    say('indexes');
    await untilIndexed(join(folder, `${DEFAULT_DATABASE}.sqlite`));
  } finally {
    database.close();
    await engine.close();
  }
  writeFileSync(marker, wanted);
}

/** Until the engine has made the indexes that the functions want. */
async function untilIndexed(file: string): Promise<void> {
  const connection = openForReading(file);
  while (!isIndexed(connection, loadCatalog(connection, DEFAULT_DATABASE))) await sleep(500);
  connection.close();
}

async function ingest(engineUrl: string, table: string, rows: string): Promise<void> {
  const response = await fetch(`${engineUrl}/v1/rest/ingest/${DEFAULT_DATABASE}/${table}?streamFormat=csv`, {
    method: 'POST',
    headers: { 'Content-Encoding': 'gzip' },
    body: gzipSync(rows, { level: 1 }),
  });
  if (!response.ok) throw new Error(`Ingestion into ${table} failed: ${await response.text()}`);
}
