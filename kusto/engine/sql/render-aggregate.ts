/**
 * Renders `summarize`. One `arg_max` uses SQLite's rule that bare columns beside the only `max()` of a group
 * come from the row that has it; several of them number the rows of each group instead.
 */
import { equalityKey } from '../functions/decimals.ts';
import { columnsIn, isNullable, typeOf } from '../plan/expression.ts';
import {
  type Aggregate,
  aggregateColumns,
  type Expr,
  type PlanColumn,
  type QueryPlan,
} from '../plan/tree.ts';
import { type Block, isPlain, sqlOf, wrap } from './block.ts';
import { type Rendering, refusable, renderArgument, repeatsCostly } from './render-expression.ts';
import {
  aggregateCall,
  operation,
  orEmpty,
  type SortTerm,
  type SqlExpression,
  sqlCall,
  sqlLiteral,
  windowCall,
} from './sql-tree.ts';

type AggregatePlan = Extract<QueryPlan, { kind: 'aggregate' }>;
type ByRow = Exclude<Aggregate, { kind: 'call' | 'any' }>;

export function renderAggregate(
  plan: AggregatePlan,
  needed: ReadonlySet<PlanColumn>,
  renderer: Rendering,
): Block {
  const kept = plan.aggregates.filter((aggregate) =>
    aggregateColumns(aggregate).some((column) => needed.has(column)),
  );
  if (plan.keys.length === 0 && kept.length === 0) return oneRow(plan, renderer);
  const exprs = [
    ...plan.keys.map(({ expr }) => expr),
    ...kept.flatMap((aggregate) => readsOf(aggregate, needed)),
  ];
  const reads = new Set(exprs.flatMap((expr) => [...columnsIn(expr)]));
  let block = renderer.render(plan.input, reads);
  const costly = isPlain(block) && repeatsCostly(exprs, block);
  if (costly || !isPlain(block))
    block = wrap(block, reads, renderer.names, { ordered: true, barrier: costly });
  const byRow = kept.filter(
    (aggregate): aggregate is ByRow => aggregate.kind === 'arg_max' || aggregate.kind === 'arg_min',
  );
  const numbers = byRow.length > 1 ? numberRows(plan, byRow, block, reads, renderer) : undefined;
  if (numbers) block = numbers.block;

  const columns = new Map(plan.keys.map(({ column, expr }) => [column, keySql(expr, block, renderer)]));
  const having: SqlExpression[] = [];
  for (const aggregate of kept) {
    if (aggregate.kind === 'call') {
      const args = aggregate.args.map((arg) => renderArgument(arg, block, renderer));
      const input = { args, order: block.order, besideArgMax: byRow.length === 1 };
      columns.set(
        aggregate.column,
        refusable(aggregate.at, aggregate.fn.name, () => aggregate.fn.sql(input, aggregate.column.type)),
      );
    } else {
      const number = numbers?.of.get(aggregate);
      for (const { column, expr } of aggregate.outputs) {
        if (needed.has(column))
          columns.set(column, ofRow(renderer.expr(expr, block), expr, number, plan.keys.length === 0));
      }
      if (aggregate.kind !== 'any' && number === undefined) having.push(choosing(aggregate, block, renderer));
    }
  }
  if (plan.keys.length === 0 && !kept.some(({ kind }) => kind === 'call')) asOneGroup(columns);
  return { ...block, columns, group: groupBy(plan, block, renderer), having, order: [] };
}

/** Without keys there is one row, whatever is read of it: counting makes a SELECT give one. */
function oneRow({ input }: AggregatePlan, renderer: Rendering): Block {
  const none = new Set<PlanColumn>();
  const rows = renderer.plain(input, none);
  return wrap({ ...rows, columns: new Map(), group: [] }, none, renderer.names);
}

