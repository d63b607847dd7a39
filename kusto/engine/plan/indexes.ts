/**
 * Which indexes the stored functions would use. The rule: every table that a function looks up by equality
 * gets an index on the columns that are compared with parameters or constants, or else with another table's
 * join keys; an index that is the beginning of another is dropped.
 */
import { columnsIn, conjuncts } from './expression.ts';
import type { Expr, Plan, PlanColumn } from './tree.ts';

/** An index worth having: `columns` are physical column names, in index order. */
export interface SuggestedIndex {
  readonly physicalTable: string;
  readonly columns: readonly string[];
}

/** Indexes for the plans of stored functions, with their filters pushed down. */
export function suggestedIndexes(plans: readonly Plan[]): SuggestedIndex[] {
  const found: SuggestedIndex[] = [];
  for (const plan of plans) {
    visit(plan, new Set(), (physicalTable, columns) => {
      if (columns.length > 0) found.push({ physicalTable, columns });
    });
  }
  return found.filter(
    (index, at) =>
      !found.some(
        (other, n) => covers(other, index) && (other.columns.length > index.columns.length || n < at),
      ),
  );
}

function covers(other: SuggestedIndex, index: SuggestedIndex): boolean {
  return (
    other.physicalTable === index.physicalTable &&
    index.columns.every((column, at) => other.columns[at] === column)
  );
}

type Report = (physicalTable: string, columns: readonly string[]) => void;

/** Walks down with the columns that something above compares for equality. */
function visit(plan: Plan, equal: ReadonlySet<PlanColumn>, report: Report): void {
  switch (plan.kind) {
    case 'scan': {
      const columns = plan.columns
        .filter(({ column }) => equal.has(column))
        .map(({ stored }) => stored.physical);
      report(plan.physical, columns);
      return;
    }
    case 'filter': {
      const own = conjuncts(plan.condition).flatMap(comparedColumns);
      visit(plan.input, new Set([...equal, ...own]), report);
      return;
    }
    case 'project': {
      const passed = plan.outputs.flatMap(({ column, expr }) =>
        expr.kind === 'column' && equal.has(column) ? [expr.column] : [],
      );
      visit(plan.input, new Set(passed), report);
      return;
    }
    case 'join': {
      const through = (side: 'left' | 'right'): PlanColumn[] => [
        ...plan.outputs
          .filter((output) => output.side === side && equal.has(output.column))
          .map(({ from }) => from),
      ];
      const keys = plan.on.flatMap(({ right }) => [...columnsIn(right)]);
      visit(plan.left, new Set(through('left')), report);
      visit(plan.right, new Set([...through('right'), ...keys]), report);
      return;
    }
    case 'union':
      for (const input of plan.inputs) visit(input.plan, new Set(), report);
      return;
    case 'values':
    case 'range':
      return;
    case 'aggregate':
      visit(
        plan.input,
        new Set(
          plan.keys.flatMap(({ column, expr }) =>
            expr.kind === 'column' && equal.has(column) ? [expr.column] : [],
          ),
        ),
        report,
      );
      return;
    default:
      visit(plan.input, equal, report);
  }
}

/** The column in `column == value`, where the value comes from outside of the row. */
function comparedColumns(term: Expr): PlanColumn[] {
  if (term.kind !== 'call' || !term.fn.name.startsWith('==')) return [];
  const [a, b] = term.args;
  if (!a || !b) return [];
  if (a.kind === 'column' && columnsIn(b).size === 0) return [a.column];
  return b.kind === 'column' && columnsIn(a).size === 0 ? [b.column] : [];
}
