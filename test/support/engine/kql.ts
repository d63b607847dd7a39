/** Compiles KQL and runs it on an SQLite database in memory, with values as a reader of the query thinks of them. */
import { isDeepStrictEqual } from 'node:util';
import Database from 'better-sqlite3';
import {
  Catalog,
  type Column,
  type Entity,
  physicalNames,
  type ScalarType,
} from '../../../kusto/engine/catalog.ts';
import { additionsOf, compileQuery, type Statement, withAddition } from '../../../kusto/engine/compile.ts';
import { registerKqlFunctions } from '../../../kusto/engine/functions/register.ts';
import { formatDatetime, formatTimespan, parseDatetime } from '../../../kusto/engine/functions/ticks.ts';
import { type BoundStatement, bindParameters, boundStatement } from '../../../kusto/engine/slot-values.ts';

/** The moment that `now()` gives in these tests. */
export const NOW = '2024-06-01T12:00:00.1234567Z';

/** A value of a result: datetime and timespan as text, bool as boolean, dynamic as what its JSON holds. */
export type Value = string | number | boolean | null | object;

/** A table of a test: its columns as in KQL, and rows of what SQLite keeps. */
export interface TestTable {
  readonly columns: string;
  readonly rows?: readonly (readonly (string | number | bigint | null)[])[];
}

export interface KqlRun {
  readonly tables?: Readonly<Record<string, TestTable>>;
  /** Stored functions: `name(parameters)` -> body. */
  readonly functions?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** The columns written as `a:string, b:long`. */
export function columnsFrom(written: string): Column[] {
  return written
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [name = '', type = ''] = part.split(':').map((side) => side.trim());
      return { name, type: type as ScalarType };
    });
}

/** A catalogue of tables and functions. */
export function catalogOf({ tables = {}, functions = {} }: KqlRun): Catalog {
  const described = { folder: '', docString: '' };
  const entities: Entity[] = Object.entries(tables).map(([name, table]) => {
    const columns = columnsFrom(table.columns);
    const physical = physicalNames(columns.map((column) => column.name));
    const storedColumns = columns.map((column, index) => ({
      ...column,
      physical: physical[index] ?? column.name,
    }));
    return { kind: 'table', name, physical: name, columns: storedColumns, ...described };
  });
  for (const [signature, body] of Object.entries(functions)) {
    const [, name = '', parameters = ''] = /^(\w+)\(([^)]*)\)$/.exec(signature) ?? [];
    entities.push({ kind: 'function', name, parameters: columnsFrom(parameters), body, ...described });
  }
  return new Catalog('test', entities);
}

/** A database with the catalogue's tables, filled. The ingestion time of row n is n hours after 2024-01-01. */
export function databaseOf(catalog: Catalog, { tables = {} }: KqlRun): Database.Database {
  const db = new Database(':memory:');
  db.defaultSafeIntegers();
  registerKqlFunctions(db);
  for (const table of catalog.tables) {
    const names = [...table.columns.map(({ physical }) => physical), '$ingestion'].map((name) => `"${name}"`);
    db.exec(`CREATE TABLE "${table.physical}" (${names.join(', ')})`);
    const insert = db.prepare(`INSERT INTO "${table.physical}" VALUES (${names.map(() => '?').join(', ')})`);
    const start = parseDatetime('2024-01-01') ?? 0n;
    tables[table.name]?.rows?.forEach((row, index) => {
      insert.run(
        ...row.map((value, at) => stored(value, table.columns[at]?.type)),
        start + BigInt(index) * 36_000_000_000n,
      );
    });
  }
  return db;
}

/** What a query gives: names of columns, and rows as arrays in their order. */
export interface Answer {
  readonly columns: readonly string[];
  readonly rows: Value[][];
}

/** Runs a query: all of its results. */
export function answersOf(query: string, run: KqlRun = {}): Answer[] {
  const catalog = catalogOf(run);
  const db = databaseOf(catalog, run);
  try {
    return answersIn(db, catalog, query, run.parameters);
  } finally {
    db.close();
  }
}

/** The same on an open database. */
export function answersIn(
  db: Database.Database,
  catalog: Catalog,
  query: string,
  parameters: KqlRun['parameters'] = {},
): Answer[] {
  const now = parseDatetime(NOW) ?? 0n;
  const rowsOfBound = ({ sql, values }: BoundStatement) =>
    db
      .prepare<unknown[], unknown[]>(sql)
      .raw()
      .all(...values);
  const read = (statement: Statement): unknown[][] => {
    const { sql, early } = statement;
    const plain = rowsOfBound({ sql, values: bindParameters(statement, parameters, now) });
    // The form that the engine runs gives the same as the plain one, which it falls back to.
    if (early && !isDeepStrictEqual(rowsOfBound(boundStatement(statement, parameters, now)), plain))
      throw new Error(`With early calls the rows are others: ${early.sql}`);
    return plain;
  };
  const statement = compileQuery(catalog, query);
  if (statement.question)
    return answersIn(
      db,
      catalog,
      additionsOf(statement.question, read(statement)).reduce(withAddition, query),
      parameters,
    );
  return [statement, ...(statement.further ?? [])].map((result) => ({
    columns: result.columns.map(({ name }) => name),
    rows: read(result).map((row) =>
      row.map((value, index) => readable(value, result.columns[index]?.type ?? 'string')),
    ),
  }));
}

/** Runs a query: its rows as arrays, in the result's order of columns. */
export function rowsOf(query: string, run: KqlRun = {}): Value[][] {
  return answersOf(query, run)[0]?.rows ?? [];
}

/** The one row of a query. */
export function rowOf(query: string, run: KqlRun = {}): Value[] {
  const rows = rowsOf(query, run);
  if (rows.length !== 1 || !rows[0]) throw new Error(`One row was expected, and ${rows.length} came`);
  return rows[0];
}

/** The value of a scalar expression. */
export function scalar(expression: string, run: KqlRun = {}): Value {
  return rowOf(`print value = ${expression}`, run)[0] ?? null;
}

/** The names of a query's columns. */
export function columnNamesOf(query: string, run: KqlRun = {}): string[] {
  return compileQuery(catalogOf(run), query).columns.map(({ name }) => name);
}

/** The message with which a query is refused. */
export function refusalOf(query: string, run: KqlRun = {}): string {
  try {
    rowsOf(query, run);
  } catch (error) {
    if (error instanceof Error && error.name === 'KqlError') return error.message;
    throw error;
  }
  throw new Error('The query was not refused');
}

/** Whole numbers go in as integers, which better-sqlite3 makes of BigInt alone. */
function stored(
  value: string | number | bigint | null,
  type: ScalarType | undefined,
): string | number | bigint | null {
  return typeof value === 'number' && type !== 'real' ? BigInt(value) : value;
}

function readable(value: unknown, type: ScalarType): Value {
  if (value === null) return null;
  switch (type) {
    case 'bool':
      return value === 1n;
    case 'datetime':
      return formatDatetime(BigInt(String(value)));
    case 'timespan':
      return formatTimespan(BigInt(String(value)));
    case 'dynamic':
      return JSON.parse(String(value));
    default:
      return typeof value === 'bigint' ? Number(value) : (value as string | number);
  }
}
