/**
 * One database: its catalogue, its compiled queries, and the way to its file. Changes go one after another to the
 * writer.
 */
import type { Catalog, Column, StoredColumn } from '../catalog.ts';
import { additionsOf, type SuggestedIndexes, withAddition } from '../compile.ts';
import { KqlError, positionAt } from '../errors.ts';
import type { RemoteSchema } from '../remote/schema.ts';
import { ticksNow } from './clock.ts';
import type { Compiler } from './compiler.ts';
import { EngineError } from './engine-error.ts';
import { notFound } from './entity-errors.ts';
import { indexSteps, loadIndexes, type StoredIndexes, withoutKeys } from './indexes.ts';
import { KeptCompilations } from './kept-compilations.ts';
import { withValuesAsParameters } from './leading-values.ts';
import { type Insertion, withoutInsertions } from './relocate.ts';
import {
  isIndexed,
  loadCatalog,
  loadFunctionIndexes,
  loadStatement,
  migrate,
  rememberIndexed,
} from './schema.ts';
import {
  type Lanes,
  NO_LIMITS,
  type QueryResult,
  type RunOptions,
  StatementRunner,
} from './statement-runner.ts';
import { Statements } from './statements.ts';
import {
  type IngestStep,
  type QueryRows,
  type ResultLimits,
  run,
  type StepResult,
  type TextRows,
  type WriteStep,
} from './steps.ts';
import { loadUnhealthyViews, refuseUnhealthy, type UnhealthyViews } from './unhealthy-views.ts';
import { ViewMerges, viewStep } from './view-merges.ts';

/** Indexes are made once commands have been quiet for this long. */
const QUIET_MILLISECONDS = 500;
const INDEX_MILLISECONDS = 30 * 60_000;
const OWN_QUERY_MILLISECONDS = 60_000;
/** Longer than this no command waits for rows of another cluster, since others wait for it. */
const REMOTE_MILLISECONDS = 60_000;
/** How often a query whose columns depend on the data is begun anew when the data changes meanwhile. */
const MOST_TRIES = 5;
/** More columns make a statement that SQLite does not take. */
const MOST_SCHEMA_ROWS = 1000;
const SCHEMA_LIMITS: ResultLimits = { take: Infinity, records: MOST_SCHEMA_ROWS, bytes: Infinity };

/** A command's change: the new catalogue, and steps to run once the tables match it. */
export interface Change {
  readonly catalog: Catalog;
  readonly steps: readonly WriteStep[];
}

/** Rows to ingest and the tags that make it idempotent. */
export interface Ingestion {
  readonly rows: QueryRows | TextRows;
  readonly tags: readonly string[];
  readonly unlessTagged: readonly string[];
  /** The columns that `rows` fill; all of the table's where absent. */
  readonly columns?: readonly StoredColumn[];
}

/** An open database. */
export class EngineDatabase {
  readonly name: string;
  readonly #file: string;
  readonly #lanes: Lanes;
  readonly #owner: string;
  readonly #statements: Statements;
  readonly #runner: StatementRunner;
  readonly #merges: ViewMerges;
  #catalog: Catalog;
  #indexes: StoredIndexes;
  #unhealthy: UnhealthyViews;
  #lastChange: Promise<unknown> = Promise.resolve();
  /** How many changes have begun. */
  #changes = 0;
  #runningChanges = 0;
  #indexTimer: NodeJS.Timeout | undefined;

