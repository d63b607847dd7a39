/**
 * Renders a plan as one SELECT. Every stage is asked for the columns that are needed above it, so what
 * is not read is never computed.
 */

import { columnsIn, isNullable, typeOf } from '../plan/expression.ts';
import { columnsOfPlan, type Expr, type PlanColumn, type QueryPlan, type SortKey } from '../plan/tree.ts';
import { aliased, type Block, blockOf, isPlain, selectOf, sqlOf, wrap } from './block.ts';
import { type PrintedSql, printSql } from './print.ts';
import { PrivateNames } from './private-names.ts';
import { remoteRead } from './remote-read.ts';
import { renderAggregate } from './render-aggregate.ts';
import { type Rendering, renderExpr, repeatsCostly } from './render-expression.ts';
import { inTime, renderJoin } from './render-join.ts';
import {
  bareName,
  clause,
  columnOf,
  infix,
  jsonMember,
  operation,
  parameter,
  quotedName,
  type SortTerm,
  type SqlClause,
  type SqlExpression,
  type SqlName,
  sqlCall,
  sqlList,
  sqlLiteral,
  windowCall,
} from './sql-tree.ts';

type Of<Kind extends QueryPlan['kind']> = Extract<QueryPlan, { kind: Kind }>;
type Needed = ReadonlySet<PlanColumn>;

/** The statement that gives `columns`, in that order. */
export function renderStatement(plan: QueryPlan, columns: readonly PlanColumn[]): PrintedSql {
  const wanted: WantedColumns = new Map();
  for (;;) {
    const renderer = new Renderer(wanted);
    const sql = renderWith(renderer, plan, columns);
    if (!renderer.wantsMore) return printSql(sql);
  }
}

function renderWith(renderer: Renderer, plan: QueryPlan, columns: readonly PlanColumn[]): SqlClause {
  const { names } = renderer;
  const needed = new Set(columns);
  let block = renderer.render(plan, needed);
  // A DISTINCT counts all of its columns, so nothing may be left out or repeated beside it.
  if (block.distinct && block.columns.size !== columns.length)
    block = wrap(block, needed, names, { ordered: true });
  const selected = columns.map((column, index) => aliased(sqlOf(block, column), quotedName(`r${index}`)));
  const statement = selectOf(block, selected);
  const shared = renderer.sharedRows();
  return shared.length > 0 ? clause`WITH ${sqlList(shared)} ${statement}` : statement;
}

/** The columns of shared rows that any of their uses reads. */
type WantedColumns = Map<QueryPlan, Set<PlanColumn>>;

/** Rows that are computed once: their name, and the names of their columns. */
interface SharedRows {
  readonly name: SqlName;
  readonly columns: ReadonlyMap<PlanColumn, SqlName>;
  readonly select: SqlClause;
  uses: number;
}

/** SQL takes HAVING and ORDER BY over one group of all rows only where its list has an aggregate, which may be unread. */
function isOneGroup({ group }: Block): boolean {
  return group?.length === 0;
}

class Renderer implements Rendering {
  readonly names = new PrivateNames();
  /** Each after those that it uses. */
  readonly #sharedRows = new Map<QueryPlan, SharedRows>();
  readonly #wanted: WantedColumns;
  #wantsMore = false;

  /** @param wanted what is known so far; it grows while this renders */
  constructor(wanted: WantedColumns) {
    this.#wanted = wanted;
  }

  /** Whether shared rows turned out to need columns that were not known before: then all has to be rendered again. */
  get wantsMore(): boolean {
    return this.#wantsMore;
  }

  /** What stands before the statement. SQLite would compute again what it may, so it is told where it may not. */
  sharedRows(): SqlClause[] {
    return [...this.#sharedRows.values()].map(({ name, select, uses }) =>
      uses > 1 ? clause`${name} AS MATERIALIZED (${select})` : clause`${name} AS (${select})`,
    );
  }

  expr(expr: Expr, block: Block): SqlExpression {
    return renderExpr(expr, block, this);
  }

