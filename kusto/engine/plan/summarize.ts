/** Lowers `summarize`. Columns are taken from the binder by position: keys first, then the aggregates. */
import type { ScalarType } from '../catalog.ts';
import type { AggregateFunction } from '../functions/definition.ts';
import { aggregateFunction, operator, scalarFunction } from '../functions/function-table.ts';
import type { Syntax } from '../parse/syntax.ts';
import { callArguments, scalarCall } from './calls.ts';
import { inDecimals } from './decimal-operands.ts';
import { columnRef, columnsIn, passOn, refusing, typeOf } from './expression.ts';
import { sortable } from './expression-lists.ts';
import { findColumn, lowerScalar, newColumn, type Relation, type Scope, selecting } from './scope.ts';
import { columnsOf, memberOf } from './several-columns.ts';
import type { Aggregate, Expr, Output, PlanColumn, QueryPlan } from './tree.ts';

const ARGUMENTS_OF_EXTREME: ReadonlySet<string> = new Set(['arg_max', 'arg_min', 'argmax', 'argmin']);
const ANY: ReadonlySet<string> = new Set(['take_any', 'any']);

/** Aggregates that give columns of one chosen row, for the documentation. */
export const ROW_AGGREGATES: readonly { readonly name: string; readonly page: string }[] = [
  { name: 'arg_max', page: 'arg-max-aggregation-function' },
  { name: 'arg_min', page: 'arg-min-aggregation-function' },
  { name: 'take_any', page: 'take-any-aggregation-function' },
];

export function lowerSummarize(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const inner: Scope = { ...scope, rows };
  const bound = [...syntax.columns];
  const next = (): string =>
    bound.shift()?.name ?? syntax.refuse('summarize gives more columns than expected');
  const keys = (syntax.optional('ByClause')?.parts('Expressions') ?? []).map((expression): Output => {
    const expr = lowerScalar(expression, inner);
    return { column: newColumn(next(), typeOf(expr)), expr };
  });
  const aggregates: Aggregate[] = [];
  const computed: Output[] = [];
  for (const expression of syntax.parts('Aggregates')) {
    for (const output of lowerAggregate(expression, inner, next, aggregates)) computed.push(output);
  }
  const apart = ofSubtables(rows);
  const plan: QueryPlan = {
    kind: 'aggregate',
    input: rows.plan,
    keys: [...keys, ...apart.keys],
    aggregates: [...aggregates, ...apart.aggregates],
  };
  const { subtables } = rows;
  const outputs = [...keys.map(({ column }): Output => ({ column, expr: columnRef(column) })), ...computed];
  return selecting({ plan, columns: [], serialized: false, ...(subtables && { subtables }) }, outputs);
}

/** What an aggregation has beside its own keys and values so that subtables stay apart. */
export function ofSubtables({
  subtables,
}: Relation): Pick<Extract<QueryPlan, { kind: 'aggregate' }>, 'keys' | 'aggregates'> {
  if (!subtables) return { keys: [], aggregates: [] };
  const kept = subtables.kept.filter((column) => !subtables.keys.includes(column));
  return {
    keys: subtables.keys.map(passOn),
    aggregates: kept.length > 0 ? [{ kind: 'any', outputs: kept.map(passOn) }] : [],
  };
}

/** Adds what the expression aggregates, and gives the columns that it makes of it, named by `next`. */
export function lowerAggregate(
  expression: Syntax,
  scope: Scope,
  next: () => string,
  aggregates: Aggregate[],
): Output[] {
  const call =
    expression.kind === 'SimpleNamedExpression' || expression.kind === 'CompoundNamedExpression'
      ? expression.part('Expression')
      : expression;
  const name = call.kind === 'FunctionCallExpression' ? call.part('Name').name : '';
  if (ARGUMENTS_OF_EXTREME.has(name) || ANY.has(name)) {
    const aggregate = rowAggregate(call, name, scope, next);
    aggregates.push(aggregate);
    return aggregate.outputs.map(({ column }) => ({ column, expr: columnRef(column) }));
  }
  if (SEVERAL.has(name)) return severalColumns(call, name, scope, next, aggregates);
  return columnsOf(call, scope, (syntax) => lowerOver(syntax, scope, aggregates)).map((expr): Output => {
    const column = next();
    if (expr.kind === 'column') return renamed(expr, column, aggregates);
    return { column: newColumn(column, typeOf(expr)), expr };
  });
}

/** Aggregates that give a column for each of their last arguments, which they compute together. */
const SEVERAL: ReadonlySet<string> = new Set(['percentiles', 'percentilesw']);

