/**
 * Gathers the rows of many events into few ingestions. A flush starts when the first row has waited long enough or
 * enough rows are waiting, and takes all of them. One flush runs at a time; rows that come meanwhile wait for the
 * next, so batches grow with the load. The promise of `write` is fulfilled when all rows of its event are committed.
 *
 * Rows that Kusto refuses are found by halving the batch, so one bad event costs the others nothing.
 */
import { type ChangelogTable, changelogTables } from '../events/catalogue.ts';
import type { JsonObject } from '../events/decode.ts';
import type { ChangelogRow } from '../events/read-event.ts';
import { type RowStore, RowsRefusedError, StoreUnavailableError } from './row-store.ts';

export interface RowWriterOptions {
  /** How long the first row of a batch waits for others, in milliseconds. */
  readonly flushAfterMs: number;
  /** With this many waiting rows, a flush starts at once. */
  readonly flushAtRows: number;
  /** With this many waiting rows, more are refused: the store does not keep up. */
  readonly mostRows: number;
  /** The most rows in one ingestion; streaming ingestion is limited to about 4 MB. */
  readonly rowsPerAppend: number;
  /** Called after each flush that committed rows; `startedAt` is by `performance.now()`. */
  readonly onCommit?: (flush: { readonly rows: readonly ChangelogRow[]; readonly startedAt: number }) => void;
}

export const defaultRowWriterOptions: RowWriterOptions = {
  flushAfterMs: 100,
  flushAtRows: 2_000,
  mostRows: 50_000,
  rowsPerAppend: 1_000,
};

/** The rows of one event while they are being written. */
interface Ticket {
  readonly rows: readonly ChangelogRow[];
  resolve(): void;
  reject(error: Error): void;
  /** Set once any of its rows cannot be written. */
  failure?: Error;
}

type QueuedRow = { readonly ticket: Ticket; readonly row: JsonObject };

/** Writes rows in batches. */
export class RowWriter {
  readonly #store: RowStore;
  readonly #options: RowWriterOptions;
  #waiting: Ticket[] = [];
  #waitingRows = 0;
  /** When the first of the waiting rows came, by `performance.now()`. */
  #waitingSince = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #closed = false;

  constructor(store: RowStore, options: Partial<RowWriterOptions> = {}) {
    this.#store = store;
    this.#options = { ...defaultRowWriterOptions, ...options };
  }

  /** How many rows wait for a flush. */
  get waitingRows(): number {
    return this.#waitingRows;
  }

  /**
   * Writes the rows of one event; resolves when all of them are committed.
   *
   * @throws RowsRefusedError if Kusto refuses one of them
   * @throws StoreUnavailableError if they cannot be written now; some may have been
   */
  write(rows: readonly ChangelogRow[]): Promise<void> {
    if (this.#closed) return Promise.reject(new StoreUnavailableError('The writer is closed'));
    if (rows.length === 0) return Promise.resolve();
    if (this.#waitingRows + rows.length > this.#options.mostRows) {
      return Promise.reject(new StoreUnavailableError('Too many rows are waiting to be written'));
    }
    if (this.#waiting.length === 0) this.#waitingSince = performance.now();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, resolve, reject });
      this.#waitingRows += rows.length;
      this.#schedule();
    });
  }

  /** Writes the waiting rows, and accepts no more. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#flushing || this.#waiting.length > 0) await (this.#flushing ?? this.#flush());
  }

  #schedule(): void {
    if (this.#flushing) return;
    if (this.#waitingRows >= this.#options.flushAtRows) {
      void this.#flush();
    } else {
      const waited = performance.now() - this.#waitingSince;
      this.#timer ??= setTimeout(() => void this.#flush(), this.#options.flushAfterMs - waited);
    }
  }

  #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const tickets = this.#waiting;
    this.#waiting = [];
    this.#waitingRows = 0;
    this.#flushing = this.#writeAll(tickets).finally(() => {
      this.#flushing = undefined;
      if (this.#waiting.length > 0) this.#schedule();
    });
    return this.#flushing;
  }

  async #writeAll(tickets: readonly Ticket[]): Promise<void> {
    const startedAt = performance.now();
    for (const [table, queued] of byTable(tickets)) {
      for (let start = 0; start < queued.length; start += this.#options.rowsPerAppend) {
        await this.#append(table, queued.slice(start, start + this.#options.rowsPerAppend));
      }
    }
    const rows: ChangelogRow[] = [];
    for (const ticket of tickets) {
      if (ticket.failure) ticket.reject(ticket.failure);
      else {
        rows.push(...ticket.rows);
        ticket.resolve();
      }
    }
    if (rows.length > 0) this.#options.onCommit?.({ rows, startedAt });
  }

  async #append(table: ChangelogTable, batch: readonly QueuedRow[]): Promise<void> {
    // The whole of a failed event is tried again, so its other rows need not be written now.
    const queued = batch.filter(({ ticket }) => ticket.failure === undefined);
    if (queued.length === 0) return;
    try {
      await this.#store.append(
        table,
        queued.map(({ row }) => row),
      );
    } catch (error) {
      if (error instanceof RowsRefusedError && queued.length > 1) {
        const middle = Math.ceil(queued.length / 2);
        await this.#append(table, queued.slice(0, middle));
        await this.#append(table, queued.slice(middle));
        return;
      }
      const failure = error instanceof Error ? error : new StoreUnavailableError(String(error));
      for (const { ticket } of queued) ticket.failure = failure;
    }
  }
}

function byTable(tickets: readonly Ticket[]): [ChangelogTable, QueuedRow[]][] {
  const queued = new Map<ChangelogTable, QueuedRow[]>(changelogTables.map((table) => [table, []]));
  for (const ticket of tickets) {
    for (const { table, row } of ticket.rows) queued.get(table)?.push({ ticket, row });
  }
  return [...queued].filter(([, rows]) => rows.length > 0);
}
