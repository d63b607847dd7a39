/**
 * The status of the changelog: the size, age and retention of its tables and views, the events that were set aside and
 * why, and the queues.
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

/** A table or view. Times are ISO 8601 in UTC, or null if there are no rows. */
export interface StoredStatus {
  readonly name: string;
  readonly rows: number;
  readonly oldest: string | null;
  readonly newest: string | null;
  /** The size on disk, including indexes. */
  readonly bytes: number;
  /** How many days a row is kept after its last change; null for ever. */
  readonly retentionDays: number | null;
}

export interface ChangelogStatus {
  /** Tables, in the order of writing. */
  readonly tables: readonly StoredStatus[];
  /** Views of the latest states. */
  readonly views: readonly StoredStatus[];
  /** Latest first. */
  readonly setAside: readonly {
    readonly eventType: string;
    readonly reason: string;
    readonly count: number;
  }[];
  /** Absent without a queue. */
  readonly queue?: {
    readonly name: string;
    readonly messages: number;
    readonly oldestAgeSeconds: number;
    readonly poison: number;
  };
}

/**
 * Queries the database and the queue. A cluster's details cover rows in extents only, so they lack the rows of the
 * last minutes. The rows of tables are counted instead; those of views are not.
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

/** The statuses of `names`, without those that the database does not have. */
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

/** The days in `{"SoftDeletePeriod": "90.00:00:00"}`; null if there is no such policy. */
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
