/**
 * What there is of the changelog: rows by table and how recent they are, what was set aside and why, and how
 * the queues stand.
 */
import type { QueueClient } from '@azure/storage-queue';
import type { KustoDatabase, Row } from '../../kusto/client.ts';
import type { PoisonQueue } from './poison-queue.ts';
import { ageOfOldestMessage } from './queue-inlet.ts';
import { changelogTables } from './table-rows.ts';

/** Times are ISO 8601 in UTC; null where there is nothing. */
export interface ChangelogStatus {
  readonly tables: readonly {
    readonly table: string;
    readonly rows: number;
    readonly oldest: string | null;
    readonly newest: string | null;
  }[];
  /** Latest first. */
  readonly setAside: readonly {
    readonly eventType: string;
    readonly reason: string;
    readonly count: number;
  }[];
  /** Absent where there is no queue. */
  readonly queue?: {
    readonly name: string;
    readonly messages: number;
    readonly oldestAgeSeconds: number;
    readonly poison: number;
  };
}

/** Asks database and queue. */
export async function changelogStatus(
  database: KustoDatabase,
  queue?: { readonly main: QueueClient; readonly poison: PoisonQueue },
): Promise<ChangelogStatus> {
  const tables = [];
  for (const table of changelogTables)
    tables.push(tableStatus(table, await database.query(tableQuery(table))));
  const setAside = await database.query(
    'SetAsideEvent | summarize Count = count(), Latest = max(ReceivedDate) by EventType, Reason | order by Latest desc | take 50',
  );
  return {
    tables,
    setAside: setAside.map((row) => ({
      eventType: String(row.EventType),
      reason: String(row.Reason),
      count: Number(row.Count),
    })),
    ...(queue ? { queue: await queueStatus(queue.main, queue.poison) } : {}),
  };
}

function tableQuery(table: string): string {
  return `${table} | extend At = ingestion_time() | summarize Rows = count(), Oldest = min(At), Newest = max(At)`;
}

function tableStatus(table: string, [row]: readonly Row[]): ChangelogStatus['tables'][number] {
  const time = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  return { table, rows: Number(row?.Rows ?? 0), oldest: time(row?.Oldest), newest: time(row?.Newest) };
}

async function queueStatus(
  main: QueueClient,
  poison: PoisonQueue,
): Promise<NonNullable<ChangelogStatus['queue']>> {
  const { approximateMessagesCount } = await main.getProperties();
  return {
    name: main.name,
    messages: approximateMessagesCount ?? 0,
    oldestAgeSeconds: Math.round((await ageOfOldestMessage(main)) / 1000),
    poison: await poison.count(),
  };
}
