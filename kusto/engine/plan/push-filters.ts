/**
 * Moves filters towards the tables, as far as the meaning allows, so that indexes are used and the stages
 * above merge. A filter stops at whatever counts or numbers rows (take, windows) and at the optional side
 * of an outer join.
 */
import { columnsIn, conjuncts, substitute } from './expression.ts';
import { remoteText } from './remote-text.ts';
import { columnsOfPlan, type Expr, type PlanColumn, type QueryPlan } from './tree.ts';

/** The plan with its filters as deep as they can be, in the form that suits a filter. */
export function pushFilters(plan: QueryPlan): QueryPlan {
  switch (plan.kind) {
    case 'filter':
      return conjuncts(plan.condition).reduce(
        (input, term) => push(nested(term), input),
        pushFilters(plan.input),
      );
    case 'scan':
    case 'values':
    case 'range':
      return plan;
    case 'remote':
      return plan.from.form === 'function'
        ? { ...plan, from: { ...plan.from, args: plan.from.args.map(nested) } }
        : plan;
    case 'shared':
      return pushedShared(plan);
    case 'join':
      return { ...plan, left: pushFilters(plan.left), right: pushFilters(plan.right) };
    case 'union':
      return { ...plan, inputs: plan.inputs.map((input) => ({ ...input, plan: pushFilters(input.plan) })) };
    case 'project':
      return {
        ...plan,
        input: pushFilters(plan.input),
        outputs: plan.outputs.map((output) => ({ ...output, expr: nested(output.expr) })),
      };
    default:
      return { ...plan, input: pushFilters(plan.input) };
  }
}

const pushed = new WeakMap<QueryPlan, QueryPlan>();

/** The same object for the same rows, wherever they are used. */
function pushedShared(plan: Extract<QueryPlan, { kind: 'shared' }>): QueryPlan {
  const known = pushed.get(plan);
  if (known) return known;
  const made: QueryPlan = { kind: 'shared', input: pushFilters(plan.input) };
  pushed.set(plan, made);
  return made;
}

/** The plans inside of expressions. */
function nested(expr: Expr): Expr {
  switch (expr.kind) {
    case 'scalarQuery':
      return { ...expr, plan: pushFilters(expr.plan) };
    case 'inQuery':
      return { ...expr, value: nested(expr.value), plan: pushFilters(expr.plan) };
    case 'call':
      return { ...expr, args: expr.args.map(nested) };
    default:
      return expr;
  }
}

/** In a filter null counts as false, so plain SQL comparisons do, which can use indexes. */
function filterForm(expr: Expr): Expr {
  if (expr.kind !== 'call') return expr;
  const { meaning, inFilter } = expr.fn;
  if (meaning === 'and' || meaning === 'or') return { ...expr, args: expr.args.map(filterForm) };
  return inFilter ? { ...expr, fn: inFilter } : expr;
}

function push(condition: Expr, plan: QueryPlan): QueryPlan {
  const reads = columnsIn(condition);
  const onlyReads = (columns: readonly PlanColumn[]): boolean =>
    [...reads].every((column) => columns.includes(column));
  const here: QueryPlan = { kind: 'filter', input: plan, condition: filterForm(condition) };
  switch (plan.kind) {
    case 'filter': {
      const inside = push(condition, plan.input);
      // It got no further than the filter that is here: it comes after it, as it was written.
      return inside.kind === 'filter' && inside.input === plan.input ? here : { ...plan, input: inside };
    }
    case 'sort':
    case 'distinct':
      return { ...plan, input: push(condition, plan.input) };
    case 'project': {
      const made = new Map(plan.outputs.map(({ column, expr }) => [column, expr]));
      return {
        ...plan,
        input: push(
          substitute(condition, (column) => made.get(column)),
          plan.input,
        ),
      };
    }
    case 'aggregate': {
      const keys = new Map(plan.keys.map(({ column, expr }) => [column, expr]));
      if (keys.size === 0 || ![...reads].every((column) => keys.has(column))) return here;
      return {
        ...plan,
        input: push(
          substitute(condition, (column) => keys.get(column)),
          plan.input,
        ),
      };
    }
    case 'unnest':
      return onlyReads(columnsOfPlan(plan.input)) ? { ...plan, input: push(condition, plan.input) } : here;
    case 'union':
      return {
        ...plan,
        inputs: plan.inputs.map(({ plan: input, values }) => {
          const byColumn = new Map(plan.columns.map((column, index) => [column, values[index]]));
          return {
            values,
            plan: push(
              substitute(condition, (column) => byColumn.get(column)),
              input,
            ),
          };
        }),
      };
    case 'remote':
      return remoteText(condition, [], plan.ingestion) === undefined
        ? here
        : { ...plan, filters: [...plan.filters, condition] };
    case 'join':
      return pushIntoJoin(condition, plan, here);
    default:
      return here;
  }
}

function pushIntoJoin(
  condition: Expr,
  plan: Extract<QueryPlan, { kind: 'join' }>,
  here: QueryPlan,
): QueryPlan {
  const from = new Map(plan.outputs.map((output) => [output.column, output]));
  const sides = new Set([...columnsIn(condition)].map((column) => from.get(column)?.side));
  const [side = 'left'] = sides;
  if (sides.size > 1 || plan.join === 'full') return here;
  if (side === 'right' && plan.join !== 'inner') return here;
  const inside = substitute(condition, (column) => {
    const source = from.get(column)?.from;
    return source && { kind: 'column', column: source };
  });
  return side === 'left'
    ? { ...plan, left: push(inside, plan.left) }
    : { ...plan, right: push(inside, plan.right) };
}
