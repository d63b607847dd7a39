/**
 * What the compiler knows about a function or operator: how it is written in SQL, or the JavaScript that
 * SQLite calls, whether it can give null, and the page that says what it means. The tables in this folder
 * are data; `docs/kql-support.md` is made from them.
 */
import type { ScalarType } from '../catalog.ts';
import { customCall, type SortTerm, type SqlExpression } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { OutOfTimeError, withinTime } from './time-limit.ts';

/** An argument, rendered. */
export interface SqlArgument {
  readonly sql: SqlExpression;
  readonly type: ScalarType;
  /** Whether it may be null; a string never is. */
  readonly nullable: boolean;
  /** Its value, where it is a literal. */
  readonly literal?: SqlValue;
}

/** An argument that is a literal. */
export interface LiteralArgument {
  readonly type: ScalarType;
  readonly literal: SqlValue;
}

/** JavaScript that SQLite calls (see `customCall`); `variadic` takes any number of arguments. */
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

/** Anything that an expression of a plan calls: an operator, a function, or a step of the compiler's own. */
export interface Callable {
  /** As KQL writes it; a step of the compiler's own has none. */
  readonly name?: string;
  readonly nullable: Nullability;
  /** What the planner makes use of: filters are split at `and`, joins have keys that are `equal`. */
  readonly meaning?: 'and' | 'or' | 'equal';
  /** An index on the first argument finds the rows: as it is, or with its case folded (see `FOLDED`). */
  readonly lookup?: 'exact' | 'folded';
  /** Whether rows for which it holds lie beside each other in an index on either argument. */
  readonly isRange?: boolean;
  /** What does the same in a filter, where null counts as false, and can use an index. */
  readonly inFilter?: Callable;
  /**
   * The SQL of a call.
   *
   * @param type the result type that the binder found
   * @throws UnsupportedCallError to refuse the call
   */
  sql(args: readonly SqlArgument[], type: ScalarType): SqlExpression;
  readonly code?: readonly ScalarCode[];
  /** The value of a call whose arguments are all literals; undefined where it is left to SQLite. */
  fold?(args: readonly LiteralArgument[]): SqlValue | undefined;
  /** The argument that is a regular expression, of the arguments that are literals (the others are undefined). */
  pattern?(args: readonly (SqlValue | undefined)[]): SqlValue | undefined;
}

/** An operator or function of KQL, with what its documentation needs. */
export interface ScalarFunction extends Callable {
  readonly name: string;
  /** Path below https://learn.microsoft.com/kusto/query/ */
  readonly page: string;
  /** How many arguments it takes at most; a call with more is refused. */
  readonly most?: number;
  /** Positions of the arguments that are text: those of another type are taken as their text. */
  readonly text?: readonly number[] | 'all';
  /** Which part of it is supported, where not all is. */
  readonly note?: string;
}

/** The input from which an aggregate is rendered. */
export interface AggregateInput {
  readonly args: readonly SqlArgument[];
  /** The order of the rows; empty if they have none. */
  readonly order: readonly SortTerm[];
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
  /** How a materialized view merges two values of it; absent if it cannot. */
  readonly merge?: 'min' | 'max' | 'sum' | 'count';
  /** From which argument on all must be the same for every row. */
  readonly constantsFrom?: number;
  /** Throws a KqlError where the arguments that are literals (the others are undefined) are wrong. */
  check?(args: readonly (LiteralArgument | undefined)[]): void;
  sql(input: AggregateInput, type: ScalarType): SqlExpression;
  readonly note?: string;
}

/** A refusal by a template, which does not know where the call stands. */
export class UnsupportedCallError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsupportedCallError';
  }
}

/** A function that is JavaScript, called with its arguments as they are. */
export function inCode(
  name: string,
  page: string,
  nullable: Nullability,
  run: ScalarCode['run'],
  options: { readonly variadic?: boolean } & Pick<ScalarFunction, 'note' | 'pattern' | 'text'> = {},
): ScalarFunction {
  const { variadic = false, ...documented } = options;
  // A function of a rest parameter says nothing of how many arguments it takes.
  const most = run.length === 0 ? {} : { most: run.length };
  return { ...ownStep(name, nullable, run, variadic), name, page, ...most, ...documented };
}

/** A step of the compiler's own that is JavaScript, called `code` in SQL. */
export function ownStep(
  code: string,
  nullable: Nullability,
  run: ScalarCode['run'],
  variadic = false,
): Callable {
  return {
    nullable,
    sql: (args) => customCall(code, ...args.map(({ sql }) => sql)),
    code: [{ name: code, run, ...(variadic && { variadic }) }],
    fold: (args) => computedSoon(() => run(...args.map(({ literal }) => literal))),
  };
}

/** What takes longer than this, or becomes longer, is left to the query's run, which can be ended by itself. */
const FOLD_MILLISECONDS = 50;
const LONGEST_FOLDED = 10_000;

function computedSoon(work: () => SqlValue): SqlValue | undefined {
  try {
    const value = withinTime(FOLD_MILLISECONDS, work);
    if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value) return undefined;
    return typeof value === 'string' && value.length > LONGEST_FOLDED ? undefined : value;
  } catch (error) {
    if (error instanceof OutOfTimeError) return undefined;
    throw error;
  }
}

/**
 * True for every row, unless the query's time is up. A loop over rows inside of a loop calls it for each row of the
 * outer one, since such loops may take any time without calling anything else of ours.
 */
export const IN_TIME: ScalarCode = { name: 'in_time', variadic: true, run: () => 1n };

/** A function that is SQL. */
export function inSql(
  name: string,
  page: string,
  nullable: Nullability,
  sql: ScalarFunction['sql'],
  options: Pick<
    ScalarFunction,
    'code' | 'fold' | 'note' | 'meaning' | 'inFilter' | 'lookup' | 'isRange' | 'most' | 'pattern' | 'text'
  > = {},
): ScalarFunction {
  return { name, page, nullable, sql, ...options };
}

/** The argument at `index`; a template asks only for those that the binder requires. */
export function argument(args: readonly SqlArgument[], index: number): SqlArgument {
  const found = args[index];
  if (!found) throw new UnsupportedCallError(`argument ${index + 1} is missing`);
  return found;
}
