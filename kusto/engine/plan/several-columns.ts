/**
 * Expressions that give several columns: calls of `series_stats()`, of `array_sort_asc()` with several arrays and the
 * like. Such a function gives one array, which is computed once and taken apart.
 */
import type { ScalarType } from '../catalog.ts';
import { MEMBER } from '../functions/dynamics.ts';
import { scalarFunction } from '../functions/function-table.ts';
import { NUMBER_AT } from '../functions/number-array.ts';
import type { Syntax } from '../parse/syntax.ts';
import { call, columnRef, literal } from './expression.ts';
import { lowerScalar, newColumn, type Scope } from './scope.ts';
import type { Expr } from './tree.ts';

/** The expressions of its columns; one, unless it gives several. @param lower how the expression itself is lowered */
export function columnsOf(
  expression: Syntax,
  scope: Scope,
  lower: (syntax: Syntax) => Expr = (syntax) => lowerScalar(syntax, scope),
): Expr[] {
  const unnamed = unnamedOf(expression);
  if (unnamed.kind !== 'FunctionCallExpression' || unnamed.columns.length === 0) return [lower(unnamed)];
  if (!scalarFunction(unnamed.part('Name').name)) return [lower(unnamed)];
  const value = lower(unnamed);
  const array = scope.arrays ? sharedArray(value, scope.arrays) : value;
  return unnamed.columns.map(({ type }, index) => memberOf(array, index, type, unnamed));
}

/** The names that are written for its columns, which may be fewer than there are. */
export function writtenNames(expression: Syntax): string[] {
  if (expression.kind === 'SimpleNamedExpression') return [expression.part('Name').name];
  if (expression.kind !== 'CompoundNamedExpression') return [];
  return expression
    .part('Names')
    .parts('Names')
    .map(({ name }) => name);
}

function unnamedOf(expression: Syntax): Syntax {
  const isNamed =
    expression.kind === 'SimpleNamedExpression' || expression.kind === 'CompoundNamedExpression';
  return isNamed ? expression.part('Expression') : expression;
}

function sharedArray(expr: Expr, arrays: NonNullable<Scope['arrays']>): Expr {
  const column = newColumn('array', 'dynamic');
  arrays.push({ column, expr });
  return columnRef(column);
}

/** The member at `index` of an array. */
export function memberOf(array: Expr, index: number, type: ScalarType, at: Syntax): Expr {
  const step = type === 'dynamic' ? MEMBER : NUMBER_AT;
  return call(step, [array, literal(BigInt(index), 'long')], type, at);
}
