/** Compiled statements: the compiler makes them, the store runs them. */
import type { Column, ScalarType } from './catalog.ts';

/** A value of SQLite; 64-bit integers are BigInt where exactness matters. */
export type SqlValue = string | number | bigint | null;

/**
 * The meaning of a `?` in a statement: a declared query parameter, the query's one `now()`, rows from elsewhere, or a call
 * of the engine's own code that depends on these alone.
 */
export type StatementParameter =
  | {
      readonly kind: 'parameter';
      readonly name: string;
      readonly type: ScalarType;
      readonly defaultValue?: SqlValue;
    }
  | { readonly kind: 'now' }
  /** Rows of another cluster, as a JSON array of arrays. */
  | { readonly kind: 'rows'; readonly read: RemoteRead }
  | EarlyCall;

/** A call whose arguments are known before a statement runs. Where a statement has it several times, it is one object. */
export interface EarlyCall {
  readonly kind: 'call';
  /** The name of the function's code. */
  readonly code: string;
  readonly args: readonly (StatementParameter | { readonly kind: 'literal'; readonly value: SqlValue })[];
}

/** What is read from another cluster before a statement runs. */
export interface RemoteRead {
  /** The cluster's origin. */
  readonly cluster: string;
  readonly database: string;
  /** The table, view or function, for an error. */
  readonly table: string;
  /** In KQL, with the operands as query parameters. */
  readonly query: string;
  readonly operands: readonly RemoteOperand[];
  /** Operands without which there are no rows: where one is null, false or an empty list, nothing is read. */
  readonly needs: readonly string[];
  readonly columns: readonly Column[];
}

/** A value that is worked out here. `statement` gives one row of one column. */
export interface RemoteOperand {
  readonly name: string;
  readonly type: ScalarType;
  readonly statement: Pick<Statement, 'sql' | 'slots'>;
}

/**
 * The same query as several statements, which SQLite reads faster. Each stage fills a table of its connection's own; `sql`
 * gives the rows. `values` are the places, in the values of the whole, of what each `?` stands for.
 */
export interface StagedStatement {
  readonly stages: readonly StatementStage[];
  readonly sql: string;
  readonly values: readonly number[];
}

export interface StatementStage {
  readonly table: string;
  /** Names of columns with their types, as SQL defines them. */
  readonly columns: readonly string[];
  /** Lists of columns to find its rows by. */
  readonly keys: readonly (readonly string[])[];
  /** A SELECT of these columns, which may read the tables before. */
  readonly sql: string;
  readonly values: readonly number[];
}

/** A compiled query. `columns` describe the SELECT's columns by position; their SQL names mean nothing. */
export interface Statement {
  readonly sql: string;
  /** The meaning of each `?`, in order; one parameter may occur several times. */
  readonly slots: readonly StatementParameter[];
  /**
   * The same with calls of the engine's own code, where these depend on no row: SQLite takes longer for each than they do.
   * Its slots have names in its text, and each is there once.
   * Not for parameters for which one of the calls fails, since that may be in a branch which is not taken.
   */
  readonly early?: Pick<Statement, 'sql' | 'slots'>;
  /** Where SQLite would take long to read `sql`. */
  readonly staged?: StagedStatement;
  readonly columns: readonly Column[];
  /** The stored entities (tables and views, by Kusto name) that it reads. */
  readonly tables: readonly string[];
  /** The statements of the query's further results. */
  readonly further?: readonly Statement[];
  /** Set where this is not the query yet: its rows answer the question, and then the query is compiled again. */
  readonly question?: Question;
}

/** What has to be known before a query can be compiled. */
export type Question = SchemaQuestion | NameQuestion;

/** The value of a parameter: the name of a table that is read. */
export interface NameQuestion {
  readonly kind: 'parameter';
  readonly name: string;
  /** Where the name ends that the query declares, before its quotes. */
  readonly nameEnd: number;
  /** Where the statement ends that declares it. */
  readonly statementEnd: number;
}

/** What has to be known of the data before a query can be compiled: the columns that a call gives. */
export interface SchemaQuestion {
  /** Rows of slots and their types, or of values that become columns. */
  readonly kind: 'bag_unpack' | 'pivot';
  /** Where in the query the schema belongs. */
  readonly offset: number;
  /** What stands before the columns that are found, in KQL. */
  readonly before: readonly string[];
  /** Of the columns that `pivot` gives. */
  readonly type: ScalarType;
  /** Before the names of slots. */
  readonly prefix: string;
  /** The names of columns that the rows have already. */
  readonly taken: readonly string[];
  readonly conflict: 'error' | 'replace_source' | 'keep_source';
}
