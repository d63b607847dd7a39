/** Renders the operators of a pipe, each on the block of its input; joins and `summarize` have files of their own. */
import { equalityKey } from '../functions/decimals.ts';
import { columnsIn, isNullable, typeOf } from '../plan/expression.ts';
import {
  columnsOfPlan,
  type Expr,
  type PlanColumn,
  type QueryPlan,
  type SortKey,
  type WindowOutput,
  windowReads,
} from '../plan/tree.ts';
import { aliased, type Block, blockOf, isPlain, selectOf, sqlOf, wrap } from './block.ts';
import { type Rendering, repeatsCostly } from './render-expression.ts';
import { inTime } from './render-join.ts';
import {
  bareName,
  clause,
  columnOf,
  infix,
  jsonMember,
  operation,
  runningCall,
  type SortTerm,
  type SqlExpression,
  sqlCall,
  sqlList,
  sqlLiteral,
  windowCall,
} from './sql-tree.ts';

type Of<Kind extends QueryPlan['kind']> = Extract<QueryPlan, { kind: Kind }>;
type Needed = ReadonlySet<PlanColumn>;

/** SQL takes HAVING and ORDER BY over one group of all rows only where its list has an aggregate, which may be unread. */
function isOneGroup({ group }: Block): boolean {
  return group?.length === 0;
}

export function renderFilter(
  { input, condition }: Of<'filter'>,
  needed: Needed,
  rendering: Rendering,
): Block {
  const all = new Set([...needed, ...columnsIn(condition)]);
  let block = rendering.render(input, all);
  if (block.distinct || block.limit !== undefined || isOneGroup(block))
    block = wrap(block, all, rendering.names, { ordered: true });
  const sql = rendering.expr(condition, block);
  return block.group
    ? { ...block, having: [...block.having, sql] }
    : { ...block, where: [...block.where, sql] };
}

export function renderProject(
  { input, outputs }: Of<'project'>,
  needed: Needed,
  rendering: Rendering,
): Block {
  const made = outputs.filter(({ column }) => needed.has(column));
  const reads = new Set(made.flatMap(({ expr }) => [...columnsIn(expr)]));
  let block = rendering.render(input, reads);
  if (
    block.distinct ||
    repeatsCostly(
      made.map(({ expr }) => expr),
      block,
    )
  ) {
    block = wrap(block, reads, rendering.names, { ordered: true, barrier: !block.distinct });
  }
  const columns = new Map(made.map(({ column, expr }) => [column, rendering.expr(expr, block)]));
  return { ...block, columns };
}

export function renderDistinct({ input }: Of<'distinct'>, rendering: Rendering): Block {
  const all = new Set(columnsOfPlan(input));
  const block = rendering.render(input, all);
  const free = !block.distinct && block.limit === undefined ? block : wrap(block, all, rendering.names);
  const columns = new Map([...free.columns].map(([column, sql]) => [column, equalityKey(sql, column.type)]));
  return { ...free, columns, distinct: true, order: [] };
}

export function renderUnion({ inputs, columns }: Of<'union'>, needed: Needed, rendering: Rendering): Block {
  const alias = rendering.names.next('t');
  const kept = columns
    .map((column, index) => ({ column, index, name: rendering.names.next('c') }))
    .filter(({ column }) => needed.has(column));
  const selects = inputs.map(({ plan, values }) => {
    const exprs = kept.map(({ index }) => values[index]).filter((expr) => expr !== undefined);
    const reads = new Set(exprs.flatMap((expr) => [...columnsIn(expr)]));
    let block = rendering.render(plan, reads);
    if (!isPlain(block)) block = wrap(block, reads, rendering.names);
    const selected = kept.flatMap(({ index, name }) => {
      const expr = values[index];
      return expr ? [aliased(rendering.expr(expr, block), name)] : [];
    });
    return selectOf({ ...block, order: [] }, selected);
  });
  const sql = new Map(kept.map(({ column, name }) => [column, columnOf(alias, name)]));
  return blockOf(clause`(${sqlList(selects, ' UNION ALL ')}) AS ${alias}`, sql);
}

export function renderSort({ input, keys }: Of<'sort'>, needed: Needed, rendering: Rendering): Block {
  const all = new Set([...needed, ...keys.flatMap(({ expr }) => [...columnsIn(expr)])]);
  let block = rendering.render(input, all);
  if (block.distinct || block.limit !== undefined || isOneGroup(block))
    block = wrap(block, all, rendering.names);
  return { ...block, order: sortTerms(keys, block, rendering) };
}

function sortTerms(keys: readonly SortKey[], block: Block, rendering: Rendering): SortTerm[] {
  const varying = keys.filter(({ expr }) => expr.kind !== 'literal' && expr.kind !== 'slot');
  return varying.map(({ expr, descending, nullsFirst }) => ({
    by: rendering.expr(expr, block),
    descending,
    ...(isNullable(expr) && nullsFirst === descending && { nulls: nullsFirst ? 'FIRST' : 'LAST' }),
  }));
}

