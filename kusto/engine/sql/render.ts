/**
 * Renders a plan as one SELECT. Every stage is asked for the columns that are needed above it, so what
 * nobody reads is never computed.
 */

import { columnsIn, isNullable } from '../plan/expression.ts';
import { columnsOf, type Expr, type Plan, type PlanColumn, type SortKey } from '../plan/tree.ts';
import type { StatementParameter } from '../statement.ts';
import { renderAggregate } from './aggregates.ts';
import { type Block, blockOf, isPlain, selectSql, sqlOf, wrap } from './block.ts';
import { type Rendering, renderExpr, repeatsCostly } from './expressions.ts';
import { renderJoin } from './joins.ts';
import { quoteLiteral, quoteName, Writer } from './writer.ts';

type Of<Kind extends Plan['kind']> = Extract<Plan, { kind: Kind }>;
type Needed = ReadonlySet<PlanColumn>;

/** The statement that gives `columns`, in that order. */
export function renderStatement(
  plan: Plan,
  columns: readonly PlanColumn[],
): { readonly sql: string; readonly slots: readonly StatementParameter[] } {
  const writer = new Writer();
  const needed = new Set(columns);
  let block = new Renderer(writer).render(plan, needed);
  // A DISTINCT counts all of its columns, so nothing may be left out or repeated beside it.
  if (block.distinct && block.columns.size !== columns.length)
    block = wrap(block, needed, writer, { ordered: true });
  const selected = columns.map((column, index) => `${sqlOf(block, column)} AS ${quoteName(`r${index}`)}`);
  return writer.finish(selectSql(block, selected.join(', ')));
}

class Renderer implements Rendering {
  readonly writer: Writer;

  constructor(writer: Writer) {
    this.writer = writer;
  }

  expr(expr: Expr, block: Block): string {
    return renderExpr(expr, block, this);
  }

  /** A block that has at least the needed columns. */
  render(plan: Plan, needed: Needed): Block {
    switch (plan.kind) {
      case 'scan':
        return this.#scan(plan);
      case 'values':
        return this.#values(plan);
      case 'range':
        return this.#range(plan);
      case 'filter':
        return this.#filter(plan, needed);
      case 'project':
        return this.#project(plan, needed);
      case 'distinct':
        return this.#distinct(plan);
      case 'aggregate':
        return renderAggregate(plan, needed, this);
      case 'join':
        return renderJoin(plan, needed, this);
      case 'union':
        return this.#union(plan, needed);
      case 'sort':
        return this.#sort(plan, needed);
      case 'limit':
        return this.#limit(plan, needed);
      case 'unnest':
        return this.#unnest(plan, needed);
      case 'window':
        return this.#window(plan, needed);
    }
  }

  /** A block with nothing but WHERE and ORDER BY, and a source. */
  plain(plan: Plan, needed: Needed): Block {
    const block = this.render(plan, needed);
    return isPlain(block) && block.from !== undefined
      ? block
      : wrap(block, needed, this.writer, { ordered: true });
  }

