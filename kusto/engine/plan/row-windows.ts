/**
 * Calls whose value depends on other rows in order: `prev()`, `row_number()`, `row_cumsum()` and their like. Each
 * becomes a column of a window stage before the operator that it stands in.
 */
import { ROW_CUMSUM, ROW_NUMBER, ROW_RANK_DENSE, ROW_RANK_MIN, ROW_SESSION } from '../functions/running.ts';
import type { Syntax } from '../parse/syntax.ts';
import { columnRef, literal, missing, typeOf } from './expression.ts';
import { lowerScalar, newColumn, type Scope } from './scope.ts';
import type { Expr, WindowOutput } from './tree.ts';

/** Lowers a call with its arguments. */
export type WindowCall = (syntax: Syntax, args: readonly Syntax[], scope: Scope) => Expr;

/** By name. */
export const WINDOW_CALLS: Readonly<Record<string, WindowCall>> = {
  prev: (syntax, args, scope) => neighbour(syntax, args, scope, false),
  next: (syntax, args, scope) => neighbour(syntax, args, scope, true),
  row_number: (syntax, [start, restart], scope) => {
    const first = start ? lowerScalar(start, scope) : literal(1n, 'long');
    if (restart) return running(syntax, ROW_NUMBER, [first, lowerScalar(restart, scope)], scope);
    const column = newColumn('row_number', 'long', false);
    return window(syntax, scope, { kind: 'row_number', column, start: first });
  },
  row_cumsum: (syntax, args, scope) => running(syntax, ROW_CUMSUM, lowered(args, scope), scope),
  row_rank_dense: (syntax, args, scope) => running(syntax, ROW_RANK_DENSE, lowered(args, scope), scope),
  row_rank_min: (syntax, args, scope) => running(syntax, ROW_RANK_MIN, lowered(args, scope), scope),
  row_window_session: (syntax, args, scope) => running(syntax, ROW_SESSION, lowered(args, scope), scope),
};

function lowered(args: readonly Syntax[], scope: Scope): Expr[] {
  return args.map((arg) => lowerScalar(arg, scope));
}

function running(syntax: Syntax, code: { readonly name: string }, args: readonly Expr[], scope: Scope): Expr {
  if (args.some((arg) => typeOf(arg) === 'decimal'))
    syntax.refuseUnsupported(`'${code.name}' of a decimal is not supported`);
  const column = newColumn(code.name, syntax.type);
  return window(syntax, scope, { kind: 'running', column, code: code.name, args });
}

function neighbour(
  syntax: Syntax,
  [value, distance, fallback]: readonly Syntax[],
  scope: Scope,
  next: boolean,
): Expr {
  if (!value) return syntax.refuse('prev() and next() need a column');
  const expr = lowerScalar(value, scope);
  return window(syntax, scope, {
    kind: 'neighbour',
    column: newColumn('neighbour', typeOf(expr)),
    value: expr,
    distance: distance ? lowerScalar(distance, scope) : literal(1n, 'long'),
    next,
    fallback: fallback ? lowerScalar(fallback, scope) : missing(typeOf(expr)),
  });
}

function window(syntax: Syntax, scope: Scope, output: WindowOutput): Expr {
  if (!scope.windows) return syntax.refuseUnsupported(`'${syntax.text}' is not supported here`);
  if (!scope.rows?.serialized)
    return syntax.refuse(`'${syntax.text}' needs rows in order: use it after order by or serialize`);
  scope.windows.push(output);
  return columnRef(output.column);
}