  /** A block that has at least the needed columns. */
  render(plan: QueryPlan, needed: Needed): Block {
    switch (plan.kind) {
      case 'scan':
        return this.#scan(plan);
      case 'remote':
        return this.#remote(plan, needed);
      case 'values':
        return this.#values(plan);
      case 'range':
        return this.#range(plan);
      case 'shared':
        return this.#shared(plan, needed);
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
  plain(plan: QueryPlan, needed: Needed): Block {
    const block = this.render(plan, needed);
    return isPlain(block) && block.from !== undefined
      ? block
      : wrap(block, needed, this.names, { ordered: true });
  }

  #scan({ physical, columns, ingestion }: Of<'scan'>): Block {
    const alias = this.names.next('t');
    const sql = new Map<PlanColumn, SqlExpression>(
      columns.map(({ column, stored }) => [column, columnOf(alias, quotedName(stored.physical))]),
    );
    sql.set(ingestion, columnOf(alias, quotedName('$ingestion')));
    const scanned = blockOf(clause`${quotedName(physical)} AS ${alias}`, sql);
    return { ...scanned, row: columnOf(alias, bareName('rowid')) };
  }

  /** The limit keeps SQLite from reading the JSON again for every use of a column. */
  #remote(plan: Of<'remote'>, needed: Needed): Block {
    const columns = columnsOfPlan(plan).filter((column) => needed.has(column));
    const read = remoteRead(plan, columns, (expr) => {
      const column: PlanColumn = { name: 'value', type: typeOf(expr), nullable: isNullable(expr) };
      const row: QueryPlan = { kind: 'values', columns: [], rows: [[]] };
      return renderStatement({ kind: 'project', input: row, outputs: [{ column, expr }] }, [column]);
    });
    const alias = this.names.next('t');
    const named = columns.map((column) => ({ column, name: this.names.next('c') }));
    const cells = named.map(({ name }, index) => {
      const path = sqlLiteral(`$[${index}]`, 'string');
      return clause`${bareName('value')} ->> ${path} AS ${name}`;
    });
    const selected = cells.length > 0 ? cells : [aliased(sqlLiteral(1n, 'long'), this.names.next('c'))];
    const each = sqlCall('json_each', parameter({ kind: 'rows', read }));
    return blockOf(
      clause`(SELECT ${sqlList(selected)} FROM ${each} LIMIT -1) AS ${alias}`,
      new Map(named.map(({ column, name }) => [column, columnOf(alias, name)])),
    );
  }

  #shared(plan: Of<'shared'>, needed: Needed): Block {
    const wanted = this.#wanted.get(plan) ?? new Set();
    const known = wanted.size;
    for (const column of needed) wanted.add(column);
    this.#wanted.set(plan, wanted);
    const isComplete = wanted.size === known;
    if (!isComplete) this.#wantsMore = true;
    const rows = (isComplete && this.#sharedRows.get(plan)) || this.#share(plan, wanted);
    rows.uses += 1;
    const { name, columns } = rows;
    const alias = this.names.next('t');
    const sql = new Map([...columns].map(([column, own]) => [column, columnOf(alias, own)]));
    return blockOf(clause`${name} AS ${alias}`, sql);
  }

