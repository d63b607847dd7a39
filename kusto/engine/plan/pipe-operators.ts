/** Lowers the operators of a pipe that keep or reshape rows; the bigger ones have files of their own. */

import { DOTNET_TYPES } from '../catalog.ts';
import { aggregateFunction } from '../functions/function-table.ts';
import type { Syntax } from '../parse/syntax.ts';
import { lowerEvaluate } from './evaluate.ts';
import { lowerMvExpand } from './expansions.ts';
import { columnRef, columnsIn, literal, passOn, typeOf } from './expression.ts';
import { outputsOf, sortKey } from './expression-lists.ts';
import { lowerInvoke } from './invoke.ts';
import { lowerJoin, lowerLookup } from './joins.ts';
import { lowerMakeSeries } from './make-series.ts';
import { lowerParse, lowerParseWhere } from './parse-text.ts';
import { lowerSample, lowerSampleDistinct, lowerTopHitters } from './samples.ts';
import { lowerScan } from './scan-steps.ts';
import {
  extending,
  findColumn,
  keepingRows,
  lowerScalar,
  nameRows,
  newColumn,
  type Relation,
  refuseHidden,
  type Scope,
  selecting,
} from './scope.ts';
import { columnsOf, writtenNames } from './several-columns.ts';
import { sharing } from './sharing.ts';
import { lowerMvApply, lowerPartition } from './subtables.ts';
import { lowerSummarize, ofSubtables } from './summarize.ts';
import { lowerTopNested } from './top-nested.ts';
import {
  type Aggregate,
  columnsOfPlan,
  type Output,
  type PlanColumn,
  type QueryPlan,
  type WindowOutput,
  windowReads,
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
    note: 'wildcards for tables, not for views and other databases; isfuzzy leaves out tables and views that do not exist',
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
  MvApplyOperator: {
    name: 'mv-apply',
    page: 'mv-apply-operator',
    note: 'with operators that look at the rows of the array alone: no joins and unions',
    lower: lowerMvApply,
  },
  PartitionOperator: {
    name: 'partition',
    page: 'partition-operator',
    note: 'as mv-apply; not with a query in braces',
    lower: lowerPartition,
  },
  ParseOperator: {
    name: 'parse',
    page: 'parse-operator',
    note: 'not into dynamic and decimal; kind=regex refuses texts that the pattern matches in several ways',
    lower: lowerParse,
  },
  ParseWhereOperator: {
    name: 'parse-where',
    page: 'parse-where-operator',
    note: 'as parse',
    lower: lowerParseWhere,
  },
  EvaluateOperator: {
    name: 'evaluate',
    page: 'evaluate-operator',
    note: 'bag_unpack and pivot, in functions with a schema',
    lower: lowerEvaluate,
  },
  InvokeOperator: { name: 'invoke', page: 'invoke-operator', lower: lowerInvoke },
  GetSchemaOperator: { name: 'getschema', page: 'getschema-operator', lower: lowerGetSchema },
  SampleOperator: { name: 'sample', page: 'sample-operator', lower: lowerSample },
  SampleDistinctOperator: {
    name: 'sample-distinct',
    page: 'sample-distinct-operator',
    lower: lowerSampleDistinct,
  },
  TopHittersOperator: {
    name: 'top-hitters',
    page: 'top-hitters-operator',
    note: 'exact',
    lower: lowerTopHitters,
  },
  TopNestedOperator: {
    name: 'top-nested',
    page: 'top-nested-operator',
    lower: lowerTopNested,
  },
  ScanOperator: {
    name: 'scan',
    page: 'scan-operator',
    note: 'with output=all and output=none',
    lower: lowerScan,
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
  if (readsAll(syntax)) refuseHidden(rows, syntax);
  return found.lower(syntax, rows, scope);
}

/** Whether an operator gives what it does not name, in another form than as it is. */
function readsAll(syntax: Syntax): boolean {
  return !KEEPING.has(syntax.kind) || /\*\s*[,)]|\bdistinct\s*\*/.test(syntax.text);
}

