/** Whether a plan's rows differ in some columns by how they are made, so that a join on these finds one row at most. */
import { columnsOfPlan, type Expr, type PlanColumn, type QueryPlan } from './tree.ts';

/** Whether no two rows of `plan` have the same values of `keys`; false where it is not known. */
export function areUniqueBy(plan: QueryPlan, keys: readonly Expr[]): boolean {
  return areUnique(plan, new Set(keys.flatMap((key) => (key.kind === 'column' ? [key.column] : []))));
}

function areUnique(plan: QueryPlan, columns: ReadonlySet<PlanColumn>): boolean {
  switch (plan.kind) {
    case 'aggregate':
      return plan.keys.every(({ column }) => columns.has(column));
    case 'distinct':
      return columnsOfPlan(plan.input).every((column) => columns.has(column));
    case 'filter':
    case 'shared':
    case 'sort':
    case 'limit':
    case 'window':
      return areUnique(plan.input, columns);
    case 'project': {
      const passedOn = plan.outputs.flatMap(({ column, expr }) =>
        expr.kind === 'column' && columns.has(column) ? [expr.column] : [],
      );
      return areUnique(plan.input, new Set(passedOn));
    }
    default:
      return false;
  }
}
