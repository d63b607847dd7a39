/**
 * The compiler's front door: KQL text in, one SQLite SELECT out. Nothing here touches a database; the
 * store runs what it gets. Whatever the compiler does not know is refused with a `KqlError`.
 */
import { type Catalog, type Column, type StoredFunction, takesTable } from './catalog.ts';
import { dependenciesOf, keyOf } from './dependencies.ts';
import { KqlError } from './errors.ts';
import type { KnownWords } from './parse/advice.ts';
import { bind, boundAnyway, parameterList } from './parse/bind.ts';
import type { Source, Syntax } from './parse/syntax.ts';
import { SPECIAL_CALLS } from './plan/calls.ts';
import { wantedIndexes } from './plan/indexes.ts';
import { type LoweredQuery, type LoweringOptions, lowerOneResult, lowerQuery } from './plan/lower.ts';
import { nameQuestion } from './plan/name-question.ts';
import { PIPE_OPERATORS } from './plan/pipe-operators.ts';
import { pushFilters } from './plan/push-filters.ts';
import { TableOfCallError } from './plan/queries.ts';
import { SchemaNeededError } from './plan/schema-question.ts';
import type { Relation } from './plan/scope.ts';
import { ROW_AGGREGATES } from './plan/summarize.ts';
import { shapeOfView, type ViewShape } from './plan/view-shape.ts';
import { originOf } from './remote/allowed-clusters.ts';
import { remoteReferences } from './remote/references.ts';
import type { RemoteSchema } from './remote/schema.ts';
import { type SuggestedIndex, suggestedIndexes, withoutCovered } from './sql/index-keys.ts';
import { renderStatement } from './sql/render-statement.ts';
import type { Statement } from './statement.ts';

export { additionsOf, withAddition } from './plan/answer.ts';
export type { ViewAggregate, ViewShape } from './plan/view-shape.ts';
export type { SuggestedIndex } from './sql/index-keys.ts';
export type { SqlValue, Statement, StatementParameter } from './statement.ts';

/** What a mistyped word of a query may have been meant to be. */
const WORDS: KnownWords = {
  operators: [...Object.values(PIPE_OPERATORS).map(({ name }) => name), 'filter', 'order', 'limit'],
  operatorKinds: new Set([...Object.keys(PIPE_OPERATORS), 'PrintOperator', 'RangeOperator']),
  calls: [
    ...SPECIAL_CALLS,
    ...ROW_AGGREGATES.map(({ name }) => name),
    'datatable',
    'materialize',
    'toscalar',
  ],
};

/** How `compileQuery` may be steered. */
export interface CompileOptions {
  /** Entity name -> physical table to read instead, such as the rows of one ingestion. */
  readonly override?: ReadonlyMap<string, string>;
  /** Databases of other clusters that it may read. */
  readonly remotes?: readonly RemoteSchema[];
}

/**
 * Compiles a query, which may begin with `declare query_parameters(...)` and `let` statements. Where its columns
 * depend on the data, or its table on a parameter, what comes back is the question for them (see `additionsOf`).
 *
 * @throws KqlError where the query is wrong or not supported, with its position
 */
export function compileQuery(catalog: Catalog, text: string, options: CompileOptions = {}): Statement {
  return compile(catalog, { text }, options);
}

function compile(
  catalog: Catalog,
  source: Source,
  { override = new Map(), remotes = [] }: CompileOptions,
): Statement {
  const { block, error } = boundAnyway(catalog, source, remotes, WORDS);
  if (error) return questionBefore(error, block, catalog, { override, remotes });
  const answer = lowered(block, catalog, { override, remotes });
  if ('sql' in answer) return answer;
  const { rows, further, entities } = answer;
  const first = statementOf(pushed(rows), entities);
  if (further.length === 0) return first;
  return { ...first, further: further.map((result) => statementOf(pushed(result), entities)) };
}

function lowered(
  block: Syntax,
  catalog: Catalog,
  options: Required<CompileOptions>,
): LoweredQuery | Statement {
  try {
    return lowerQuery(block, catalog, { ...options, mayAsk: true });
  } catch (error) {
    if (error instanceof SchemaNeededError)
      return { ...statementOf(pushed(error.rows), error.entities), question: error.question };
    const asked = error instanceof TableOfCallError ? nameQuestion(block, error.slot) : undefined;
    if (!asked) throw error;
    return { ...statementOf(asked.rows, new Set()), question: asked.question };
  }
}

/** What is wrong may be right once the columns of a call are known. @throws KqlError the error, where none is to be asked for */
function questionBefore(
  error: KqlError,
  block: Syntax,
  catalog: Catalog,
  options: Required<CompileOptions>,
): Statement {
  if (!/\bevaluate\b/.test(block.text)) throw error;
  try {
    const answer = lowered(block, catalog, options);
    if ('sql' in answer) return answer;
  } catch {
    // The block is not bound in all of its parts, so what lowering says of it means nothing.
  }
  throw error;
}

function pushed(rows: Relation): Relation {
  return { ...rows, plan: pushFilters(rows.plan) };
}

/** The statement of rows, whose filters have been moved. */
function statementOf({ plan, columns }: Relation, entities: ReadonlySet<string>): Statement {
  return {
    ...renderStatement(plan, columns),
    columns: columns.map(({ name, type }) => ({ name, type })),
    tables: [...entities],
  };
}

