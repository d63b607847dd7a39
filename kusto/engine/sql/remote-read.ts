/** The request for the rows that a query reads from another cluster: its KQL, and what is passed beside it. */
import { nameText, type Operand, OWN_NAMES, quoted, remoteText } from '../plan/remote-text.ts';
import type { Expr, PlanColumn, QueryPlan, RemoteSource } from '../plan/tree.ts';
import type { RemoteRead, Statement } from '../statement.ts';

type RemotePlan = Extract<QueryPlan, { kind: 'remote' }>;

const INGESTION = `${OWN_NAMES}time`;

/**
 * @param columns those that are needed, in the order in which they are wanted
 * @param render gives the statement of a value that does not depend on any row
 */
export function remoteRead(
  plan: RemotePlan,
  columns: readonly PlanColumn[],
  render: (expr: Expr) => Pick<Statement, 'sql' | 'slots'>,
): RemoteRead {
  const { cluster, database, from, filters, ingestion } = plan;
  const operands: Operand[] = [];
  const write = (expr: Expr): string => {
    const text = remoteText(expr, operands, ingestion);
    if (text === undefined) throw new Error('The plan reads what cannot be written for another cluster');
    return text;
  };
  const stages = [
    sourceText(from, write),
    ...filters.map((filter) => `where ${write(filter)}`),
    `project ${projection(plan, columns)}`,
  ];
  const declared = operands.map(({ name, type }) => `${name}: ${type}`).join(', ');
  return {
    cluster,
    database,
    table: from.name,
    query: `${declared === '' ? '' : `declare query_parameters(${declared});\n`}${stages.join('\n| ')}`,
    operands: operands.map(({ name, type, expr }) => ({ name, type, statement: render(expr) })),
    needs: filters.flatMap((filter) => neededBy(filter, operands)),
    columns: columns.map(({ name, type }) => ({ name, type })),
  };
}

function sourceText(from: RemoteSource, write: (expr: Expr) => string): string {
  switch (from.form) {
    case 'table':
      return `table(${quoted(from.name)})`;
    case 'view':
      return `materialized_view(${quoted(from.name)})`;
    case 'function':
      return `${from.name}(${from.args.map(write).join(', ')})`;
  }
}

/** Rows without any column are counted all the same. */
function projection({ ingestion }: RemotePlan, columns: readonly PlanColumn[]): string {
  if (columns.length === 0) return `${INGESTION} = true`;
  return columns
    .map((column) => (column === ingestion ? `${INGESTION} = ingestion_time()` : nameText(column.name)))
    .join(', ');
}

/** The values without which a filter passes no row: an empty list to be in, or a condition that is not about rows. */
function neededBy(filter: Expr, operands: readonly Operand[]): string[] {
  const nameOf = (expr: Expr | undefined): string[] =>
    operands.filter((operand) => operand.expr === expr).map(({ name }) => name);
  if (filter.kind !== 'call') return nameOf(filter);
  const [, list, ...more] = filter.args;
  const isList = (filter.fn.name === 'in' || filter.fn.name === 'in~') && more.length === 0;
  return isList && list && operands.some(({ expr, type }) => expr === list && type === 'dynamic')
    ? nameOf(list)
    : nameOf(filter);
}
