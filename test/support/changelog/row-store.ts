/**
 * A row store in memory that fails on demand, for what a healthy engine cannot show: refusals and outages at a
 * chosen moment.
 */
import type { JsonObject } from '../../../changelog/events/decode.ts';
import {
  type RowStore,
  RowsRefusedError,
  StoreUnavailableError,
} from '../../../changelog/store/row-store.ts';

export class MemoryRowStore implements RowStore {
  /** Every successful append, in order. */
  readonly appends: { readonly table: string; readonly rows: readonly JsonObject[] }[] = [];
  /** While true, nothing can be written. */
  away = false;
  /** Rows that are refused. */
  refuses: (row: JsonObject) => boolean = () => false;
  /** What appends wait for. */
  gate: Promise<void> = Promise.resolve();

  async append(table: string, rows: readonly JsonObject[]): Promise<void> {
    await this.gate;
    if (this.away) throw new StoreUnavailableError('The store is away');
    if (rows.some(this.refuses)) throw new RowsRefusedError('A row is refused');
    this.appends.push({ table, rows });
  }

  rowsOf(table: string): readonly JsonObject[] {
    return this.appends.filter((append) => append.table === table).flatMap(({ rows }) => rows);
  }
}
