/** Tables as entities: found, made with names that SQLite can keep apart, and given more columns. */

import { type Catalog, type Column, physicalNames, type StoredColumn, type Table } from '../catalog.ts';
import { KqlError } from '../errors.ts';
import { nameTaken, notFound } from '../store/entity-errors.ts';
import { INGESTION_COLUMN } from '../store/schema.ts';

/** Names by which SQLite knows a row's number, and our own hidden column: no column may take them. */
const RESERVED_COLUMNS = ['rowid', 'oid', '_rowid_', INGESTION_COLUMN];

/** A table to create. */
export interface NewTable {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** The table called `name`. @throws KqlError where there is none */
export function tableOf(catalog: Catalog, name: string): Table {
  const entity = catalog.entities.get(name);
  if (entity?.kind === 'table') return entity;
  throw notFound('Table', name, catalog.tables);
}

/** A new table with its names in SQLite. @throws KqlError where the name is taken */
export function newTable(catalog: Catalog, { name, columns: defined }: NewTable): Table {
  if (catalog.entities.has(name)) {
    throw nameTaken(name);
  }
  return {
    kind: 'table',
    name,
    physical: physicalTable(catalog, name),
    columns: storedColumns(defined),
    folder: '',
    docString: '',
  };
}

/** A name in SQLite that no stored entity has, and that SQLite does not keep for itself. */
export function physicalTable(catalog: Catalog, name: string): string {
  const taken = [...catalog.tables, ...catalog.views].map(({ physical }) => physical);
  const [physical] = physicalNames([/^sqlite_/i.test(name) ? `$${name}` : name], taken);
  return physical ?? name;
}

/** Columns with their names in SQLite, beside those that are there. */
export function storedColumns(
  defined: readonly Column[],
  present: readonly StoredColumn[] = [],
): StoredColumn[] {
  const taken = [...RESERVED_COLUMNS, ...present.map(({ physical }) => physical)];
  const physical = physicalNames(
    defined.map(({ name }) => name),
    taken,
  );
  return defined.map((column, index) => ({ ...column, physical: physical[index] ?? column.name }));
}

/** The table with the columns of `defined` that it lacks. @throws KqlError where a type differs */
export function merged(table: Table, defined: readonly Column[]): Table {
  for (const { name, type } of defined) {
    const own = table.columns.find((column) => column.name === name);
    if (own && own.type !== type) {
      throw new KqlError(
        `Column '${name}' of table '${table.name}' is of type ${own.type} and cannot become ${type}`,
      );
    }
  }
  const missing = defined.filter(({ name }) => !table.columns.some((column) => column.name === name));
  return missing.length === 0
    ? table
    : { ...table, columns: [...table.columns, ...storedColumns(missing, table.columns)] };
}
