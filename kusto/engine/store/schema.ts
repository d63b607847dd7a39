/**
 * A catalogue as SQLite keeps it: the tables behind Kusto's tables and views, their indexes, and the
 * catalogue itself as rows of JSON. Everything here is text for the writer to run in one transaction.
 */
import {
  Catalog,
  type Entity,
  type MaterializedView,
  type ScalarType,
  type StoredColumn,
  type Table,
} from '../catalog.ts';
import type { FunctionIndexes, SuggestedIndexes } from '../compile.ts';
import { identifierText } from '../sql/literal-text.ts';
import type { Connection } from './connection.ts';
import { dropIndexSteps, type StoredIndexes } from './indexes.ts';
import { engineFingerprint } from './kept-compilations.ts';
import { changeTable, run, type SqlStep } from './steps.ts';

/** The hidden column of every stored table: when the row was ingested, in ticks. */
export const INGESTION_COLUMN = '$ingestion';

/** What was compiled stays valid where nothing changes that it depends on; the rest is in nobody's way for a while. */
const FORGET_STATEMENTS = `DELETE FROM "$statement" WHERE (SELECT count(*) FROM "$statement") > 1000`;

const SQLITE_TYPES: Readonly<Record<ScalarType, string>> = {
  bool: 'INTEGER',
  datetime: 'INTEGER',
  decimal: 'TEXT',
  dynamic: 'TEXT',
  guid: 'TEXT',
  int: 'INTEGER',
  long: 'INTEGER',
  real: 'REAL',
  string: "TEXT NOT NULL DEFAULT ''",
  timespan: 'INTEGER',
};

/**
 * The steps that take a file from `before` to `after`. Rows stay, except those of dropped entities.
 *
 * @param indexes the suggested indexes that it has: those on tables that lose columns are dropped first
 */
export function migrate(before: Catalog, after: Catalog, indexes: StoredIndexes): SqlStep[] {
  const old = new Map(stored(before).map((entity) => [entity.physical, entity]));
  const now = new Map(stored(after).map((entity) => [entity.physical, entity]));
  const dropped = [...old.values()].filter(({ physical }) => !now.has(physical));
  const created = [...now.values()].filter(({ physical }) => !old.has(physical));
  const changed = [...now.values()].flatMap((entity) => {
    const previous = old.get(entity.physical);
    return previous && previous !== entity ? [{ previous, entity }] : [];
  });
  return [
    ...entityRowSteps(before, after),
    run(FORGET_STATEMENTS),
    ...dropped.flatMap(dropSteps),
    ...created.flatMap((entity) => [run(createTable(entity)), run(createIngestionIndex(entity))]),
    ...changed.flatMap(({ previous, entity }) => [
      ...columnSteps(previous, entity, indexes),
      ...renameSteps(previous, entity),
    ]),
  ];
}

/** The catalogue itself, as rows of `$entity`. */
function entityRowSteps(before: Catalog, after: Catalog): SqlStep[] {
  const gone = [...before.entities.keys()].filter((name) => !after.entities.has(name));
  const entities = [...after.entities.values()].map((entity, position) => ({ entity, position }));
  const changed = entities.filter(({ entity }) => before.entities.get(entity.name) !== entity);
  return [
    ...gone.map((name) => run('DELETE FROM "$entity" WHERE name = ?', name)),
    ...changed.map(({ entity, position }) =>
      run('INSERT OR REPLACE INTO "$entity" VALUES (?, ?, ?)', entity.name, position, JSON.stringify(entity)),
    ),
    run(`INSERT OR REPLACE INTO "$engine" VALUES ('version', ?)`, after.version),
  ];
}

/** The catalogue that `connection`'s file holds. */
export function loadCatalog(connection: Connection, database: string): Catalog {
  const rows = connection.prepare<[], { json: string }>('SELECT json FROM "$entity" ORDER BY position').all();
  const version = connection
    .prepare<[], { value: bigint }>(`SELECT value FROM "$engine" WHERE key = 'version'`)
    .get();
  const entities = rows.map(({ json }): Entity => JSON.parse(json));
  return new Catalog(database, entities, Number(version?.value ?? 0n));
}

