/** Renders where rows come from: stored tables, other clusters, written values, ranges. */
import { isNullable, typeOf } from '../plan/expression.ts';
import { columnsOfPlan, type Expr, type PlanColumn, type QueryPlan } from '../plan/tree.ts';
import { aliased, type Block, blockOf } from './block.ts';
import type { PrintedSql } from './print.ts';
import { remoteRead } from './remote-read.ts';
import type { Rendering } from './render-expression.ts';
import {
  bareName,
  clause,
  columnOf,
  operation,
  parameter,
  quotedName,
  type SqlExpression,
  sqlCall,
  sqlList,
  sqlLiteral,
} from './sql-tree.ts';

type Of<Kind extends QueryPlan['kind']> = Extract<QueryPlan, { kind: Kind }>;

export function renderScan({ physical, columns, ingestion }: Of<'scan'>, { names }: Rendering): Block {
  const alias = names.next('t');
  const sql = new Map<PlanColumn, SqlExpression>(
    columns.map(({ column, stored }) => [column, columnOf(alias, quotedName(stored.physical))]),
  );
  sql.set(ingestion, columnOf(alias, quotedName('$ingestion')));
  const scanned = blockOf(clause`${quotedName(physical)} AS ${alias}`, sql);
  return { ...scanned, row: columnOf(alias, bareName('rowid')) };
}

/**
 * The limit keeps SQLite from reading the JSON again for every use of a column.
 *
 * @param statementOf the statement of one value
 */
export function renderRemote(
  plan: Of<'remote'>,
  needed: ReadonlySet<PlanColumn>,
  { names }: Rendering,
  statementOf: (plan: QueryPlan, columns: readonly PlanColumn[]) => PrintedSql,
): Block {
  const columns = columnsOfPlan(plan).filter((column) => needed.has(column));
  const read = remoteRead(plan, columns, (expr) => {
    const column: PlanColumn = { name: 'value', type: typeOf(expr), nullable: isNullable(expr) };
    const row: QueryPlan = { kind: 'values', columns: [], rows: [[]] };
    return statementOf({ kind: 'project', input: row, outputs: [{ column, expr }] }, [column]);
  });
  const alias = names.next('t');
  const named = columns.map((column) => ({ column, name: names.next('c') }));
  const cells = named.map(({ name }, index) => {
    const path = sqlLiteral(`$[${index}]`, 'string');
    return clause`${bareName('value')} ->> ${path} AS ${name}`;
  });
  const selected = cells.length > 0 ? cells : [aliased(sqlLiteral(1n, 'long'), names.next('c'))];
  const each = sqlCall('json_each', parameter({ kind: 'rows', read }));
  return blockOf(
    clause`(SELECT ${sqlList(selected)} FROM ${each} LIMIT -1) AS ${alias}`,
    new Map(named.map(({ column, name }) => [column, columnOf(alias, name)])),
  );
}

export function renderValues({ columns, rows }: Of<'values'>, rendering: Rendering): Block {
  if (columns.length === 0 && rows.length === 1) return blockOf(undefined, new Map());
  const alias = rendering.names.next('t');
  const outside = blockOf(undefined, new Map());
  const nameOf = (index: number) => bareName(`column${index + 1}`);
  const tuples = rows.map((row) => clause`(${sqlList(row.map((cell) => rendering.expr(cell, outside)))})`);
  const nulls = columns.map(({ type }, index) => aliased(sqlLiteral(null, type), nameOf(index)));
  const made = rows.length > 0 ? clause`VALUES ${sqlList(tuples)}` : clause`SELECT ${sqlList(nulls)} WHERE 0`;
  const sql = new Map(columns.map((column, index) => [column, columnOf(alias, nameOf(index))]));
  return blockOf(clause`(${made}) AS ${alias}`, sql);
}

export function renderRange({ column, from, to, step }: Of<'range'>, rendering: Rendering): Block {
  const alias = rendering.names.next('t');
  const outside = blockOf(undefined, new Map());
  const sqlOfBound = (expr: Expr): SqlExpression => rendering.expr(expr, outside);
  const [first, last, by] = [sqlOfBound(from), sqlOfBound(to), sqlOfBound(step)];
  const next = operation`v + ${by}`;
  const within = (value: SqlExpression): SqlExpression =>
    operation`CASE WHEN ${by} > 0 THEN ${value} <= ${last} WHEN ${by} < 0 THEN ${value} >= ${last} END`;
  const rows = clause`WITH RECURSIVE r(v) AS (SELECT ${first} WHERE ${within(first)} UNION ALL SELECT ${next} FROM r WHERE ${within(next)}) SELECT v FROM r`;
  return blockOf(clause`(${rows}) AS ${alias}`, new Map([[column, columnOf(alias, bareName('v'))]]));
}
