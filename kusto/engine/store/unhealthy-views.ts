/**
 * Materialized views whose query failed for rows of their table. The table has the rows all the same; the view does not,
 * and takes in no others, so it is refused to readers until its data are cleared or it is dropped.
 */
import { KqlError } from '../errors.ts';
import type { Connection } from './connection.ts';
import { run, type SqlStep } from './steps.ts';

const PREFIX = 'unhealthy ';

/** Why each view that is not healthy failed, by its name. */
export type UnhealthyViews = ReadonlyMap<string, string>;

/** The key of `"$engine"` under which it is remembered that the view failed. */
export function unhealthyKey(view: string): string {
  return `${PREFIX}${view}`;
}

/** The views in `connection`'s file that are not healthy. */
export function loadUnhealthyViews(connection: Connection): UnhealthyViews {
  const rows = connection
    .prepare<[], { key: string; value: string }>(
      `SELECT key, value FROM "$engine" WHERE substr(key, 1, ${PREFIX.length}) = '${PREFIX}'`,
    )
    .all();
  return new Map(rows.map(({ key, value }) => [key.slice(PREFIX.length), value]));
}

/** Forgets that a view failed, for one that begins anew. */
export function healthyStep(view: string): SqlStep {
  return run('DELETE FROM "$engine" WHERE key = ?', unhealthyKey(view));
}

/** @throws KqlError where one of the entities is a view that lacks rows */
export function refuseUnhealthy(views: UnhealthyViews, entities: readonly string[]): void {
  const found = views.size > 0 ? entities.find((name) => views.has(name)) : undefined;
  if (found !== undefined)
    throw new KqlError(
      `Materialized view '${found}' lacks rows, since its query failed for them (${views.get(found)}): clear its data, or drop it`,
    );
}