/** The expressions that an aggregate reads for the needed columns. */
function readsOf(aggregate: Aggregate, needed: ReadonlySet<PlanColumn>): readonly Expr[] {
  if (aggregate.kind === 'call') return aggregate.args;
  const outputs = aggregate.outputs.filter(({ column }) => needed.has(column)).map(({ expr }) => expr);
  return aggregate.kind === 'any' ? outputs : [aggregate.by, ...outputs];
}

/** A constant would be read as a column's number, and does not group anyway. */
function groupBy({ keys }: AggregatePlan, block: Block, renderer: Rendering): SqlExpression[] {
  const varying = keys.filter(({ expr }) => columnsIn(expr).size > 0);
  const grouped = varying
    .map(({ expr }) => keySql(expr, block, renderer))
    .filter(({ kind }) => kind !== 'literal');
  return keys.length > 0 && grouped.length === 0 ? [sqlLiteral(null, 'long')] : grouped;
}

function keySql(expr: Expr, block: Block, renderer: Rendering): SqlExpression {
  return equalityKey(renderer.expr(expr, block), typeOf(expr));
}

/** Before and after all values of any type. */
const LEAST = sqlLiteral(Number.NEGATIVE_INFINITY, 'real');
const GREATEST = operation`x''`;

/** The native `min()` or `max()` that chooses the row; it must be in the statement even if nothing reads it. */
function choosing({ kind, by }: ByRow, block: Block, renderer: Rendering): SqlExpression {
  const value = renderer.expr(by, block);
  // Of nothing but nulls, SQLite would choose the last row.
  const certain = isNullable(by) ? sqlCall('IFNULL', value, kind === 'arg_max' ? LEAST : GREATEST) : value;
  const extreme = aggregateCall({ name: kind === 'arg_max' ? 'max' : 'min' }, certain);
  return operation`${sqlCall('IFNULL', extreme, sqlLiteral(1n, 'long'))} IS NOT NULL`;
}

/** Without an aggregate function in its list, a SELECT without GROUP BY would not be one group. */
function asOneGroup(columns: Map<PlanColumn, SqlExpression>): void {
  const count = aggregateCall({ name: 'count' });
  for (const [column, sql] of columns)
    columns.set(column, operation`CASE WHEN ${count} >= 0 THEN ${sql} END`);
}

/** A value from the chosen row: bare, or picked by the row's number. A group of no rows has no values. */
function ofRow(
  sql: SqlExpression,
  expr: Expr,
  number: SqlExpression | undefined,
  mayBeEmpty: boolean,
): SqlExpression {
  if (number !== undefined) {
    const picked = aggregateCall({ name: 'max' }, operation`CASE WHEN ${number} = 1 THEN ${sql} END`);
    return typeOf(expr) === 'string' ? orEmpty(picked) : picked;
  }
  return mayBeEmpty && typeOf(expr) === 'string' ? orEmpty(sql) : sql;
}

/** Numbers the rows of each group once per `arg_max` or `arg_min`. */
function numberRows(
  plan: AggregatePlan,
  byRow: readonly ByRow[],
  block: Block,
  reads: ReadonlySet<PlanColumn>,
  renderer: Rendering,
): { readonly block: Block; readonly of: ReadonlyMap<Aggregate, SqlExpression> } {
  const keys = groupBy(plan, block, renderer);
  const columns = new Map(block.columns);
  const numbered = new Map<Aggregate, PlanColumn>();
  for (const aggregate of byRow) {
    const column: PlanColumn = { name: 'number', type: 'long', nullable: false };
    const first: SortTerm = {
      by: renderer.expr(aggregate.by, block),
      descending: aggregate.kind === 'arg_max',
      ...(isNullable(aggregate.by) && { nulls: 'LAST' }),
    };
    columns.set(column, windowCall('row_number', [], [first], keys));
    numbered.set(aggregate, column);
  }
  const outer = wrap({ ...block, columns }, new Set([...reads, ...numbered.values()]), renderer.names, {
    ordered: true,
  });
  return {
    block: outer,
    of: new Map([...numbered].map(([aggregate, column]) => [aggregate, sqlOf(outer, column)])),
  };
}
