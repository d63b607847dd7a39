/**
 * Lowers `top-nested`: the best values of a key, within each of them the best of the next key, and so on.
 * https://learn.microsoft.com/kusto/query/top-nested-operator
 */
import { required } from '../functions/function-table.ts';
import type { Syntax } from '../parse/syntax.ts';
import { call, columnRef, literal, passOn, typeOf } from './expression.ts';
import { sameValue, sortable } from './expression-lists.ts';
import { keepingRows, lowerScalar, newColumn, type Relation, type Scope } from './scope.ts';
import { lowerOver } from './summarize.ts';
import { aggregateOf, type Level, withOthers } from './top-nested-others.ts';
import type { Aggregate, Output, PlanColumn, QueryPlan, SortKey } from './tree.ts';

export function lowerTopNested(syntax: Syntax, input: Relation, scope: Scope): Relation {
  const clauses = syntax.parts('Clauses');
  const bound = syntax.columns;
  const made = clauses.map((clause, index): Output => {
    const expr = lowerScalar(clause.part('OfExpression'), { ...scope, rows: input });
    return { column: newColumn(bound[2 * index]?.name ?? '', typeOf(expr)), expr };
  });
  const outputs = [...input.columns.map(passOn), ...made];
  const keyed: QueryPlan = { kind: 'project', input: input.plan, outputs };
  const rows = keepingRows(input, { kind: 'shared', input: keyed });
  const keys = made.map(({ column }) => column);
  const hasOthers = clauses.some((clause) => clause.optional('WithOthersClause'));
  const levels: Level[] = [];
  for (const [index, clause] of clauses.entries()) {
    const before = levels.at(-1);
    const own = aggregated(clause, keys.slice(0, index + 1), bound[2 * index + 1]?.name ?? '', rows, scope);
    const level = best(clause, before ? within(before, own, clause) : own, scope);
    levels.push(hasOthers ? { ...level, plan: { kind: 'shared', input: level.plan } } : level);
  }
  const last = levels.at(-1);
  if (!last) return syntax.refuse('top-nested needs a clause');
  const found: Relation = { plan: last.plan, columns: last.columns, serialized: false };
  return hasOthers ? withOthers(found, { clauses, keys, rows, levels }, scope) : found;
}

/** The value of each combination of keys. */
function aggregated(
  clause: Syntax,
  keys: readonly PlanColumn[],
  name: string,
  rows: Relation,
  scope: Scope,
): Level {
  const aggregates: Aggregate[] = [];
  const expr = lowerOver(aggregateOf(clause), { ...scope, rows }, aggregates);
  const grouped = keys.map((key): Output => ({ column: { ...key }, expr: columnRef(key) }));
  const own = grouped.map(({ column }) => column);
  const plan: QueryPlan = { kind: 'aggregate', input: rows.plan, keys: grouped, aggregates };
  const value: Output = { column: newColumn(name, typeOf(expr)), expr };
  return {
    plan: { kind: 'project', input: plan, outputs: [...own.map(passOn), value] },
    keys: own,
    columns: [...own, value.column],
  };
}

/** Those of the keys that the clause before has found, with its values before their own. */
function within(before: Level, own: Level, at: Syntax): Level {
  const key = own.keys.at(-1);
  const value = own.columns.at(-1);
  const found = [...(key ? [key] : []), ...(value ? [value] : [])];
  const plan: QueryPlan = {
    kind: 'join',
    join: 'inner',
    left: before.plan,
    right: own.plan,
    on: before.keys.map((left, index) => ({
      left: sameValue(left, at),
      right: sameValue(own.keys[index] ?? left, at),
    })),
    outputs: [
      ...before.columns.map((column) => ({ column: { ...column }, from: column, side: 'left' as const })),
      ...found.map((column) => ({ column: { ...column }, from: column, side: 'right' as const })),
    ],
  };
  const columns = plan.outputs.map(({ column }) => column);
  return { plan, columns, keys: columns.filter((_, index) => index % 2 === 0) };
}

/** The best of each combination of the keys before the last. */
function best(clause: Syntax, level: Level, scope: Scope): Level {
  const count = clause.optional('Expression');
  const value = level.columns.at(-1);
  if (!count || !value) return level;
  const number = newColumn('$number', 'long', false);
  const key: SortKey = { expr: sortable(columnRef(value), clause), ...orderOf(clause) };
  const numbered: QueryPlan = {
    kind: 'window',
    input: { kind: 'sort', input: level.plan, keys: [key] },
    outputs: [
      {
        kind: 'row_number',
        column: number,
        start: literal(1n, 'long'),
        partition: level.keys.slice(0, -1).map(columnRef),
      },
    ],
  };
  const condition = call(required('<='), [columnRef(number), lowerScalar(count, scope)], 'bool', clause);
  return { ...level, plan: { kind: 'filter', input: numbered, condition } };
}

function orderOf(clause: Syntax): Pick<SortKey, 'descending' | 'nullsFirst'> {
  const by = clause.part('ByExpression');
  const ordering = by.kind === 'OrderedExpression' ? by.optional('Ordering') : undefined;
  const descending = ordering?.optional('AscOrDescKeyword')?.text.toLowerCase() !== 'asc';
  return { descending, nullsFirst: !descending };
}
