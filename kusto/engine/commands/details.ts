/**
 * `.show … details`: how many rows tables and views have, since when, for how long they are kept, and what
 * they take on the disk, indexes included. Counting walks through all of them, away from the engine's thread.
 * https://learn.microsoft.com/kusto/management/show-table-details-command
 */
import type { MaterializedView, Table } from '../catalog.ts';
import type { SqlValue } from '../compile.ts';
import { parseDatetime } from '../functions/ticks.ts';
import { identifierText } from '../sql/literal-text.ts';
import type { EngineDatabase } from '../store/database.ts';
import { retentionPolicies } from '../store/retention.ts';
import { INGESTION_COLUMN } from '../store/schema.ts';
import { type CommandResult, columns } from './command.ts';

/** The answer of `.show tables details` for `tables`. */
export function tableDetails(database: EngineDatabase, tables: readonly Table[]): Promise<CommandResult> {
  return details(database, 'TableName', tables);
}

/** The answer of `.show materialized-views details` for `views`. */
export function viewDetails(
  database: EngineDatabase,
  views: readonly MaterializedView[],
): Promise<CommandResult> {
  return details(database, 'MaterializedViewName', views);
}

async function details(
  database: EngineDatabase,
  nameColumn: string,
  stored: readonly (Table | MaterializedView)[],
): Promise<CommandResult> {
  const bytes = await bytesOnDisk(database);
  const policies = retentionPolicies(database);
  const rows = await Promise.all(
    stored.map(async ({ name, physical, folder, docString }) => {
      const { count, first, last } = await countRows(database, physical);
      const size = bytes.get(physical) ?? 0;
      const described = [name, database.name, folder, docString];
      return [...described, size, count, size, count, policies.of(name), first, last];
    }),
  );
  return {
    columns: columns({
      [nameColumn]: 'string',
      DatabaseName: 'string',
      Folder: 'string',
      DocString: 'string',
      TotalExtentSize: 'real',
      TotalRowCount: 'long',
      HotExtentSize: 'real',
      HotRowCount: 'long',
      RetentionPolicy: 'string',
      MinExtentsCreationTime: 'datetime',
      MaxExtentsCreationTime: 'datetime',
    }),
    rows,
  };
}

/** Bytes of the pages that each table of the file and its indexes take, by physical name. */
async function bytesOnDisk(database: EngineDatabase): Promise<ReadonlyMap<string, number>> {
  const rows = await database.select(
    `SELECT stored.tbl_name, sum(pages.pgsize) FROM sqlite_master AS stored
     JOIN dbstat AS pages ON pages.name = stored.name AND pages.aggregate = TRUE GROUP BY stored.tbl_name`,
    columns({ table: 'string', bytes: 'long' }),
  );
  return new Map(rows.map(([table, bytes]) => [String(table), Number(bytes)]));
}

interface RowCount {
  readonly count: bigint;
  /** Ingestion times of the oldest and the newest row. */
  readonly first: SqlValue;
  readonly last: SqlValue;
}

async function countRows(database: EngineDatabase, physical: string): Promise<RowCount> {
  const ingestion = identifierText(INGESTION_COLUMN);
  const [[count, first, last] = []] = await database.select(
    `SELECT count(*), min(${ingestion}), max(${ingestion}) FROM ${identifierText(physical)}`,
    columns({ count: 'long', first: 'datetime', last: 'datetime' }),
  );
  const time = (text: unknown): SqlValue => (typeof text === 'string' ? parseDatetime(text) : null);
  return { count: BigInt(Number(count ?? 0)), first: time(first), last: time(last) };
}
