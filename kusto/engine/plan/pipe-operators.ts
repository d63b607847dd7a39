/** Lowers the operators of a pipe that keep or reshape rows; the bigger ones have files of their own. */

import { aggregateFunction } from '../functions/function-table.ts';
import type { Syntax } from '../parse/syntax.ts';
import { lowerMvExpand, lowerParse } from './expansions.ts';
import { columnRef, passOn, typeOf } from './expression.ts';
import { lowerJoin, lowerLookup } from './joins.ts';
import { lowerMakeSeries } from './make-series.ts';
import {
  extending,
  findColumn,
  keepingRows,
  lowerScalar,
  nameRows,
  newColumn,
  type Relation,
  type Scope,
  selecting,
} from './scope.ts';
import { columnsOf, writtenNames } from './several-columns.ts';
import { lowerSummarize } from './summarize.ts';
import {
  columnsOfPlan,
  type Expr,
  type Output,
  type PlanColumn,
  type QueryPlan,
  type SortKey,
  type WindowOutput,
} from './tree.ts';
import { lowerUnion } from './unions.ts';

type Lowering = (syntax: Syntax, rows: Relation, scope: Scope) => Relation;

/** The supported operators by their syntax, with the name and page for the documentation. */
export const PIPE_OPERATORS: Readonly<
  Record<
    string,
    { readonly name: string; readonly page: string; readonly note?: string; readonly lower: Lowering }
  >
> = {
  FilterOperator: { name: 'where', page: 'where-operator', note: 'also as `filter`', lower: lowerWhere },
  ExtendOperator: { name: 'extend', page: 'extend-operator', lower: lowerExtend },
  ProjectOperator: { name: 'project', page: 'project-operator', lower: lowerProject },
  ProjectAwayOperator: { name: 'project-away', page: 'project-away-operator', lower: pick },
  ProjectKeepOperator: { name: 'project-keep', page: 'project-keep-operator', lower: pick },
  ProjectReorderOperator: { name: 'project-reorder', page: 'project-reorder-operator', lower: pick },
  ProjectRenameOperator: { name: 'project-rename', page: 'project-rename-operator', lower: rename },
  DistinctOperator: { name: 'distinct', page: 'distinct-operator', lower: lowerDistinct },
  SummarizeOperator: { name: 'summarize', page: 'summarize-operator', lower: lowerSummarize },
  JoinOperator: { name: 'join', page: 'join-operator', lower: lowerJoin },
  LookupOperator: { name: 'lookup', page: 'lookup-operator', lower: lowerLookup },
  UnionOperator: {
    name: 'union',
    page: 'union-operator',
    note: 'without wildcards',
    lower: (syntax, rows, scope) => lowerUnion(syntax, rows, scope),
  },
  SortOperator: { name: 'sort', page: 'sort-operator', note: 'also as `order`', lower: lowerSort },
  TopOperator: { name: 'top', page: 'top-operator', lower: lowerTop },
  TakeOperator: { name: 'take', page: 'take-operator', note: 'also as `limit`', lower: lowerTake },
  CountOperator: { name: 'count', page: 'count-operator', lower: lowerCount },
  MakeSeriesOperator: {
    name: 'make-series',
    page: 'make-series-operator',
    note: 'of numbers and times; kind=nonempty without by',
    lower: lowerMakeSeries,
  },
  MvExpandOperator: { name: 'mv-expand', page: 'mv-expand-operator', lower: lowerMvExpand },
  ParseOperator: {
    name: 'parse',
    page: 'parse-operator',
    note: 'kind=simple, with text columns and long, int or real ones',
    lower: lowerParse,
  },
  SerializeOperator: { name: 'serialize', page: 'serialize-operator', lower: lowerSerialize },
  AsOperator: { name: 'as', page: 'as-operator', lower: lowerAs },
  RenderOperator: {
    name: 'render',
    page: 'render-operator',
    note: 'has no effect',
    lower: (_syntax, rows) => rows,
  },
};

/** The rows after one operator of a pipe. */
export function lowerOperator(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const found = PIPE_OPERATORS[syntax.kind];
  if (!found)
    return syntax.refuseUnsupported(`The operator '${syntax.text.split(/\s/)[0]}' is not supported`);
  return found.lower(syntax, rows, scope);
}

/**
 * Lowers expressions over rows; `prev()` and its like become columns of a window stage before them, and arrays that give
 * several columns those of a stage after it.
 */
export function overRows<T>(
  rows: Relation,
  scope: Scope,
  lower: (inner: Scope) => T,
): { readonly rows: Relation; readonly result: T } {
  const windows: WindowOutput[] = [];
  const arrays: Output[] = [];
  const result = lower({ ...scope, rows, windows, arrays });
  let { plan } = rows;
  if (windows.length > 0) plan = { kind: 'window', input: plan, outputs: windows };
  if (arrays.length > 0) {
    const outputs = [...columnsOfPlan(plan).map(passOn), ...arrays];
    plan = { kind: 'project', input: plan, outputs };
  }
  return { rows: plan === rows.plan ? rows : keepingRows(rows, plan), result };
}

function lowerWhere(syntax: Syntax, input: Relation, scope: Scope): Relation {
  const { rows, result: condition } = overRows(input, scope, (inner) =>
    lowerScalar(syntax.part('Condition'), inner),
  );
  if (typeOf(condition) !== 'bool') return syntax.refuse('The condition of where is not a bool');
  return keepingRows(rows, { kind: 'filter', input: rows.plan, condition });
}

