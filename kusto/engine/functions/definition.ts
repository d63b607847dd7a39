/**
 * What the compiler knows about a function or operator: how it is written in SQL, or the JavaScript that
 * SQLite calls, whether it can give null, and the page that says what it means. The tables in this folder
 * are data; `docs/kql-support.md` is made from them.
 */
import type { ScalarType } from '../catalog.ts';

/** A value as SQLite passes it. JavaScript functions get 64-bit integers as BigInt. */
export type SqlValue = string | number | bigint | null;

/** An argument, rendered. */
export interface SqlArgument {
  readonly sql: string;
  readonly type: ScalarType;
  /** Whether it may be null; a string never is. */
  readonly nullable: boolean;
  /** Its value, where it is a literal. */
  readonly literal?: SqlValue;
}

/** JavaScript that SQLite calls under `kql_<name>`; `variadic` takes any number of arguments. */
export interface ScalarCode {
  readonly name: string;
  readonly variadic?: boolean;
  run(...args: SqlValue[]): SqlValue;
}

/**
 * When the result can be null: `never`, when an argument is (`arguments`), or at any time (`always`).
 * A result of type string is never null whatever this says: that is the SQL's duty.
 */
export type Nullability = 'never' | 'arguments' | 'always';

export interface ScalarFunction {
  readonly name: string;
  /** Path below https://learn.microsoft.com/kusto/query/ */
  readonly page: string;
  readonly nullable: Nullability;
  /** The SQL of a call; throws a message to refuse one. `type` is the result type that the binder found. */
  sql(args: readonly SqlArgument[], type: ScalarType): string;
  readonly code?: readonly ScalarCode[];
  /** The value of a call whose arguments are all literals; undefined where it is left to SQLite. */
  fold?(args: readonly SqlArgument[]): SqlValue | undefined;
  /** For the documentation: what of it is supported, where not all is. */
  readonly note?: string;
}

/** What an aggregate is rendered from. */
export interface AggregateInput {
  readonly args: readonly SqlArgument[];
  /** ` ORDER BY ...` of the rows, if they are sorted; else empty. */
  readonly order: string;
  /** Whether an `arg_max` or `arg_min` stands beside it: then no other native `min()` or `max()` may. */
  readonly besideArgMax: boolean;
}

/** JavaScript that SQLite calls for a whole group. */
export interface AggregateCode<State> {
  readonly name: string;
  start(): State;
  /** Takes a row into the state, which it may change. */
  step(state: State, ...args: SqlValue[]): State;
  result(state: State): SqlValue;
}

export interface AggregateFunction {
  readonly name: string;
  readonly page: string;
  readonly nullable: boolean;
  sql(input: AggregateInput, type: ScalarType): string;
  readonly note?: string;
}

/** A refusal that a template gives without knowing where the call stands. */
export class UnsupportedCall extends Error {}

/** A function that is JavaScript, called with its arguments as they are. */
export function inCode(
  name: string,
  page: string,
  nullable: Nullability,
  run: ScalarCode['run'],
  options: { readonly variadic?: boolean; readonly note?: string } = {},
): ScalarFunction {
  const { variadic, note } = options;
  return {
    name,
    page,
    nullable,
    sql: (args) => `kql_${name}(${args.map(({ sql }) => sql).join(', ')})`,
    code: [{ name, run, ...(variadic && { variadic }) }],
    fold: (args) => run(...args.map(({ literal }) => literal ?? null)),
    ...(note && { note }),
  };
}

/** A function that is SQL. */
export function inSql(
  name: string,
  page: string,
  nullable: Nullability,
  sql: ScalarFunction['sql'],
  options: Pick<ScalarFunction, 'code' | 'fold' | 'note'> = {},
): ScalarFunction {
  return { name, page, nullable, sql, ...options };
}

/** The argument at `index`; a template asks only for those that the binder requires. */
export function argument(args: readonly SqlArgument[], index: number): SqlArgument {
  const found = args[index];
  if (!found) throw new UnsupportedCall(`argument ${index + 1} is missing`);
  return found;
}