/**
 * Binds a stored function's body once, with its parameters declared.
 *
 * @returns the columns of its result; one column for a scalar function
 * @throws KqlError with the position in the body
 */
export function checkFunction(
  catalog: Catalog,
  fn: StoredFunction,
  remotes: readonly RemoteSchema[] = [],
): Column[] {
  const at = { functionName: fn.name, addedLines: 1 };
  if (fn.parameters.some((parameter) => takesTable(parameter) && !parameter.columns)) {
    // What it does to the columns of any table, only a call can tell.
    const text = `let checked = ${parameterList(fn.parameters)} {\n${fn.body}\n}; print ''`;
    bind(catalog, { ...at, text }, remotes, WORDS);
    return [];
  }
  const source = { ...at, text: `${declared(fn.parameters)}\n${fn.body}` };
  const block = bind(catalog, source, remotes, WORDS);
  const lowered = lowerUnlessOpen(block, catalog, { remotes });
  if (!lowered) return [];
  const { rows, entities } = lowered;
  const plan = pushFilters(rows.plan);
  const key = keyOfFunction(catalog, fn, remotes);
  indexesOfFunction.set(fn, { key, indexes: suggestedIndexes(wantedIndexes([plan])) });
  return [...statementOf({ ...rows, plan }, entities).columns];
}

/** The parameters as a query has them: in one line. */
function declared(parameters: StoredFunction['parameters']): string {
  const scalars = parameters.filter((parameter) => !takesTable(parameter));
  const tables = parameters
    .filter(takesTable)
    .map(({ name, columns = [] }) => `let ['${name}'] = datatable${parameterList(columns)}[]; `);
  return `${scalars.length > 0 ? `declare query_parameters${parameterList(scalars)}; ` : ''}${tables.join('')}`;
}

/** Nothing where the table that it reads is known to a call alone. */
function lowerUnlessOpen(
  block: Syntax,
  catalog: Catalog,
  options: LoweringOptions,
): Omit<LoweredQuery, 'further'> | undefined {
  try {
    return lowerOneResult(block, catalog, options);
  } catch (error) {
    if (error instanceof TableOfCallError) return undefined;
    throw error;
  }
}

/**
 * The shape of a materialized view `source | where/extend/project... | summarize aggregates by keys`.
 *
 * @throws KqlError for any other shape, since it could not be kept up to date batch by batch
 */
export function describeView(catalog: Catalog, source: string, query: string): ViewShape {
  const block = bind(catalog, { text: query }, [], WORDS);
  const { rows, entities } = lowerOneResult(block, catalog);
  if (entities.size !== 1 || !entities.has(source))
    block.refuse(`A materialized view on '${source}' reads that table and no other`);
  return shapeOfView(rows, block);
}

/**
 * The indexes for what a stored function looks up, under a key that says which function and which tables that is. What
 * it calls has indexes of its own: binding all callers of a function that has changed would take too long.
 */
export interface FunctionIndexes {
  readonly key: string;
  readonly indexes: readonly SuggestedIndex[];
}

/** Indexes for a catalogue, and those of each of its functions. */
export interface SuggestedIndexes {
  readonly all: SuggestedIndex[];
  readonly byFunction: FunctionIndexes[];
}

/**
 * Indexes for what the catalogue's stored functions look up by equality. Binding is the
 * expensive part, and a catalogue changes once for each function that is created, so what a function looks
 * up is worked out once: when it is checked, or here. One that does not bind (yet) is skipped, and tried again next
 * time.
 *
 * @param known what was found before, such as in another process
 */
export function suggestIndexes(
  catalog: Catalog,
  known: readonly FunctionIndexes[] = [],
  remotes: readonly RemoteSchema[] = [],
): SuggestedIndexes {
  const before = new Map(known.map((one) => [one.key, one]));
  const byFunction = catalog.functions.flatMap((fn) => {
    const key = keyOfFunction(catalog, fn, remotes);
    if (indexesOfFunction.get(fn)?.key !== key) {
      const found = before.get(key);
      if (found) indexesOfFunction.set(fn, found);
      else checkIfItBinds(catalog, fn, remotes);
    }
    const found = indexesOfFunction.get(fn);
    return found?.key === key ? [found] : [];
  });
  const stored = new Set([...catalog.tables, ...catalog.views].map(({ physical }) => physical));
  const indexes = byFunction.flatMap((one) => one.indexes);
  return {
    all: withoutCovered(indexes.filter(({ physicalTable }) => stored.has(physicalTable))),
    byFunction,
  };
}

const indexesOfFunction = new WeakMap<StoredFunction, FunctionIndexes>();

function checkIfItBinds(catalog: Catalog, fn: StoredFunction, remotes: readonly RemoteSchema[]): void {
  try {
    checkFunction(catalog, fn, remotes);
  } catch (error) {
    if (!(error instanceof KqlError)) throw error;
  }
}

function keyOfFunction(catalog: Catalog, fn: StoredFunction, remotes: readonly RemoteSchema[]): string {
  const text = `${parameterList(fn.parameters)}\n${fn.body}`;
  const read = dependenciesOf(catalog, text).filter(({ kind }) => kind !== 'function');
  const reached = new Set(remoteReferences(catalog, text).map(({ cluster }) => originOf(cluster)));
  const others = remotes.filter(({ cluster }) => reached.has(cluster));
  return [fn.name, keyOf([fn, ...read]), ...others.map(({ key }) => key)].join(' ');
}
