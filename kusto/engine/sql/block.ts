/**
 * A SELECT in the making. Stages of the plan are merged into one block for as long as SQL's order of clauses
 * allows (FROM, WHERE, GROUP BY, HAVING, DISTINCT, ORDER BY, LIMIT); then it is wrapped as a subquery and
 * a new one begins.
 */
import type { PlanColumn } from '../plan/tree.ts';
import type { PrivateNames } from './private-names.ts';
import {
  aggregateCall,
  clause,
  columnOf,
  orderBy,
  type SortTerm,
  type SqlClause,
  type SqlExpression,
  type SqlName,
  sqlList,
  sqlLiteral,
} from './sql-tree.ts';

export interface Block {
  /** Absent for a row out of nothing. */
  readonly from?: SqlClause;
  /** Whether `from` is one table or subquery, which may stand on the right of a join. */
  readonly single: boolean;
  readonly where: readonly SqlExpression[];
  /** The grouping expressions; an empty list is one group of all rows. */
  readonly group?: readonly SqlExpression[];
  readonly having: readonly SqlExpression[];
  readonly distinct: boolean;
  readonly order: readonly SortTerm[];
  readonly limit?: SqlExpression;
  /** What differs from row to row and is at hand, of the source that comes last; absent where nothing is. */
  readonly row?: SqlExpression;
  /** Each column in terms of `from`. */
  readonly columns: ReadonlyMap<PlanColumn, SqlExpression>;
}

/** A block over one source. */
export function blockOf(from: SqlClause | undefined, columns: ReadonlyMap<PlanColumn, SqlExpression>): Block {
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
export function sqlOf(block: Block, wanted: PlanColumn): SqlExpression {
  const sql = block.columns.get(wanted);
  if (sql === undefined)
    throw new Error(`The plan reads column '${wanted.name}', which its input does not have`);
  return sql;
}

/** An expression of a SELECT's list, under a name. */
export function aliased(sql: SqlExpression, name: SqlName): SqlClause {
  return clause`${sql} AS ${name}`;
}

/** The complete SELECT. `selected` is its list; where that is empty, each row is a 1. */
export function selectOf(block: Block, selected: readonly (SqlExpression | SqlClause)[]): SqlClause {
  const { from, where, group = [], having, order, limit } = block;
  const selection = sqlList(selected.length > 0 ? selected : [sqlLiteral(1n, 'long')]);
  return sqlList(
    [
      block.distinct ? clause`SELECT DISTINCT ${selection}` : clause`SELECT ${selection}`,
      ...(from ? [clause`FROM ${from}`] : []),
      ...(where.length > 0 ? [clause`WHERE ${sqlList(where, ' AND ')}`] : []),
      ...(group.length > 0 ? [clause`GROUP BY ${sqlList(group)}`] : []),
      ...(having.length > 0 ? [clause`HAVING ${sqlList(having, ' AND ')}`] : []),
      ...(order.length > 0 ? [orderBy(order)] : []),
      ...(limit ? [clause`LIMIT ${limit}`] : []),
    ],
    ' ',
  );
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
  names: PrivateNames,
  wrapping: Wrapping = {},
): Block {
  const alias = names.next('t');
  const columns = new Map<PlanColumn, SqlExpression>();
  const selected: SqlClause[] = [];
  const select = (sql: SqlExpression): SqlExpression => {
    const name = names.next('c');
    selected.push(aliased(sql, name));
    return columnOf(alias, name);
  };
  for (const [own, sql] of block.columns) {
    if (needed.has(own) || block.distinct) columns.set(own, select(sql));
  }
  const order = wrapping.ordered ? block.order.map((term) => ({ ...term, by: select(term.by) })) : [];
  const inside: Block = {
    ...block,
    order: block.limit === undefined ? [] : block.order,
    ...(wrapping.barrier && block.limit === undefined && { limit: NO_LIMIT }),
  };
  // In a group, a row is there only if something is aggregated.
  const any = selected.length === 0 && block.group ? [aggregateCall({ name: 'count' })] : selected;
  return { ...blockOf(clause`(${selectOf(inside, any)}) AS ${alias}`, columns), order };
}

const NO_LIMIT = sqlLiteral(-1n, 'long');
