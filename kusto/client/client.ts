/**
 * The client of Kusto: queries, commands and streaming ingestion, on Azure Data Explorer and on the embedded
 * engine alike. A process opens one and hands it to everybody, so that all of its requests share one set of
 * connections, and none of its background work keeps a user waiting.
 */

import { CircuitBreaker, CircuitOpenError } from '../../net/circuit-breaker.ts';
import { rowsOfCommand, rowsOfQuery } from './answers.ts';
import { Bulkhead, BulkheadFullError } from './bulkhead.ts';
import type { KustoConnection } from './connection.ts';
import { csvOf } from './csv.ts';
import { CallerShareError, KustoError } from './errors.ts';
import { RetryBudget } from './retry-budget.ts';
import type { Row } from './rows.ts';
import { openSdk } from './sdk.ts';

export interface QueryOptions {
  /**
   * Whether somebody is waiting for the answer. Interactive queries do not wait for background work; their
   * answers may be up to two seconds old and have 10,000 rows at most.
   */
  readonly interactive?: boolean;
  /** Whether an interactive query wants what is committed now, at a higher cost. */
  readonly newest?: boolean;
  /** The most rows of the answer to an interactive query; 10,000 by default. */
  readonly mostRows?: number | undefined;
  /** Limit of the whole query, including the wait in line and a second try; four minutes by default. */
  readonly timeoutMs?: number;
  /** Names the request in Kusto's own logs. */
  readonly traceId?: string;
  /** Whose share of the places an interactive query takes; nobody's without it. */
  readonly caller?: string | undefined;
}

export interface CommandOptions {
  /** Kusto's limit for the command; ten minutes by default. */
  readonly timeoutMs?: number;
}

/** Values for the parameters that a query declares. */
export type QueryParameters = Readonly<Record<string, string>>;

export interface KustoClient {
  /**
   * Runs a query and gives the rows of its primary result. A broken connection is tried once more.
   *
   * @param text fixed text that declares `parameters`; values never become part of it
   * @throws KustoError
   */
  query(text: string, parameters?: QueryParameters, options?: QueryOptions): Promise<Row[]>;
  /** Runs a management command once and gives its rows. @throws KustoError */
  command(text: string, options?: CommandOptions): Promise<Row[]>;
  /**
   * Ingests rows by streaming; they are committed when this returns. Rows from an attempt that failed may
   * have been committed too.
   *
   * @param columns the table's columns, in order
   * @param rows cells are text, numbers, booleans, dates, or what becomes JSON; a missing one stays empty
   * @throws KustoError; `defect` with status 400 or 413 if the rows may be at fault
   */
  ingest(table: string, columns: readonly string[], rows: readonly Row[]): Promise<void>;
  /** Ends all requests. */
  close(): void;
}

const defaultMaxRequests = 32;
/** The smallest number of places for background work: a long command must not hold up everything else. */
const leastBackgroundRequests = 4;
const longestLine = 512;
const queryTimeoutMs = 4 * 60_000;
const commandTimeoutMs = 10 * 60_000;
const ingestionTimeoutMs = 60_000;
/** Rows in one streaming request: well under Kusto's limit of 4 MB. */
const rowsPerIngestion = 5_000;
/** With less time left than this, a second try could not be answered. */
const shortestTryMs = 50;
/** So many interactive queries that fail in a row, and none is sent for a while: see {@link CircuitBreaker}. */
const failuresToOpen = 10;
const openMs = 1_000;

const newestOptions = { request_readonly: true, query_take_max_records: 10_000 };
const interactiveOptions = {
  ...newestOptions,
  queryconsistency: 'weakconsistency',
  query_results_cache_max_age: '00:00:02',
};
const backgroundOptions = { request_readonly: true };