function lowerExtend(syntax: Syntax, input: Relation, scope: Scope): Relation {
  const fresh = syntax.columns.map(({ name }) => name).filter((name) => !findColumn(input, name));
  const { rows, result: made } = overRows(input, scope, (inner) =>
    syntax.parts('Expressions').flatMap((expression): Output[] => {
      const exprs = columnsOf(expression, inner);
      if (expression.kind === 'NameReference' && exprs[0]?.kind === 'column') return [];
      const written = writtenNames(expression);
      return exprs.map((expr, index): Output => {
        const name = outputName(written[index], expression, fresh);
        return { column: newColumn(name, typeOf(expr)), expr };
      });
    }),
  );
  const byName = new Map(made.map((output) => [output.column.name, output]));
  const columns = syntax.columns.map(({ name }) => byName.get(name)?.column ?? required(input, name, syntax));
  return extending(rows, rows.plan, columns, [...byName.values()]);
}

/** A written name, or the next of the names that the binder made up. */
function outputName(written: string | undefined, expression: Syntax, fresh: string[]): string {
  if (written === undefined)
    return fresh.shift() ?? expression.refuseUnsupported(`'${expression.text}' is not supported here`);
  const at = fresh.indexOf(written);
  if (at >= 0) fresh.splice(at, 1);
  return written;
}

function required(rows: Relation, name: string, at: Syntax): PlanColumn {
  return findColumn(rows, name) ?? at.refuse(`The column '${name}' does not exist here`);
}

function lowerProject(syntax: Syntax, input: Relation, scope: Scope): Relation {
  const { rows, result } = overRows(input, scope, (inner) => outputsOf(syntax, inner));
  return selecting(rows, result);
}

/** The outputs of the expressions, named by the binder; a bare column keeps its identity. */
export function outputsOf(syntax: Syntax, scope: Scope, part = 'Expressions'): Output[] {
  const bound = syntax.columns;
  const exprs = syntax.parts(part).flatMap((expression) => columnsOf(expression, scope));
  if (exprs.length !== bound.length)
    return syntax.refuseUnsupported('Expressions that give several columns are not supported here');
  return exprs.map((expr, index) => named(bound[index]?.name ?? '', expr));
}

export function named(name: string, expr: Expr): Output {
  if (expr.kind === 'column' && expr.column.name === name) return passOn(expr.column);
  return { column: newColumn(name, typeOf(expr), true), expr };
}

/** The columns that the binder says remain, in its order. */
function pick(syntax: Syntax, rows: Relation): Relation {
  return selecting(
    rows,
    syntax.columns.map(({ name }) => passOn(required(rows, name, syntax))),
  );
}

/** The same columns, renamed by position. */
function rename(syntax: Syntax, rows: Relation): Relation {
  const bound = syntax.columns;
  const outputs = rows.columns.map((column, index): Output => {
    const name = bound[index]?.name ?? column.name;
    return name === column.name ? passOn(column) : { column: { ...column, name }, expr: columnRef(column) };
  });
  return selecting(rows, outputs);
}

function lowerDistinct(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const [only] = syntax.parts('Expressions');
  const outputs =
    only?.kind === 'StarExpression'
      ? rows.columns.map((column) => passOn(column))
      : outputsOf(syntax, { ...scope, rows });
  const projected = selecting(rows, outputs);
  return { plan: { kind: 'distinct', input: projected.plan }, columns: projected.columns, serialized: false };
}

function lowerSort(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const keys = syntax.parts('Expressions').map((key) => sortKey(key, { ...scope, rows }));
  return { ...keepingRows(rows, { kind: 'sort', input: rows.plan, keys }), serialized: true };
}

/** Descending by default, with nulls as the smallest values. */
export function sortKey(syntax: Syntax, scope: Scope): SortKey {
  const isOrdered = syntax.kind === 'OrderedExpression';
  const ordering = isOrdered ? syntax.optional('Ordering') : undefined;
  const expr = lowerScalar(isOrdered ? syntax.part('Expression') : syntax, scope);
  if (typeOf(expr) === 'dynamic' || typeOf(expr) === 'decimal')
    return syntax.refuseUnsupported(`Sorting by ${typeOf(expr)} is not supported`);
  const descending = ordering?.optional('AscOrDescKeyword')?.text.toLowerCase() !== 'asc';
  const nulls = ordering?.optional('NullsClause')?.part('FirstOrLastKeyword').text.toLowerCase();
  return { expr, descending, nullsFirst: nulls === undefined ? !descending : nulls === 'first' };
}

function lowerTop(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const keys = [sortKey(syntax.part('ByExpression'), { ...scope, rows })];
  const sorted: QueryPlan = { kind: 'sort', input: rows.plan, keys };
  const count = lowerScalar(syntax.part('Expression'), scope);
  return { ...keepingRows(rows, { kind: 'limit', input: sorted, count }), serialized: true };
}

function lowerTake(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  return keepingRows(rows, {
    kind: 'limit',
    input: rows.plan,
    count: lowerScalar(syntax.part('Expression'), scope),
  });
}

function lowerCount(syntax: Syntax, rows: Relation): Relation {
  const fn = aggregateFunction('count');
  if (!fn) return syntax.refuseUnsupported('count is not supported');
  const column = newColumn(syntax.columns[0]?.name ?? 'Count', 'long', false);
  const plan: QueryPlan = {
    kind: 'aggregate',
    input: rows.plan,
    keys: [],
    aggregates: [{ kind: 'call', column, fn, args: [], at: syntax }],
  };
  return { plan, columns: [column], serialized: true };
}

function lowerSerialize(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const ordered: Relation = { ...rows, serialized: true };
  return syntax.parts('Expressions').length > 0 ? lowerExtend(syntax, ordered, scope) : ordered;
}

function lowerAs(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  nameRows(syntax.part('Name').name, rows, scope);
  return rows;
}
