/**
 * Renders joins. The right side of an outer join stays the table itself, with its filters in ON: wrapped in
 * a subquery, SQLite would scan it for every row.
 */
import type { ScalarType } from '../catalog.ts';
import { equalityKey } from '../functions/decimals.ts';
import { IN_TIME } from '../functions/definition.ts';
import { columnsIn, typeOf } from '../plan/expression.ts';
import type { Expr, PlanColumn, QueryPlan } from '../plan/tree.ts';
import { areUniqueBy } from '../plan/unique-rows.ts';
import { type Block, isPlain, selectOf, sqlOf, wrap } from './block.ts';
import type { Rendering } from './render-expression.ts';
import {
  bareName,
  clause,
  infix,
  operation,
  orEmpty,
  type SqlClause,
  type SqlExpression,
  sqlList,
  sqlLiteral,
  timeTest,
} from './sql-tree.ts';

type JoinPlan = Extract<QueryPlan, { kind: 'join' }>;

/**
 * A test of whether time is left. SQLite makes it wherever it knows the columns, and once for all rows where these are
 * constants: so they should be such as no query compares with one.
 */
export function inTime(...columns: readonly SqlExpression[]): SqlExpression {
  return timeTest(IN_TIME.name, ...columns);
}

/** Columns to look at where a block has no `row`. */
const FEW_COLUMNS = 3;

/**
 * The test for every row of a side: the number of pairs may be the product of the sides' rows. There is none where each
 * row has one partner at most.
 */
function guard({ left, right, on }: JoinPlan, side: Block, reads: ReadonlySet<PlanColumn>): SqlExpression[] {
  const keys = (of: 'left' | 'right') => on.map((pair) => pair[of]);
  if (areUniqueBy(left, keys('left')) || areUniqueBy(right, keys('right'))) return [];
  if (side.row) return [inTime(side.row)];
  const read = [...side.columns].filter(([column]) => reads.has(column)).map(([, sql]) => sql);
  return read.length > 0 ? [inTime(...read.slice(0, FEW_COLUMNS))] : [];
}

export function renderJoin(plan: JoinPlan, needed: ReadonlySet<PlanColumn>, renderer: Rendering): Block {
  const outputs = plan.outputs.filter(({ column }) => needed.has(column));
  const reads = (side: 'left' | 'right'): Set<PlanColumn> =>
    new Set([
      ...outputs.filter((output) => output.side === side).map(({ from }) => from),
      ...plan.on.flatMap((pair) => [...columnsIn(pair[side])]),
    ]);
  const leftSide = { ...renderer.plain(plan.left, reads('left')), order: [] };
  const left = { ...leftSide, where: [...leftSide.where, ...guard(plan, leftSide, reads('left'))] };
  const right = { ...renderer.plain(plan.right, reads('right')), order: [] };
  const bare = plan.join === 'full' ? wrapped(left, reads('left'), renderer) : left;
  const standing = side(plan, right, reads('right'), renderer);
  const keyOfRight = plan.on[0]?.right;
  const presenceOf = (block: Block): SqlExpression | undefined => {
    const key = keyOfRight && renderer.expr(keyOfRight, block);
    return key?.kind === 'column' ? key : block.row;
  };
  const isTold = plan.join !== 'left' || presenceOf(standing) !== undefined;
  const other = isTold ? standing : wrap(standing, reads('right'), renderer.names);
  const keyOf = (expr: Expr, block: Block): SqlExpression =>
    equalityKey(renderer.expr(expr, block), typeOf(expr));
  const keys = plan.on.map((pair) => keyOf(pair.right, other));
  renderer.looksUp(keys);
  const on = plan.on.map(({ left }, index) =>
    infix('=', keyOf(left, bare), keys[index] ?? sqlLiteral(null, 'bool')),
  );
  if (plan.join === 'semi' || plan.join === 'anti') return filtered(plan, bare, other, on);

  const optionalLeft = plan.join === 'full';
  const optionalRight = plan.join !== 'inner';
  const presence = presenceOf(other);
  const columns = new Map(
    outputs.map(({ column, from, side: of }) => {
      const own = of === 'left' ? bare : other;
      const optional = of === 'left' ? optionalLeft : optionalRight;
      const sql = sqlOf(own, from);
      return [column, optional ? present(sql, column.type, presence) : sql];
    }),
  );
  const word = { inner: leads(plan.left) ? 'CROSS JOIN' : 'JOIN', left: 'LEFT JOIN', full: 'FULL JOIN' }[
    plan.join
  ];
  const conditions = [...on, ...(plan.join === 'inner' ? [] : other.where)];
  const condition = sqlList(conditions.length > 0 ? conditions : [sqlLiteral(1n, 'long')], ' AND ');
  const joined: Block = {
    ...bare,
    ...(other.row && { row: other.row }),
    from: clause`${fromOf(bare)} ${bareName(word)} ${fromOf(other)} ON ${condition}`,
    single: false,
    // SQLite may make either side the outer loop.
    where:
      plan.join === 'inner'
        ? [...bare.where, ...other.where, ...guard(plan, other, reads('right'))]
        : bare.where,
    columns,
  };
  // In a compound, SQLite (3.53) gives rows of a FULL JOIN beside an outer join that its WHERE excludes.
  return plan.join === 'full'
    ? wrap(joined, new Set(columns.keys()), renderer.names, { barrier: true })
    : joined;
}

