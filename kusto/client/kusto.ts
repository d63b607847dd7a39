/**
 * The only place that queries Kusto: Azure Data Explorer or the embedded engine, no difference here. Values
 * reach a query as declared parameters, never as text. A question is answered within its time limit, waiting
 * in line and a second try included.
 */

import {
  Client,
  ClientRequestProperties,
  CloudSettings,
  KustoConnectionStringBuilder,
  KustoDataErrors,
} from 'azure-kusto-data';
import { retryAfterSeconds } from '../../net/retry-after.ts';
import { Bulkhead, BulkheadFullError } from './bulkhead.ts';
import { RetryBudget } from './retry-budget.ts';
import { KustoAnswerError, type KustoRow, rowsOfAnswer } from './rows.ts';
import { createTransport, KustoStatusError, KustoUnreachableError } from './transport.ts';

/**
 * Why a question was not answered: `throttled` and `unavailable` pass by themselves, `defect` is a mistake of
 * ours (a query that Kusto refuses, a right that is missing).
 */
export class KustoError extends Error {
  readonly kind: 'throttled' | 'unavailable' | 'defect';
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: KustoError['kind'], message: string, cause: unknown, retryAfterSeconds?: number) {
    super(message, { cause });
    this.name = 'KustoError';
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** How to reach Kusto. Times are in the units that the names say. */
export interface KustoConfig {
  /** Such as `https://name.region.kusto.windows.net`, without a slash at the end. */
  readonly cluster: string;
  readonly database: string;
  readonly auth:
    | { readonly mode: 'none' }
    | { readonly mode: 'azureCli' }
    | { readonly mode: 'managedIdentity'; readonly clientId?: string };
  /** Questions under way at once. */
  readonly maxRequests: number;
}

/** A question to Kusto. `text` is fixed and declares the parameters that `parameters` gives. */
export interface KustoQuestion {
  readonly text: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly traceId: string;
  /** Time limit of the whole question; by default what keeps an answer under a second. */
  readonly timeoutMs?: number;
}

export interface Kusto {
  /** The rows of the result. @throws KustoError */
  ask(question: KustoQuestion): Promise<KustoRow[]>;
  close(): void;
}

const defaultTimeoutMs = 950;
const longestLine = 512;
const mostRecords = 10_000;
/** With less time left than this, a second try could not be answered. */
const shortestTryMs = 50;

const options = {
  request_readonly: true,
  query_take_max_records: mostRecords,
  queryconsistency: 'weakconsistency',
  query_results_cache_max_age: '00:00:02',
};

/** Connects to the database of `config`; nothing is sent before the first question. */
export function connectKusto(config: KustoConfig): Kusto {
  const connection = connectionString(config);
  // Otherwise the SDK looks up the operating system's user for every request, and sends it.
  connection.applicationNameForTracing = 'deployments-for-azure-pipelines';
  connection.userNameForTracing = '[none]';
  const client = new Client(connection);
  const transport = createTransport(config.cluster, config.maxRequests);
  Object.assign(client.axiosInstance, { post: transport.post });
  const bulkhead = new Bulkhead(config.maxRequests, longestLine);
  const budget = new RetryBudget(0.1, 10);
  const cloud = cloudOf(config);

  const send = async (question: KustoQuestion, attempt: number, timeoutMs: number): Promise<KustoRow[]> => {
    const properties = new ClientRequestProperties(
      { ...options },
      { ...question.parameters },
      `Deployments;${question.traceId}${attempt > 1 ? `;${attempt}` : ''}`,
    );
    properties.setTimeout(timeoutMs);
    properties.setClientTimeout(timeoutMs);
    properties.raw = true;
    return rowsOfAnswer(await client.executeQuery(config.database, question.text, properties));
  };

  return {
    async ask(question) {
      const deadline = performance.now() + (question.timeoutMs ?? defaultTimeoutMs);
      const remaining = (): number => Math.max(1, Math.floor(deadline - performance.now()));
      budget.earn();
      try {
        return await bulkhead.run(remaining(), async () => {
          await cloud.known(remaining());
          try {
            return await send(question, 1, remaining());
          } catch (error) {
            if (!isPassing(error) || remaining() < shortestTryMs || !budget.spend()) throw error;
            return await send(question, 2, remaining());
          }
        });
      } catch (error) {
        throw kustoError(error);
      }
    },
    close() {
      client.close();
      transport.close();
    },
  };
}

/** How the SDK reaches the database of a configuration. */
export function connectionString({ cluster, database, auth }: KustoConfig): KustoConnectionStringBuilder {
  const plain = `Data Source=${cluster};Initial Catalog=${database}`;
  switch (auth.mode) {
    case 'none':
      return new KustoConnectionStringBuilder(plain);
    case 'azureCli':
      return KustoConnectionStringBuilder.withAzLoginIdentity(plain);
    case 'managedIdentity':
      return auth.clientId === undefined
        ? KustoConnectionStringBuilder.withSystemManagedIdentity(plain)
        : KustoConnectionStringBuilder.withUserManagedIdentity(plain, auth.clientId);
  }
}

/**
 * The SDK asks a cluster once which cloud it is in, without a time limit. Ask before the first question, with
 * one; all questions share the asking. Without authentication there is no cloud to know.
 */
function cloudOf({ cluster, auth }: KustoConfig): { known(timeoutMs: number): Promise<void> } {
  if (auth.mode === 'none') {
    CloudSettings.writeToCache(cluster);
    return { known: () => Promise.resolve() };
  }
  let asking: Promise<unknown> | undefined;
  return {
    async known(timeoutMs) {
      if (CloudSettings.getFromCache(cluster)) return;
      asking ??= CloudSettings.getCloudInfoForCluster(cluster).finally(() => {
        asking = undefined;
      });
      let timer: NodeJS.Timeout | undefined;
      const tooLate = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new KustoUnreachableError('its cloud is not known yet')), timeoutMs);
      });
      await Promise.race([asking, tooLate]).finally(() => clearTimeout(timer));
    },
  };
}

/** Whether trying again at once may help: a broken connection or a failing node, not an overloaded one. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof KustoUnreachableError ||
    (error instanceof KustoStatusError && error.status >= 500 && error.status !== 503)
  );
}

function kustoError(error: unknown): KustoError {
  if (error instanceof BulkheadFullError)
    return new KustoError('unavailable', `Too busy: ${error.message}`, error, 1);
  if (error instanceof KustoStatusError) {
    const seconds = retryAfterSeconds(error.retryAfter, Date.now());
    if (error.status === 429) return new KustoError('throttled', error.message, error, seconds ?? 1);
    return new KustoError(error.status >= 500 ? 'unavailable' : 'defect', error.message, error, seconds);
  }
  if (error instanceof KustoUnreachableError || error instanceof KustoDataErrors.KustoAuthenticationError)
    return new KustoError('unavailable', error.message, error);
  if (error instanceof KustoAnswerError)
    return new KustoError(error.permanent ? 'defect' : 'unavailable', error.message, error);
  return new KustoError('unavailable', error instanceof Error ? error.message : 'Kusto failed', error);
}
