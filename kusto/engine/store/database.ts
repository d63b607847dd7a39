/**
 * One database: its catalogue, its compiled queries, and the way to its file. Reads go wherever they are
 * cheapest without blocking others; changes go one after another to the writer.
 */

import type { Catalog, Column, StoredColumn } from '../catalog.ts';
import { bindParameters, compileQuery } from '../compile.ts';
import { KqlError } from '../errors.ts';
import { ticksNow } from './clock.ts';
import type { Lane } from './lane.ts';
import type { Reader } from './reader.ts';
import { type IndexNames, loadCatalog, loadIndexes, migrate } from './schema.ts';
import { type KnownStatement, Statements } from './statements.ts';
import type {
  IngestStep,
  QueryRows,
  ReadResult,
  ResultLimits,
  StepResult,
  TextRows,
  WriteRequest,
  WriteStep,
} from './steps.ts';
import { type CompiledView, compileMerge, viewStep } from './views.ts';

/** A query that took less than this, and only searches indexes, runs in the engine's own thread next time. */
const INLINE_MILLISECONDS = 5;

/** The processes and the connection that all databases share. */
export interface Lanes {
  readonly readers: Lane;
  readonly writer: Lane;
  /** Reads in the engine's thread. */
  readonly own: Reader;
}

/** How a query is to be run. */
export interface QueryOptions {
  /** Values of declared query parameters, as the client sent them. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly limits: ResultLimits;
  /** Milliseconds until the query is ended. */
  readonly timeout: number;
}

/** A query's answer; `rows` is JSON text already. */
export interface QueryResult extends ReadResult {
  readonly columns: readonly Column[];
}