export function renderLimit({ input, count }: Of<'limit'>, needed: Needed, rendering: Rendering): Block {
  let block = rendering.render(input, needed);
  if (block.limit !== undefined) block = wrap(block, needed, rendering.names, { ordered: true });
  return { ...block, limit: countOf(count, rendering) };
}

/**
 * SQLite plans by the value of a parameter that is a limit, and plans again whenever another is bound, which takes as
 * long as all the rest. It does not look into an expression. What is a call here may become a parameter (`early-calls.ts`).
 */
function countOf(count: Expr, rendering: Rendering): SqlExpression {
  const sql = rendering.expr(count, blockOf(undefined, new Map()));
  return count.kind === 'literal' ? sql : operation`${sql} + 0`;
}

export function renderUnnest(
  { input, array, columns, index, limit }: Of<'unnest'>,
  needed: Needed,
  rendering: Rendering,
): Block {
  const reads = new Set([...needed, ...columnsIn(array)]);
  let block = rendering.render(input, reads);
  if (!isPlain(block)) block = wrap(block, reads, rendering.names, { ordered: true });
  const alias = rendering.names.next('t');
  const key = columnOf(alias, bareName('key'));
  const value = columnOf(alias, bareName('value'));
  const each = clause`${sqlCall('json_each', rendering.expr(array, block))} AS ${alias}`;
  const sql = new Map(block.columns);
  columns.forEach((column, at) => {
    sql.set(column, jsonMember(value, sqlLiteral(`$[${at}]`, 'string')));
  });
  if (index) sql.set(index, key);
  const limited = limit ? [infix('<', key, rendering.expr(limit, block))] : [];
  return {
    ...block,
    from: block.from === undefined ? each : clause`${block.from} JOIN ${each}`,
    single: false,
    row: key,
    where: [...block.where, ...limited, inTime(key)],
    order: block.order.length > 0 ? [...block.order, { by: key, descending: false }] : [],
    columns: sql,
  };
}

/** Windows get a SELECT of their own, with a row number that keeps the rows' order from there on. */
export function renderWindow({ input, outputs }: Of<'window'>, needed: Needed, rendering: Rendering): Block {
  const made = new Set(outputs.map(({ column }) => column));
  const read = outputs.flatMap((output) => [...windowReads(output), ...(output.partition ?? [])]);
  const inputs = new Set([...needed, ...read.flatMap((expr) => [...columnsIn(expr)])]);
  for (const column of made) inputs.delete(column);
  let block = rendering.render(input, inputs);
  if (!isPlain(block)) block = wrap(block, inputs, rendering.names, { ordered: true });
  const isRunning = outputs.some(({ kind }) => kind === 'running');
  if (isRunning) block = numbered(block, block.columns, inputs, rendering);
  const columns = new Map(block.columns);
  for (const output of outputs) columns.set(output.column, windowValue(output, block, rendering));
  const kept = new Set([...needed, ...made]);
  if (isRunning) return wrap({ ...block, columns }, kept, rendering.names, { ordered: true });
  const own = outputs.find(isRowNumber)?.column;
  if (!own) return numbered(block, columns, kept, rendering);
  const ordered = wrap({ ...block, columns, order: [] }, kept, rendering.names);
  return { ...ordered, order: [{ by: sqlOf(ordered, own), descending: false }] };
}

/** Whether it numbers all rows from 1 on, as those are that keep the rows' order. */
function isRowNumber(output: WindowOutput): boolean {
  if (output.kind !== 'row_number' || output.partition) return false;
  return output.start.kind === 'literal' && output.start.value === 1n;
}

function numbered(block: Block, columns: Block['columns'], kept: Needed, { names }: Rendering): Block {
  const by = windowCall('row_number', [], block.order);
  return wrap({ ...block, columns, order: [{ by, descending: false }] }, kept, names, { ordered: true });
}

function windowValue(output: WindowOutput, block: Block, rendering: Rendering): SqlExpression {
  const args = windowReads(output).map((expr) => rendering.expr(expr, block));
  const partition = (output.partition ?? []).map((expr) =>
    equalityKey(rendering.expr(expr, block), typeOf(expr)),
  );
  switch (output.kind) {
    case 'row_number': {
      const number = windowCall('row_number', [], block.order, partition);
      const first = output.start.kind === 'literal' ? output.start.value : undefined;
      return first === 1n ? number : operation`${number} + ${sqlList(args)} - 1`;
    }
    case 'neighbour':
      return windowCall(output.next ? 'lead' : 'lag', args, block.order, partition);
    case 'running':
      return runningCall(output.code, args, block.order, partition);
  }
}
