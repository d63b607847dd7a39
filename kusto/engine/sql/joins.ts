/**
 * Renders joins. The right side of an outer join stays the table itself, with its filters in ON: wrapped in
 * a subquery, SQLite would scan it for every row.
 */
import type { ScalarType } from '../catalog.ts';
import { columnsIn } from '../plan/expression.ts';
import type { Plan, PlanColumn } from '../plan/tree.ts';
import { type Block, isPlain, selectSql, sqlOf, wrap } from './block.ts';
import type { Rendering } from './expressions.ts';
import { quoteLiteral } from './writer.ts';

type JoinPlan = Extract<Plan, { kind: 'join' }>;

export function renderJoin(plan: JoinPlan, needed: ReadonlySet<PlanColumn>, renderer: Rendering): Block {
  const outputs = plan.outputs.filter(({ column }) => needed.has(column));
  const reads = (side: 'left' | 'right'): Set<PlanColumn> =>
    new Set([
      ...outputs.filter((output) => output.side === side).map(({ from }) => from),
      ...plan.on.flatMap((pair) => [...columnsIn(pair[side])]),
    ]);
  const left = { ...renderer.plain(plan.left, reads('left')), order: [] };
  const right = { ...renderer.plain(plan.right, reads('right')), order: [] };
  const bare = plan.join === 'full' ? wrapped(left, reads('left'), renderer) : left;
  const other = side(plan, right, reads('right'), renderer);
  const on = plan.on.map((pair) => `${renderer.expr(pair.left, bare)} = ${renderer.expr(pair.right, other)}`);
  if (plan.join === 'semi' || plan.join === 'anti') return filtered(plan, bare, other, on);

  const optionalLeft = plan.join === 'full';
  const optionalRight = plan.join !== 'inner';
  const leftKey = plan.on[0] && renderer.expr(plan.on[0].left, bare);
  const rightKey = plan.on[0] && renderer.expr(plan.on[0].right, other);
  const columns = new Map(
    outputs.map(({ column, from, side: of }) => {
      const own = of === 'left' ? bare : other;
      const optional = of === 'left' ? optionalLeft : optionalRight;
      const key = of === 'left' ? leftKey : rightKey;
      const sql = sqlOf(own, from);
      return [column, optional ? present(sql, column.type, key) : sql];
    }),
  );
  const word = { inner: 'JOIN', left: 'LEFT JOIN', full: 'FULL JOIN' }[plan.join];
  const condition = [...on, ...(plan.join === 'inner' ? [] : other.where)].join(' AND ') || '1';
  return {
    ...bare,
    from: `${bare.from} ${word} ${other.from} ON ${condition}`,
    single: false,
    where: plan.join === 'inner' ? [...bare.where, ...other.where] : bare.where,
    columns,
  };
}

/** The right side in a form that may stand there. */
function side({ join }: JoinPlan, right: Block, reads: ReadonlySet<PlanColumn>, renderer: Rendering): Block {
  if (join === 'semi' || join === 'anti') return right;
  if (join === 'full') return wrapped(right, reads, renderer);
  return right.single && isPlain(right) ? right : wrap(right, reads, renderer.writer);
}

function wrapped(block: Block, reads: ReadonlySet<PlanColumn>, renderer: Rendering): Block {
  return block.single && block.where.length === 0 ? block : wrap(block, reads, renderer.writer);
}

/** Rows of the left that have a match, or that have none. */
function filtered({ join, outputs }: JoinPlan, left: Block, right: Block, on: readonly string[]): Block {
  const inside = selectSql({ ...right, where: [...right.where, ...on] }, '1');
  const test = `${join === 'anti' ? 'NOT ' : ''}EXISTS (${inside})`;
  const columns = new Map(
    outputs
      .filter(({ from }) => left.columns.has(from))
      .map(({ column, from }) => [column, sqlOf(left, from)]),
  );
  return { ...left, where: [...left.where, test], columns };
}

/** A value where there is a row, else null or `''`: a stored column by itself, anything else by the join key. */
function present(sql: string, type: ScalarType, key: string | undefined): string {
  const isColumn = /^t\d+\.("([^"]|"")*"|\w+)$/.test(sql);
  if (isColumn) return type === 'string' ? `IFNULL(${sql}, '')` : sql;
  return `(CASE WHEN ${key} IS NOT NULL THEN ${sql} ELSE ${quoteLiteral(null, type)} END)`;
}
