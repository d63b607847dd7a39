/** The shape of a materialized view's query, for incremental maintenance. */
import type { Column } from '../catalog.ts';
import type { Relation } from './scope.ts';
import type { Aggregate, PlanColumn, QueryPlan, Refuser } from './tree.ts';

/**
 * One aggregate of a materialized view, and the view's columns that it fills. `arg_max` and `arg_min`
 * compare `by` (null loses against any value) and take all of `columns` (which include `by`) from the winning row.
 */
export type ViewAggregate =
  | { readonly kind: 'arg_max' | 'arg_min'; readonly by: string; readonly columns: readonly string[] }
  | { readonly kind: 'min' | 'max' | 'sum' | 'count' | 'take_any'; readonly column: string };

/**
 * What incremental maintenance of a view needs. To take in a batch: run the view's query over the batch
 * alone (`compileQuery` with `override` of the source) and merge each row into the row with the same keys.
 */
export interface ViewShape {
  readonly columns: readonly Column[];
  /** The columns that identify a row. */
  readonly keys: readonly string[];
  readonly aggregates: readonly ViewAggregate[];
}

/**
 * The shape of `where/extend/project... | summarize ... by ...`.
 *
 * @param at refuses any other shape
 */
export function shapeOfView({ plan, columns }: Relation, at: Refuser): ViewShape {
  const outputs = plan.kind === 'project' ? plan.outputs : [];
  const grouped = plan.kind === 'project' ? plan.input : plan;
  if (grouped.kind !== 'aggregate' || !isRowByRow(grouped.input)) {
    return at.refuse('A materialized view is a table, where/extend/project, and one summarize at the end');
  }
  const names = new Map<PlanColumn, string>();
  for (const { column, expr } of outputs) {
    if (expr.kind !== 'column')
      return at.refuse(
        `The column '${column.name}' is computed from aggregates, which a materialized view cannot keep`,
      );
    names.set(expr.column, column.name);
  }
  const name = (column: PlanColumn): string => names.get(column) ?? column.name;
  return {
    columns: columns.map((column): Column => ({ name: column.name, type: column.type })),
    keys: grouped.keys.map(({ column }) => name(column)),
    aggregates: grouped.aggregates.flatMap((aggregate) => viewAggregates(aggregate, name, at)),
  };
}

function viewAggregates(
  aggregate: Aggregate,
  name: (column: PlanColumn) => string,
  at: Refuser,
): ViewAggregate[] {
  if (aggregate.kind === 'any')
    return aggregate.outputs.map(({ column }) => ({ kind: 'take_any', column: name(column) }));
  if (aggregate.kind === 'call') {
    const kind = aggregate.fn.merge;
    if (!kind)
      return at.refuseUnsupported(
        `The aggregate '${aggregate.fn.name}' is not supported in a materialized view`,
      );
    if (aggregate.column.type === 'decimal') refuseDecimal(aggregate.fn.name, at);
    return [{ kind, column: name(aggregate.column) }];
  }
  const [by] = aggregate.outputs;
  if (!by)
    return at.refuseUnsupported(
      `${aggregate.kind}() without a column is not supported in a materialized view`,
    );
  if (by.column.type === 'decimal') refuseDecimal(aggregate.kind, at);
  return [
    {
      kind: aggregate.kind,
      by: name(by.column),
      columns: aggregate.outputs.map(({ column }) => name(column)),
    },
  ];
}

/** Their texts do not say which is larger, and SQLite does not add them. */
function refuseDecimal(name: string, at: Refuser): never {
  return at.refuseUnsupported(`${name}() of a decimal is not supported in a materialized view`);
}

/** Whether each row is made from one row of the table. */
function isRowByRow(plan: QueryPlan): boolean {
  if (plan.kind === 'scan') return true;
  return (
    (plan.kind === 'filter' || plan.kind === 'project' || plan.kind === 'unnest') && isRowByRow(plan.input)
  );
}
