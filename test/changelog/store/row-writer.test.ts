import type { ChangelogTable } from '../../../changelog/events/catalogue.ts';
import type { ChangelogRow } from '../../../changelog/events/read-event.ts';
import { RowsRefusedError, StoreUnavailableError } from '../../../changelog/store/row-store.ts';
import { RowWriter } from '../../../changelog/store/row-writer.ts';
import { MemoryRowStore } from '../../support/changelog/row-store.ts';

const never = 2 ** 30;

function rowOf(id: number, table: ChangelogTable = 'RunEvent'): ChangelogRow {
  return { table, row: { Id: id } };
}

function idsIn(store: MemoryRowStore, table = 'RunEvent'): unknown[] {
  return store.rowsOf(table).map(({ Id }) => Id);
}

describe('writing rows', () => {
  it('gathers what comes within the waiting time into one ingestion a table', async () => {
    const store = new MemoryRowStore();
    const writer = new RowWriter(store, { flushAfterMs: 5 });
    await Promise.all([1, 2, 3].map((id) => writer.write([rowOf(id), rowOf(id, 'StageEvent')])));
    expect(store.appends.map(({ table, rows }) => [table, rows.length])).toEqual([
      ['RunEvent', 3],
      ['StageEvent', 3],
    ]);
  });

  it('does not wait once enough rows are there', async () => {
    const store = new MemoryRowStore();
    const writer = new RowWriter(store, { flushAfterMs: never, flushAtRows: 2 });
    await Promise.all([writer.write([rowOf(1)]), writer.write([rowOf(2)])]);
    expect(idsIn(store)).toEqual([1, 2]);
  });

  it('resolves only after the commit', async () => {
    const store = new MemoryRowStore();
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => {
      open = resolve;
    });
    const writer = new RowWriter(store, { flushAtRows: 1 });
    let done = false;
    const written = writer.write([rowOf(1)]).then(() => {
      done = true;
    });
    await new Promise(setImmediate);
    expect(done).toBe(false);
    open();
    await written;
    expect(idsIn(store)).toEqual([1]);
  });

  it('gathers what comes during a flush for the next one', async () => {
    const store = new MemoryRowStore();
    const writer = new RowWriter(store, { flushAfterMs: 1, flushAtRows: 1 });
    const first = writer.write([rowOf(1)]);
    await Promise.all([first, writer.write([rowOf(2)]), writer.write([rowOf(3)])]);
    expect(store.appends.map(({ rows }) => rows.length)).toEqual([1, 2]);
  });

  it('splits what is too much for one ingestion', async () => {
    const store = new MemoryRowStore();
    const writer = new RowWriter(store, { flushAfterMs: 1, rowsPerAppend: 2 });
    await Promise.all([1, 2, 3, 4, 5].map((id) => writer.write([rowOf(id)])));
    expect(store.appends.map(({ rows }) => rows.length)).toEqual([2, 2, 1]);
  });

  it('fails only the events whose rows are refused', async () => {
    const store = new MemoryRowStore();
    store.refuses = ({ Id }) => Id === 13;
    const writer = new RowWriter(store, { flushAfterMs: 1 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, id) => writer.write([rowOf(id), rowOf(id, 'StageEvent')])),
    );
    const failed = outcomes.flatMap((outcome, id) => (outcome.status === 'rejected' ? [id] : []));
    expect(failed).toEqual([13]);
    expect(outcomes[13]).toMatchObject({ reason: expect.any(RowsRefusedError) });
    expect(idsIn(store)).toHaveLength(49);
    expect(idsIn(store, 'StageEvent')).not.toContain(13);
  });

  it('fails everything of a flush while the store is unavailable, and continues when it is back', async () => {
    const store = new MemoryRowStore();
    store.away = true;
    const writer = new RowWriter(store, { flushAfterMs: 1 });
    await expect(writer.write([rowOf(1)])).rejects.toThrow(StoreUnavailableError);
    store.away = false;
    await writer.write([rowOf(1)]);
    expect(idsIn(store)).toEqual([1]);
  });

  it('refuses more than the store keeps up with', async () => {
    const writer = new RowWriter(new MemoryRowStore(), {
      flushAfterMs: never,
      flushAtRows: never,
      mostRows: 1,
    });
    void writer.write([rowOf(1)]);
    await expect(writer.write([rowOf(2)])).rejects.toThrow('Too many rows are waiting to be written');
    await writer.close();
  });

  it('writes the waiting rows when it is closed, and accepts no more', async () => {
    const store = new MemoryRowStore();
    const writer = new RowWriter(store, { flushAfterMs: never });
    const written = writer.write([rowOf(1)]);
    await writer.close();
    await written;
    expect(idsIn(store)).toEqual([1]);
    await expect(writer.write([rowOf(2)])).rejects.toThrow(StoreUnavailableError);
  });
});
