/**
 * What there is of the changelog: rows and bytes of its tables and views, how recent they are and how long they
 * are kept, what was set aside and why, and how the queues stand.
 */
import type { QueueClient } from '@azure/storage-queue';
import type { KustoClient } from '../../kusto/client/client.ts';
import { callFunction } from '../../kusto/client/function-call.ts';
import { setAsideReasons, storedRows } from '../../kusto/client/functions.ts';
import type { Row } from '../../kusto/client/rows.ts';
import { loadDefinitions } from '../../kusto/schema/load.ts';
import { changelogTables } from '../events/catalogue.ts';
import type { PoisonQueue } from '../intake/poison-queue.ts';
import { ageOfOldestMessage } from '../intake/queue-inlet.ts';

/** A table or a view. Times are ISO 8601 in UTC; null where there are no rows. */
export interface StoredStatus {
  readonly name: string;
  readonly rows: number;
  readonly oldest: string | null;
  readonly newest: string | null;
  /** On the disk, indexes included. */
  readonly bytes: number;
  /** How many days a row is kept, counted from its last change; null: for ever. */
  readonly retentionDays: number | null;
}

export interface ChangelogStatus {
  /** Events, in the order of writing. */
  readonly tables: readonly StoredStatus[];
  /** The latest states. */
  readonly views: readonly StoredStatus[];
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

/**
 * Asks database and queue. A cluster's details tell of rows that are in extents, so those that came in within
 * the last minutes are missing in them: tables are counted, views are not.
 */
export async function changelogStatus(
  database: KustoClient,
  queue?: { readonly main: QueueClient; readonly poison: PoisonQueue },
): Promise<ChangelogStatus> {
  const tables = statusesOf(changelogTables, 'TableName', await database.command('.show tables details'));
  const views = await database.command('.show materialized-views details');
  const counted: StoredStatus[] = [];
  for (const status of tables) counted.push({ ...status, ...(await countRows(database, status.name)) });
  const setAside = await callFunction(database, setAsideReasons, {});
  return {
    tables: counted,
    views: statusesOf(changelogViews(), 'MaterializedViewName', views),
    setAside: setAside.map((row) => ({
      eventType: String(row.EventType),
      reason: String(row.Reason),
      count: Number(row.Count),
    })),
    ...(queue ? { queue: await queueStatus(queue.main, queue.poison) } : {}),
  };
}

/** The views of the latest states, in the order of their tables. */
function changelogViews(): string[] {
  const definitions = loadDefinitions();
  return changelogTables.flatMap((table) =>
    definitions.flatMap((definition) =>
      definition.kind === 'view' && definition.source === table ? [definition.name] : [],
    ),
  );
}

/** The details of `names`; those that the database does not have are left out. */
function statusesOf(names: readonly string[], nameColumn: string, details: readonly Row[]): StoredStatus[] {
  return names.flatMap((name) => {
    const row = details.find((candidate) => candidate[nameColumn] === name);
    return row === undefined ? [] : [statusOf(name, row)];
  });
}

function statusOf(name: string, row: Row): StoredStatus {
  return {
    name,
    rows: Number(row.TotalRowCount),
    oldest: timeOf(row.MinExtentsCreationTime),
    newest: timeOf(row.MaxExtentsCreationTime),
    bytes: Number(row.TotalExtentSize),
    retentionDays: retentionDays(row.RetentionPolicy),
  };
}

async function countRows(
  database: KustoClient,
  table: string,
): Promise<Pick<StoredStatus, 'rows' | 'oldest' | 'newest'>> {
  const [row] = await callFunction(database, storedRows, { TableName: table });
  return { rows: Number(row?.Rows ?? 0), oldest: timeOf(row?.Oldest), newest: timeOf(row?.Newest) };
}

function timeOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** `{"SoftDeletePeriod": "90.00:00:00"}` as 90; null where there is no such policy. */
function retentionDays(policy: unknown): number | null {
  const setting: unknown = typeof policy === 'string' && policy !== '' ? JSON.parse(policy) : policy;
  if (typeof setting !== 'object' || setting === null || !('SoftDeletePeriod' in setting)) return null;
  const [, days = '0', hours = '0', minutes = '0'] =
    /^(?:(\d+)\.)?(\d\d):(\d\d):\d\d/.exec(String(setting.SoftDeletePeriod)) ?? [];
  return Number(days) + Number(hours) / 24 + Number(minutes) / (24 * 60);
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