function severalColumns(
  call: Syntax,
  name: string,
  scope: Scope,
  next: () => string,
  aggregates: Aggregate[],
): Output[] {
  const fn = aggregateFunction(name) ?? call.refuseUnsupported(`The aggregate '${name}' is not supported`);
  const all = aggregateColumn(call, fn, 'dynamic', scope, aggregates);
  // The binder gives a single one as a scalar.
  const types = call.columns.length > 0 ? call.columns.map((column) => column.type) : [call.type];
  return types.map((type, index): Output => {
    const expr = memberOf(columnRef(all), index, type, call);
    return { column: newColumn(next(), type), expr };
  });
}

/** Adds a call of an aggregate, and gives its column. */
function aggregateColumn(
  call: Syntax,
  fn: AggregateFunction,
  type: ScalarType,
  scope: Scope,
  aggregates: Aggregate[],
): PlanColumn {
  const written = callArguments(call);
  const args = written.map((argument) => lowerScalar(argument, scope));
  const { constantsFrom = args.length } = fn;
  written.slice(constantsFrom).forEach((argument, index) => {
    const expr = args[constantsFrom + index];
    if (expr && columnsIn(expr).size > 0)
      argument.refuse(`'${argument.text}' must be the same for all rows of ${fn.name}()`);
  });
  const literals = args.map((arg) =>
    arg.kind === 'literal' ? { type: arg.type, literal: arg.value } : undefined,
  );
  refusing(call, () => fn.check?.(literals));
  const column = newColumn(fn.name, type, fn.nullable);
  aggregates.push({ kind: 'call', column, fn, args, at: call });
  return column;
}

/** A lone aggregate's column is named at once, so that plans stay readable. */
function renamed(expr: Extract<Expr, { kind: 'column' }>, name: string, aggregates: Aggregate[]): Output {
  const at = aggregates.findIndex(
    (aggregate) => aggregate.kind === 'call' && aggregate.column === expr.column,
  );
  const aggregate = aggregates[at];
  if (aggregate?.kind !== 'call') return { column: newColumn(name, expr.column.type), expr };
  const column = { ...aggregate.column, name };
  aggregates[at] = { ...aggregate, column };
  return { column, expr: columnRef(column) };
}

/** A scalar expression over aggregates, such as `max(a) - min(a)`. */
export function lowerOver(syntax: Syntax, scope: Scope, aggregates: Aggregate[]): Expr {
  if (syntax.kind === 'ParenthesizedExpression')
    return lowerOver(syntax.part('Expression'), scope, aggregates);
  const name = syntax.kind === 'FunctionCallExpression' ? syntax.part('Name').name : '';
  if (SEVERAL.has(name))
    return syntax.refuseUnsupported(`'${name}' inside of an expression is not supported`);
  const fn = aggregateFunction(name);
  if (fn) {
    const column = aggregateColumn(syntax, fn, syntax.type, scope, aggregates);
    return columnRef(column);
  }
  if (syntax.kind === 'FunctionCallExpression') {
    const scalar = scalarFunction(name);
    if (!scalar) return syntax.refuseUnsupported(`The aggregate '${name}' is not supported`);
    const args = callArguments(syntax).map((argument) => lowerOver(argument, scope, aggregates));
    return scalarCall(syntax, scalar, args);
  }
  const arithmetic = syntax.optional('Left') && operator(syntax.optional('Operator')?.text ?? '');
  if (arithmetic) {
    const sides = [syntax.part('Left'), syntax.part('Right')].map((side) =>
      lowerOver(side, scope, aggregates),
    );
    return {
      kind: 'call',
      fn: arithmetic,
      args: inDecimals(sides, syntax),
      type: syntax.type,
      at: syntax,
    };
  }
  return lowerScalar(syntax, { context: scope.context, variables: scope.variables });
}

function rowAggregate(
  call: Syntax,
  name: string,
  scope: Scope,
  next: () => string,
): Exclude<Aggregate, { kind: 'call' }> {
  const args = callArguments(call);
  const extreme = ARGUMENTS_OF_EXTREME.has(name);
  const [first, ...rest] = args;
  if (!first) return call.refuse(`${name}() needs an argument`);
  const lowered = (argument: Syntax): Expr => lowerScalar(argument, scope);
  const star = (extreme ? rest : args).some(({ kind }) => kind === 'StarExpression');
  const values = star
    ? call.columns.slice(extreme ? 1 : 0).map(({ name: column }) => {
        const found = findColumn(scope.rows, column);
        return found ? columnRef(found) : call.refuse(`The column '${column}' does not exist here`);
      })
    : (extreme ? rest : args).map(lowered);
  const outputs = (extreme ? [lowered(first), ...values] : values).map(
    (expr): Output => ({ column: newColumn(next(), typeOf(expr)), expr }),
  );
  if (!extreme) return { kind: 'any', outputs };
  const by = lowered(first);
  if (typeOf(by) === 'dynamic') return call.refuseUnsupported(`${name}() by dynamic is not supported`);
  const kind = name === 'arg_max' || name === 'argmax' ? 'arg_max' : 'arg_min';
  return { kind, by: sortable(by, call), outputs };
}
