/**
 * Runs compiled statements over a database's file: in the engine's own thread where that takes no time, else in a reader,
 * which can be ended.
 */
import type { Column } from '../catalog.ts';
import { OutOfTimeError } from '../functions/time-limit.ts';
import type { Remotes } from '../remote/remotes.ts';
import { type BoundStatement, type BoundValue, bindParameters, boundStatement } from '../slot-values.ts';
import type { SqlValue, Statement } from '../statement.ts';
import { ticksNow } from './clock.ts';
import type { Compiler } from './compiler.ts';
import type { Lane } from './lane.ts';
import type { ReaderTask, WriterTask } from './messages.ts';
import type { Access, Reader } from './reader.ts';
import type { KnownStatement } from './statements.ts';
import type { ReadRequest, ReadResult, ResultLimits } from './steps.ts';

/**
 * A query runs in the engine's own thread, which saves the way to a reader, where its last run took less
 * than this. How long a lookup takes hardly varies; a range may be short this time and long the next.
 */
const INLINE_MILLISECONDS: Readonly<Record<Access, number>> = { lookup: 25, range: 2, walk: 0 };
/** By then, what looked short was not. */
const LONGEST_INLINE_MILLISECONDS = 200;
/** Characters of all parameters: with long texts, a single step may take long. */
const LONGEST_INLINE_VALUES = 10_000;
/** For the engine's own reads, which are small. */
export const NO_LIMITS: ResultLimits = { take: Infinity, records: Infinity, bytes: Infinity };

/** The processes, the thread and the connection that all databases share. */
export interface Lanes {
  readonly readers: Lane<ReaderTask>;
  readonly writer: Lane<WriterTask>;
  readonly compiler: Compiler;
  /** Reads in the engine's thread. */
  readonly own: Reader;
  /** Starts what is not needed to open a database, and else would be started when it is needed. */
  start(): void;
  /** The other clusters that queries may read; absent if there are none. */
  readonly remotes?: Remotes;
}

/** How a query is to be run. */
export interface RunOptions {
  /** Values of declared query parameters, as the client sent them. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly limits: ResultLimits;
  /** Milliseconds until the query is ended. */
  readonly timeout: number;
  /** What `now()` gives, in ticks (`query_now`); the time unless told. */
  readonly now?: bigint;
  /** False refuses what other clusters have (`request_remote_entities_disabled`). */
  readonly readsRemotes?: boolean;
}

/** A query's answer; `rows` is JSON text already. */
export interface QueryResult extends ReadResult {
  readonly columns: readonly Column[];
  /** The query's further results, in its order. */
  readonly further?: readonly QueryResult[];
}

/** Runs the statements of one database. */
export class StatementRunner {
  readonly #file: string;
  readonly #lanes: Lanes;

  constructor(file: string, lanes: Lanes) {
    this.#file = file;
    this.#lanes = lanes;
  }

  /**
   * Runs a statement.
   *
   * @param readsRemotes whether it may read other clusters
   * @throws KqlError where a parameter is missing or wrong, EngineError where it took too long
   */
  async run(known: KnownStatement, options: RunOptions, readsRemotes: boolean): Promise<QueryResult> {
    const { parameters, limits, timeout, now = ticksNow() } = options;
    const { staged, columns } = known.statement;
    const bound = readsRemotes
      ? { sql: known.statement.sql, values: await this.values(known.statement, parameters, timeout, now) }
      : boundStatement(known.statement, parameters, now);
    const request = { file: this.#file, ...bound, staged, columns, limits };
    const result =
      (this.#runsInline(known, bound) ? this.#readInline(known, request) : undefined) ??
      (await this.#lanes.readers.run({ kind: 'read', ...request }, timeout));
    known.lastMilliseconds = result.milliseconds;
    return { ...result, columns };
  }

  /** The values for a statement's slots, with the rows that it reads from other clusters. */
  async values(
    statement: Pick<Statement, 'slots'>,
    parameters: Readonly<Record<string, string>>,
    timeout: number,
    now = ticksNow(),
  ): Promise<SqlValue[]> {
    const { remotes } = this.#lanes;
    if (!remotes) return bindParameters(statement, parameters, now);
    return remotes.values(statement, {
      parameters,
      now,
      timeout,
      value: async (sql, values, type) => {
        const request = {
          file: this.#file,
          sql,
          values,
          columns: [{ name: 'value', type }],
          limits: NO_LIMITS,
        };
        const { rows } = await this.#lanes.readers.run({ kind: 'read', ...request }, timeout);
        return rows.slice('[['.length, -']]'.length);
      },
    });
  }

  /** Undefined where it took too long: then a reader, which can be ended at any time, has to do it from the start. */
  #readInline(known: KnownStatement, request: ReadRequest): ReadResult | undefined {
    try {
      return this.#lanes.own.readWithin(LONGEST_INLINE_MILLISECONDS, request);
    } catch (error) {
      if (!(error instanceof OutOfTimeError)) throw error;
      known.lastMilliseconds = Infinity;
      return undefined;
    }
  }

  #runsInline(known: KnownStatement, { sql, values }: BoundStatement): boolean {
    const { slots, staged } = known.statement;
    if (staged) return false;
    if (lengthOf(values) > LONGEST_INLINE_VALUES) return false;
    known.access ??= this.#lanes.own.accessOf(this.#file, sql, values);
    // Programs send queries with parameters, for few rows each. How long any other takes is anyone's guess.
    const isProgram = slots.some(({ kind }) => kind === 'parameter');
    const expected = known.lastMilliseconds ?? (isProgram && known.access === 'lookup' ? 0 : Infinity);
    return expected < INLINE_MILLISECONDS[known.access];
  }
}

function lengthOf(values: readonly BoundValue[]): number {
  let length = 0;
  for (const value of values) {
    if (typeof value === 'string') length += value.length;
    else if (typeof value === 'object' && value !== null) length += lengthOf(Object.values(value));
  }
  return length;
}
