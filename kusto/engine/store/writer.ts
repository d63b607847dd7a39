/**
 * The one writer: runs a request's steps in one transaction, so that a table, its tags and the views over
 * it change together or not at all. It owns the write connections of all databases.
 *
 * `$ingestion` is taken inside the transaction and never goes backwards, so that a window of
 * ingestion times that has been read by a later write stays closed.
 */
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import type { ScalarType } from '../catalog.ts';
import { KqlError } from '../errors.ts';
import { MAX_DATETIME } from '../functions/ticks.ts';
import { identifierText } from '../sql/literal-text.ts';
import { ticksNow } from './clock.ts';
import {
  BUSY_MILLISECONDS,
  type Connection,
  isOutOfSpace,
  openForWriting,
  type Prepared,
} from './connection.ts';
import { damagedMessage, isDamaged } from './damage.ts';
import { EngineError } from './engine-error.ts';
import { recordReader } from './field-mapping.ts';
import { recordsOf } from './formats.ts';
import type { ResultOf, WriterTask } from './messages.ts';
import { INGESTION_COLUMN } from './schema.ts';
import type { IngestStep, QueryRows, StepResult, StepValue, TextRows, ViewStep, WriteStep } from './steps.ts';
import { deltaName } from './steps.ts';
import { beyondCalendar, beyondLong, tooLarge } from './too-large.ts';
import { unhealthyKey } from './unhealthy-views.ts';

/** A log longer than this is cut, not only copied into the database. */
const LONG_LOG_BYTES = 64 * 1024 * 1024;
const CACHED_STATEMENTS = 500;
/** Whole numbers beyond it that SQLite holds as real ones have lost digits. */
const MAX_EXACT = Number.MAX_SAFE_INTEGER;

/** Does the writer's tasks, one after another. */
export class Writer {
  readonly #databases = new Map<string, WritableDatabase>();
  readonly #mostBytes: number;

  /** @param mostBytes what each file may grow to */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /**
   * Does a task.
   *
   * @throws KqlError where a write is wrong, EngineError where there is no space for it or the file is
   *   damaged; nothing of it has then been done
   */
  handle(task: WriterTask): ResultOf<WriterTask> {
    try {
      return this.#handle(task);
    } catch (error) {
      if (isDamaged(error)) throw new EngineError('damaged', damagedMessage(task.file));
      if (!isOutOfSpace(error)) throw tooLarge(error) ?? error;
      throw new EngineError('unavailable', 'There is no space left on the disk; nothing was written');
    }
  }

