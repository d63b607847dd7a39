/** Compiled statements: the compiler makes them, the store runs them. */
import type { Column, ScalarType } from './catalog.ts';

/** A value of SQLite; 64-bit integers are BigInt where exactness matters. */
export type SqlValue = string | number | bigint | null;

/** The meaning of a `?` in a statement: a declared query parameter, or the query's one `now()`. */
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
  /** The meaning of each `?`, in order; one parameter may occur several times. */
  readonly slots: readonly StatementParameter[];
  readonly columns: readonly Column[];
  /** The stored entities (tables and views, by Kusto name) that it reads. */
  readonly tables: readonly string[];
}
