/**
 * Lowers `mv-apply` and `partition`, whose operators work on many small tables at once. The rows stay one table: each
 * carries what tells its subtable apart, and every operator takes care of it.
 */
import { required } from '../functions/function-table.ts';
import type { Syntax } from '../parse/syntax.ts';
import { expanded } from './expansions.ts';
import { call, columnRef, literal, passOn, typeOf } from './expression.ts';
import { outputsOf, sameValue, sortKey } from './expression-lists.ts';
import {
  extending,
  findColumn,
  keepingRows,
  lowerOperator,
  lowerScalar,
  newColumn,
  type Relation,
  type Scope,
  type Subtables,
  selecting,
  withFreshColumns,
} from './scope.ts';
import { lowerSummarize } from './summarize.ts';
import {
  columnsOfPlan,
  type Expr,
  type Output,
  type PlanColumn,
  type QueryPlan,
  type SortKey,
} from './tree.ts';

/** Every row's arrays become a subtable; what they give is put beside the other columns of the row. */
export function lowerMvApply(syntax: Syntax, input: Relation, scope: Scope): Relation {
  const context = syntax.optional('ContextIdClause');
  if (context) context.refuseUnsupported("'id' in mv-apply is not supported");
  const subquery = syntax.part('Subquery').part('Expression');
  const { rows, id } = numbered(input, countsEmpty(subquery));
  const { plan, made, index } = expanded(syntax, rows, scope, { fresh: [] });
  const replaced = new Set(
    syntax.parts('Expressions').flatMap((written) => {
      const expression = written.part('Expression');
      return expression.kind === 'NameReference' ? [expression.name] : [];
    }),
  );
  const fresh = made.map(({ column }) => column);
  const seen = [
    ...rows.columns.filter(({ name }) => !fresh.some((column) => column.name === name)),
    ...fresh,
    ...(index ? [index] : []),
  ];
  const kept = [...rows.columns, ...(input.subtables ? hidden(input.subtables) : [])];
  const subtables: Subtables = {
    keys: [id],
    kept,
    rows: () => withFreshColumns(withHidden(rows, [id, ...kept])),
  };
  const outer = keepingRows({ ...rows, ingestion: undefined, subtables }, plan);
  const result = overSubtables(subquery, extending({ ...outer, serialized: true }, plan, seen, made), scope);
  const columns = syntax.columns.map(
    ({ name }) =>
      findColumn(result, name) ??
      (replaced.has(name) ? undefined : findColumn(rows, name)) ??
      syntax.refuse(`The column '${name}' does not exist here`),
  );
  return leaving(result, columns, input);
}

/** Rows of one value of a column are a subtable. */
export function lowerPartition(syntax: Syntax, input: Relation, scope: Scope): Relation {
  const operand = syntax.part('Operand');
  if (operand.kind !== 'PartitionSubquery')
    return operand.refuseUnsupported(
      'partition with a query in braces is not supported: write it in parentheses',
    );
  const by = syntax.part('ByExpression');
  const column = findColumn(input, by.name);
  if (!column) return by.refuse(`The column '${by.name}' does not exist here`);
  const subquery = operand.part('Subquery');
  const source: Relation = countsEmpty(subquery) ? sharing(input) : input;
  const rows: Subtables['rows'] = () => {
    const keys = [passOn(column)];
    const plan: QueryPlan = { kind: 'aggregate', input: source.plan, keys, aggregates: [] };
    return withFreshColumns({ plan, columns: [column], serialized: false });
  };
  const subtables: Subtables = { keys: [column], kept: [], rows };
  const result = overSubtables(subquery, { ...source, ingestion: undefined, subtables }, scope);
  return leaving(result, result.columns, input);
}

/** Without the marks of the subtables, but with those of the subtables around them. */
function leaving(result: Relation, columns: readonly PlanColumn[], { subtables }: Relation): Relation {
  const outputs = [...new Set([...columns, ...(subtables ? hidden(subtables) : [])])].map(passOn);
  return {
    plan: { kind: 'project', input: result.plan, outputs },
    columns,
    serialized: result.serialized,
    ...(subtables && { subtables }),
  };
}

