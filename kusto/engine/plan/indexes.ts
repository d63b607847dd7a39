/**
 * Which indexes the stored functions would use. The rule: every table that a function looks up by equality
 * gets an index on the columns that are compared with parameters, constants or another table's join keys.
 * Constants alone make none, since they tell few rows apart, and an index that begins another is dropped.
 */
import { columnsIn, conjuncts } from './expression.ts';
import type { Expr, Output, PlanColumn, QueryPlan } from './tree.ts';

/** An index worth having: `columns` are physical column names, in index order. */
export interface SuggestedIndex {
  readonly physicalTable: string;
  readonly columns: readonly string[];
}

/** Indexes for the plans of stored functions, with their filters pushed down. */
export function suggestedIndexes(plans: readonly QueryPlan[]): SuggestedIndex[] {
  const found: SuggestedIndex[] = [];
  for (const plan of plans) {
    visit(plan, new Map(), (physicalTable, columns) => found.push({ physicalTable, columns }));
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

type Report = (physicalTable: string, columns: readonly string[]) => unknown;

/** Columns that are compared for equality, and whether only with constants. */
type Compared = ReadonlyMap<PlanColumn, 'value' | 'constant'>;

/** Walks down with the columns that something above compares for equality. */
function visit(plan: QueryPlan, equal: Compared, report: Report): void {
  switch (plan.kind) {
    case 'scan': {
      const compared = plan.columns.filter(({ column }) => equal.has(column));
      if (compared.some(({ column }) => equal.get(column) === 'value')) {
        report(
          plan.physical,
          compared.map(({ stored }) => stored.physical),
        );
      }
      return;
    }
    case 'filter':
      visit(plan.input, new Map([...equal, ...conjuncts(plan.condition).flatMap(comparedColumns)]), report);
      return;
    case 'project':
      visit(plan.input, through(plan.outputs, equal), report);
      return;
    case 'aggregate':
      visit(plan.input, through(plan.keys, equal), report);
      return;
    case 'join': {
      const side = (of: 'left' | 'right'): Compared =>
        new Map(
          plan.outputs.flatMap((output) =>
            output.side === of ? renamed(output.from, equal.get(output.column)) : [],
          ),
        );
      const keys = plan.on.flatMap(({ right }) =>
        [...columnsIn(right)].flatMap((column) => renamed(column, 'value')),
      );
      visit(plan.left, side('left'), report);
      visit(plan.right, new Map([...side('right'), ...keys]), report);
      return;
    }
    case 'union':
      for (const input of plan.inputs) visit(input.plan, new Map(), report);
      return;
    case 'values':
    case 'range':
      return;
    default:
      visit(plan.input, equal, report);
  }
}

type Entry = [PlanColumn, 'value' | 'constant'];

function renamed(column: PlanColumn, by: 'value' | 'constant' | undefined): Entry[] {
  return by ? [[column, by]] : [];
}

/** The compared columns above a stage, as columns below it. */
function through(outputs: readonly Output[], equal: Compared): Compared {
  return new Map(
    outputs.flatMap(({ column, expr }) =>
      expr.kind === 'column' ? renamed(expr.column, equal.get(column)) : [],
    ),
  );
}

/** The column in `column == value`, where the value comes from outside of the row. */
function comparedColumns(term: Expr): Entry[] {
  if (term.kind !== 'call' || term.fn.meaning !== 'equal') return [];
  const [a, b] = term.args;
  if (!a || !b) return [];
  if (a.kind === 'column' && columnsIn(b).size === 0) return renamed(a.column, comparedWith(b));
  return b.kind === 'column' && columnsIn(a).size === 0 ? renamed(b.column, comparedWith(a)) : [];
}

function comparedWith(value: Expr): 'value' | 'constant' {
  return value.kind === 'literal' ? 'constant' : 'value';
}
