/**
 * A SELECT in the making. Stages of the plan are merged into one block for as long as SQL's order of clauses
 * allows (FROM, WHERE, GROUP BY, HAVING, DISTINCT, ORDER BY, LIMIT); then it is wrapped as a subquery and
 * a new one begins.
 */
import type { PlanColumn } from '../plan/tree.ts';
import type { Writer } from './writer.ts';

export interface Block {
  /** Absent for a row out of nothing. */
  readonly from?: string;
  /** Whether `from` is one table or subquery, which may stand on the right of a join. */
  readonly single: boolean;
  readonly where: readonly string[];
  /** The grouping expressions; an empty list is one group of all rows. */
  readonly group?: readonly string[];
  readonly having: readonly string[];
  readonly distinct: boolean;
  readonly order: readonly string[];
  readonly limit?: string;
  /** Each column's SQL in terms of `from`. */
  readonly columns: ReadonlyMap<PlanColumn, string>;
}

/** A block over one source. */
export function blockOf(from: string | undefined, columns: ReadonlyMap<PlanColumn, string>): Block {
  return {
    ...(from !== undefined && { from }),
    single: true,
    where: [],
    having: [],
    distinct: false,
    order: [],
    columns,
  };
}

/** Whether nothing but WHERE and ORDER BY stands above the sources. */
export function isPlain(block: Block): boolean {
  return !block.group && !block.distinct && block.limit === undefined;
}

/** The SQL of a column that the block has. */
export function sqlOf(block: Block, column: PlanColumn): string {
  const sql = block.columns.get(column);
  if (sql === undefined)
    throw new Error(`The plan reads column '${column.name}', which its input does not have`);
  return sql;
}

/** The complete SELECT. `selected` is the list behind the word SELECT. */
export function selectSql(block: Block, selected: string): string {
  const clauses = [`SELECT ${block.distinct ? 'DISTINCT ' : ''}${selected}`];
  if (block.from !== undefined) clauses.push(`FROM ${block.from}`);
  if (block.where.length > 0) clauses.push(`WHERE ${block.where.join(' AND ')}`);
  if (block.group && block.group.length > 0) clauses.push(`GROUP BY ${block.group.join(', ')}`);
  if (block.having.length > 0) clauses.push(`HAVING ${block.having.join(' AND ')}`);
  if (block.order.length > 0) clauses.push(`ORDER BY ${block.order.join(', ')}`);
  if (block.limit !== undefined) clauses.push(`LIMIT ${block.limit}`);
  return clauses.join(' ');
}

/** How a block is wrapped. */
export interface Wrapping {
  /** Keep the rows' order: its keys become hidden columns, and order the new block. */
  readonly ordered?: boolean;
  /** Keep SQLite from merging the subquery back, so that its expressions are computed once. */
  readonly barrier?: boolean;
}

/** The block as a subquery of a new one, with the columns that are needed further on. */
export function wrap(
  block: Block,
  needed: ReadonlySet<PlanColumn>,
  writer: Writer,
  wrapping: Wrapping = {},
): Block {
  const alias = writer.name('t');
  const columns = new Map<PlanColumn, string>();
  const selected: string[] = [];
  for (const [column, sql] of block.columns) {
    if (!needed.has(column) && !block.distinct) continue;
    const name = writer.name('c');
    selected.push(`${sql} AS ${name}`);
    columns.set(column, `${alias}.${name}`);
  }
  const order = wrapping.ordered ? block.order.map((key) => hidden(key, alias, selected, writer)) : [];
  const inside: Block = {
    ...block,
    order: block.limit === undefined ? [] : block.order,
    ...(wrapping.barrier && block.limit === undefined && { limit: '-1' }),
  };
  const sql = selectSql(inside, selected.join(', ') || (block.group ? 'count(*)' : '1'));
  return { ...blockOf(`(${sql}) AS ${alias}`, columns), order };
}

/** A sort key as a hidden column of a subquery; the direction stays outside. */
function hidden(key: string, alias: string, selected: string[], writer: Writer): string {
  const [, sql = key, direction = ''] = /^([\s\S]*?)((?: DESC)?(?: NULLS (?:FIRST|LAST))?)$/.exec(key) ?? [];
  const name = writer.name('c');
  selected.push(`${sql} AS ${name}`);
  return `${alias}.${name}${direction}`;
}