function hidden({ keys, kept }: Subtables): readonly PlanColumn[] {
  return [...keys, ...kept];
}

/** The rows with a column that tells them apart, computed once where they are needed twice. */
function numbered(input: Relation, twice: boolean): { readonly rows: Relation; readonly id: PlanColumn } {
  const id = newColumn('$row', 'long', false);
  const one = literal(1n, 'long');
  const plan: QueryPlan = {
    kind: 'window',
    input: input.plan,
    outputs: [{ kind: 'row_number', column: id, start: one }],
  };
  const rows = keepingRows(input, plan);
  if (!twice) return { rows, id };
  const keys: SortKey[] = [{ expr: columnRef(id), descending: false, nullsFirst: true }];
  return { rows: keepingRows(rows, { kind: 'sort', input: sharing(rows).plan, keys }), id };
}

function sharing(rows: Relation): Relation {
  return { ...rows, plan: { kind: 'shared', input: rows.plan }, serialized: false };
}

function withHidden(rows: Relation, columns: readonly PlanColumn[]): Relation {
  return { plan: rows.plan, columns, serialized: rows.serialized };
}

const COUNTING: ReadonlySet<string> = new Set(['CountOperator', 'SummarizeOperator']);

/** Whether the subquery gives a row for an empty subtable. */
function countsEmpty(subquery: Syntax): boolean {
  return operatorsOf(subquery).some(
    (operator) => COUNTING.has(operator.kind) && !operator.optional('ByClause'),
  );
}

function operatorsOf(subquery: Syntax): Syntax[] {
  if (subquery.kind !== 'PipeExpression') return [subquery];
  return [...operatorsOf(subquery.part('Expression')), subquery.part('Operator')];
}

function overSubtables(subquery: Syntax, rows: Relation, scope: Scope): Relation {
  return operatorsOf(subquery).reduce((before, operator) => overEach(operator, before, scope), rows);
}

/** Operators that look at one row at a time, or whose windows keep to a subtable. */
const BY_ROW: ReadonlySet<string> = new Set([
  'FilterOperator',
  'ExtendOperator',
  'ProjectOperator',
  'ProjectAwayOperator',
  'ProjectKeepOperator',
  'ProjectReorderOperator',
  'ProjectRenameOperator',
  'MvExpandOperator',
  'MvApplyOperator',
  'ParseOperator',
  'ParseWhereOperator',
  'SerializeOperator',
  'ScanOperator',
]);

function overEach(operator: Syntax, rows: Relation, scope: Scope): Relation {
  const subtables = rows.subtables;
  if (!subtables) throw new Error('The operator is not over subtables');
  if (BY_ROW.has(operator.kind)) return lowerOperator(operator, rows, scope);
  switch (operator.kind) {
    case 'SortOperator':
      return sorted(
        rows,
        operator.parts('Expressions').map((key) => sortKey(key, { ...scope, rows })),
      );
    case 'TopOperator':
      return first(
        sorted(rows, [sortKey(operator.part('ByExpression'), { ...scope, rows })]),
        lowerScalar(operator.part('Expression'), scope),
        operator,
      );
    case 'TakeOperator':
      return first(rows, lowerScalar(operator.part('Expression'), scope), operator);
    case 'DistinctOperator':
      return distinct(operator, rows, scope);
    case 'SummarizeOperator':
      return operator.optional('ByClause')
        ? lowerSummarize(operator, rows, scope)
        : withEmpty(lowerSummarize(operator, rows, scope), rows, subtables, operator);
    case 'CountOperator':
      return withEmpty(lowerOperator(operator, rows, scope), rows, subtables, operator);
    default:
      return operator.refuseUnsupported(
        `The operator '${operator.text.split(/\s/)[0]}' in mv-apply or partition is not supported`,
      );
  }
}

