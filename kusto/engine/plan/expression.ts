/** Properties of an expression that follow without running it, and copies of it with other columns. */
import type { ScalarType } from '../catalog.ts';
import { KqlError } from '../errors.ts';
import type { Callable, LiteralArgument } from '../functions/definition.ts';
import { required } from '../functions/function-table.ts';
import { pattern } from '../functions/regular-expression.ts';
import type { SqlValue } from '../statement.ts';
import type { Expr, Output, PlanColumn, Refuser } from './tree.ts';

export function columnRef(column: PlanColumn): Expr {
  return { kind: 'column', column };
}

export function literal(value: SqlValue, type: ScalarType): Expr {
  return { kind: 'literal', value, type };
}

/** A call, or its value where all arguments are literals and the function can be computed at once. */
export function call(fn: Callable, args: readonly Expr[], type: ScalarType, at: Refuser): Expr {
  checkPattern(fn, args, at);
  const literals = args.flatMap((arg) =>
    arg.kind === 'literal' ? [{ type: arg.type, literal: arg.value }] : [],
  );
  if (fn.fold && literals.length === args.length) {
    const value = folded(fn, literals, at);
    if (value !== undefined) return literal(value, type);
  }
  return { kind: 'call', fn, args, type, at };
}

/** Refuses a written regular expression that cannot be compiled, where it stands. */
function checkPattern(fn: Callable, args: readonly Expr[], at: Refuser): void {
  const regex = fn.pattern?.(args.map((arg) => (arg.kind === 'literal' ? arg.value : undefined)));
  if (typeof regex === 'string') refusing(at, () => pattern(regex));
}

function folded(fn: Callable, args: readonly LiteralArgument[], at: Refuser): SqlValue | undefined {
  return refusing(at, () => fn.fold?.(args));
}

/** Runs what may refuse its input; the refusal is at `at` then. */
export function refusing<T>(at: Refuser, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof KqlError) return at.refuse(error.reason);
    throw error;
  }
}

/** The value of a column that has no row: `''` for strings, else null. */
export function missing(type: ScalarType): Expr {
  return literal(type === 'string' ? '' : null, type);
}

/** A column passed on as it is. */
export function passOn(column: PlanColumn): Output {
  return { column, expr: columnRef(column) };
}

export function typeOf(expr: Expr): ScalarType {
  switch (expr.kind) {
    case 'column':
    case 'scalarQuery':
      return expr.column.type;
    case 'inQuery':
      return 'bool';
    default:
      return expr.type;
  }
}

/** Whether the expression can give null; a string never does. */
export function isNullable(expr: Expr): boolean {
  if (typeOf(expr) === 'string') return false;
  switch (expr.kind) {
    case 'column':
      return expr.column.nullable;
    case 'literal':
      return expr.value === null;
    case 'slot':
      return expr.slot.kind === 'parameter';
    case 'call':
      return expr.fn.nullable === 'arguments' ? expr.args.some(isNullable) : expr.fn.nullable === 'always';
    case 'scalarQuery':
      return true;
    case 'inQuery':
      return isNullable(expr.value);
  }
}

/** The columns that the expression reads. */
export function columnsIn(expr: Expr, found: Set<PlanColumn> = new Set()): Set<PlanColumn> {
  if (expr.kind === 'column') found.add(expr.column);
  else if (expr.kind === 'call') for (const arg of expr.args) columnsIn(arg, found);
  else if (expr.kind === 'inQuery') columnsIn(expr.value, found);
  return found;
}

/** The expression with columns replaced by what `replacement` gives for them. */
export function substitute(expr: Expr, replacement: (column: PlanColumn) => Expr | undefined): Expr {
  switch (expr.kind) {
    case 'column':
      return replacement(expr.column) ?? expr;
    case 'call':
      return { ...expr, args: expr.args.map((arg) => substitute(arg, replacement)) };
    case 'inQuery':
      return { ...expr, value: substitute(expr.value, replacement) };
    default:
      return expr;
  }
}

/** The terms of a conjunction. */
export function conjuncts(expr: Expr): Expr[] {
  return expr.kind === 'call' && expr.fn.meaning === 'and' ? expr.args.flatMap(conjuncts) : [expr];
}

/** The text of an expression, for functions that take strings. */
export function asText(expr: Expr, at: Refuser): Expr {
  return typeOf(expr) === 'string' ? expr : call(required('tostring'), [expr], 'string', at);
}
