/**
 * Which indexes the stored functions would use. The rule: every table that a function looks up by equality gets an
 * index on what is compared with parameters, constants, lists or another table's join keys. That is a column, its
 * folded form where case does not matter, or an expression over one column. Constants alone make no index, since
 * they tell few rows apart, and an index that begins another is dropped. After these comes the first column that is
 * compared with something greater or less: of many rows that are equal in the others, a part is read then.
 */
import { FOLDED } from '../functions/operators.ts';
import { columnsIn, conjuncts, substitute } from './expression.ts';
import { columnsOfPlan, type Expr, type Output, type PlanColumn, type QueryPlan } from './tree.ts';

/** A stored table and what an index on it would hold, each over the columns of `columns`. */
export interface WantedIndex {
  readonly physicalTable: string;
  readonly keys: readonly Expr[];
  /** The stored name of each column in the keys. */
  readonly columns: ReadonlyMap<PlanColumn, string>;
}

/** Indexes for the plans of stored functions, with their filters pushed down. Some may be the same. */
export function wantedIndexes(plans: readonly QueryPlan[]): WantedIndex[] {
  const found: WantedIndex[] = [];
  const report = { index: (index: WantedIndex) => found.push(index), seen: new SeenRows() };
  for (const plan of plans) visit(plan, [], report);
  return found;
}

/** What something above compares: for equality, with constants alone or with other values, or as a range. */
interface Compared {
  readonly key: Expr;
  readonly with: 'value' | 'constant' | 'range';
}

interface Report {
  index(index: WantedIndex): unknown;
  readonly seen: SeenRows;
}

/**
 * The shared rows that were walked through, with what was compared. They are made of others, each of which is used several
 * times: without this, the walks would multiply.
 */
class SeenRows {
  readonly #compared = new Map<QueryPlan, Set<string>>();
  readonly #numbers = new Map<object, number>();

  /** Whether these rows were not walked through with the same yet. */
  isNew(rows: QueryPlan, compared: readonly Compared[]): boolean {
    const before = this.#compared.get(rows) ?? new Set();
    this.#compared.set(rows, before);
    const what = compared.map((one) => `${one.with} ${this.#textOf(one.key)}`).join('\n');
    return before.size < before.add(what).size;
  }

  #textOf(key: Expr): string {
    switch (key.kind) {
      case 'column':
        return `column ${this.#numberOf(key.column)}`;
      case 'call':
        return `call ${this.#numberOf(key.fn)}(${key.args.map((arg) => this.#textOf(arg)).join()})`;
      default:
        return `value ${this.#numberOf(key)}`;
    }
  }

  #numberOf(piece: object): number {
    const number = this.#numbers.get(piece) ?? this.#numbers.size;
    this.#numbers.set(piece, number);
    return number;
  }
}

/** Walks down with what something above compares for equality. */
function visit(plan: QueryPlan, compared: readonly Compared[], report: Report): void {
  switch (plan.kind) {
    case 'scan':
      reportScan(plan, compared, report);
      return;
    case 'filter': {
      const terms = conjuncts(plan.condition);
      for (const term of terms) visitPlansIn(term, report);
      visit(
        plan.input,
        [...compared, ...terms.flatMap((term) => [...comparedIn(term), ...rangesIn(term)])],
        report,
      );
      return;
    }
    case 'project':
      for (const { expr } of plan.outputs) visitPlansIn(expr, report);
      visit(plan.input, through(plan.outputs, compared), report);
      return;
    case 'aggregate':
      visit(plan.input, through(plan.keys, compared), report);
      return;
    case 'join': {
      const side = (of: 'left' | 'right'): Compared[] =>
        through(
          plan.outputs.flatMap(({ column, side, from }) =>
            side === of ? [{ column, expr: { kind: 'column', column: from } }] : [],
          ),
          compared,
        );
      const keys = plan.on.flatMap(({ right }) =>
        [...columnsIn(right)].map((column): Compared => ({ key: { kind: 'column', column }, with: 'value' })),
      );
      visit(plan.left, side('left'), report);
      visit(plan.right, [...side('right'), ...keys], report);
      return;
    }
    case 'union':
      for (const input of plan.inputs) visit(input.plan, [], report);
      return;
    case 'shared': {
      const columns = new Set(columnsOfPlan(plan.input));
      const own = compared.filter(({ key }) => [...columnsIn(key)].every((column) => columns.has(column)));
      if (report.seen.isNew(plan, own)) visit(plan.input, own, report);
      return;
    }
    case 'values':
    case 'range':
      return;
    case 'remote':
      // What the rows are filtered by is looked up here.
      for (const filter of plan.filters) visitPlansIn(filter, report);
      if (plan.from.form === 'function') for (const arg of plan.from.args) visitPlansIn(arg, report);
      return;
    default:
      visit(plan.input, compared, report);
      return;
  }
}

