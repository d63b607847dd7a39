/** Lowers the lists of expressions that several operators have: columns to make, and keys to sort by. */
import { DECIMAL_ORDER, DECIMAL_REDUCED } from '../functions/decimals.ts';
import { required } from '../functions/function-table.ts';
import type { Syntax } from '../parse/syntax.ts';
import { call, columnRef, isNullable, passOn, typeOf } from './expression.ts';
import { lowerScalar, newColumn, type Scope } from './scope.ts';
import { columnsOf } from './several-columns.ts';
import type { Expr, Output, PlanColumn, Refuser, SortKey } from './tree.ts';

/** The outputs of the expressions, named by the binder; a bare column keeps its identity. */
export function outputsOf(syntax: Syntax, scope: Scope, part = 'Expressions'): Output[] {
  const bound = syntax.columns;
  const exprs = syntax.parts(part).flatMap((expression) => columnsOf(expression, scope));
  if (exprs.length !== bound.length)
    return syntax.refuseUnsupported('Expressions that give several columns are not supported here');
  return exprs.map((expr, index) => named(bound[index]?.name ?? '', expr));
}

export function named(name: string, expr: Expr): Output {
  if (expr.kind === 'column' && expr.column.name === name) return passOn(expr.column);
  return { column: newColumn(name, typeOf(expr), true), expr };
}

/** Descending by default, with nulls as the smallest values. */
export function sortKey(syntax: Syntax, scope: Scope): SortKey {
  const isOrdered = syntax.kind === 'OrderedExpression';
  const ordering = isOrdered ? syntax.optional('Ordering') : undefined;
  const expr = lowerScalar(isOrdered ? syntax.part('Expression') : syntax, scope);
  if (typeOf(expr) === 'dynamic') return syntax.refuseUnsupported('Sorting by dynamic is not supported');
  const descending = ordering?.optional('AscOrDescKeyword')?.text.toLowerCase() !== 'asc';
  const nulls = ordering?.optional('NullsClause')?.part('FirstOrLastKeyword').text.toLowerCase();
  const nullsFirst = nulls === undefined ? !descending : nulls === 'first';
  return { expr: sortable(expr, syntax), descending, nullsFirst };
}

/** What SQLite sorts as the values do: it keeps decimals as text. */
export function sortable(expr: Expr, at: Refuser): Expr {
  return typeOf(expr) === 'decimal' ? call(DECIMAL_ORDER, [expr], 'dynamic', at) : expr;
}

/** What is equal where the values of a column are, also for null, which SQL takes for equal to nothing. */
export function sameValue(column: PlanColumn, at: Syntax): Expr {
  const written = columnRef(column);
  const expr = column.type === 'decimal' ? call(DECIMAL_REDUCED, [written], 'decimal', at) : written;
  return isNullable(expr) ? call(required('pack_array'), [expr], 'dynamic', at) : expr;
}