function sorted(rows: Relation, keys: readonly SortKey[]): Relation {
  const subtables = rows.subtables?.keys ?? [];
  const before = subtables.map(
    (key): SortKey => ({ expr: columnRef(key), descending: false, nullsFirst: true }),
  );
  return {
    ...keepingRows(rows, { kind: 'sort', input: rows.plan, keys: [...before, ...keys] }),
    serialized: true,
  };
}

/** The first rows of each subtable. */
function first(rows: Relation, count: Expr, at: Syntax): Relation {
  const column = newColumn('$number', 'long', false);
  const plan: QueryPlan = {
    kind: 'window',
    input: rows.plan,
    outputs: [
      {
        kind: 'row_number',
        column,
        start: literal(1n, 'long'),
        partition: (rows.subtables?.keys ?? []).map(columnRef),
      },
    ],
  };
  const condition = call(required('<='), [columnRef(column), count], 'bool', at);
  return keepingRows(rows, { kind: 'filter', input: plan, condition });
}

function distinct(syntax: Syntax, rows: Relation, scope: Scope): Relation {
  const [only] = syntax.parts('Expressions');
  const outputs =
    only?.kind === 'StarExpression' ? rows.columns.map(passOn) : outputsOf(syntax, { ...scope, rows });
  const columns = outputs.map(({ column }) => column);
  const { keys, kept } = rows.subtables ?? { keys: [], kept: [] };
  const further = [...keys, ...kept].filter((column) => !columns.includes(column));
  const plan: QueryPlan = {
    kind: 'aggregate',
    input: rows.plan,
    keys: [...outputs, ...further.map(passOn)],
    aggregates: [],
  };
  return { ...keepingRows(rows, plan, columns), serialized: false };
}

/** A row for every subtable, with what the aggregates give over no rows where it is empty. */
function withEmpty(result: Relation, rows: Relation, subtables: Subtables, at: Syntax): Relation {
  const all = subtables.rows();
  const marks = [...subtables.keys, ...subtables.kept];
  const present = newColumn('$present', 'long');
  const right: QueryPlan = {
    kind: 'project',
    input: result.plan,
    outputs: [...result.columns, ...subtables.keys]
      .map(passOn)
      .concat({ column: present, expr: literal(1n, 'long') }),
  };
  const values = result.columns.map((column) => ({ column, found: { ...column, nullable: true } }));
  const join: QueryPlan = {
    kind: 'join',
    join: 'left',
    left: all.plan,
    right,
    on: subtables.keys.map((key, index) => ({
      left: sameValue(all.columns[index] ?? key, at),
      right: sameValue(key, at),
    })),
    outputs: [
      ...marks.map((column, index) => ({
        column,
        from: all.columns[index] ?? column,
        side: 'left' as const,
      })),
      ...values.map(({ column, found }) => ({ column: found, from: column, side: 'right' as const })),
      { column: { ...present }, from: present, side: 'right' as const },
    ],
  };
  const isPresent = join.outputs.at(-1)?.column ?? present;
  const empty = overNoRows(result.plan, rows);
  const missing = call(required('isnull'), [columnRef(isPresent)], 'bool', at);
  const outputs = values.map(({ column, found }): Output => {
    const fallback: Expr = { kind: 'scalarQuery', plan: empty, column };
    const args = [missing, fallback, columnRef(found)];
    return {
      column: newColumn(column.name, column.type),
      expr: call(required('iff'), args, typeOf(fallback), at),
    };
  });
  return selecting({ plan: join, columns: [], serialized: false, subtables }, outputs);
}

/** The plan over its rows, of which there are none. */
function overNoRows(plan: QueryPlan, rows: Relation): QueryPlan {
  if (plan.kind === 'project') return { ...plan, input: overNoRows(plan.input, rows) };
  if (plan.kind !== 'aggregate') throw new Error('Aggregates stand below projections alone');
  const input: QueryPlan = { kind: 'values', columns: columnsOfPlan(rows.plan), rows: [] };
  return { ...plan, input, keys: [] };
}