/** Opens a client; nothing is sent before the first request. */
export function openKusto(connection: KustoConnection): KustoClient {
  const { maxRequests = defaultMaxRequests } = connection;
  const backgroundRequests = Math.max(leastBackgroundRequests, Math.ceil(maxRequests / 4));
  const sdk = openSdk(connection, maxRequests + backgroundRequests);
  const interactive = new Bulkhead(maxRequests, longestLine, connection.callerShare);
  const background = new Bulkhead(backgroundRequests, longestLine);
  const budget = new RetryBudget(0.1, 10);
  const breaker = new CircuitBreaker({ failures: failuresToOpen, openMs });

  const signedIn =
    <T>(work: (remaining: () => number) => Promise<T>) =>
    async (remaining: () => number): Promise<T> => {
      await sdk.ready(remaining());
      return work(remaining);
    };

  /** Runs `work` when `places` has one; it is given a function that says how many milliseconds are left. */
  async function inPlace<T>(
    places: Bulkhead,
    timeoutMs: number,
    work: (remaining: () => number) => Promise<T>,
    caller?: string,
  ): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    const remaining = (): number => Math.max(1, Math.floor(deadline - performance.now()));
    try {
      return await places.run(timeoutMs, () => work(remaining), caller);
    } catch (error) {
      if (!(error instanceof BulkheadFullError)) throw error;
      if (error.isOfCaller) throw new CallerShareError(`Too busy: ${error.message}`, error);
      throw new KustoError('unavailable', `Too busy: ${error.message}`, {
        retryAfterSeconds: 1,
        cause: error,
      });
    }
  }

  /** The same for interactive queries, of which none is sent while Kusto fails. */
  async function inPlaceUnlessOpen<T>(
    timeoutMs: number,
    work: (remaining: () => number) => Promise<T>,
    caller: string | undefined,
  ): Promise<T> {
    try {
      breaker.throwIfOpen();
      return await inPlace(
        interactive,
        timeoutMs,
        (remaining) => {
          // Who waited in line for long has little time left, and then a timeout is not Kusto's failure.
          const hasTime = remaining() > timeoutMs / 2;
          const isFailure = (error: unknown): boolean =>
            error instanceof KustoError && error.kind !== 'defect' && (hasTime || error.status !== undefined);
          return breaker.run(() => work(remaining), isFailure);
        },
        caller,
      );
    } catch (error) {
      if (!(error instanceof CircuitOpenError)) throw error;
      throw new KustoError('unavailable', `Kusto is not queried: ${error.message}`, {
        retryAfterSeconds: Math.ceil(error.retryAfterMs / 1000),
        cause: error,
      });
    }
  }

  async function query(
    text: string,
    parameters: QueryParameters = {},
    {
      interactive: isInteractive = false,
      timeoutMs = queryTimeoutMs,
      newest,
      mostRows,
      traceId,
      caller,
    }: QueryOptions = {},
  ): Promise<Row[]> {
    const request = { text, parameters, options: optionsOf(isInteractive, { newest, mostRows }) };
    const attempt = async (suffix: string, timeout: number): Promise<Row[]> => {
      const requestId = traceId === undefined ? undefined : `Deployments;${traceId}${suffix}`;
      return rowsOfQuery(await sdk.query({ ...request, requestId, timeoutMs: timeout }));
    };
    budget.earn();
    const tryTwice = signedIn(async (remaining): Promise<Row[]> => {
      try {
        return await attempt('', remaining());
      } catch (error) {
        if (!mayPassAtOnce(error) || remaining() < shortestTryMs || !budget.spend()) throw error;
        return await attempt(';2', remaining());
      }
    });
    return isInteractive
      ? inPlaceUnlessOpen(timeoutMs, tryTwice, caller)
      : inPlace(background, timeoutMs, tryTwice);
  }

  return {
    query,
    async command(text, { timeoutMs = commandTimeoutMs } = {}) {
      return inPlace(
        background,
        timeoutMs,
        signedIn(async () => rowsOfCommand(await sdk.command(text, timeoutMs))),
      );
    },
    async ingest(table, columns, rows) {
      for (let start = 0; start < rows.length; start += rowsPerIngestion) {
        const csv = csvOf(columns, rows.slice(start, start + rowsPerIngestion));
        await inPlace(
          background,
          ingestionTimeoutMs,
          signedIn(() => sdk.ingest(table, csv)),
        );
      }
    },
    close: () => sdk.close(),
  };
}

function optionsOf(
  isInteractive: boolean,
  { newest = false, mostRows }: Pick<QueryOptions, 'newest' | 'mostRows'>,
): Readonly<Record<string, unknown>> {
  if (!isInteractive) return backgroundOptions;
  const options = newest ? newestOptions : interactiveOptions;
  return mostRows === undefined ? options : { ...options, query_take_max_records: mostRows };
}

/** Whether trying again at once may help: a broken connection or a failing node, not an overloaded one. */
function mayPassAtOnce(error: unknown): boolean {
  return (
    error instanceof KustoError &&
    error.kind === 'unavailable' &&
    (error.status === undefined || (error.status >= 500 && error.status !== 503))
  );
}
