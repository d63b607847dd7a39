/** Rows that several parts of a query use, and that are computed once: `materialize()`, `as hint.materialized=true`. */
import { likenessOf } from './alike.ts';
import { columnRef, literal } from './expression.ts';
import { withMembers } from './packed-members.ts';
import { newColumn, type Relation, type Scope, withFreshColumns } from './scope.ts';
import type { Expr, PackedMember, PlanColumn, QueryPlan } from './tree.ts';

/** Gives the same rows at each use, computed once. */
export function sharing(lower: () => Relation, scope: Scope): () => Relation {
  let shared: Relation | undefined;
  return () => {
    if (!shared) {
      const rows = lower();
      shared = rows.serialized ? sharedInOrder(rows, scope) : sharedRows(rows, scope);
    }
    return withFreshColumns(shared);
  };
}

/** Rows in an order would lose it: they are shared with their numbers, and each use sorts by these. */
function sharedInOrder(rows: Relation, scope: Scope): Relation {
  const number = newColumn('$number', 'long', false);
  const start = literal(1n, 'long');
  const numbered: QueryPlan = {
    kind: 'window',
    input: rows.plan,
    outputs: [{ kind: 'row_number', column: number, start }],
  };
  const shared = sharedRows({ plan: numbered, columns: [...rows.columns, number], serialized: false }, scope);
  const place = shared.columns.at(-1) ?? number;
  const keys = [{ expr: columnRef(place), descending: false, nullsFirst: false }];
  return {
    plan: { kind: 'sort', input: shared.plan, keys },
    columns: shared.columns.slice(0, -1),
    serialized: true,
  };
}

/** The one value of a query, computed once. */
export function sharedScalar(expr: Extract<Expr, { kind: 'scalarQuery' }>, scope: Scope): Expr {
  if (expr.plan.kind === 'shared') return expr;
  const { plan, columns, members } = withMembers(expr);
  const rows = sharedRows({ plan, columns, serialized: false }, scope);
  const [column = expr.column] = rows.columns;
  if (members.size === 0) return { ...expr, plan: rows.plan, column };
  // Of rows that are alike and were shared before, the columns are others, in the same places.
  const own = (made: PlanColumn): PlanColumn => rows.columns[columns.indexOf(made)] ?? made;
  const shared = [...members].map(([key, { packed, value }]): [string, PackedMember] => [
    key,
    { packed: own(packed), ...(value && { value: own(value) }) },
  ]);
  return { ...expr, plan: rows.plan, column, members: new Map(shared) };
}

/** The same object for rows that are alike, wherever in the query they are asked for. */
function sharedRows(rows: Relation, { context }: Scope): Relation {
  const likeness = likenessOf(rows.plan, rows.columns);
  const known = context.shared.get(likeness);
  if (known) return known;
  const shared: Relation = { ...rows, plan: { kind: 'shared', input: rows.plan } };
  context.shared.set(likeness, shared);
  return shared;
}