  #scan({ physical, columns, ingestion }: Of<'scan'>): Block {
    const alias = this.writer.name('t');
    const sql = new Map(
      columns.map(({ column, stored }) => [column, `${alias}.${quoteName(stored.physical)}`]),
    );
    sql.set(ingestion, `${alias}.${quoteName('$ingestion')}`);
    return blockOf(`${quoteName(physical)} AS ${alias}`, sql);
  }

  #values({ columns, rows }: Of<'values'>): Block {
    if (columns.length === 0 && rows.length === 1) return blockOf(undefined, new Map());
    const alias = this.writer.name('t');
    const outside = blockOf(undefined, new Map());
    const tuples = rows.map((row) => `(${row.map((cell) => this.expr(cell, outside)).join(', ')})`);
    const none = `SELECT ${columns.map(({ type }, index) => `${quoteLiteral(null, type)} AS column${index + 1}`).join(', ')} WHERE 0`;
    const sql = new Map(columns.map((column, index) => [column, `${alias}.column${index + 1}`]));
    return blockOf(`(${rows.length > 0 ? `VALUES ${tuples.join(', ')}` : none}) AS ${alias}`, sql);
  }

  #range({ column, from, to, step }: Of<'range'>): Block {
    const alias = this.writer.name('t');
    const outside = blockOf(undefined, new Map());
    const [first, last, by] = [from, to, step].map((expr) => this.expr(expr, outside));
    const next = `v + ${by}`;
    const within = (value: string): string =>
      `CASE WHEN ${by} > 0 THEN ${value} <= ${last} WHEN ${by} < 0 THEN ${value} >= ${last} END`;
    const sql = `WITH RECURSIVE r(v) AS (SELECT ${first} WHERE ${within(first ?? '')} UNION ALL SELECT ${next} FROM r WHERE ${within(next)}) SELECT v FROM r`;
    return blockOf(`(${sql}) AS ${alias}`, new Map([[column, `${alias}.v`]]));
  }

  #filter({ input, condition }: Of<'filter'>, needed: Needed): Block {
    const all = new Set([...needed, ...columnsIn(condition)]);
    let block = this.render(input, all);
    if (block.distinct || block.limit !== undefined) block = wrap(block, all, this.writer, { ordered: true });
    const sql = this.expr(condition, block);
    return block.group
      ? { ...block, having: [...block.having, sql] }
      : { ...block, where: [...block.where, sql] };
  }

  #project({ input, outputs }: Of<'project'>, needed: Needed): Block {
    const made = outputs.filter(({ column }) => needed.has(column));
    const reads = new Set(made.flatMap(({ expr }) => [...columnsIn(expr)]));
    let block = this.render(input, reads);
    if (
      block.distinct ||
      repeatsCostly(
        made.map(({ expr }) => expr),
        block,
      )
    ) {
      block = wrap(block, reads, this.writer, { ordered: true, barrier: !block.distinct });
    }
    const columns = new Map(made.map(({ column, expr }) => [column, this.expr(expr, block)]));
    return { ...block, columns };
  }

  #distinct({ input }: Of<'distinct'>): Block {
    const all = new Set(columnsOf(input));
    const block = this.render(input, all);
    const free = !block.distinct && block.limit === undefined ? block : wrap(block, all, this.writer);
    return { ...free, distinct: true, order: [] };
  }

  #union({ inputs, columns }: Of<'union'>, needed: Needed): Block {
    const alias = this.writer.name('t');
    const kept = columns
      .map((column, index) => ({ column, index, name: this.writer.name('c') }))
      .filter(({ column }) => needed.has(column));
    const selects = inputs.map(({ plan, values }) => {
      const exprs = kept.map(({ index }) => values[index]).filter((expr) => expr !== undefined);
      const reads = new Set(exprs.flatMap((expr) => [...columnsIn(expr)]));
      let block = this.render(plan, reads);
      if (!isPlain(block)) block = wrap(block, reads, this.writer);
      const selected = exprs.map((expr, at) => `${this.expr(expr, block)} AS ${kept[at]?.name}`);
      return selectSql({ ...block, order: [] }, selected.join(', ') || '1');
    });
    const sql = new Map(kept.map(({ column, name }) => [column, `${alias}.${name}`]));
    return blockOf(`(${selects.join(' UNION ALL ')}) AS ${alias}`, sql);
  }

  #sort({ input, keys }: Of<'sort'>, needed: Needed): Block {
    const all = new Set([...needed, ...keys.flatMap(({ expr }) => [...columnsIn(expr)])]);
    let block = this.render(input, all);
    if (block.distinct || block.limit !== undefined) block = wrap(block, all, this.writer);
    return { ...block, order: this.#order(keys, block) };
  }

  #order(keys: readonly SortKey[], block: Block): string[] {
    const varying = keys.filter(({ expr }) => expr.kind !== 'literal' && expr.kind !== 'slot');
    return varying.map(({ expr, descending, nullsFirst }) => {
      const nulls =
        isNullable(expr) && nullsFirst === descending ? ` NULLS ${nullsFirst ? 'FIRST' : 'LAST'}` : '';
      return `${this.expr(expr, block)}${descending ? ' DESC' : ''}${nulls}`;
    });
  }

  #limit({ input, count }: Of<'limit'>, needed: Needed): Block {
    let block = this.render(input, needed);
    if (block.limit !== undefined) block = wrap(block, needed, this.writer, { ordered: true });
    return { ...block, limit: this.expr(count, blockOf(undefined, new Map())) };
  }

  #unnest({ input, array, columns, index, limit }: Of<'unnest'>, needed: Needed): Block {
    const reads = new Set([...needed, ...columnsIn(array)]);
    let block = this.render(input, reads);
    if (!isPlain(block)) block = wrap(block, reads, this.writer, { ordered: true });
    const alias = this.writer.name('t');
    const each = `json_each(${this.expr(array, block)}) AS ${alias}`;
    const sql = new Map(block.columns);
    columns.forEach((column, at) => {
      sql.set(column, `NULLIF(${alias}.value -> '$[${at}]', 'null')`);
    });
    if (index) sql.set(index, `${alias}.key`);
    const limited = limit ? [`${alias}.key < ${this.expr(limit, block)}`] : [];
    return {
      ...block,
      from: block.from === undefined ? each : `${block.from} JOIN ${each}`,
      single: false,
      where: [...block.where, ...limited],
      order: block.order.length > 0 ? [...block.order, `${alias}.key`] : [],
      columns: sql,
    };
  }

  /** Windows get a SELECT of their own, with a row number that keeps the rows' order from there on. */
  #window({ input, outputs }: Of<'window'>, needed: Needed): Block {
    const reads = new Set(needed);
    for (const output of outputs)
      if (output.kind === 'neighbour') for (const column of columnsIn(output.value)) reads.add(column);
    const made = new Set(outputs.map(({ column }) => column));
    const inputs = new Set([...reads].filter((column) => !made.has(column)));
    let block = this.render(input, inputs);
    if (!isPlain(block)) block = wrap(block, inputs, this.writer, { ordered: true });
    const over = `OVER (${block.order.length > 0 ? `ORDER BY ${block.order.join(', ')}` : ''})`;
    const columns = new Map(block.columns);
    for (const output of outputs) {
      if (output.kind === 'row_number') {
        const first = output.start.kind === 'literal' ? output.start.value : undefined;
        const shift = first === 1n ? '' : ` + ${this.expr(output.start, block)} - 1`;
        columns.set(output.column, `(row_number() ${over}${shift})`);
      } else {
        const args = [output.value, output.distance, output.fallback].map((expr) => this.expr(expr, block));
        columns.set(output.column, `${output.next ? 'lead' : 'lag'}(${args.join(', ')}) ${over}`);
      }
    }
    return wrap(
      { ...block, columns, order: [`row_number() ${over}`] },
      new Set([...needed, ...made]),
      this.writer,
      { ordered: true },
    );
  }
}
