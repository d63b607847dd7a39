/** The size, age and retention of what a database stores. */
import type { KustoClient } from '../client/client.ts';
import { callFunction } from '../client/function-call.ts';
import { storedRows } from '../client/functions.ts';
import type { Row } from '../client/rows.ts';

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

/**
 * The tables of these names that the database has. A cluster's statistics lag by minutes, so rows are counted.
 *
 * @throws KustoError
 */
export async function tableStatuses(
  database: KustoClient,
  names: readonly string[],
): Promise<StoredStatus[]> {
  const details = await database.command('.show tables details');
  const statuses: StoredStatus[] = [];
  for (const status of statusesOf(names, 'TableName', details)) {
    const [row] = await callFunction(database, storedRows, { TableName: status.name });
    const rows = Number(row?.Rows ?? 0);
    statuses.push({ ...status, rows, oldest: timeOf(row?.Oldest), newest: timeOf(row?.Newest) });
  }
  return statuses;
}

/**
 * The views of these names that the database has. A cluster leaves out the rows of the last minutes.
 *
 * @throws KustoError
 */
export async function viewStatuses(database: KustoClient, names: readonly string[]): Promise<StoredStatus[]> {
  return statusesOf(
    names,
    'MaterializedViewName',
    await database.command('.show materialized-views details'),
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