/**
 * Whether the left side has to be the outer loop, which `CROSS JOIN` tells SQLite. It is, where the query made its rows: they
 * are few as a rule, and those of the right side are found by the join keys, in an index that is there or that SQLite makes.
 * By itself SQLite, which knows nothing of the numbers of rows, may go through a stored table, or through all pairs.
 */
function leads(left: QueryPlan): boolean {
  switch (left.kind) {
    case 'filter':
    case 'project':
    case 'sort':
    case 'unnest':
    case 'window':
      return leads(left.input);
    case 'join':
      return leads(left.left);
    case 'scan':
    case 'remote':
      return false;
    default:
      return true;
  }
}

function fromOf({ from }: Block): SqlClause {
  if (!from) throw new Error('A side of a join has no source');
  return from;
}

/** The right side in a form that may stand there. */
function side({ join }: JoinPlan, right: Block, reads: ReadonlySet<PlanColumn>, renderer: Rendering): Block {
  if (join === 'semi' || join === 'anti') return right;
  if (join === 'full') return wrapped(right, reads, renderer);
  return right.single && isPlain(right) ? right : wrap(right, reads, renderer.names);
}

/** A side of a full join: of a row without a partner the key may be null, and does not tell whether there is a row. */
function wrapped(block: Block, reads: ReadonlySet<PlanColumn>, renderer: Rendering): Block {
  const isStored = [...reads].every((column) => sqlOf(block, column).kind === 'column');
  return block.single && block.where.length === 0 && isStored ? block : wrap(block, reads, renderer.names);
}

/** Rows of the left that have a match, or that have none. */
function filtered(
  { join, outputs }: JoinPlan,
  left: Block,
  right: Block,
  on: readonly SqlExpression[],
): Block {
  const inside = selectOf({ ...right, where: [...right.where, ...on] }, []);
  const test = join === 'anti' ? operation`NOT EXISTS (${inside})` : operation`EXISTS (${inside})`;
  const columns = new Map(
    outputs
      .filter(({ from }) => left.columns.has(from))
      .map(({ column, from }) => [column, sqlOf(left, from)]),
  );
  return { ...left, where: [...left.where, test], columns };
}

/**
 * A value where there is a row, else null or `''`: a stored column by itself, anything else by the key, which a row that has
 * a partner has, or by the row's number. A key that is worked out may be there without a row: `coalesce(a, 0)`.
 */
function present(sql: SqlExpression, type: ScalarType, row: SqlExpression | undefined): SqlExpression {
  if (sql.kind === 'column') return type === 'string' ? orEmpty(sql) : sql;
  if (!row) throw new Error('An outer join does not tell whether there is a row');
  return operation`CASE WHEN ${row} IS NOT NULL THEN ${sql} ELSE ${sqlLiteral(null, type)} END`;
}
