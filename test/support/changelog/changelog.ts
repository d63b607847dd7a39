/**
 * The changelog on an engine of its own: events in through the real processor and streaming ingestion, tables
 * and views out.
 */
import { decodeEvent } from '../../../changelog/events/decode.ts';
import { ChangelogProcessor } from '../../../changelog/store/processor.ts';
import { openRowStore, type RowStore } from '../../../changelog/store/row-store.ts';
import { RowWriter } from '../../../changelog/store/row-writer.ts';
import type { KustoClient } from '../../../kusto/client/client.ts';
import type { Row } from '../../../kusto/client/rows.ts';
import { loadJobs } from '../../../kusto/jobs/job.ts';
import { type DataLayer, startDataLayer } from '../engine/data-layer.ts';

export interface TestChangelog {
  readonly layer: DataLayer;
  readonly store: RowStore;
  readonly writer: RowWriter;
  readonly processor: ChangelogProcessor;
  /** Delivers events in the given order, and waits until all are committed. */
  deliver(...events: readonly unknown[]): Promise<void>;
  query(text: string): Promise<Row[]>;
  /** Maps everything that has come in. */
  map(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts an engine with all definitions, and a changelog that writes to it.
 *
 * @param dataDir as for {@link startDataLayer}
 */
export async function startTestChangelog(dataDir?: string): Promise<TestChangelog> {
  const layer = await startDataLayer(dataDir);
  const store = openRowStore(layer.database);
  const writer = new RowWriter(store, { flushAfterMs: 5 });
  const processor = new ChangelogProcessor({ writer });
  return {
    layer,
    store,
    writer,
    processor,
    async deliver(...events) {
      for (const event of events) await processor.process(decodeEvent(JSON.stringify(event)));
    },
    query: (text) => layer.database.query(text),
    map: () => mapChangelog(layer.database),
    async stop() {
      await writer.close();
      await layer.stop();
    },
  };
}

/** Maps everything that has come into a database. */
export async function mapChangelog(database: KustoClient): Promise<void> {
  // As a job writes them: the engine has compiled these queries then.
  const at = (minutes: number) => `datetime(${new Date(Date.now() + minutes * 60_000).toISOString()})`;
  const windows = `let windowStart = ${at(-24 * 60)};\nlet windowEnd = ${at(1)};`;
  for (const { target, query } of loadJobs().filter(({ mapsChangelog }) => mapsChangelog)) {
    await database.command(`.append ${target} <|\n${windows}\n${query}`);
  }
}
