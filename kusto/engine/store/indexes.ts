/**
 * The indexes that the stored functions would like. Finding them means binding every function, so it is done
 * in the background once commands have gone quiet, and the indexes are made in a write of their own. They
 * are all that changes: no answer depends on them.
 */
import type { SuggestedIndex } from '../compile.ts';
import { identifierText } from '../sql/literal-text.ts';
import type { Connection } from './connection.ts';
import { run, type SqlStep } from './steps.ts';

const PREFIX = '$by$';

/** The suggested indexes that a file has: their names, and the physical table that each is on. */
export type StoredIndexes = ReadonlyMap<string, string>;

/** The name of an index, which tells it from all others. */
function indexName({ physicalTable, keys }: SuggestedIndex): string {
  return `${PREFIX}${physicalTable}$${keys.join(',')}`;
}

/** The suggested indexes without those that begin with, or have among their keys, all that tells a view's rows apart. */
export function withoutKeys(
  suggested: readonly SuggestedIndex[],
  connection: Connection,
): readonly SuggestedIndex[] {
  const keysOf = connection.prepare<[string], { key: string | null }>(
    `SELECT column.name AS key FROM pragma_index_info('$keys$' || ?) AS column`,
  );
  return suggested.filter(({ physicalTable, keys }) => {
    const columns = keysOf.all(physicalTable).map(({ key }) => key);
    return !(
      columns.length > 0 && columns.every((key) => key !== null && keys.includes(identifierText(key)))
    );
  });
}

/** The steps that make the suggested indexes and drop those no longer suggested. */
export function indexSteps(existing: StoredIndexes, suggested: readonly SuggestedIndex[]): SqlStep[] {
  const wanted = new Map(suggested.map((index) => [indexName(index), index]));
  const stale = [...existing.keys()].filter((name) => !wanted.has(name));
  const missing = [...wanted].filter(([name]) => !existing.has(name));
  return [
    ...stale.map(dropStep),
    ...missing.map(([name, { physicalTable, keys }]) =>
      run(`CREATE INDEX ${identifierText(name)} ON ${identifierText(physicalTable)} (${keys.join(', ')})`),
    ),
  ];
}

/** The steps that drop every suggested index of a table, so that its columns can be dropped. */
export function dropIndexSteps(existing: StoredIndexes, physicalTable: string): SqlStep[] {
  return [...existing].filter(([, table]) => table === physicalTable).map(([name]) => dropStep(name));
}

/** The suggested indexes that `connection`'s file has. */
export function loadIndexes(connection: Connection): StoredIndexes {
  const rows = connection
    .prepare<[], { name: string; tbl_name: string }>(
      `SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND name GLOB '${PREFIX}*'`,
    )
    .all();
  return new Map(rows.map(({ name, tbl_name }) => [name, tbl_name]));
}

function dropStep(name: string): SqlStep {
  return run(`DROP INDEX IF EXISTS ${identifierText(name)}`);
}
