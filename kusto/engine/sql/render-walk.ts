/**
 * Renders a walk over rows in order with a state that goes from row to row: a recursion whose every step is a phase of a row.
 * SQLite finds the row by its number, in an index that it makes of them.
 */
import { equalityKey } from '../functions/decimals.ts';
import { columnsIn, typeOf } from '../plan/expression.ts';
import type { PlanColumn, QueryPlan } from '../plan/tree.ts';
import { aliased, type Block, blockOf, isPlain, selectOf, sqlOf, wrap } from './block.ts';
import type { Rendering } from './render-expression.ts';
import { inTime } from './render-join.ts';
import {
  clause,
  columnOf,
  operation,
  type SortTerm,
  type SqlClause,
  type SqlExpression,
  type SqlName,
  sqlList,
  sqlLiteral,
  windowCall,
} from './sql-tree.ts';

type Walk = Extract<QueryPlan, { kind: 'walk' }>;

export function renderWalk(plan: Walk, needed: ReadonlySet<PlanColumn>, rendering: Rendering): Block {
  const { names } = rendering;
  const made = new Set(plan.state.map(({ column }) => column));
  const read = [...plan.state.flatMap(({ next }) => next.map(({ expr }) => expr)), ...plan.partition];
  const inputs = new Set([...needed, ...read.flatMap((expr) => [...columnsIn(expr)])]);
  for (const column of made) inputs.delete(column);
  let block = rendering.render(plan.input, inputs);
  if (!isPlain(block)) block = wrap(block, inputs, names, { ordered: true });

  const [rows, row, fold, step] = [names.next('t'), names.next('t'), names.next('t'), names.next('t')];
  const [number, first, at] = [names.next('c'), names.next('c'), names.next('c')];
  const source = [...inputs].map((column) => ({ column, name: names.next('c') }));
  const state = plan.state.map((one) => ({ ...one, name: names.next('c') }));
  // A partition begins with a phase of its own, in which the state is what it was at the start.
  const own = plan.partition.length > 0 ? 1 : 0;
  const phases = whole(plan.phases + own);

  const inRow = new Map([
    ...source.map(({ column, name }): [PlanColumn, SqlExpression] => [column, columnOf(row, name)]),
    ...state.map(({ column, name }): [PlanColumn, SqlExpression] => [column, columnOf(fold, name)]),
  ]);
  const scope = blockOf(undefined, inRow);
  const turn = operation`${columnOf(fold, at)} + 1`;
  const start = state.map(({ initial }) => rendering.expr(initial, scope));
  const next = state.map(({ column, next: changes, keeps }, index): SqlExpression => {
    const initial = start[index] ?? sqlLiteral(null, column.type);
    const before = keeps ? sqlOf(scope, column) : initial;
    const cases = [
      ...(own
        ? [clause`WHEN 0 THEN CASE WHEN ${columnOf(row, first)} THEN ${initial} ELSE ${before} END`]
        : []),
      ...changes.map(
        ({ phase, expr }) => clause`WHEN ${whole(phase + own)} THEN ${rendering.expr(expr, scope)}`,
      ),
    ];
    return cases.length === 0
      ? before
      : operation`CASE ${turn} % ${phases} ${sqlList(cases, ' ')} ELSE ${before} END`;
  });
  const numbered = numberedRows(plan, block, rendering, { number, first, source });
  const heads = sqlList([at, ...state.map(({ name }) => name)]);
  const begun = sqlList([whole(-1), ...start]);
  const ofRow = operation`${columnOf(row, number)} = ${turn} / ${phases} + 1`;
  const recursion = clause`SELECT ${begun} UNION ALL SELECT ${sqlList([turn, ...next])} FROM ${fold} CROSS JOIN ${rows} AS ${row} ON ${ofRow} WHERE ${inTime(columnOf(fold, at))}`;
  const kept = [...source, ...state].filter(({ column }) => needed.has(column));
  const selected = kept.map(({ column, name }) =>
    aliased(columnOf(made.has(column) ? step : row, name), name),
  );
  const done = operation`${columnOf(row, number)} = ${columnOf(step, at)} / ${phases} + 1`;
  const alias = names.next('t');
  const walked = clause`(WITH RECURSIVE ${rows} AS MATERIALIZED (${numbered}), ${fold}(${heads}) AS (${recursion}) SELECT ${sqlList([...selected, aliased(columnOf(step, at), at)])} FROM ${fold} AS ${step} CROSS JOIN ${rows} AS ${row} ON ${done} WHERE ${columnOf(step, at)} >= 0) AS ${alias}`;
  const columns = new Map(kept.map(({ column, name }) => [column, columnOf(alias, name)]));
  return { ...blockOf(walked, columns), order: [{ by: columnOf(alias, at), descending: false }] };
}

interface RowNames {
  readonly number: SqlName;
  readonly first: SqlName;
  readonly source: readonly { readonly column: PlanColumn; readonly name: SqlName }[];
}

/** The rows with their numbers, those of a partition one after another, and whether each is the first of its own. */
function numberedRows({ partition }: Walk, block: Block, rendering: Rendering, names: RowNames): SqlClause {
  const keys = partition.map((expr) => equalityKey(rendering.expr(expr, block), typeOf(expr)));
  const order: SortTerm[] = [...keys.map((by) => ({ by, descending: false })), ...block.order];
  const first = operation`${windowCall('row_number', [], block.order, keys)} = 1`;
  const selected = [
    aliased(windowCall('row_number', [], order), names.number),
    ...(keys.length > 0 ? [aliased(first, names.first)] : []),
    ...names.source.map(({ column, name }) => aliased(sqlOf(block, column), name)),
  ];
  return selectOf({ ...block, order: [] }, selected);
}

function whole(value: number): SqlExpression {
  return sqlLiteral(BigInt(value), 'long');
}
