/** Renders expressions over a block's columns. */
import { type SqlArgument, UnsupportedCall } from '../functions/definition.ts';
import { isNullable, typeOf } from '../plan/expression.ts';
import type { Expr, Plan, PlanColumn, Refuser } from '../plan/tree.ts';
import { type Block, selectSql, sqlOf } from './block.ts';
import { quoteLiteral, type Writer } from './writer.ts';

/** What the parts of the renderer ask of each other. */
export interface Rendering {
  readonly writer: Writer;
  /** A block that has at least the needed columns. */
  render(plan: Plan, needed: ReadonlySet<PlanColumn>): Block;
  /** The same with nothing but WHERE and ORDER BY above its source. */
  plain(plan: Plan, needed: ReadonlySet<PlanColumn>): Block;
  expr(expr: Expr, block: Block): string;
}

export function renderArgument(expr: Expr, block: Block, rendering: Rendering): SqlArgument {
  return {
    sql: renderExpr(expr, block, rendering),
    type: typeOf(expr),
    nullable: isNullable(expr),
    ...(expr.kind === 'literal' && { literal: expr.value }),
  };
}

export function renderExpr(expr: Expr, block: Block, rendering: Rendering): string {
  switch (expr.kind) {
    case 'column':
      return sqlOf(block, expr.column);
    case 'literal':
      return quoteLiteral(expr.value, expr.type);
    case 'slot':
      return rendering.writer.slot(expr.slot);
    case 'call': {
      const args = expr.args.map((arg) => renderArgument(arg, block, rendering));
      return refusable(expr.at, expr.fn.name, () => expr.fn.sql(args, expr.type));
    }
    case 'scalarQuery': {
      const inner = rendering.render(expr.plan, new Set([expr.column]));
      const sql = selectSql(
        inner.limit === undefined ? { ...inner, limit: '1' } : inner,
        sqlOf(inner, expr.column),
      );
      return expr.column.type === 'string' ? `IFNULL((${sql}), '')` : `(${sql})`;
    }
    case 'inQuery': {
      const inner = rendering.render(expr.plan, new Set([expr.column]));
      const sql = `(${renderExpr(expr.value, block, rendering)} IN (${selectSql(inner, sqlOf(inner, expr.column))}))`;
      return isNullable(expr.value) || expr.column.nullable ? `IFNULL(${sql}, 0)` : sql;
    }
  }
}

/** Runs a template; what it does not support is refused at the call's position. */
export function refusable(at: Refuser, name: string, template: () => string): string {
  try {
    return template();
  } catch (error) {
    if (error instanceof UnsupportedCall) return at.refuse(`'${name}': ${error.message} is not supported`);
    throw error;
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
    const sql = sqlOf(block, column);
    return times > 1 && (sql.length > LONG_EXPRESSION || sql.includes('kql_'));
  });
}
