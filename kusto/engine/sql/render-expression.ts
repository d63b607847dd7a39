/** Renders expressions over a block's columns. */
import { equalityKey } from '../functions/decimals.ts';
import { type SqlArgument, UnsupportedCallError } from '../functions/definition.ts';
import { isNullable, typeOf } from '../plan/expression.ts';
import type { Expr, PlanColumn, QueryPlan, Refuser } from '../plan/tree.ts';
import { type Block, selectOf, sqlOf } from './block.ts';
import type { PrivateNames } from './private-names.ts';
import {
  operation,
  orEmpty,
  parameter,
  type SqlExpression,
  sqlCall,
  sqlLiteral,
  subquery,
} from './sql-tree.ts';

/** The interface between the parts of the renderer. */
export interface Rendering {
  readonly names: PrivateNames;
  /** A block that has at least the needed columns. */
  render(plan: QueryPlan, needed: ReadonlySet<PlanColumn>): Block;
  /** The same with nothing but WHERE and ORDER BY above its source. */
  plain(plan: QueryPlan, needed: ReadonlySet<PlanColumn>): Block;
  expr(expr: Expr, block: Block): SqlExpression;
  /** Tells by which columns a join finds its rows, where that is of use to somebody. */
  looksUp(keys: readonly SqlExpression[]): void;
}

export function renderArgument(expr: Expr, block: Block, rendering: Rendering): SqlArgument {
  return {
    sql: renderExpr(expr, block, rendering),
    type: typeOf(expr),
    nullable: isNullable(expr),
    ...(expr.kind === 'literal' && { literal: expr.value }),
  };
}

export function renderExpr(expr: Expr, block: Block, rendering: Rendering): SqlExpression {
  switch (expr.kind) {
    case 'column':
      return sqlOf(block, expr.column);
    case 'literal':
      return sqlLiteral(expr.value, expr.type);
    case 'slot':
      return parameter(expr.slot);
    case 'call': {
      const args = expr.args.map((arg) => renderArgument(arg, block, rendering));
      return refusable(expr.at, expr.fn.name, () => expr.fn.sql(args, expr.type));
    }
    case 'scalarQuery': {
      const inner = rendering.render(expr.plan, new Set([expr.column]));
      const first = inner.limit === undefined ? { ...inner, limit: sqlLiteral(1n, 'long') } : inner;
      const sql = subquery(selectOf(first, [sqlOf(inner, expr.column)]));
      return expr.column.type === 'string' ? orEmpty(sql) : sql;
    }
    case 'inQuery': {
      const inner = rendering.render(expr.plan, new Set([expr.column]));
      const members = subquery(selectOf(inner, [equalityKey(sqlOf(inner, expr.column), expr.column.type)]));
      const value = equalityKey(renderExpr(expr.value, block, rendering), typeOf(expr.value));
      const sql = operation`${value} IN ${members}`;
      return isNullable(expr.value) || expr.column.nullable
        ? sqlCall('IFNULL', sql, sqlLiteral(0n, 'long'))
        : sql;
    }
  }
}

/** Runs a template; what it does not support is refused at the call's position. */
export function refusable(
  at: Refuser,
  name: string | undefined,
  template: () => SqlExpression,
): SqlExpression {
  try {
    return template();
  } catch (error) {
    if (!(error instanceof UnsupportedCallError)) throw error;
    return at.refuseUnsupported(
      `${name === undefined ? '' : `'${name}': `}${error.message} is not supported`,
    );
  }
}

/** So long that writing it twice would show in the statement. */
const LONG_EXPRESSION = 400;

/**
 * Whether the expressions use a column of the block several times that is costly to compute: SQLite would
 * compute it each time.
 */
export function repeatsCostly(exprs: readonly Expr[], block: Block): boolean {
  const uses = new Map<PlanColumn, number>();
  const count = (expr: Expr): void => {
    if (expr.kind === 'column') uses.set(expr.column, (uses.get(expr.column) ?? 0) + 1);
    else if (expr.kind === 'call') expr.args.forEach(count);
  };
  exprs.forEach(count);
  return [...uses].some(([column, times]) => {
    const { length, callsCustomFunction } = sqlOf(block, column);
    return times > 1 && (length > LONG_EXPRESSION || callsCustomFunction);
  });
}
