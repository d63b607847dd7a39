/**
 * Steps that the writer runs in one transaction, all or none. They are plain data,
 * because the writer is a process of its own. Whoever makes them has compiled the queries already.
 */
import type { Column, StoredColumn } from '../catalog.ts';
import type { BoundValue } from '../slot-values.ts';
import type { SqlValue, StagedStatement } from '../statement.ts';
import type { FieldMapping } from './field-mapping.ts';
import type { DataFormat } from './formats.ts';

/** One SQL statement, such as DDL or a change to the engine's own tables. */
export interface SqlStep {
  readonly kind: 'sql';
  readonly sql: string;
  readonly values: readonly StepValue[];
  /** Whether it alters or drops a table. */
  readonly changesTable: boolean;
}

/** A value that a step binds. */
export type StepValue = SqlValue | Uint8Array;

/** A step that runs one SQL statement. */
export function run(sql: string, ...values: StepValue[]): SqlStep {
  return { kind: 'sql', sql, values, changesTable: false };
}

/** A step that alters or drops a table. */
export function changeTable(sql: string): SqlStep {
  return { kind: 'sql', sql, values: [], changesTable: true };
}

/** Rows from a compiled query, column by column in the order of `columns`. */
export interface QueryRows {
  readonly kind: 'query';
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Rows from the text of a request; `mapping` says where a column's value is, else position or name do. */
export interface TextRows {
  readonly kind: 'text';
  readonly format: DataFormat;
  readonly data: Uint8Array | string;
  readonly mapping?: readonly FieldMapping[];
  readonly skipFirstRecord?: boolean;
}

/** A view to bring up to date: `sql` is its query over the rows just ingested (see `deltaName`). */
export interface ViewStep {
  /** The view's name, under which it is remembered that this has failed. */
  readonly name: string;
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Rows to add to a table, and to the views over it. */
export interface IngestStep {
  readonly kind: 'ingest';
  /** The table's Kusto name, under which its tags are kept. */
  readonly entity: string;
  readonly physical: string;
  readonly columns: readonly StoredColumn[];
  readonly rows: QueryRows | TextRows;
  readonly views: readonly ViewStep[];
  /** Tags to remember, `ingest-by:` included. */
  readonly tags: readonly string[];
  /** Nothing is ingested where the table has one of these tags. */
  readonly unlessTagged: readonly string[];
  /** The rows before these, and their tags, are deleted once these have been read. */
  readonly replaces: boolean;
}

export type WriteStep = SqlStep | IngestStep;

/** The outcome of a step: how many rows it changed, and whether a tag made it unnecessary. */
export interface StepResult {
  readonly rows: number;
  readonly skipped: boolean;
  /** Whether a view could not take the rows in (see `store/unhealthy-views.ts`). */
  readonly viewFailed?: boolean;
}

/** A transaction for the writer. */
export interface WriteRequest {
  readonly file: string;
  /** The engine that opened the file last; a writer of an older one is refused. */
  readonly owner: string;
  readonly steps: readonly WriteStep[];
}

/** A compiled query for a reader. */
export interface ReadRequest {
  readonly file: string;
  readonly sql: string;
  readonly staged?: StagedStatement | undefined;
  readonly values: readonly BoundValue[];
  readonly columns: readonly Column[];
  readonly limits: ResultLimits;
}

/** How much of a result is wanted. */
export interface ResultLimits {
  /** Rows beyond these are left out without a word (`query_take_max_records`). */
  readonly take: number;
  /** More rows or bytes than these are an error (`truncationmaxrecords`, `truncationmaxsize`). */
  readonly records: number;
  readonly bytes: number;
}

/** A result, its rows encoded as Kusto's JSON: `[[1,"a"],[2,"b"]]`. */
export interface ReadResult {
  readonly rows: string;
  readonly count: number;
  /** Which limit cut the result short. */
  readonly exceeded?: 'records' | 'bytes';
  readonly milliseconds: number;
}

/** The rows of one ingestion, as a table of this name that exists while the step runs. */
export function deltaName(physical: string): string {
  return `$delta$${physical}`;
}
