/** What the compiler gives and the store runs. */
import type { Column, ScalarType } from './catalog.ts';

/** What SQLite takes and gives; 64-bit integers are BigInt where exactness matters. */
export type SqlValue = string | number | bigint | null;

/** What a `?` of a statement stands for: a declared query parameter, or the query's one `now()`. */
export type StatementParameter =
  | {
      readonly kind: 'parameter';
      readonly name: string;
      readonly type: ScalarType;
      readonly defaultValue?: SqlValue;
    }
  | { readonly kind: 'now' };

/** A compiled query. `columns` describe the SELECT's columns by position; their SQL names mean nothing. */
export interface Statement {
  readonly sql: string;
  /** What each `?` stands for, in order; one parameter may stand in several places. */
  readonly slots: readonly StatementParameter[];
  readonly columns: readonly Column[];
  /** The stored entities (tables and views, by Kusto name) that it reads. */
  readonly tables: readonly string[];
}
