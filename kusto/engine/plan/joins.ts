/** Lowers `join` and `lookup`. The binder names the columns; they are matched to the sides by position. */
import type { Syntax } from '../parse/syntax.ts';
import { columnRef } from './expression.ts';
import { findColumn, lowerScalar, lowerTable, type Relation, refuseHidden, type Scope } from './scope.ts';
import type { Expr, JoinKind, PlanColumn, QueryPlan } from './tree.ts';

type Kind = { readonly join: JoinKind; readonly flipped?: boolean; readonly uniqueLeft?: boolean };

const KINDS: Readonly<Record<string, Kind | undefined>> = {
  inner: { join: 'inner' },
  innerunique: { join: 'inner', uniqueLeft: true },
  leftouter: { join: 'left' },
  rightouter: { join: 'left', flipped: true },
  fullouter: { join: 'full' },
  leftsemi: { join: 'semi' },
  rightsemi: { join: 'semi', flipped: true },
  leftanti: { join: 'anti' },
  anti: { join: 'anti' },
  leftantisemi: { join: 'anti' },
  rightanti: { join: 'anti', flipped: true },
  rightantisemi: { join: 'anti', flipped: true },
};

/** The supported kinds, for the documentation. */
export const JOIN_KINDS: readonly string[] = Object.keys(KINDS);

interface Condition {
  readonly left: Expr;
  readonly right: Expr;
}

export function lowerJoin(syntax: Syntax, left: Relation, scope: Scope): Relation {
  const written = syntax.parameter('kind') ?? 'innerunique';
  const kind = KINDS[written];
  if (!kind) return syntax.refuseUnsupported(`join kind=${written} is not supported`);
  const right = lowerTable(syntax.part('Expression'), withoutRows(scope));
  refuseHidden(right, syntax);
  const on = conditions(syntax.part('ConditionClause'), left, right, scope);
  const from = kind.uniqueLeft ? unique(left, on) : left;
  return joined(syntax, kind, from, right, on, [
    ...from.columns.map((column) => ({ column, side: 'left' as const })),
    ...right.columns.map((column) => ({ column, side: 'right' as const })),
  ]);
}

export function lowerLookup(syntax: Syntax, left: Relation, scope: Scope): Relation {
  const written = syntax.parameter('kind') ?? 'leftouter';
  if (written !== 'leftouter' && written !== 'inner')
    return syntax.refuseUnsupported(`lookup kind=${written} is not supported`);
  const right = lowerTable(syntax.part('Expression'), withoutRows(scope));
  refuseHidden(right, syntax);
  const on = conditions(syntax.part('LookupClause'), left, right, scope);
  const keys = new Set(on.map((pair) => (pair.right.kind === 'column' ? pair.right.column : undefined)));
  return joined(syntax, { join: written === 'inner' ? 'inner' : 'left' }, left, right, on, [
    ...left.columns.map((column) => ({ column, side: 'left' as const })),
    ...right.columns
      .filter((column) => !keys.has(column))
      .map((column) => ({ column, side: 'right' as const })),
  ]);
}

function withoutRows({ context, variables }: Scope): Scope {
  return { context, variables };
}

interface Side {
  readonly column: PlanColumn;
  readonly side: 'left' | 'right';
}

function joined(
  syntax: Syntax,
  kind: Kind,
  left: Relation,
  right: Relation,
  on: readonly Condition[],
  all: readonly Side[],
): Relation {
  const oneSided = kind.join === 'semi' || kind.join === 'anti';
  const sides = oneSided ? all.filter(({ side }) => side === (kind.flipped ? 'right' : 'left')) : all;
  const bound = syntax.columns;
  if (bound.length !== sides.length) return syntax.refuse('This join gives columns that were not expected');
  const outputs = sides.map(({ column, side }, index) => ({
    column: {
      name: bound[index]?.name ?? column.name,
      type: column.type,
      nullable: column.type !== 'string',
    },
    from: column,
    side: kind.flipped ? (side === 'left' ? ('right' as const) : ('left' as const)) : side,
  }));
  const plan: QueryPlan = {
    kind: 'join',
    join: kind.join,
    left: kind.flipped ? right.plan : left.plan,
    right: kind.flipped ? left.plan : right.plan,
    on: kind.flipped ? on.map((pair) => ({ left: pair.right, right: pair.left })) : on,
    outputs,
  };
  return { plan, columns: outputs.map(({ column }) => column), serialized: false };
}

/** Any one row of the left side per key: what `innerunique` joins. */
function unique(left: Relation, on: readonly Condition[]): Relation {
  const keyed = new Set(on.map((pair) => (pair.left.kind === 'column' ? pair.left.column : undefined)));
  const keys = left.columns
    .filter((column) => keyed.has(column))
    .map((column) => ({ column, expr: columnRef(column) }));
  const rest = left.columns
    .filter((column) => !keyed.has(column))
    .map((column) => ({ column, expr: columnRef(column) }));
  const aggregates = rest.length > 0 ? [{ kind: 'any' as const, outputs: rest }] : [];
  return { ...left, plan: { kind: 'aggregate', input: left.plan, keys, aggregates }, ingestion: undefined };
}

function conditions(clause: Syntax, left: Relation, right: Relation, scope: Scope): Condition[] {
  if (clause.kind !== 'JoinOnClause') return clause.refuseUnsupported(`'${clause.text}' is not supported`);
  return clause.parts('Expressions').flatMap((expression) => condition(expression, left, right, scope));
}

function condition(syntax: Syntax, left: Relation, right: Relation, scope: Scope): Condition[] {
  if (syntax.kind === 'ParenthesizedExpression')
    return condition(syntax.part('Expression'), left, right, scope);
  if (syntax.kind === 'AndExpression') {
    return [syntax.part('Left'), syntax.part('Right')].flatMap((side) => condition(side, left, right, scope));
  }
  if (syntax.kind === 'NameReference') {
    const [a, b] = [findColumn(left, syntax.name), findColumn(right, syntax.name)];
    if (!a || !b) return syntax.refuse(`'${syntax.name}' is not a column of both sides`);
    return [{ left: columnRef(a), right: columnRef(b) }];
  }
  const expr = lowerScalar(syntax, { ...withoutRows(scope), rows: left, right });
  const [a, b] = expr.kind === 'call' && expr.fn.meaning === 'equal' ? expr.args : [];
  if (a?.kind !== 'column' || b?.kind !== 'column') {
    return syntax.refuseUnsupported(`join on '${syntax.text}' is not supported: only equality of columns is`);
  }
  if (!left.columns.includes(a.column) || !right.columns.includes(b.column)) {
    return syntax.refuse(`'${syntax.text}' does not compare the two sides`);
  }
  return [{ left: a, right: b }];
}