  #share(plan: Of<'shared'>, wanted: Needed): SharedRows {
    let block = this.render(plan.input, wanted);
    const given = [...wanted].filter((column) => block.columns.has(column));
    // As in a whole statement: a DISTINCT counts all of its columns, and a group needs something that is aggregated.
    const isWhole = block.distinct
      ? block.columns.size === given.length
      : !(block.group && given.length === 0);
    if (!isWhole) block = wrap(block, wanted, this.names);
    const columns = new Map(given.map((column) => [column, this.names.next('c')]));
    const selected = [...columns].map(([column, own]) => aliased(sqlOf(block, column), own));
    const rows = { name: this.names.next('m'), columns, select: selectOf(block, selected), uses: 0 };
    this.#sharedRows.set(plan, rows);
    return rows;
  }

  #values({ columns, rows }: Of<'values'>): Block {
    if (columns.length === 0 && rows.length === 1) return blockOf(undefined, new Map());
    const alias = this.names.next('t');
    const outside = blockOf(undefined, new Map());
    const nameOf = (index: number) => bareName(`column${index + 1}`);
    const tuples = rows.map((row) => clause`(${sqlList(row.map((cell) => this.expr(cell, outside)))})`);
    const nulls = columns.map(({ type }, index) => aliased(sqlLiteral(null, type), nameOf(index)));
    const made =
      rows.length > 0 ? clause`VALUES ${sqlList(tuples)}` : clause`SELECT ${sqlList(nulls)} WHERE 0`;
    const sql = new Map(columns.map((column, index) => [column, columnOf(alias, nameOf(index))]));
    return blockOf(clause`(${made}) AS ${alias}`, sql);
  }

  #range({ column, from, to, step }: Of<'range'>): Block {
    const alias = this.names.next('t');
    const outside = blockOf(undefined, new Map());
    const [first, last, by] = [this.expr(from, outside), this.expr(to, outside), this.expr(step, outside)];
    const next = operation`v + ${by}`;
    const within = (value: SqlExpression): SqlExpression =>
      operation`CASE WHEN ${by} > 0 THEN ${value} <= ${last} WHEN ${by} < 0 THEN ${value} >= ${last} END`;
    const rows = clause`WITH RECURSIVE r(v) AS (SELECT ${first} WHERE ${within(first)} UNION ALL SELECT ${next} FROM r WHERE ${within(next)}) SELECT v FROM r`;
    return blockOf(clause`(${rows}) AS ${alias}`, new Map([[column, columnOf(alias, bareName('v'))]]));
  }

  #filter({ input, condition }: Of<'filter'>, needed: Needed): Block {
    const all = new Set([...needed, ...columnsIn(condition)]);
    let block = this.render(input, all);
    if (block.distinct || block.limit !== undefined || isOneGroup(block))
      block = wrap(block, all, this.names, { ordered: true });
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
      block = wrap(block, reads, this.names, { ordered: true, barrier: !block.distinct });
    }
    const columns = new Map(made.map(({ column, expr }) => [column, this.expr(expr, block)]));
    return { ...block, columns };
  }

  #distinct({ input }: Of<'distinct'>): Block {
    const all = new Set(columnsOfPlan(input));
    const block = this.render(input, all);
    const free = !block.distinct && block.limit === undefined ? block : wrap(block, all, this.names);
    return { ...free, distinct: true, order: [] };
  }

  #union({ inputs, columns }: Of<'union'>, needed: Needed): Block {
    const alias = this.names.next('t');
    const kept = columns
      .map((column, index) => ({ column, index, name: this.names.next('c') }))
      .filter(({ column }) => needed.has(column));
    const selects = inputs.map(({ plan, values }) => {
      const exprs = kept.map(({ index }) => values[index]).filter((expr) => expr !== undefined);
      const reads = new Set(exprs.flatMap((expr) => [...columnsIn(expr)]));
      let block = this.render(plan, reads);
      if (!isPlain(block)) block = wrap(block, reads, this.names);
      const selected = kept.flatMap(({ index, name }) => {
        const expr = values[index];
        return expr ? [aliased(this.expr(expr, block), name)] : [];
      });
      return selectOf({ ...block, order: [] }, selected);
    });
    const sql = new Map(kept.map(({ column, name }) => [column, columnOf(alias, name)]));
    return blockOf(clause`(${sqlList(selects, ' UNION ALL ')}) AS ${alias}`, sql);
  }

  #sort({ input, keys }: Of<'sort'>, needed: Needed): Block {
    const all = new Set([...needed, ...keys.flatMap(({ expr }) => [...columnsIn(expr)])]);
    let block = this.render(input, all);
    if (block.distinct || block.limit !== undefined || isOneGroup(block))
      block = wrap(block, all, this.names);
    return { ...block, order: this.#order(keys, block) };
  }

  #order(keys: readonly SortKey[], block: Block): SortTerm[] {
    const varying = keys.filter(({ expr }) => expr.kind !== 'literal' && expr.kind !== 'slot');
    return varying.map(({ expr, descending, nullsFirst }) => ({
      by: this.expr(expr, block),
      descending,
      ...(isNullable(expr) && nullsFirst === descending && { nulls: nullsFirst ? 'FIRST' : 'LAST' }),
    }));
  }

  #limit({ input, count }: Of<'limit'>, needed: Needed): Block {
    let block = this.render(input, needed);
    if (block.limit !== undefined) block = wrap(block, needed, this.names, { ordered: true });
    return { ...block, limit: this.#count(count) };
  }

  /**
   * SQLite plans by the value of a parameter that is a limit, and plans again whenever another is bound, which takes as
   * long as all the rest. It does not look into an expression.
   */
  #count(count: Expr): SqlExpression {
    const sql = this.expr(count, blockOf(undefined, new Map()));
    return count.kind === 'slot' ? operation`${sql} + 0` : sql;
  }

  #unnest({ input, array, columns, index, limit }: Of<'unnest'>, needed: Needed): Block {
    const reads = new Set([...needed, ...columnsIn(array)]);
    let block = this.render(input, reads);
    if (!isPlain(block)) block = wrap(block, reads, this.names, { ordered: true });
    const alias = this.names.next('t');
    const key = columnOf(alias, bareName('key'));
    const value = columnOf(alias, bareName('value'));
    const each = clause`${sqlCall('json_each', this.expr(array, block))} AS ${alias}`;
    const sql = new Map(block.columns);
    columns.forEach((column, at) => {
      sql.set(column, jsonMember(value, sqlLiteral(`$[${at}]`, 'string')));
    });
    if (index) sql.set(index, key);
    const limited = limit ? [infix('<', key, this.expr(limit, block))] : [];
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
  #window({ input, outputs }: Of<'window'>, needed: Needed): Block {
    const reads = new Set(needed);
    for (const output of outputs)
      if (output.kind === 'neighbour') for (const column of columnsIn(output.value)) reads.add(column);
    const made = new Set(outputs.map(({ column }) => column));
    const inputs = new Set([...reads].filter((column) => !made.has(column)));
    let block = this.render(input, inputs);
    if (!isPlain(block)) block = wrap(block, inputs, this.names, { ordered: true });
    const number = windowCall('row_number', [], block.order);
    const columns = new Map(block.columns);
    for (const output of outputs) {
      if (output.kind === 'row_number') {
        const first = output.start.kind === 'literal' ? output.start.value : undefined;
        const shifted = (): SqlExpression => operation`${number} + ${this.expr(output.start, block)} - 1`;
        columns.set(output.column, first === 1n ? number : shifted());
      } else {
        const args = [output.value, output.distance, output.fallback].map((expr) => this.expr(expr, block));
        columns.set(output.column, windowCall(output.next ? 'lead' : 'lag', args, block.order));
      }
    }
    return wrap(
      { ...block, columns, order: [{ by: number, descending: false }] },
      new Set([...needed, ...made]),
      this.names,
      { ordered: true },
    );
  }
}
