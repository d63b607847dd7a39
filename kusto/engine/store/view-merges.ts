/**
 * Materialized views, kept as tables. A batch of new rows is summarised by the view's own query, and each
 * group of it is merged into the stored row with the same keys: that gives what the query would give over
 * all rows, in whatever order they come, because every aggregate here can be merged.
 */
import type { Catalog, MaterializedView, StoredColumn } from '../catalog.ts';
import type { ViewAggregate, ViewShape } from '../compile.ts';
import { KqlError } from '../errors.ts';
import { bindParameters } from '../slot-values.ts';
import { identifierText } from '../sql/literal-text.ts';
import type { Statement } from '../statement.ts';
import type { Compiler } from './compiler.ts';
import type { KeptCompilations } from './kept-compilations.ts';
import { INGESTION_COLUMN } from './schema.ts';
import { deltaName, run, type SqlStep, type ViewStep } from './steps.ts';

/** A view's merge, ready to run with each batch. */
export interface CompiledView {
  readonly name: string;
  readonly sql: string;
  readonly statement: Pick<Statement, 'slots'>;
}

/**
 * The merge of one batch into `view`.
 *
 * @throws KqlError where the view's query does not fit its source
 */
export async function compileMerge(
  compiler: Compiler,
  catalog: Catalog,
  view: MaterializedView,
): Promise<CompiledView> {
  const source = catalog.entities.get(view.source);
  if (source?.kind !== 'table') throw new KqlError(`Materialized view '${view.name}' has no source table`);
  const override = new Map([[view.source, deltaName(source.physical)]]);
  const statement = await compiler.query(catalog, view.query, { override });
  const shape = await compiler.describeView(catalog, view.source, view.query);
  return { name: view.name, sql: mergeSql(view, statement, shape), statement: { slots: statement.slots } };
}

/** The merge as a step of the ingestion that it follows. The writer adds the ingestion time. */
export function viewStep({ name, sql, statement }: CompiledView, now: bigint): ViewStep {
  return { name, sql, values: bindParameters(statement, {}, now) };
}

/** Fills a new view with what its source already holds. */
export async function backfillStep(
  compiler: Compiler,
  catalog: Catalog,
  view: MaterializedView,
  now: bigint,
): Promise<SqlStep> {
  const statement = await compiler.query(catalog, view.query);
  const shape = await compiler.describeView(catalog, view.source, view.query);
  return run(mergeSql(view, statement, shape), ...bindParameters(statement, {}, now), now);
}

/** The merges of the views over each table, compiled once per catalogue. */
export class ViewMerges {
  readonly #compiler: Compiler;
  readonly #kept: KeptCompilations;
  readonly #bySource = new Map<string, Promise<CompiledView[]>>();
  #catalog: Catalog | undefined;

  constructor(compiler: Compiler, kept: KeptCompilations) {
    this.#compiler = compiler;
    this.#kept = kept;
  }

  /** The merges of the views over the table called `source`. */
  over(catalog: Catalog, source: string): Promise<readonly CompiledView[]> {
    if (catalog !== this.#catalog) {
      this.#bySource.clear();
      this.#catalog = catalog;
    }
    const known = this.#bySource.get(source);
    if (known) return known;
    const views = catalog.views.filter((view) => view.source === source);
    const merges = Promise.all(
      views.map((view) =>
        this.#kept.get(catalog, `merge into ${view.name}`, () => compileMerge(this.#compiler, catalog, view)),
      ),
    );
    this.#bySource.set(source, merges);
    merges.catch(() => this.#bySource.delete(source));
    return merges;
  }
}

/** The unique index by which rows of `view` are found again. */
export function keyIndexStep(view: MaterializedView, keys: readonly string[]): SqlStep {
  return run(
    `CREATE UNIQUE INDEX ${identifierText(`$keys$${view.physical}`)} ON ${identifierText(view.physical)} (${keyTarget(view, keys)})`,
  );
}

function mergeSql(view: MaterializedView, statement: Statement, shape: ViewShape): string {
  const names = statement.columns.map((_, index) => `c${index}`);
  const taken = view.columns.map(({ name }) => {
    const index = statement.columns.findIndex((column) => column.name === name);
    if (index < 0)
      throw new KqlError(`The query of materialized view '${view.name}' does not return a column '${name}'`);
    return `c${index}`;
  });
  const columns = [...view.columns.map(({ physical }) => physical), INGESTION_COLUMN]
    .map(identifierText)
    .join(', ');
  const changes = shape.aggregates.flatMap((aggregate) => assignments(view, aggregate));
  return `WITH batch(${names.join(', ')}) AS (${statement.sql})
    INSERT INTO main.${identifierText(view.physical)} AS old (${columns})
    SELECT ${[...taken, '?'].join(', ')} FROM batch WHERE true
    ON CONFLICT (${keyTarget(view, shape.keys)})
    DO ${
      changes.length === 0
        ? 'NOTHING'
        : `UPDATE SET ${[...changes, `${identifierText(INGESTION_COLUMN)} = excluded.${identifierText(INGESTION_COLUMN)}`].join(', ')}`
    }`;
}

/** SQLite takes no two nulls for equal, Kusto does: a null key is indexed as a text, which no number equals. */
function keyTarget(view: MaterializedView, keys: readonly string[]): string {
  if (keys.length === 0) return '(1)';
  return keys
    .map((key) => columnOf(view, key))
    .map(({ physical, type }) =>
      type === 'string' ? identifierText(physical) : `ifnull(${identifierText(physical)}, 'null')`,
    )
    .join(', ');
}

/** How one aggregate's columns change when a group of the batch meets its stored row. */
function assignments(view: MaterializedView, aggregate: ViewAggregate): string[] {
  if ('by' in aggregate) {
    const by = identifierText(columnOf(view, aggregate.by).physical);
    const wins = isBetter(by, aggregate.kind === 'arg_max' ? '>' : '<');
    // `*` also gives the columns that the source got after the view was made.
    const taken = view.columns.filter(({ name }) => aggregate.columns.includes(name));
    return taken.map(({ physical }) => {
      const column = identifierText(physical);
      return `${column} = CASE WHEN ${wins} THEN excluded.${column} ELSE old.${column} END`;
    });
  }
  const column = identifierText(columnOf(view, aggregate.column).physical);
  switch (aggregate.kind) {
    case 'max':
      return [
        `${column} = CASE WHEN ${isBetter(column, '>')} THEN excluded.${column} ELSE old.${column} END`,
      ];
    case 'min':
      return [
        `${column} = CASE WHEN ${isBetter(column, '<')} THEN excluded.${column} ELSE old.${column} END`,
      ];
    case 'sum':
    case 'count':
      return [
        `${column} = ifnull(old.${column} + excluded.${column}, ifnull(old.${column}, excluded.${column}))`,
      ];
    case 'take_any':
      return [`${column} = ifnull(old.${column}, excluded.${column})`];
  }
}

/** Whether the batch's value beats the stored one; null loses against any value. */
function isBetter(column: string, operator: '<' | '>'): string {
  return `(excluded.${column} ${operator} old.${column} OR (old.${column} IS NULL AND excluded.${column} IS NOT NULL))`;
}

function columnOf(view: MaterializedView, name: string): StoredColumn {
  const column = view.columns.find((candidate) => candidate.name === name);
  if (!column) throw new KqlError(`Materialized view '${view.name}' has no column '${name}'`);
  return column;
}
