/** Lowers `mv-expand`: a row per element of arrays. */
import type { Column, ScalarType } from '../catalog.ts';
import { CAST_ELEMENT } from '../functions/conversions.ts';
import type { Callable } from '../functions/definition.ts';
import { EXPANSION, PAIR_EXPANSION } from '../functions/dynamics.ts';
import { required } from '../functions/function-table.ts';
import type { Syntax } from '../parse/syntax.ts';
import { call, columnRef, literal, typeOf } from './expression.ts';
import { extending, findColumn, lowerScalar, newColumn, type Relation, type Scope } from './scope.ts';
import type { Expr, Output, PlanColumn, QueryPlan } from './tree.ts';

/** The functions that read a type from other values. */
export const READERS: Readonly<Partial<Record<ScalarType, string>>> = {
  string: 'tostring',
  int: 'toint',
  long: 'tolong',
  real: 'toreal',
  bool: 'tobool',
  datetime: 'todatetime',
  timespan: 'totimespan',
  guid: 'toguid',
};

export function lowerMvExpand(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const kind = syntax.parameter('kind') ?? syntax.parameter('bagexpansion') ?? 'bag';
  const bound = syntax.columns;
  const indexName = syntax.parameter('with_itemindex');
  const fresh = bound.filter(({ name }) => !findColumn(rows, name) && name !== indexName);
  const fn = kind === 'array' ? PAIR_EXPANSION : EXPANSION;
  const { plan, made, index } = expanded(syntax, rows, scope, { fn, fresh });
  const columns = bound.map(
    ({ name }) =>
      made.find(({ column }) => column.name === name)?.column ??
      (name === index?.name ? index : undefined) ??
      findColumn(rows, name) ??
      syntax.refuse(`The column '${name}' does not exist here`),
  );
  return { ...extending(rows, plan, columns, made), serialized: rows.serialized };
}

/**
 * A row per element of the arrays that `syntax` expands. `made` are the expanded columns over the plan.
 *
 * @param fresh names that the binder made up, for expansions without a name
 */
export function expanded(
  syntax: Syntax,
  rows: Relation,
  scope: Scope,
  { fn = EXPANSION, fresh }: { readonly fn?: Callable; readonly fresh: Column[] },
): { readonly plan: QueryPlan; readonly made: readonly Output[]; readonly index?: PlanColumn } {
  const indexName = syntax.parameter('with_itemindex');
  const limit = syntax.optional('RowLimitClause');
  const expansions = syntax
    .parts('Expressions')
    .map((written) => expansion(written, { ...scope, rows }, fresh));
  const raw = expansions.map(({ name }) => newColumn(name, 'dynamic'));
  const index = indexName === undefined ? undefined : newColumn(indexName, 'long', false);
  const values = expansions.map(({ value }) => value);
  const plan: QueryPlan = {
    kind: 'unnest',
    input: rows.plan,
    array: call(fn, values, 'dynamic', syntax),
    columns: raw,
    ...(index && { index }),
    ...(limit && { limit: lowerScalar(limit.part('RowLimit'), scope) }),
  };
  const made = expansions.map(
    ({ name, type }, at): Output => typed(name, type, raw[at] ?? newColumn(name, 'dynamic'), syntax),
  );
  return { plan, made, ...(index && { index }) };
}

interface Expansion {
  readonly name: string;
  readonly type: ScalarType;
  readonly value: Expr;
}

function expansion(syntax: Syntax, scope: Scope, fresh: Column[]): Expansion {
  const expression = syntax.part('Expression');
  const written = expression.kind === 'SimpleNamedExpression' ? expression.part('Name').name : undefined;
  const value = lowerScalar(expression, scope);
  const type = syntax.optional('ToTypeOf')?.part('TypeOf').parts('Types')[0]?.text;
  const name = written ?? (expression.kind === 'NameReference' ? expression.name : fresh.shift()?.name);
  if (name === undefined) return syntax.refuseUnsupported(`'${syntax.text}' is not supported here`);
  if (typeOf(value) !== 'dynamic')
    return syntax.refuse(`'${syntax.text}' is a ${typeOf(value)}: only dynamic values can be expanded`);
  return { name, type: type === undefined ? 'dynamic' : scalarType(type, syntax), value };
}

/** Other names of the types. https://learn.microsoft.com/kusto/query/scalar-data-types/ */
const ALIASES: Readonly<Record<string, ScalarType | undefined>> = {
  boolean: 'bool',
  date: 'datetime',
  time: 'timespan',
  double: 'real',
  uniqueid: 'guid',
  uuid: 'guid',
};

function scalarType(text: string, at: Syntax): ScalarType {
  const type = ALIASES[text] ?? text;
  if (type === 'dynamic') return type;
  const found = (Object.keys(READERS) as ScalarType[]).find((known) => known === type);
  return found ?? at.refuseUnsupported(`'${text}' is not supported here`);
}

/** Types that a JSON element can have by itself; others are read from its text. */
const CAST_TYPES: ReadonlySet<ScalarType> = new Set(['bool', 'int', 'long', 'real']);

function typed(name: string, type: ScalarType, raw: PlanColumn, at: Syntax): Output {
  const reader = READERS[type];
  if (!reader) return { column: raw, expr: columnRef(raw) };
  if (CAST_TYPES.has(type)) {
    const cast = call(CAST_ELEMENT, [columnRef(raw), literal(type, 'string')], type, at);
    return { column: newColumn(name, type), expr: cast };
  }
  return { column: newColumn(name, type), expr: call(required(reader), [columnRef(raw)], type, at) };
}
