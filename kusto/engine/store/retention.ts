/**
 * Retention: rows whose ingestion time is older than the soft-delete period of their table's or view's
 * policy are deleted, a few thousand at a time so that other writes get their turn.
 * https://learn.microsoft.com/kusto/management/retention-policy
 */

import { parseTimespan } from '../functions/ticks.ts';
import { ticksOf } from './clock.ts';
import { quoted } from './connection.ts';
import type { EngineDatabase } from './database.ts';
import { INGESTION_COLUMN } from './schema.ts';
import { run } from './steps.ts';

const ROWS_AT_A_TIME = 5000;
const STEP_MILLISECONDS = 60_000;

/** Deletes the rows of `database` that have outlived their policy at `now` (Unix milliseconds). */
export async function expire(database: EngineDatabase, now: number): Promise<void> {
  for (const { entity, period } of retentionPeriods(database)) {
    const oldest = ticksOf(now) - period;
    for (let rows = ROWS_AT_A_TIME; rows === ROWS_AT_A_TIME; ) {
      const results = await database.change((catalog) => {
        const stored = catalog.entities.get(entity);
        if (!stored || stored.kind === 'function') return { catalog, steps: [] };
        const table = quoted(stored.physical);
        const old = `SELECT rowid FROM ${table} WHERE ${quoted(INGESTION_COLUMN)} < ? LIMIT ${ROWS_AT_A_TIME}`;
        return {
          catalog,
          steps: [
            run(`DELETE FROM ${table} WHERE rowid IN (${old})`, oldest),
            run('DELETE FROM "$tag" WHERE entity = ? AND ingestion < ?', entity, oldest),
          ],
        };
      }, STEP_MILLISECONDS);
      rows = results[0]?.rows ?? 0;
    }
  }
}

function retentionPeriods(database: EngineDatabase): { entity: string; period: bigint }[] {
  const rows = database.settings(
    `SELECT entity, json FROM "$policy" WHERE policy = 'retention'`,
    [],
    [
      { name: 'entity', type: 'string' },
      { name: 'json', type: 'string' },
    ],
  );
  return rows.flatMap(([entity, json]) => {
    const policy: unknown = JSON.parse(String(json));
    const text =
      typeof policy === 'object' && policy !== null && 'SoftDeletePeriod' in policy
        ? policy.SoftDeletePeriod
        : undefined;
    const period = typeof text === 'string' ? parseTimespan(text) : null;
    return period === null ? [] : [{ entity: String(entity), period }];
  });
}