  private constructor(name: string, file: string, lanes: Lanes, owner: string) {
    const connection = lanes.own.connection(file);
    this.name = name;
    this.#file = file;
    this.#lanes = lanes;
    this.#owner = owner;
    const kept = new KeptCompilations({
      load: (key) => loadStatement(connection, key),
      save: (key, statement) => this.#keepStatement(key, statement),
    });
    this.#runner = new StatementRunner(file, lanes);
    this.#statements = new Statements(lanes.compiler, kept);
    this.#merges = new ViewMerges(lanes.compiler, kept);
    this.#catalog = loadCatalog(connection, name);
    this.#indexes = loadIndexes(connection);
    this.#unhealthy = loadUnhealthyViews(connection);
    if (!isIndexed(connection, this.#catalog)) this.#indexWhenQuiet();
  }

  /** Opens the database called `name` in `file`, creating the file where there is none. */
  static async open(name: string, file: string, lanes: Lanes, timeout: number): Promise<EngineDatabase> {
    const owner = await lanes.writer.run({ kind: 'open', file }, timeout);
    return new EngineDatabase(name, file, lanes, owner);
  }

  /** The entities as of the last acknowledged change. */
  get catalog(): Catalog {
    return this.#catalog;
  }

  /** The materialized views that lack rows, with why. */
  get unhealthyViews(): UnhealthyViews {
    return this.#unhealthy;
  }

  get compiler(): Compiler {
    return this.#lanes.compiler;
  }

  /**
   * Runs a query.
   *
   * @throws KqlError where it is wrong, EngineError where it took too long
   */
  async query(text: string, options: RunOptions): Promise<QueryResult> {
    const catalog = this.#catalog;
    const remotes = this.#lanes.remotes && options.readsRemotes !== false ? this.#lanes.remotes : undefined;
    const schemas = (await remotes?.schemasOf(catalog, text)) ?? [];
    try {
      return await this.#query(text, options, schemas);
    } catch (error) {
      if (error instanceof KqlError && remotes?.forget(schemas)) {
        return this.#query(text, options, await remotes.schemasOf(this.#catalog, text));
      }
      // The table may have changed between compiling and reading: then what was compiled is stale.
      if (error instanceof KqlError || catalog === this.#catalog) throw error;
      return this.#query(text, options, schemas);
    }
  }

  /** Reads the engine's own tables, which are small. */
  settings(sql: string, values: readonly string[], columns: readonly Column[]): unknown[][] {
    const request = { file: this.#file, sql, values, columns, limits: NO_LIMITS };
    return JSON.parse(this.#lanes.own.read(request).rows);
  }

  /** Runs SQL of the engine's own over stored tables, such as counts for `.show`. */
  async select(sql: string, columns: readonly Column[]): Promise<unknown[][]> {
    const request = { file: this.#file, sql, values: [], columns, limits: NO_LIMITS };
    const { rows } = await this.#lanes.readers.run({ kind: 'read', ...request }, OWN_QUERY_MILLISECONDS);
    return JSON.parse(rows);
  }

  /**
   * Changes the database: `plan` is given the catalogue as it is when its turn comes.
   *
   * @returns what became of the change's own steps
   * @throws KqlError where the change is refused; nothing of it has then been done
   */
  change(
    plan: (catalog: Catalog) => Change | Promise<Change>,
    timeout: number,
  ): Promise<readonly StepResult[]> {
    return this.#inTurn(async () => {
      const { catalog, steps } = await plan(this.#catalog);
      if (catalog === this.#catalog) return steps.length === 0 ? [] : this.#write(steps, timeout);
      const migration = migrate(this.#catalog, catalog, this.#indexes);
      const results = await this.#write([...migration, ...steps], timeout).catch((error) => {
        if (!(error instanceof KqlError)) this.#reload();
        throw error;
      });
      this.#catalog = catalog;
      // Those of a table that was dropped, or that lost columns, are gone.
      this.#indexes = this.#storedIndexes();
      this.#indexWhenQuiet();
      return results.slice(migration.length);
    });
  }

  /**
   * Adds rows to the table called `table`, and to the views over it.
   *
   * @throws KqlError where there is no such table or the rows cannot be read
   */
  async ingest(table: string, ingestion: Ingestion, timeout: number): Promise<StepResult> {
    const [result] = await this.change(
      async (catalog) => ({ catalog, steps: [await this.ingestStep(catalog, table, ingestion)] }),
      timeout,
    );
    return result ?? { rows: 0, skipped: true };
  }

  /** The step that ingests into `table` under `catalog`, for a change that does more than that. */
  async ingestStep(catalog: Catalog, table: string, ingestion: Ingestion): Promise<IngestStep> {
    const entity = catalog.entities.get(table);
    if (entity?.kind !== 'table') {
      throw notFound('Table', table, catalog.tables);
    }
    const merges = await this.#merges.over(catalog, table);
    const now = ticksNow();
    return {
      kind: 'ingest',
      entity: table,
      physical: entity.physical,
      columns: ingestion.columns ?? entity.columns,
      rows: ingestion.rows,
      views: merges.map((merge) => viewStep(merge, now)),
      tags: ingestion.tags,
      unlessTagged: ingestion.unlessTagged,
      replaces: false,
    };
  }

  /** The rows of a query, for a step that ingests them. Run it inside `change`, with its catalogue. */
  async rowsOf(catalog: Catalog, text: string): Promise<{ rows: QueryRows; columns: readonly Column[] }> {
    const known = withValuesAsParameters(text);
    const schemas = await this.remoteSchemas(catalog, text);
    const asWritten = () => this.#statements.get(catalog, text, schemas);
    const { statement } = await this.#statements
      .get(catalog, known.text, schemas)
      // A name of a table has to be written.
      .then((found) => (found.statement.question?.kind === 'parameter' ? asWritten() : found))
      // So that the error's position is the caller's.
      .catch(asWritten);
    if (statement.question?.kind === 'parameter')
      throw new KqlError('What is ingested needs the name of its table written, not as a parameter');
    if (statement.question)
      throw new KqlError('What is ingested cannot depend on the data for its columns: write the schema');
    if (statement.further) throw new KqlError('A query with several results cannot be ingested');
    refuseUnhealthy(this.#unhealthy, statement.tables);
    const values = await this.#runner.values(statement, known.parameters, REMOTE_MILLISECONDS);
    return { rows: { kind: 'query', sql: statement.sql, values }, columns: statement.columns };
  }

  /** The schemas of the databases of other clusters that `text` may read. */
  async remoteSchemas(catalog: Catalog, text: string): Promise<readonly RemoteSchema[]> {
    return (await this.#lanes.remotes?.schemasOf(catalog, text)) ?? [];
  }

  /** Stops what is planned for later. */
  close(): void {
    clearTimeout(this.#indexTimer);
  }

  async #query(text: string, options: RunOptions, schemas: readonly RemoteSchema[]): Promise<QueryResult> {
    const known = await this.#statements.get(this.#catalog, text, schemas);
    const { question, further, tables } = known.statement;
    refuseUnhealthy(this.#unhealthy, tables);
    if (question) return this.#queryThatAsks(text, options, schemas);
    const result = await this.#runner.run(known, options, schemas.length > 0);
    if (!further) return result;
    const results: QueryResult[] = [];
    for (const statement of further) {
      const next = { statement, access: undefined, lastMilliseconds: undefined };
      results.push(await this.#runner.run(next, options, schemas.length > 0));
    }
    return { ...result, further: results };
  }

  /**
   * A query whose columns depend on the data, or its tables on parameters: these are asked for first, as often as there are
   * such calls. Of a change between a question and the answer columns of data would know nothing, so then all begins again.
   */
  async #queryThatAsks(
    text: string,
    options: RunOptions,
    schemas: readonly RemoteSchema[],
  ): Promise<QueryResult> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const [changes, running] = [this.#changes, this.#runningChanges];
      const whole = await this.#withAnswers(text, options, schemas);
      const result = await this.#query(whole.text, options, schemas).catch((error: unknown) => {
        throw withoutInsertions(error, whole.insertions);
      });
      if (!whole.isOfData || (running === 0 && changes === this.#changes)) return result;
    }
    throw new EngineError('busy', 'The data changes too often to work out the columns; write the schema');
  }

  async #withAnswers(text: string, options: RunOptions, schemas: readonly RemoteSchema[]) {
    const insertions: Insertion[] = [];
    let whole = text;
    let isOfData = false;
    for (;;) {
      const known = await this.#statements.get(this.#catalog, whole, schemas).catch((error: unknown) => {
        throw withoutInsertions(error, insertions);
      });
      const { question } = known.statement;
      if (!question) return { text: whole, insertions, isOfData };
      isOfData ||= question.kind !== 'parameter';
      const { rows, exceeded } = await this.#runner.run(
        known,
        { ...options, limits: SCHEMA_LIMITS },
        schemas.length > 0,
      );
      if (exceeded) throw new KqlError(`The data gives more than ${MOST_SCHEMA_ROWS} columns`);
      for (const addition of additionsOf(question, JSON.parse(rows))) {
        insertions.push({ at: positionAt(whole, addition.offset), length: addition.text.length });
        whole = withAddition(whole, addition);
      }
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastChange.then(work);
    this.#lastChange = turn.catch(() => undefined);
    return turn;
  }

  async #write(steps: readonly WriteStep[], timeout: number): Promise<readonly StepResult[]> {
    const request = { file: this.#file, owner: this.#owner, steps };
    this.#changes += 1;
    this.#runningChanges += 1;
    try {
      const results = await this.#lanes.writer.run({ kind: 'write', ...request }, timeout);
      if (this.#unhealthy.size > 0 || results.some(({ viewFailed }) => viewFailed))
        this.#unhealthy = loadUnhealthyViews(this.#lanes.own.connection(this.#file));
      return results;
    } finally {
      this.#runningChanges -= 1;
    }
  }

  /** After a failure on the writer's side it is not known whether the change was made: the file tells. */
  #reload(): void {
    const connection = this.#lanes.own.connection(this.#file);
    this.#catalog = loadCatalog(connection, this.name);
    this.#indexes = loadIndexes(connection);
    this.#unhealthy = loadUnhealthyViews(connection);
  }

  #storedIndexes(): StoredIndexes {
    return loadIndexes(this.#lanes.own.connection(this.#file));
  }

  /** Best effort: what is not kept is compiled again after a restart. */
  #keepStatement(key: string, statement: Uint8Array): void {
    const step = run('INSERT OR REPLACE INTO "$statement" VALUES (?, ?)', key, statement);
    this.#inTurn(() => this.#write([step], OWN_QUERY_MILLISECONDS)).catch(() => undefined);
  }

  #indexWhenQuiet(): void {
    clearTimeout(this.#indexTimer);
    // Without indexes answers are slow, not wrong: what goes wrong here is tried again at the next change.
    this.#indexTimer = setTimeout(
      () => void this.#index().catch(() => undefined),
      QUIET_MILLISECONDS,
    ).unref();
  }

  async #index(): Promise<void> {
    const catalog = this.#catalog;
    const suggested = await this.#suggestedIndexes(catalog);
    await this.#inTurn(async () => {
      // A change came in between; its own timer runs already.
      if (catalog !== this.#catalog) return;
      const wanted = withoutKeys(suggested.all, this.#lanes.own.connection(this.#file));
      const steps = indexSteps(this.#indexes, wanted);
      await this.#write([...steps, ...rememberIndexed(catalog, suggested)], INDEX_MILLISECONDS);
      this.#indexes = this.#storedIndexes();
      if (steps.length > 0) this.#statements.forget();
    });
  }

  async #suggestedIndexes(catalog: Catalog): Promise<SuggestedIndexes> {
    // The compiler need not be started where nothing can be looked up.
    if (catalog.functions.length === 0) return { all: [], byFunction: [] };
    const bodies = catalog.functions.map(({ body }) => body).join('\n');
    return this.#lanes.compiler.suggestIndexes(
      catalog,
      loadFunctionIndexes(this.#lanes.own.connection(this.#file)),
      await this.remoteSchemas(catalog, bodies),
    );
  }
}
