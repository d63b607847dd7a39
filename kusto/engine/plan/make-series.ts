/**
 * Lowers `make-series` to two groupings: one row for each group and slot of the axis, then arrays over the slots of each
 * group. Columns are taken from the binder by position: keys first, then the aggregations, then the axis.
 */
import type { ScalarType } from '../catalog.ts';
import { required } from '../functions/function-table.ts';
import { AXIS_VALUES, LAST_SLOT, SERIES_VALUES, SLOT } from '../functions/series-building.ts';
import type { Syntax } from '../parse/syntax.ts';
import { call, columnRef, columnsIn, literal, passOn, typeOf } from './expression.ts';
import { lowerScalar, newColumn, type Relation, type Scope, selecting } from './scope.ts';
import { lowerAggregate } from './summarize.ts';
import type { Aggregate, Expr, Output, PlanColumn, QueryPlan } from './tree.ts';

export function lowerMakeSeries(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const inner: Scope = { ...scope, rows };
  const bound = [...syntax.columns];
  const next = (): string =>
    bound.shift()?.name ?? syntax.refuse('make-series gives more columns than expected');
  const axis = axisOf(syntax, inner);
  const keys = (syntax.optional('ByClause')?.parts('Expressions') ?? []).map((expression): Output => {
    const expr = lowerScalar(expression, inner);
    return { column: newColumn(next(), typeOf(expr)), expr };
  });
  const aggregates: Aggregate[] = [];
  const measured = syntax.parts('Aggregates').flatMap((written): Measured[] => {
    const outputs = lowerAggregate(written.part('Expression'), inner, next, aggregates);
    return outputs.map((output) => ({ output, empty: defaultOf(written, output.column.type, scope) }));
  });
  const slot: Output = { column: newColumn('slot', 'long'), expr: axis.slot };
  const grouped: QueryPlan = {
    kind: 'aggregate',
    input: axis.within.reduce<QueryPlan>(
      (input, condition) => ({ kind: 'filter', input, condition }),
      rows.plan,
    ),
    keys: [...keys, slot],
    aggregates,
  };
  const perSlot = selecting({ plan: grouped, columns: [], serialized: false }, [
    ...keys.map(({ column }): Output => ({ column, expr: columnRef(column) })),
    { column: slot.column, expr: columnRef(slot.column) },
    ...measured.map(({ output }) => output),
  ]);
  const filled = isNonEmpty(syntax, keys, axis) ? withEmptyRow(perSlot) : perSlot;
  return laidOut(syntax, filled, { keys, slot: slot.column, measured, axis, name: next() });
}

interface Measured {
  readonly output: Output;
  /** What a slot without rows has. */
  readonly empty: Expr;
}

interface Axis {
  readonly slot: Expr;
  readonly origin: Expr;
  readonly step: Expr;
  /** The first and last slot; null where they are where the values of a group are. */
  readonly first: Expr;
  readonly last: Expr;
  /** Which rows are on it. */
  readonly within: readonly Expr[];
}

const OPEN = literal(null, 'long');
const ORIGIN_SLOT = literal(0n, 'long');
const AXIS_TYPES: ReadonlySet<ScalarType> = new Set(['datetime', 'timespan', 'int', 'long', 'real']);

/** The slots count from the written start, or in the form with `range()` and without a start from zero, as `bin()` does. */
function axisOf(syntax: Syntax, scope: Scope): Axis {
  const on = syntax.part('OnClause').part('Expression');
  const value = lowerScalar(on, scope);
  const type = typeOf(value);
  if (!AXIS_TYPES.has(type)) return on.refuseUnsupported(`make-series on a ${type} is not supported`);
  const range = syntax.part('RangeClause');
  const constant = (written: Syntax): Expr => {
    const expr = lowerScalar(written, scope);
    return columnsIn(expr).size > 0
      ? written.refuse(`'${written.text}' must be the same for all rows`)
      : expr;
  };
  const slotIn = (of: Expr, origin: Expr, step: Expr): Expr => call(SLOT, [of, origin, step], 'long', range);
  const compare = (token: '>=' | '<' | '<=', left: Expr, right: Expr): Expr =>
    call(required(token), [left, right], 'bool', range);
  const zero = literal(type === 'real' ? 0 : 0n, type);

  if (range.kind === 'MakeSeriesInRangeClause') {
    const [from, to, step] = range.part('Arguments').parts('Expressions').map(constant);
    if (!from || !to || !step) return range.refuse('range() needs a start, a stop and a step');
    const [first, last] = [slotIn(from, zero, step), slotIn(to, zero, step)];
    const slot = slotIn(value, zero, step);
    const within = [compare('>=', slot, first), compare('<=', slot, last)];
    return { slot, origin: zero, step, first, last, within };
  }
  const part = (name: string): Expr | undefined => {
    const clause = range.optional(name);
    return clause && constant(clause.part('Expression'));
  };
  const [from, to] = [part('MakeSeriesFromClause'), part('MakeSeriesToClause')];
  const step = part('MakeSeriesStepClause') ?? range.refuse('make-series needs a step');
  const origin = from ?? zero;
  return {
    slot: slotIn(value, origin, step),
    origin,
    step,
    first: from ? ORIGIN_SLOT : OPEN,
    last: to ? call(LAST_SLOT, [to, origin, step], 'long', range) : OPEN,
    within: [
      ...(from ? [compare('>=', value, from)] : []),
      ...(to ? [compare('<', value, to)] : []),
      ...(from || to ? [] : [call(required('isnotnull'), [value], 'bool', range)]),
    ],
  };
}

