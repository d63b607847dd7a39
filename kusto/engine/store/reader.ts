/**
 * Runs compiled queries on a read connection and encodes their rows as Kusto's JSON. The engine's thread
 * has one for point lookups; reader processes have one each for everything longer.
 */
import type { Column } from '../catalog.ts';
import { checkTime, withinTime } from '../functions/time-limit.ts';
import type { BoundValue } from '../slot-values.ts';
import type { StagedStatement } from '../statement.ts';
import { type Connection, openForReading, type Prepared } from './connection.ts';
import { damagedMessage, isDamaged } from './damage.ts';
import { EngineError } from './engine-error.ts';
import { type RowText, rowText } from './row-text.ts';
import { StagedRead } from './staged-read.ts';
import type { ReadRequest, ReadResult, ResultLimits } from './steps.ts';
import { tooLarge } from './too-large.ts';
import { type Encode, encoderOf } from './values.ts';

const CACHED_STATEMENTS = 200;
/** Each has tables of its own. */
const CACHED_STAGED = 10;

/**
 * How a query gets at its rows: `lookup` finds them by equality in an index, `range` by a part of an index,
 * which may be most of it, and `walk` goes through a whole table or index, or makes rows up (KQL's `range`).
 */
export type Access = 'lookup' | 'range' | 'walk';

interface Opcode {
  readonly opcode: string;
  readonly p1: bigint;
}

interface PlanLine {
  readonly detail: string;
}

/** A database file, with what is prepared on its connection by its text. */
interface OpenDatabase {
  readonly connection: Connection;
  readonly statements: Map<string, PreparedRead>;
  readonly staged: Map<string, PreparedStagedRead>;
}

/** How a statement's rows are written, which is not the same for each type of the columns: `true` is `1` in SQL. */
interface WrittenAs {
  readonly types: string;
  readonly encode: RowText['encode'];
}

interface PreparedRead extends WrittenAs {
  readonly statement: Prepared;
}

interface PreparedStagedRead extends WrittenAs {
  readonly read: StagedRead;
}

/** Reads from database files, which it opens as it meets them. */
export class Reader {
  readonly #databases = new Map<string, OpenDatabase>();

  /** The rows of a compiled query, within the limits. @throws EngineError where the file is damaged */
  read({ file, sql, staged, values, columns, limits }: ReadRequest): ReadResult {
    const started = performance.now();
    try {
      const encoded = staged
        ? this.#readStaged(file, staged, columns, values, limits)
        : this.#readWhole(file, sql, columns, values, limits);
      return { ...encoded, milliseconds: performance.now() - started };
    } catch (error) {
      if (isDamaged(error)) throw new EngineError('damaged', damagedMessage(file));
      throw tooLarge(error) ?? error;
    }
  }

  /** The same, ended after `milliseconds`. @throws OutOfTimeError */
  readWithin(milliseconds: number, request: ReadRequest): ReadResult {
    return withinTime(milliseconds, () => this.read(request));
  }

  /** How a query gets at its rows, whatever `values` it is given. */
  accessOf(file: string, sql: string, values: readonly BoundValue[]): Access {
    const { connection } = this.#database(file);
    const program = connection.prepare<unknown[], Opcode>(`EXPLAIN ${sql}`).all(...values);
    const stored = new Set(program.filter(({ opcode }) => opcode === 'OpenRead').map(({ p1 }) => p1));
    const walks = program.some(
      ({ opcode, p1 }) => (opcode === 'Rewind' || opcode === 'Last') && stored.has(p1),
    );
    if (walks) return 'walk';
    const plan = connection.prepare<unknown[], PlanLine>(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
    if (plan.some(({ detail }) => detail === 'RECURSIVE STEP')) return 'walk';
    return plan.some(({ detail }) => /[<>]\?/.test(detail)) ? 'range' : 'lookup';
  }

  /** The connection to `file`, for reading the catalogue. */
  connection(file: string): Connection {
    return this.#database(file).connection;
  }

  /** Closes `file`, or every file. */
  close(file?: string): void {
    for (const [name, { connection }] of this.#databases) {
      if (file !== undefined && name !== file) continue;
      connection.close();
      this.#databases.delete(name);
    }
  }

  #readWhole(
    file: string,
    sql: string,
    columns: readonly Column[],
    values: readonly BoundValue[],
    limits: ResultLimits,
  ): EncodedRows {
    const { statement, encode } = this.#prepare(file, sql, columns);
    return collected(statement.iterate(...values), encode, limits);
  }

