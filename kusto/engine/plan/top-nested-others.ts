/**
 * The rows of `with others` in `top-nested`: what did not make it to the top at a level, under the values that did at the
 * levels before. A level without `others` has nothing there. The page of the operator had an example until 2023:
 * https://github.com/MicrosoftDocs/dataexplorer-docs/blob/01bde22340a573d22ce9352f59ebfce6ac0f9c4c/data-explorer/kusto/query/topnestedoperator.md
 */
import type { Syntax } from '../parse/syntax.ts';
import { columnRef, literal, missing, passOn, typeOf } from './expression.ts';
import { sameValue } from './expression-lists.ts';
import { keepingRows, lowerScalar, type Relation, type Scope } from './scope.ts';
import { lowerOver } from './summarize.ts';
import type { Aggregate, Expr, PlanColumn, QueryPlan } from './tree.ts';

/** What a clause has found: its key and its value beside those of the clauses before. */
export interface Level {
  readonly plan: QueryPlan;
  readonly keys: readonly PlanColumn[];
  readonly columns: readonly PlanColumn[];
}

/** What the clauses have found. */
interface Found {
  readonly clauses: readonly Syntax[];
  /** The keys of the clauses, as columns of the rows. */
  readonly keys: readonly PlanColumn[];
  readonly rows: Relation;
  /** What each clause has found, below those before it. */
  readonly levels: readonly Level[];
}

type Input = Extract<QueryPlan, { kind: 'union' }>['inputs'][number];

export function withOthers(best: Relation, found: Found, scope: Scope): Relation {
  const columns = best.columns.map(
    (column): PlanColumn => ({ ...column, nullable: column.type !== 'string' }),
  );
  const inputs: Input[] = [{ plan: best.plan, values: best.columns.map(columnRef) }];
  found.clauses.forEach((_, level) => {
    if (found.clauses.slice(level).some((clause) => clause.optional('WithOthersClause')))
      inputs.push(others(found, level, columns, scope));
  });
  return { plan: { kind: 'union', inputs, columns }, columns, serialized: false };
}

/** A row for each combination of values before the level that has records which are not at the top of it. */
function others(found: Found, level: number, columns: readonly PlanColumn[], scope: Scope): Input {
  const before = level > 0 ? found.levels[level - 1] : undefined;
  const rows = keepingRows(found.rows, left(found, level, before));
  const aggregates: Aggregate[] = [];
  const values = found.clauses.slice(level).flatMap((clause, index): Expr[] => {
    const at = 2 * (level + index);
    const written = clause.optional('WithOthersClause')?.part('Expression');
    if (!written) return [at, at + 1].map((place) => missing(columns[place]?.type ?? 'string'));
    const name = lowerScalar(written, scope);
    const { type } = columns[at] ?? {};
    if (type !== typeOf(name))
      written.refuse(`'${written.text}' is of type ${typeOf(name)}, and what it stands for of type ${type}`);
    return [name, lowerOver(aggregateOf(clause), { ...scope, rows }, aggregates)];
  });
  // A constant among the keys keeps a row from being made of no records.
  const one: PlanColumn = { name: '$one', type: 'long', nullable: false };
  const keys = [...(before?.columns.map(passOn) ?? []), { column: one, expr: literal(1n, 'long') }];
  return {
    plan: { kind: 'aggregate', input: rows.plan, keys, aggregates },
    values: [...(before?.columns.map(columnRef) ?? []), ...values],
  };
}

/** The records that are at the top of the levels before, with what these have found, and not of this one. */
function left({ clauses, keys, rows, levels }: Found, level: number, before: Level | undefined): QueryPlan {
  const kept = [...rows.columns, ...keys];
  const top = levels[level];
  const [at] = clauses;
  if (!top || !at) throw new Error('The level has no clause');
  const on = (own: readonly PlanColumn[]) =>
    own.map((column, index) => ({
      left: sameValue(keys[index] ?? column, at),
      right: sameValue(column, at),
    }));
  const side = (columns: readonly PlanColumn[], of: 'left' | 'right') =>
    columns.map((column) => ({ column, from: column, side: of }));
  const input: QueryPlan = before
    ? {
        kind: 'join',
        join: 'inner',
        left: rows.plan,
        right: before.plan,
        on: on(before.keys),
        outputs: [...side(kept, 'left'), ...side(before.columns, 'right')],
      }
    : rows.plan;
  return {
    kind: 'join',
    join: 'anti',
    left: input,
    right: top.plan,
    on: on(top.keys),
    outputs: side([...kept, ...(before?.columns ?? [])], 'left'),
  };
}

/** The aggregation behind `by`. */
export function aggregateOf(clause: Syntax): Syntax {
  const by = clause.part('ByExpression');
  const expression = by.kind === 'OrderedExpression' ? by.part('Expression') : by;
  return expression.kind === 'SimpleNamedExpression' ? expression.part('Expression') : expression;
}