const NUMBERS: ReadonlySet<ScalarType> = new Set(['int', 'long', 'real']);
const VALUES: ReadonlySet<ScalarType> = new Set([...NUMBERS, 'datetime', 'timespan']);

/** The written default in the type of the values, or zero. */
function defaultOf(syntax: Syntax, type: ScalarType, scope: Scope): Expr {
  if (!VALUES.has(type)) return syntax.refuseUnsupported(`A series of ${type} values is not supported`);
  const clause = syntax.optional('DefaultExpression');
  if (!clause && !NUMBERS.has(type)) return syntax.refuse(`A series of ${type} values needs a default`);
  if (!clause) return literal(type === 'real' ? 0 : 0n, type);
  const written = clause.part('Expression');
  const expr = lowerScalar(written, { context: scope.context, variables: scope.variables });
  if (expr.kind !== 'literal')
    return written.refuseUnsupported(`The default '${written.text}' is not supported: it must be a literal`);
  if (expr.value === null) return literal(null, type);
  if (expr.type === type) return expr;
  if (NUMBERS.has(type) && NUMBERS.has(expr.type)) {
    if (type === 'real') return literal(Number(expr.value), type);
    if (Number.isInteger(Number(expr.value))) return literal(BigInt(expr.value), type);
  }
  return written.refuse(
    `The default '${written.text}' is a ${expr.type}, and the values are of type ${type}`,
  );
}

function isNonEmpty(syntax: Syntax, keys: readonly Output[], { first, last }: Axis): boolean {
  if (syntax.parameter('kind') === undefined) return false;
  if (keys.length > 0 || first === OPEN || last === OPEN)
    syntax.refuseUnsupported(
      'make-series kind=nonempty with by, or without a start and an end, is not supported',
    );
  return true;
}

/** One more row, which has no slot: what is made of it is the axis and the defaults. */
function withEmptyRow({ plan, columns }: Relation): Relation {
  const fresh = columns.map((column): PlanColumn => ({ ...column, nullable: true }));
  const union: QueryPlan = {
    kind: 'union',
    columns: fresh,
    inputs: [
      { plan, values: columns.map(columnRef) },
      {
        plan: { kind: 'values', columns: [], rows: [[]] },
        values: columns.map(({ type }) => literal(null, type)),
      },
    ],
  };
  return selecting(
    { plan: union, columns: fresh, serialized: false },
    columns.map((column, index) => ({ column, expr: columnRef(fresh[index] ?? column) })),
  );
}

function laidOut(
  syntax: Syntax,
  rows: Relation,
  of: {
    readonly keys: readonly Output[];
    readonly slot: PlanColumn;
    readonly measured: readonly Measured[];
    readonly axis: Axis;
    readonly name: string;
  },
): Relation {
  const { first, last, origin, step } = of.axis;
  const slot = columnRef(of.slot);
  const keys = of.keys.map(({ column }): Output => ({ column: { ...column }, expr: columnRef(column) }));
  // A key that is the same for all rows makes one group of them, and none of no rows.
  const grouping = keys.length > 0 ? keys : [{ column: newColumn('all', 'long', false), expr: ORIGIN_SLOT }];
  const array = (
    name: string,
    fn: typeof SERIES_VALUES,
    args: readonly Expr[],
  ): Aggregate & { kind: 'call' } => ({
    kind: 'call',
    column: newColumn(name, 'dynamic', false),
    fn,
    args,
    at: syntax,
  });
  const arrays = [
    ...of.measured.map(({ output: { column }, empty }) =>
      array(column.name, SERIES_VALUES, [slot, columnRef(column), empty, first, last]),
    ),
    array(of.name, AXIS_VALUES, [slot, origin, step, first, last]),
  ];
  const plan: QueryPlan = { kind: 'aggregate', input: rows.plan, keys: grouping, aggregates: arrays };
  const columns = [...keys, ...arrays].map(({ column }) => column);
  const outputs = columns.map((column): Output => passOn(column));
  return selecting({ plan, columns, serialized: false }, outputs);
}