const KEEPING: ReadonlySet<string> = new Set([
  ...['FilterOperator', 'ExtendOperator', 'ProjectOperator', 'ProjectAwayOperator', 'ProjectKeepOperator'],
  ...[
    'ProjectReorderOperator',
    'ProjectRenameOperator',
    'SummarizeOperator',
    'DistinctOperator',
    'SortOperator',
  ],
  ...[
    'TopOperator',
    'TakeOperator',
    'CountOperator',
    'MakeSeriesOperator',
    'MvExpandOperator',
    'SampleOperator',
  ],
  ...['SerializeOperator', 'AsOperator', 'RenderOperator', 'ScanOperator'],
]);

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
  const partition = rows.subtables?.keys.map(columnRef);
  let plan = windowStages(windows).reduce<QueryPlan>(
    (input, stage) => ({
      kind: 'window',
      input,
      outputs: partition ? stage.map((output) => ({ ...output, partition })) : stage,
    }),
    rows.plan,
  );
  if (arrays.length > 0) {
    const outputs = [...columnsOfPlan(plan).map(passOn), ...arrays];
    plan = { kind: 'project', input: plan, outputs };
  }
  return { rows: plan === rows.plan ? rows : keepingRows(rows, plan), result };
}

/** A window that reads what another one makes comes after it, and so does one that goes over all rows before. */
function windowStages(windows: readonly WindowOutput[]): WindowOutput[][] {
  const stages: WindowOutput[][] = [];
  for (const output of windows) {
    const stage = stages.at(-1);
    const made = new Set(stage?.map(({ column }) => column));
    const reads = windowReads(output).flatMap((expr) => [...columnsIn(expr)]);
    const fits = stage?.every(({ kind }) => (kind === 'running') === (output.kind === 'running'));
    if (stage && fits && !reads.some((column) => made.has(column))) stage.push(output);
    else stages.push([output]);
  }
  return stages;
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
  const { keys, aggregates } = ofSubtables(rows);
  const counted: Aggregate = { kind: 'call', column, fn, args: [], at: syntax };
  const plan: QueryPlan = {
    kind: 'aggregate',
    input: rows.plan,
    keys,
    aggregates: [counted, ...aggregates],
  };
  return { ...keepingRows(rows, plan, [column]), ingestion: undefined, serialized: true };
}

const SQL_DECIMAL = 'System.Data.SqlTypes.SqlDecimal';

/** https://learn.microsoft.com/kusto/query/getschema-operator */
function lowerGetSchema(syntax: Syntax, rows: Relation): Relation {
  const columns = syntax.columns.map(({ name, type }) => newColumn(name, type, false));
  const values = rows.columns.map(({ name, type }, index) => [
    literal(name, 'string'),
    literal(BigInt(index), 'long'),
    literal(type === 'decimal' ? SQL_DECIMAL : `System.${DOTNET_TYPES[type]}`, 'string'),
    literal(type, 'string'),
  ]);
  return { plan: { kind: 'values', columns, rows: values }, columns, serialized: true };
}

function lowerSerialize(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const ordered: Relation = { ...rows, serialized: true };
  return syntax.parts('Expressions').length > 0 ? lowerExtend(syntax, ordered, scope) : ordered;
}

/** With `hint.materialized=true` it is materialize(), and the rows go on as those that were computed. */
function lowerAs(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const name = syntax.part('Name').name;
  if (!syntax.parts('Parameters').some((hint) => isMaterialized(hint))) {
    nameRows(name, rows, scope);
    return rows;
  }
  const lower = sharing(() => rows, scope);
  scope.variables.set(name, { kind: 'table', lower });
  return lower();
}

function isMaterialized(hint: Syntax): boolean {
  return (
    hint.part('Name').name === 'hint.materialized' && hint.part('Expression').text.toLowerCase() === 'true'
  );
}
