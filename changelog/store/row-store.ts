/**
 * Where rows go: the changelog's tables in Kusto, by streaming ingestion. When `append` returns, the rows are
 * committed. A row may be appended twice (a crash between commit and acknowledgement); the views do not mind.
 */
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { KustoConnectionStringBuilder } from 'azure-kusto-data';
import {
  CompressionType,
  DataFormat,
  IngestionProperties,
  StreamDescriptor,
  StreamingIngestClient,
} from 'azure-kusto-ingest';
import { loadDefinitions } from '../../kusto/schema/load.ts';
import type { JsonObject } from '../events/decode.ts';

/** Appends rows to tables. */
export interface RowStore {
  /**
   * Appends `rows` to `table`; they are committed when it returns.
   *
   * @throws RowsRefusedError where the rows are at fault
   * @throws StoreUnavailableError where trying again later may help
   */
  append(table: string, rows: readonly JsonObject[]): Promise<void>;
  close(): void;
}

/** Kusto will never take these rows as they are. */
export class RowsRefusedError extends Error {
  override readonly name = 'RowsRefusedError';
}

/** Kusto cannot take any rows now: unreachable, overloaded, out of space, or without the table. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/**
 * The changelog's tables in a Kusto database.
 *
 * @param connection how to reach it, and as whom
 */
export function openRowStore(connection: KustoConnectionStringBuilder, database: string): RowStore {
  const client = new StreamingIngestClient(connection, { database, format: DataFormat.CSV }, false);
  const columns = columnsByTable();
  return {
    async append(table, rows) {
      const names = columns.get(table);
      if (names === undefined) throw new RowsRefusedError(`There is no table ${table}`);
      // The lowest level: loopback does not need more, and a cluster is a few times further away than zlib.
      const body = gzipSync(csvOf(names, rows), { level: 1 });
      const stream = new StreamDescriptor(Readable.from([body]), null, CompressionType.GZIP);
      try {
        await client.ingestFromStream(stream, new IngestionProperties({ table }));
      } catch (error) {
        throw failure(table, error);
      }
    },
    close: () => client.close(),
  };
}

function columnsByTable(): ReadonlyMap<string, readonly string[]> {
  return new Map(
    loadDefinitions().flatMap((definition) =>
      definition.kind === 'table' ? [[definition.name, definition.columns.map(({ name }) => name)]] : [],
    ),
  );
}

/** Rows as CSV in the order of the table's columns; objects and lists become JSON, nothing becomes nothing. */
export function csvOf(columns: readonly string[], rows: readonly JsonObject[]): string {
  return rows.map((row) => `${columns.map((name) => csvCell(row[name])).join(',')}\n`).join('');
}

function csvCell(value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `"${text.replaceAll('"', '""')}"`;
}

/** Statuses with which Kusto says that the body is at fault. */
const statusOfBadRows = [400, 413];
/** What it says with the same status where something else is. */
const notAboutRows = /not ?found|not ?exist|could not be resolved|policy|unauthorized/i;

function failure(table: string, error: unknown): Error {
  const { status, text } = answerIn(error);
  const message = `Kusto did not take rows for ${table}: ${text.slice(0, 500)}`;
  if (statusOfBadRows.includes(status) && !notAboutRows.test(text)) {
    return new RowsRefusedError(message, { cause: error });
  }
  return new StoreUnavailableError(message, { cause: error });
}

/** Status and words of Kusto's answer in an HTTP library's error; status 0 where none came. */
function answerIn(error: unknown): { status: number; text: string } {
  const words = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Error) || !('response' in error)) return { status: 0, text: words };
  const { response } = error;
  if (typeof response !== 'object' || response === null) return { status: 0, text: words };
  const status = 'status' in response && typeof response.status === 'number' ? response.status : 0;
  return { status, text: 'data' in response ? JSON.stringify(response.data) : words };
}
