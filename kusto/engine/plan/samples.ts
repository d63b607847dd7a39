/** Lowers the operators that take rows by chance or by how often they occur: `sample`, `sample-distinct`, `top-hitters`. */
import type { Callable } from '../functions/definition.ts';
import { aggregateFunction } from '../functions/function-table.ts';
import type { Syntax } from '../parse/syntax.ts';
import { sqlCall } from '../sql/sql-tree.ts';
import { call, columnRef } from './expression.ts';
import { named, sortable } from './expression-lists.ts';
import { keepingRows, lowerScalar, newColumn, type Relation, type Scope, selecting } from './scope.ts';
import type { QueryPlan, SortKey } from './tree.ts';

/** Another number for every row and at every run. */
const CHANCE: Callable = { nullable: 'never', sql: () => sqlCall('random') };

export function lowerSample(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const expr = call(CHANCE, [], 'long', syntax);
  const keys: SortKey[] = [{ expr, descending: false, nullsFirst: true }];
  const sorted: QueryPlan = { kind: 'sort', input: rows.plan, keys };
  const count = lowerScalar(syntax.part('Expression'), scope);
  return { ...keepingRows(rows, { kind: 'limit', input: sorted, count }), serialized: false };
}

export function lowerSampleDistinct(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const { plan, columns } = selecting(rows, [ofExpression(syntax, rows, scope)]);
  const count = lowerScalar(syntax.part('Expression'), scope);
  return {
    plan: { kind: 'limit', input: { kind: 'distinct', input: plan }, count },
    columns,
    serialized: false,
  };
}

/** https://learn.microsoft.com/kusto/query/top-hitters-operator, counted exactly */
export function lowerTopHitters(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const key = ofExpression(syntax, rows, scope);
  const by = syntax.optional('ByClause');
  const fn = aggregateFunction(by ? 'sum' : 'count');
  const bound = syntax.columns[1];
  if (!fn || !bound) return syntax.refuseUnsupported('top-hitters is not supported here');
  const column = newColumn(bound.name, bound.type, fn.nullable);
  const args = by ? [lowerScalar(by.part('Expression'), { ...scope, rows })] : [];
  const counted: QueryPlan = {
    kind: 'aggregate',
    input: rows.plan,
    keys: [key],
    aggregates: [{ kind: 'call', column, fn, args, at: syntax }],
  };
  const keys: SortKey[] = [
    { expr: sortable(columnRef(column), syntax), descending: true, nullsFirst: false },
  ];
  const sorted: QueryPlan = { kind: 'sort', input: counted, keys };
  const count = lowerScalar(syntax.part('Expression'), scope);
  return { plan: { kind: 'limit', input: sorted, count }, columns: [key.column, column], serialized: true };
}

function ofExpression(syntax: Syntax, rows: Relation, scope: Scope) {
  const expr = lowerScalar(syntax.part('OfExpression'), { ...scope, rows });
  return named(syntax.columns[0]?.name ?? '', expr);
}