/** Whether the suggested indexes in `connection`'s file are those of `catalog`, as this engine suggests them. */
export function isIndexed(connection: Connection, catalog: Catalog): boolean {
  const indexed = connection
    .prepare<[], { value: unknown }>(`SELECT value FROM "$engine" WHERE key = 'indexed'`)
    .get();
  return indexed?.value === markOfIndexes(catalog);
}

function markOfIndexes({ version }: Catalog): string {
  return `${version} ${engineFingerprint()}`;
}

/** The compiled statement kept under `key`. */
export function loadStatement(connection: Connection, key: string): Uint8Array | undefined {
  return connection
    .prepare<[string], { statement: Uint8Array }>('SELECT statement FROM "$statement" WHERE key = ?')
    .get(key)?.statement;
}

/** Notes that the suggested indexes are those of `catalog`, and which each of its functions wants. */
export function rememberIndexed(catalog: Catalog, { byFunction }: SuggestedIndexes): SqlStep[] {
  const functions: StoredFunctionIndexes = { engine: engineFingerprint(), functions: byFunction };
  return [
    run(`INSERT OR REPLACE INTO "$engine" VALUES ('indexed', ?)`, markOfIndexes(catalog)),
    run(`INSERT OR REPLACE INTO "$engine" VALUES ('functions', ?)`, JSON.stringify(functions)),
  ];
}

interface StoredFunctionIndexes {
  readonly engine: string;
  readonly functions: readonly FunctionIndexes[];
}

/** What functions looked up when the file was last indexed, where this engine has found that. */
export function loadFunctionIndexes(connection: Connection): readonly FunctionIndexes[] {
  const row = connection
    .prepare<[], { value: string }>(`SELECT value FROM "$engine" WHERE key = 'functions'`)
    .get();
  if (!row) return [];
  const { engine, functions }: StoredFunctionIndexes = JSON.parse(row.value);
  return engine === engineFingerprint() ? functions : [];
}

function stored(catalog: Catalog): (Table | MaterializedView)[] {
  return [...catalog.tables, ...catalog.views];
}

function createTable({ physical, columns }: Table | MaterializedView): string {
  const definitions = [
    ...columns.map(columnDefinition),
    `${identifierText(INGESTION_COLUMN)} INTEGER NOT NULL`,
  ];
  return `CREATE TABLE ${identifierText(physical)} (${definitions.join(', ')})`;
}

function createIngestionIndex({ physical }: Table | MaterializedView): string {
  return `CREATE INDEX ${identifierText(`$ingestion$${physical}`)} ON ${identifierText(physical)} (${identifierText(INGESTION_COLUMN)})`;
}

function columnDefinition({ physical, type }: StoredColumn): string {
  return `${identifierText(physical)} ${SQLITE_TYPES[type]}`;
}

function dropSteps({ physical, name }: Table | MaterializedView): SqlStep[] {
  const own = ['$policy', '$mapping', '$tag'].map((table) =>
    run(`DELETE FROM ${identifierText(table)} WHERE entity = ?`, name),
  );
  return [changeTable(`DROP TABLE ${identifierText(physical)}`), ...own];
}

/** Columns dropped and added. */
function columnSteps(
  old: Table | MaterializedView,
  now: Table | MaterializedView,
  indexes: StoredIndexes,
): SqlStep[] {
  const table = identifierText(now.physical);
  const had = new Set(old.columns.map(({ physical }) => physical));
  const has = new Set(now.columns.map(({ physical }) => physical));
  const dropped = old.columns.filter(({ physical }) => !has.has(physical));
  const added = now.columns.filter(({ physical }) => !had.has(physical));
  return [
    ...(dropped.length > 0 ? dropIndexSteps(indexes, now.physical) : []),
    ...dropped.map(({ physical }) =>
      changeTable(`ALTER TABLE ${table} DROP COLUMN ${identifierText(physical)}`),
    ),
    ...added.map((column) => changeTable(`ALTER TABLE ${table} ADD COLUMN ${columnDefinition(column)}`)),
  ];
}

/** A renamed table keeps its physical name; what refers to it by its Kusto name follows. */
function renameSteps(old: Table | MaterializedView, now: Table | MaterializedView): SqlStep[] {
  if (old.name === now.name) return [];
  return ['$policy', '$mapping', '$tag'].map((table) =>
    run(`UPDATE ${identifierText(table)} SET entity = ? WHERE entity = ?`, now.name, old.name),
  );
}