function reportScan(
  plan: Extract<QueryPlan, { kind: 'scan' }>,
  compared: readonly Compared[],
  report: Report,
): void {
  const columns = new Map(plan.columns.map(({ column, stored }) => [column, stored.physical]));
  const own = compared.filter(({ key }) => [...columnsIn(key)].every((column) => columns.has(column)));
  if (!own.some((one) => one.with === 'value')) return;
  // Columns in the table's order, then the others as they are written.
  const place = ({ key }: Compared): number =>
    key.kind === 'column' ? [...columns.keys()].indexOf(key.column) : columns.size;
  const equal = own.filter((one) => one.with !== 'range').toSorted((a, b) => place(a) - place(b));
  const isAlready = (range: Compared) =>
    equal.some(({ key }) => key.kind === 'column' && key.column === columnOf(range));
  const range = own.find((one) => one.with === 'range' && !isAlready(one));
  const keys = [...equal, ...(range ? [range] : [])].map(({ key }) => key);
  report.index({ physicalTable: plan.physical, keys, columns });
}

/** Queries inside of expressions look tables up too. */
function visitPlansIn(expr: Expr, report: Report): void {
  switch (expr.kind) {
    case 'call':
      for (const arg of expr.args) visitPlansIn(arg, report);
      return;
    case 'inQuery':
      visitPlansIn(expr.value, report);
      visit(expr.plan, [], report);
      return;
    case 'scalarQuery':
      visit(expr.plan, [], report);
      return;
    default:
      return;
  }
}

/** What is compared above a stage, over the columns below it. */
function through(outputs: readonly Output[], compared: readonly Compared[]): Compared[] {
  const made = new Map(outputs.map(({ column, expr }) => [column, expr]));
  return compared.flatMap((one) => {
    if (![...columnsIn(one.key)].every((column) => made.has(column))) return [];
    const key = substitute(one.key, (column) => made.get(column));
    return isKey(key) ? [{ ...one, key }] : [];
  });
}

/** What `key == value`, `key in (list)` and their forms without case compare with values from outside of the row. */
function comparedIn(term: Expr): Compared[] {
  if (term.kind !== 'call' || !term.fn.lookup) return [];
  const [a, ...others] = term.args;
  const [b] = others;
  if (!a || !b) return [];
  if (isOutside(others)) return keyed(term, a, others);
  return others.length === 1 && isOutside([a]) ? keyed(term, b, [a]) : [];
}

function keyed(term: Extract<Expr, { kind: 'call' }>, key: Expr, values: readonly Expr[]): Compared[] {
  const kind = values.every((value) => value.kind === 'literal') ? 'constant' : 'value';
  if (term.fn.lookup === 'exact') return isKey(key) ? [{ key, with: kind }] : [];
  // A constant is compared with the lower case of ASCII instead, which needs no index of its own.
  if (kind === 'constant' || !isKey(key)) return [];
  return [{ key: { kind: 'call', fn: FOLDED, args: [key], type: 'string', at: term.at }, with: kind }];
}

/** The columns that `<` and its like compare with values from outside, or with those of the rows that a join brings. */
function rangesIn(term: Expr): Compared[] {
  if (term.kind !== 'call' || !term.fn.isRange) return [];
  return term.args.flatMap((key): Compared[] => (key.kind === 'column' ? [{ key, with: 'range' }] : []));
}

function columnOf({ key }: Compared): PlanColumn | undefined {
  return key.kind === 'column' ? key.column : undefined;
}

function isOutside(values: readonly Expr[]): boolean {
  return values.every((value) => columnsIn(value).size === 0);
}

/** A column, or something made of one: an index on more would hold what tells few rows apart. */
function isKey(expr: Expr): boolean {
  return columnsIn(expr).size === 1 && isPlain(expr);
}

function isPlain(expr: Expr): boolean {
  if (expr.kind === 'call') return expr.args.every(isPlain);
  return expr.kind === 'column' || expr.kind === 'literal';
}
