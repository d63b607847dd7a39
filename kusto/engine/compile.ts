/**
 * The compiler's front door: KQL text in, one SQLite SELECT out. Nothing here touches a database; the
 * store runs what it gets. Whatever the compiler does not know is refused with a `KqlError`.
 */
import type { Catalog, Column, ScalarType, StoredFunction } from './catalog.ts';

/** What SQLite takes and gives; 64-bit integers are BigInt where exactness matters. */
export type SqliteValue = string | number | bigint | null;

/** What to bind to `?1`, `?2`, ... of a statement: a declared query parameter, or the query's one `now()`. */
export type StatementParameter =
  | { readonly kind: 'parameter'; readonly name: string; readonly type: ScalarType; readonly defaultValue?: SqliteValue }
  | { readonly kind: 'now' };

/** A compiled query. `columns` describe the SELECT's columns by position; their SQL names mean nothing. */
export interface Statement {
  readonly sql: string;
  /** What `?1`, `?2`, ... stand for, in order. */
  readonly slots: readonly StatementParameter[];
  readonly columns: readonly Column[];
  /** The stored entities (tables and views, by Kusto name) that it reads. */
  readonly tables: readonly string[];
}

/** How `compileQuery` may be steered. */
export interface CompileOptions {
  /** Entity name -> physical table to read instead, such as the rows of one ingestion. */
  readonly override?: ReadonlyMap<string, string>;
}

/**
 * Compiles a query, which may begin with `declare query_parameters(...)` and `let` statements.
 *
 * @throws KqlError where the query is wrong or not supported, with its position
 */
export function compileQuery(_catalog: Catalog, _text: string, _options: CompileOptions = {}): Statement {
  throw new Error('not built yet');
}

/**
 * The values for a statement's slots, in order.
 *
 * @param raw parameters as a client sends them: strings as they are, other types as KQL literals
 * @param now the query's `now()` in ticks
 * @throws KqlError naming a parameter that is missing or not of its declared type
 */
export function bindParameters(
  _statement: Pick<Statement, 'slots'>,
  _raw: Readonly<Record<string, string>>,
  _now: bigint,
): SqliteValue[] {
  throw new Error('not built yet');
}

/**
 * Binds a stored function's body once, with its parameters declared.
 *
 * @returns the columns of its result; one column for a scalar function
 * @throws KqlError with the position in the body
 */
export function checkFunction(_catalog: Catalog, _fn: StoredFunction): Column[] {
  throw new Error('not built yet');
}

/**
 * One aggregate of a materialized view, and the view's columns that it fills. `arg_max` and `arg_min`
 * compare `by` (null loses against any value) and take all of `columns` (which include `by`) from the winning row.
 */
export type ViewAggregate =
  | { readonly kind: 'arg_max' | 'arg_min'; readonly by: string; readonly columns: readonly string[] }
  | { readonly kind: 'min' | 'max' | 'sum' | 'count' | 'take_any'; readonly column: string };

/**
 * What incremental maintenance of a view needs. To take in a batch: run the view's query over the batch
 * alone (`compileQuery` with `override` of the source) and merge each row into the row with the same keys.
 */
export interface ViewShape {
  readonly columns: readonly Column[];
  /** The columns that identify a row. */
  readonly keys: readonly string[];
  readonly aggregates: readonly ViewAggregate[];
}

/**
 * The shape of a materialized view `source | where/extend/project... | summarize aggregates by keys`.
 *
 * @throws KqlError for any other shape, since it could not be kept up to date batch by batch
 */
export function describeView(_catalog: Catalog, _source: string, _query: string): ViewShape {
  throw new Error('not built yet');
}

/** An index worth having: `columns` are physical column names, in index order. */
export interface SuggestedIndex {
  readonly physicalTable: string;
  readonly columns: readonly string[];
}

/** Indexes for the equality predicates and join keys in the catalogue's stored functions. */
export function suggestIndexes(_catalog: Catalog): SuggestedIndex[] {
  throw new Error('not built yet');
}
