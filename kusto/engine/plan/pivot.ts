/** Lowers `evaluate pivot`: a column per value of a column. https://learn.microsoft.com/kusto/query/pivot-plugin */
import { aggregateFunction, required } from '../functions/function-table.ts';
import type { Syntax } from '../parse/syntax.ts';
import { callArguments } from './calls.ts';
import { asText, call, columnRef, literal, passOn } from './expression.ts';
import { askForSchema, quoted } from './schema-question.ts';
import { findColumn, lowerScalar, newColumn, type Relation, type Scope } from './scope.ts';
import type { Aggregate, Expr, PlanColumn, QueryPlan } from './tree.ts';

/** The aggregates that pivot takes, and their forms with a condition. */
const CONDITIONAL: Readonly<Record<string, string | undefined>> = {
  count: 'countif',
  min: 'minif',
  max: 'maxif',
  sum: 'sumif',
  dcount: 'dcountif',
  avg: 'avgif',
  stdev: 'stdevif',
  variance: 'varianceif',
  make_list: 'make_list_if',
  make_set: 'make_set_if',
  make_bag: 'make_bag_if',
};

export function lowerPivot(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const [by, aggregate, ...named] = callArguments(syntax.part('FunctionCall'));
  const pivot = by && findColumn(rows, by.name);
  if (!by || !pivot) return syntax.refuse('pivot() needs a column');
  const value = asText(columnRef(pivot), syntax);
  const args = aggregate ? callArguments(aggregate) : [];
  const keys = keysOf(rows, pivot, args, named);
  const schema = syntax.optional('Schema');
  if (!schema) {
    const column = newColumn('value', 'string');
    const projected: QueryPlan = { kind: 'project', input: rows.plan, outputs: [{ column, expr: value }] };
    const asked: Relation = {
      plan: { kind: 'distinct', input: projected },
      columns: [column],
      serialized: false,
    };
    return askForSchema(syntax, asked, scope, {
      kind: 'pivot',
      before: keys.map(({ name, type }) => `${quoted(name)}: ${type}`),
      type: aggregate?.type ?? 'long',
      prefix: '',
      taken: keys.map(({ name }) => name),
      conflict: 'error',
    });
  }
  const name = aggregate?.part('Name').name ?? 'count';
  const fn = aggregateFunction(CONDITIONAL[name] ?? '');
  if (!fn) return (aggregate ?? syntax).refuseUnsupported(`pivot with '${name}' is not supported`);
  const lowered = args.map((arg) => lowerScalar(arg, { ...scope, rows }));
  const bound = syntax.columns;
  keys.forEach((key, index) => {
    if (bound[index]?.name !== key.name || bound[index]?.type !== key.type)
      schema.refuse(`The schema of pivot begins with the columns that stay; '${key.name}' is a ${key.type}`);
  });
  const aggregates = bound.slice(keys.length).map((column): Aggregate & { readonly kind: 'call' } => {
    if (column.type !== (aggregate?.type ?? 'long'))
      schema.refuse(`'${column.name}' is a ${aggregate?.type ?? 'long'}, not a ${column.type}`);
    const condition = call(required('=='), [value, literal(column.name, 'string')], 'bool', syntax);
    const [first, ...more] = lowered;
    const withCondition: Expr[] = first ? [first, condition, ...more] : [condition];
    return {
      kind: 'call',
      column: newColumn(column.name, column.type, fn.nullable),
      fn,
      args: withCondition,
      at: syntax,
    };
  });
  const plan: QueryPlan = { kind: 'aggregate', input: rows.plan, keys: keys.map(passOn), aggregates };
  return { plan, columns: [...keys, ...aggregates.map(({ column }) => column)], serialized: false };
}

/** The columns that stay: those that are named, or all that pivot does not take. */
function keysOf(
  rows: Relation,
  pivot: PlanColumn,
  args: readonly Syntax[],
  named: readonly Syntax[],
): readonly PlanColumn[] {
  if (named.length > 0)
    return named.map(
      (column) => findColumn(rows, column.name) ?? column.refuse('pivot() needs a column here'),
    );
  const taken = new Set(args.map((arg) => arg.name));
  return rows.columns.filter((column) => column !== pivot && !taken.has(column.name));
}