  #handle(task: WriterTask): ResultOf<WriterTask> {
    switch (task.kind) {
      case 'open':
        return this.#database(task.file).takeOver();
      case 'write':
        return this.#database(task.file).write(task.owner, task.steps);
      case 'close':
        this.#databases.get(task.file)?.close();
        this.#databases.delete(task.file);
        return undefined;
    }
  }

  /** Closes every file; the next writer finds an empty log. */
  close(): void {
    for (const database of this.#databases.values()) database.close();
    this.#databases.clear();
  }

  #database(file: string): WritableDatabase {
    const known = this.#databases.get(file);
    if (known) return known;
    const database = new WritableDatabase(openForWriting(file, this.#mostBytes));
    this.#databases.set(file, database);
    return database;
  }
}

class WritableDatabase {
  readonly #connection: Connection;
  readonly #log: string;
  readonly #statements = new Map<string, Prepared>();
  readonly #deltas = new Set<string>();

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#log = `${connection.name}-wal`;
    connection.exec('CREATE TEMP TABLE "$from" (rowid_before INTEGER NOT NULL)');
  }

  takeOver(): string {
    const owner = randomUUID();
    this.#connection
      .transaction(() => this.#run(`INSERT OR REPLACE INTO "$engine" VALUES ('owner', ?)`, owner))
      .immediate();
    return owner;
  }

  write(owner: string, steps: readonly WriteStep[]): StepResult[] {
    const transaction = this.#connection.transaction(() => {
      if (this.#setting('owner') !== owner) throw new Error('Another engine has opened this data folder');
      return steps.map((step) => this.#apply(step));
    });
    try {
      return transaction.immediate();
    } catch (error) {
      this.#recallDeltas();
      throw error;
    } finally {
      this.#shortenLog();
    }
  }

  close(): void {
    this.#connection.close();
  }

  #apply(step: WriteStep): StepResult {
    if (step.kind === 'ingest') return this.#ingest(step);
    if (step.changesTable) this.#forgetDeltas();
    return { rows: this.#run(step.sql, ...step.values), skipped: false };
  }

  #ingest(step: IngestStep): StepResult {
    const tagged = step.unlessTagged.some((tag) =>
      this.#prepare('SELECT 1 FROM "$tag" WHERE entity = ? AND tag = ?').get(step.entity, tag),
    );
    if (tagged) return { rows: 0, skipped: true };
    const ingestion = this.#nextIngestionTime();
    this.#startDelta(step.physical);
    const rows =
      step.rows.kind === 'query'
        ? this.#ingestQuery(step, step.rows, ingestion)
        : this.#ingestText(step, step.rows, ingestion);
    if (step.replaces) this.#deleteBefore(step, ingestion);
    for (const tag of step.tags) {
      this.#run('INSERT OR REPLACE INTO "$tag" VALUES (?, ?, ?)', step.entity, tag, ingestion);
    }
    const healthy = rows === 0 || step.views.map((view) => this.#mergeInto(view, ingestion)).every(Boolean);
    return { rows, skipped: false, ...(!healthy && { viewFailed: true }) };
  }

  /** Whether the view has taken the new rows in. Where its query fails, the table keeps them all the same. */
  #mergeInto({ name, sql, values }: ViewStep, ingestion: bigint): boolean {
    if (this.#setting(unhealthyKey(name)) !== undefined) return false;
    try {
      this.#connection.transaction(() => this.#run(sql, ...values, ingestion))();
      return true;
    } catch (error) {
      const reason = tooLarge(error) ?? error;
      // Whatever else goes wrong is no matter of the view's.
      if (!(reason instanceof KqlError)) throw error;
      this.#run('INSERT OR REPLACE INTO "$engine" VALUES (?, ?)', unhealthyKey(name), reason.message);
      return false;
    }
  }

  /**
   * Makes the rows that follow visible as the table `$delta$...`. `LIMIT -1` keeps SQLite from moving a
   * query's own conditions inside, where it would prefer an index over the whole table to the few new rows.
   */
  #startDelta(physical: string): void {
    const table = identifierText(physical);
    this.#run('DELETE FROM temp."$from"');
    this.#run(`INSERT INTO temp."$from" SELECT ifnull(max(rowid), 0) FROM main.${table}`);
    const delta = deltaName(physical);
    if (this.#deltas.has(delta)) return;
    this.#connection.exec(
      `CREATE TEMP VIEW ${identifierText(delta)} AS
       SELECT * FROM main.${table} WHERE rowid > (SELECT rowid_before FROM temp."$from") LIMIT -1`,
    );
    this.#deltas.add(delta);
  }

  #deleteBefore({ physical, entity }: IngestStep, ingestion: bigint): void {
    this.#run(
      `DELETE FROM main.${identifierText(physical)} WHERE rowid <= (SELECT rowid_before FROM temp."$from")`,
    );
    this.#run('DELETE FROM "$tag" WHERE entity = ? AND ingestion < ?', entity, ingestion);
  }

  #ingestQuery(step: IngestStep, { sql, values }: QueryRows, ingestion: bigint): number {
    const names = step.columns.map((_, index) => `c${index}`).join(', ');
    const rows = this.#run(
      `WITH source(${names}) AS (${sql})
       INSERT INTO main.${identifierText(step.physical)} (${this.#columnList(step)})
       SELECT ${names}, ? FROM source`,
      ...values,
      ingestion,
    );
    if (rows > 0) this.#refuseUnreadable(step);
    return rows;
  }

  /** What a query works out may be stored and yet be no value of its column's type: every read of it would fail. */
  #refuseUnreadable({ physical, columns }: IngestStep): void {
    const anyOf = (types: readonly ScalarType[], condition: (column: string) => string): string =>
      columns
        .filter(({ type }) => types.includes(type))
        .map((column) => condition(identifierText(column.physical)))
        .join(' OR ') || '0';
    const [long, calendar] = [
      anyOf(
        ['int', 'long'],
        (column) => `(typeof(${column}) = 'real' AND ${column} NOT BETWEEN -${MAX_EXACT} AND ${MAX_EXACT})`,
      ),
      anyOf(
        ['datetime'],
        (column) => `(typeof(${column}) = 'integer' AND ${column} NOT BETWEEN 0 AND ${MAX_DATETIME})`,
      ),
    ];
    if (long === '0' && calendar === '0') return;
    const found = this.#prepare(
      `SELECT ifnull(max(${long}), 0) AS long, ifnull(max(${calendar}), 0) AS calendar
       FROM main.${identifierText(physical)} WHERE rowid > (SELECT rowid_before FROM temp."$from")`,
    ).get() as { readonly long: bigint; readonly calendar: bigint };
    if (found.long > 0n) throw beyondLong();
    if (found.calendar > 0n) throw beyondCalendar();
  }

  #ingestText(step: IngestStep, source: TextRows, ingestion: bigint): number {
    const places = [...step.columns, INGESTION_COLUMN].map(() => '?').join(', ');
    const insert = this.#prepare(
      `INSERT INTO main.${identifierText(step.physical)} (${this.#columnList(step)}) VALUES (${places})`,
    );
    const text = typeof source.data === 'string' ? source.data : decodeUtf8(source.data);
    const read = recordReader(step.columns, source.mapping);
    let rows = 0;
    let skip = source.skipFirstRecord === true;
    for (const record of recordsOf(source.format, text)) {
      if (skip) skip = false;
      else {
        insert.run(...read(record), ingestion);
        rows += 1;
      }
    }
    return rows;
  }

  #columnList({ columns }: IngestStep): string {
    return [...columns.map(({ physical }) => physical), INGESTION_COLUMN].map(identifierText).join(', ');
  }

  #nextIngestionTime(): bigint {
    const last = this.#setting('ingestion');
    const now = ticksNow();
    const next = typeof last === 'bigint' && last >= now ? last + 1n : now;
    this.#run(`INSERT OR REPLACE INTO "$engine" VALUES ('ingestion', ?)`, next);
    return next;
  }

  /**
   * SQLite copies the log by itself, but after one long transaction its file would stay long. Neither readers
   * that are in the way nor a full disk are waited for: the write is done, and the next one tries again.
   */
  #shortenLog(): void {
    if ((statSync(this.#log, { throwIfNoEntry: false })?.size ?? 0) < LONG_LOG_BYTES) return;
    this.#connection.pragma('busy_timeout = 100');
    try {
      this.#connection.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      if (!isOutOfSpace(error)) throw tooLarge(error) ?? error;
    } finally {
      this.#connection.pragma(`busy_timeout = ${BUSY_MILLISECONDS}`);
    }
  }

  /** SQLite refuses to alter tables while a view, as those of the deltas, refers to one that is gone. */
  #forgetDeltas(): void {
    for (const name of this.#deltas) this.#connection.exec(`DROP VIEW temp.${identifierText(name)}`);
    this.#deltas.clear();
  }

  /** A transaction that is rolled back takes its deltas with it, and gives back those that it forgot. */
  #recallDeltas(): void {
    this.#deltas.clear();
    const views = this.#connection
      .prepare<[], { name: string }>(`SELECT name FROM temp.sqlite_master WHERE type = 'view'`)
      .all();
    for (const { name } of views) this.#deltas.add(name);
  }

  #setting(key: string): unknown {
    const row = this.#prepare('SELECT value FROM "$engine" WHERE key = ?').get(key) as
      | { value: unknown }
      | undefined;
    return row?.value;
  }

  #run(sql: string, ...values: StepValue[]): number {
    return this.#prepare(sql).run(...values).changes;
  }

  #prepare(sql: string): Prepared {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size >= CACHED_STATEMENTS) this.#statements.clear();
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function decodeUtf8(data: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    throw new KqlError('The data is not valid UTF-8');
  }
}