/** What a command changes: the catalogue, and steps to run after the tables fit it. */
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
  readonly #statements = new Statements();
  readonly #owner: string;
  #catalog: Catalog;
  #indexes: IndexNames;
  #merges: { version: number; bySource: Map<string, CompiledView[]> } | undefined;
  #lastChange: Promise<unknown> = Promise.resolve();

  private constructor(name: string, file: string, lanes: Lanes, owner: string) {
    this.name = name;
    this.#file = file;
    this.#lanes = lanes;
    this.#owner = owner;
    this.#catalog = loadCatalog(lanes.own.connection(file), name);
    this.#indexes = loadIndexes(lanes.own.connection(file));
  }

  /** Opens the database called `name` in `file`, creating the file where there is none. */
  static async open(name: string, file: string, lanes: Lanes, timeout: number): Promise<EngineDatabase> {
    const owner = await lanes.writer.run({ open: file }, timeout);
    return new EngineDatabase(name, file, lanes, String(owner));
  }

  /** The entities as of the last acknowledged change. */
  get catalog(): Catalog {
    return this.#catalog;
  }

  /**
   * Runs a query.
   *
   * @throws KqlError where it is wrong, EngineError where it took too long
   */
  async query(text: string, options: QueryOptions): Promise<QueryResult> {
    const catalog = this.#catalog;
    try {
      return await this.#query(text, options);
    } catch (error) {
      // The table may have changed between compiling and reading: then what was compiled is stale.
      if (error instanceof KqlError || catalog === this.#catalog) throw error;
      return this.#query(text, options);
    }
  }

  /**
   * Runs SQL of the engine's own over the file, such as counts for `.show`.
   *
   * @param columns the types of the SELECT's columns
   */
  async select(sql: string, values: readonly string[], columns: readonly Column[]): Promise<unknown[][]> {
    const limits = { take: Infinity, records: Infinity, bytes: Infinity };
    const result = await this.#lanes.readers.run({ file: this.#file, sql, values, columns, limits }, 60_000);
    return JSON.parse((result as ReadResult).rows);
  }

  /**
   * Changes the database: `plan` is given the catalogue as it is when its turn comes.
   *
   * @returns what became of the change's own steps
   * @throws KqlError where the change is refused; nothing of it has then been done
   */
  change(plan: (catalog: Catalog) => Change, timeout: number): Promise<readonly StepResult[]> {
    return this.#inTurn(async () => {
      const { catalog, steps } = plan(this.#catalog);
      if (catalog === this.#catalog) return this.#write(steps, timeout);
      const migration = migrate(this.#catalog, catalog, this.#indexes);
      try {
        const results = await this.#write([...migration.steps, ...steps], timeout);
        this.#catalog = catalog;
        this.#indexes = migration.indexes;
        return results.slice(migration.steps.length);
      } catch (error) {
        if (!(error instanceof KqlError)) this.#reload();
        throw error;
      }
    });
  }

  /**
   * Adds rows to the table called `table`, and to the views over it.
   *
   * @throws KqlError where there is no such table or the rows cannot be read
   */
  async ingest(table: string, ingestion: Ingestion, timeout: number): Promise<StepResult> {
    const [result] = await this.change(
      (catalog) => ({ catalog, steps: [this.ingestStep(catalog, table, ingestion)] }),
      timeout,
    );
    return result ?? { rows: 0, skipped: true };
  }

  /** The step that ingests into `table` under `catalog`, for a change that does more than that. */
  ingestStep(catalog: Catalog, table: string, ingestion: Ingestion): IngestStep {
    const entity = catalog.entities.get(table);
    if (entity?.kind !== 'table') {
      throw new KqlError(
        `Entity ID '${table}' of kind 'Table' was not found.`,
        undefined,
        'BadRequest_EntityNotFound',
      );
    }
    const now = ticksNow();
    return {
      kind: 'ingest',
      entity: table,
      physical: entity.physical,
      columns: ingestion.columns ?? entity.columns,
      rows: ingestion.rows,
      views: this.#mergesOf(catalog, table).map((merge) => viewStep(merge, now)),
      tags: ingestion.tags,
      unlessTagged: ingestion.unlessTagged,
      replaces: false,
    };
  }

  /** The rows of a query, for a step that ingests them. Run it inside `change`, with its catalogue. */
  rowsOf(catalog: Catalog, text: string): { rows: QueryRows; columns: readonly Column[] } {
    const isCurrent = catalog === this.#catalog;
    const statement = isCurrent ? this.#statements.get(catalog, text).statement : compileQuery(catalog, text);
    const values = bindParameters(statement, {}, ticksNow());
    return { rows: { kind: 'query', sql: statement.sql, values }, columns: statement.columns };
  }

  async #query(text: string, { parameters, limits, timeout }: QueryOptions): Promise<QueryResult> {
    const known = this.#statements.get(this.#catalog, text);
    const { sql, columns } = known.statement;
    const values = bindParameters(known.statement, parameters, ticksNow());
    const request = { file: this.#file, sql, values, columns, limits };
    const result = this.#runsInline(known)
      ? this.#lanes.own.read(request)
      : ((await this.#lanes.readers.run(request, timeout)) as ReadResult);
    known.lastMilliseconds = result.milliseconds;
    return { ...result, columns };
  }

  #runsInline(known: KnownStatement): boolean {
    if (known.lastMilliseconds === undefined || known.lastMilliseconds > INLINE_MILLISECONDS) return false;
    known.searchesOnly ??= this.#lanes.own.searchesOnly(
      this.#file,
      known.statement.sql,
      known.statement.slots.length,
    );
    return known.searchesOnly;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastChange.then(work);
    this.#lastChange = turn.catch(() => undefined);
    return turn;
  }

  async #write(steps: readonly WriteStep[], timeout: number): Promise<readonly StepResult[]> {
    const request: WriteRequest = { file: this.#file, owner: this.#owner, steps };
    return (await this.#lanes.writer.run(request, timeout)) as readonly StepResult[];
  }

  /** After a failure on the writer's side it is not known whether the change was made: the file tells. */
  #reload(): void {
    const connection = this.#lanes.own.connection(this.#file);
    this.#catalog = loadCatalog(connection, this.name);
    this.#indexes = loadIndexes(connection);
  }

  #mergesOf(catalog: Catalog, table: string): readonly CompiledView[] {
    if (this.#merges?.version !== catalog.version) {
      this.#merges = { version: catalog.version, bySource: new Map() };
    }
    const known = this.#merges.bySource.get(table);
    if (known) return known;
    const merges = catalog.views
      .filter(({ source }) => source === table)
      .map((view) => compileMerge(catalog, view));
    this.#merges.bySource.set(table, merges);
    return merges;
  }
}
