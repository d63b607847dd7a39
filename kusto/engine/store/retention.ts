/**
 * Retention: rows whose ingestion time is older than the soft-delete period of their table's or view's policy
 * are deleted, a few thousand at a time so that other writes get their turn. The database's policy
 * applies to those without one. A view's row counts from its last change; the rows it came from may be gone long before.
 * https://learn.microsoft.com/kusto/management/retention-policy
 */
import type { Catalog } from '../catalog.ts';
import { parseTimespan } from '../functions/ticks.ts';
import { identifierText } from '../sql/literal-text.ts';
import { ticksOf } from './clock.ts';
import type { EngineDatabase } from './database.ts';
import { INGESTION_COLUMN } from './schema.ts';
import { run } from './steps.ts';

const ROWS_AT_A_TIME = 5000;
const STEP_MILLISECONDS = 60_000;

/** Deletes the rows of `database` that have outlived their policy at `now` (Unix milliseconds). */
export async function expire(database: EngineDatabase, now: number): Promise<void> {
  const policies = retentionPolicies(database);
  for (const { name } of [...database.catalog.tables, ...database.catalog.views]) {
    const period = softDeletePeriod(policies.of(name));
    if (period !== null) await deleteBefore(database, name, ticksOf(now) - period);
  }
}

async function deleteBefore(database: EngineDatabase, name: string, oldest: bigint): Promise<void> {
  for (let rows = ROWS_AT_A_TIME; rows === ROWS_AT_A_TIME; ) {
    const [deleted] = await database.change(
      (catalog) => ({ catalog, steps: deletionSteps(catalog, name, oldest) }),
      STEP_MILLISECONDS,
    );
    rows = deleted?.rows ?? 0;
  }
}

function deletionSteps(catalog: Catalog, name: string, oldest: bigint) {
  const stored = catalog.entities.get(name);
  if (!stored || stored.kind === 'function') return [];
  const table = identifierText(stored.physical);
  const old = `SELECT rowid FROM ${table} WHERE ${identifierText(INGESTION_COLUMN)} < ? LIMIT ${ROWS_AT_A_TIME}`;
  return [
    run(`DELETE FROM ${table} WHERE rowid IN (${old})`, oldest),
    run('DELETE FROM "$tag" WHERE entity = ? AND ingestion < ?', name, oldest),
  ];
}

/** The retention policies of a database as JSON text, `null` where there is none: its own, or the database's. */
export function retentionPolicies(database: EngineDatabase): { of(entity: string): string } {
  const rows = database.settings(
    `SELECT entity, json FROM "$policy" WHERE policy = 'retention'`,
    [],
    [
      { name: 'entity', type: 'string' },
      { name: 'json', type: 'string' },
    ],
  );
  const byEntity = new Map(rows.map(([entity, json]) => [String(entity), String(json)]));
  return { of: (entity) => byEntity.get(entity) ?? byEntity.get('') ?? 'null' };
}

function softDeletePeriod(json: string): bigint | null {
  const policy: unknown = JSON.parse(json);
  if (typeof policy !== 'object' || policy === null || !('SoftDeletePeriod' in policy)) return null;
  return typeof policy.SoftDeletePeriod === 'string' ? parseTimespan(policy.SoftDeletePeriod) : null;
}