  #readStaged(
    file: string,
    staged: StagedStatement,
    columns: readonly Column[],
    values: readonly BoundValue[],
    limits: ResultLimits,
  ): EncodedRows {
    const { read, encode } = this.#prepareStaged(file, staged, columns);
    return collected(read.rows(values), encode, limits);
  }

  #prepare(file: string, sql: string, columns: readonly Column[]): PreparedRead {
    const { connection, statements } = this.#database(file);
    const types = typesOf(columns);
    const known = statements.get(sql);
    if (known && known.types === types && !known.statement.busy) return known;
    if (statements.size >= CACHED_STATEMENTS) statements.clear();
    const { sql: written, encode } = rowText(sql, columns);
    const prepared = { types, statement: connection.prepare(written).raw(true), encode };
    statements.set(sql, prepared);
    return prepared;
  }

  #prepareStaged(file: string, staged: StagedStatement, columns: readonly Column[]): PreparedStagedRead {
    const database = this.#database(file);
    const types = typesOf(columns);
    const known = database.staged.get(staged.sql);
    if (known?.types === types) return known;
    known?.read.drop();
    if (database.staged.size >= CACHED_STAGED) {
      for (const { read } of database.staged.values()) read.drop();
      database.staged.clear();
    }
    const { sql, encode } = rowText(staged.sql, columns);
    const prepared = { types, read: new StagedRead(database.connection, { ...staged, sql }), encode };
    database.staged.set(staged.sql, prepared);
    return prepared;
  }

  #database(file: string): OpenDatabase {
    const known = this.#databases.get(file);
    if (known) return known;
    const database: OpenDatabase = {
      connection: openForReading(file),
      statements: new Map(),
      staged: new Map(),
    };
    this.#databases.set(file, database);
    return database;
  }
}

function typesOf(columns: readonly Column[]): string {
  let types = '';
  for (const { type } of columns) types += `${type} `;
  return types;
}

type EncodedRows = Omit<ReadResult, 'milliseconds'>;

/** `rows` as the JSON text of an array of arrays. */
export function encodeRows(
  rows: Iterable<unknown>,
  columns: readonly Column[],
  limits: ResultLimits,
): EncodedRows {
  const encoders = columns.map(({ type }) => encoderOf(type));
  return collected(rows, (row) => encodeRow(row, encoders), limits);
}

/** The rows that the limits allow, as `encode` writes them. */
function collected(rows: Iterable<unknown>, encode: RowText['encode'], limits: ResultLimits): EncodedRows {
  const encoded: string[] = [];
  let bytes = 0;
  for (const row of rows) {
    checkTime();
    if (encoded.length >= limits.take) break;
    if (encoded.length >= limits.records) return { ...joined(encoded), exceeded: 'records' };
    const text = encode(row);
    bytes += text.length;
    if (bytes > limits.bytes) return { ...joined(encoded), exceeded: 'bytes' };
    encoded.push(text);
  }
  return joined(encoded);
}

function encodeRow(row: unknown, encoders: readonly Encode[]): string {
  const values: readonly unknown[] = Array.isArray(row) ? row : [];
  let text = '[';
  for (let index = 0; index < encoders.length; index++) {
    if (index > 0) text += ',';
    text += encoders[index]?.(values[index] ?? null);
  }
  return `${text}]`;
}

function joined(rows: readonly string[]): { rows: string; count: number } {
  return { rows: `[${rows.join(',')}]`, count: rows.length };
}
