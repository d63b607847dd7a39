/**
 * Where rows go: the changelog's tables in Kusto, by streaming ingestion. When `append` returns, the rows are
 * committed. A row may be appended twice (a crash between commit and acknowledgement); the views allow for that.
 */
import type { KustoClient } from '../../kusto/client/client.ts';
import { KustoError } from '../../kusto/client/errors.ts';
import { loadDefinitions } from '../../kusto/schema/load.ts';
import type { JsonObject } from '../events/decode.ts';

/** Appends rows to tables. */
export interface RowStore {
  /**
   * Appends `rows` to `table`; they are committed when it returns.
   *
   * @throws RowsRefusedError if the rows are at fault
   * @throws StoreUnavailableError if trying again later may help
   */
  append(table: string, rows: readonly JsonObject[]): Promise<void>;
}

/** Kusto will never take these rows as they are. */
export class RowsRefusedError extends Error {
  override readonly name = 'RowsRefusedError';
}

/** Kusto cannot take any rows now: unreachable, overloaded, out of space, or without the table. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** The changelog's tables in a Kusto database. */
export function openRowStore(kusto: KustoClient): RowStore {
  const columns = columnsByTable();
  return {
    async append(table, rows) {
      const names = columns.get(table);
      if (names === undefined) throw new RowsRefusedError(`There is no table ${table}`);
      try {
        await kusto.ingest(table, names, rows);
      } catch (error) {
        throw failure(table, error);
      }
    },
  };
}

function columnsByTable(): ReadonlyMap<string, readonly string[]> {
  return new Map(
    loadDefinitions().flatMap((definition) =>
      definition.kind === 'table' ? [[definition.name, definition.columns.map(({ name }) => name)]] : [],
    ),
  );
}

/** Statuses with which Kusto says that the body is at fault. */
const statusOfBadRows: readonly (number | undefined)[] = [400, 413];
/** What it says with the same status if something else is. */
const notAboutRows = /not ?found|not ?exist|could not be resolved|policy|unauthorized/i;

function failure(table: string, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `Kusto did not take rows for ${table}: ${reason.slice(0, 500)}`;
  const isAboutRows =
    error instanceof KustoError &&
    statusOfBadRows.includes(error.status) &&
    !notAboutRows.test(`${error.code} ${error.message}`);
  return isAboutRows
    ? new RowsRefusedError(message, { cause: error })
    : new StoreUnavailableError(message, { cause: error });
}
