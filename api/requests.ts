/**
 * How clients send requests: tries, time limits, tokens, traces, and what the status and body of an answer mean. It
 * needs nothing but `fetch`.
 */

import { retryAfterSeconds } from '../net/retry-after.ts';
import { delayBeforeRetry, type RetryPolicy } from '../net/retry-policy.ts';
import { sleep } from '../net/sleep.ts';
import { withoutTrailingSlashes } from '../net/trailing-slashes.ts';
import { type ReadBody, type SkippedRow, UnreadableBodyError } from './body-fields.ts';
import { ClientError, clientErrorKind } from './client-error.ts';
import type { ApiError } from './contract.ts';

export interface ClientOptions {
  /** URL of the backend, such as `https://deployments.example.com`. */
  readonly baseUrl: string;
  /** Supplies the bearer token; called before every try, so that it can renew it. Without it, no token is sent. */
  readonly token?: () => Promise<string>;
  /** Time limit of one try in milliseconds. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** For tests. */
  readonly fetch?: typeof fetch;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Lookups are reads, so every one may be repeated. */
export const defaultRetryPolicy: RetryPolicy = {
  attempts: 3,
  firstDelayMs: 300,
  longestDelayMs: 5_000,
  longestRetryAfterMs: 20_000,
};

/** The backend knows the thing and has data about it. */
export interface Found<T> {
  readonly kind: 'found';
  readonly body: T;
  /** False if the ETag confirmed that nothing has changed since `previous`. */
  readonly changed: boolean;
  /** Rows that could not be read and are not in `body`. */
  readonly skipped: readonly SkippedRow[];
  readonly etag: string | undefined;
  /** Set if the backend could not reach its data: the age, in seconds, of the answer that it returned instead. */
  readonly staleSeconds: number | undefined;
  readonly traceId: string | undefined;
}

/** The backend knows the thing, but has no data about it yet. */
export interface None {
  readonly kind: 'none';
  readonly reason: string;
  readonly traceId: string | undefined;
}

/** The backend does not know the thing. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly message: string;
  readonly traceId: string | undefined;
}

export type LookupAnswer<T> = Found<T> | None | Unknown;

export interface LookupCallOptions<T> {
  /** Aborts the lookup, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The last answer. If it is still true, it is returned again without transferring the data. */
  readonly previous?: LookupAnswer<T>;
}

/** The body of a request that is not a lookup. */
export interface SentBody {
  readonly body: object;
  /** Whether sending it twice is as good as once. */
  readonly mayRepeat: boolean;
  readonly signal?: AbortSignal | undefined;
}

interface Try<T> {
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly content?: string;
  readonly readBody: (value: unknown) => ReadBody<T>;
  readonly etag?: string | undefined;
  readonly traceId: string;
  readonly signal: AbortSignal | undefined;
}

/** Sends requests to one backend. @throws TypeError if `baseUrl` is not an http(s) URL */
export class ApiRequests {
  readonly #baseUrl: string;
  readonly #policy: RetryPolicy;
  readonly #timeoutMs: number;
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    if (!/^https?:\/\//i.test(options.baseUrl) || !URL.canParse(options.baseUrl))
      throw new TypeError('baseUrl must be a URL that begins with https:// or http://');
    const url = new URL(options.baseUrl);
    this.#baseUrl = url.origin + withoutTrailingSlashes(url.pathname);
    this.#policy = { ...defaultRetryPolicy, ...options.retry };
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#options = options;
  }

  /** Looks something up, with as many tries as the policy allows. @throws ClientError */
  async ask<T>(
    path: string,
    parameters: Readonly<Record<string, string>>,
    readBody: (value: unknown) => ReadBody<T>,
    { signal, previous }: LookupCallOptions<T>,
  ): Promise<LookupAnswer<T>> {
    const url = this.#urlOf(path, parameters);
    const known = previous?.kind === 'found' ? previous : undefined;
    return this.#repeat(signal, (traceId) =>
      this.#try({ url, readBody, etag: known?.etag, traceId, signal }, known),
    );
  }

  /** Sends a JSON body, and again if it could not be answered and `mayRepeat`. @throws ClientError */
  async send<T>(
    method: 'POST' | 'PUT',
    path: string,
    parameters: Readonly<Record<string, string>>,
    { body, mayRepeat, signal }: SentBody,
    readBody: (value: unknown) => ReadBody<T>,
  ): Promise<LookupAnswer<T>> {
    const url = this.#urlOf(path, parameters);
    const content = JSON.stringify(body);
    const send = (traceId: string) =>
      this.#try({ url, method, content, readBody, traceId, signal }, undefined);
    return mayRepeat ? this.#repeat(signal, send) : send(randomHex(16));
  }

  #urlOf(path: string, parameters: Readonly<Record<string, string>>): string {
    return `${this.#baseUrl}${path}?${new URLSearchParams(parameters)}`;
  }

  /** All tries have one trace. */
  async #repeat<T>(
    signal: AbortSignal | undefined,
    attemptOnce: (traceId: string) => Promise<T>,
  ): Promise<T> {
    const traceId = randomHex(16);
    for (let attempt = 1; ; attempt++) {
      try {
        return await attemptOnce(traceId);
      } catch (error) {
        if (!(error instanceof ClientError) || !isWorthAnotherTry(error)) throw error;
        const random = (this.#options.random ?? Math.random)();
        const delay = delayBeforeRetry(this.#policy, attempt, error.retryAfterSeconds, random);
        if (delay === undefined) throw error;
        await (this.#options.sleep ?? sleep)(delay, signal);
      }
    }
  }

  async #try<T>(
    { url, method = 'GET', content, readBody, etag, traceId, signal }: Try<T>,
    known: Found<T> | undefined,
  ): Promise<LookupAnswer<T>> {
    signal?.throwIfAborted();
    const headers = await this.#headers(etag, traceId);
    if (content !== undefined) headers['Content-Type'] = 'application/json';
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    try {
      const send = this.#options.fetch ?? fetch;
      const response = await send(url, {
        headers,
        method,
        ...(content !== undefined && { body: content }),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      return await this.#answer(response, readBody, known);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ClientError) throw error;
      if (timeout.aborted)
        throw new ClientError(
          'timeout',
          `${this.#baseUrl} did not answer within ${this.#timeoutMs / 1000} s.`,
          {
            cause: error,
          },
        );
      throw new ClientError('network', `Could not reach ${this.#baseUrl}.`, { cause: error });
    }
  }

  async #headers(etag: string | undefined, traceId: string): Promise<Record<string, string>> {
    const headers: Record<string, string> = {
      Accept: 'application/json',
      // W3C trace context: all tries of a lookup are one trace, from here to Kusto.
      traceparent: `00-${traceId}-${randomHex(8)}-01`,
    };
    if (etag !== undefined) headers['If-None-Match'] = etag;
    if (!this.#options.token) return headers;
    try {
      headers.Authorization = `Bearer ${await this.#options.token()}`;
      return headers;
    } catch (error) {
      throw new ClientError('tokenFailed', 'Could not get an access token.', { cause: error });
    }
  }

  async #answer<T>(
    response: Response,
    readBody: (value: unknown) => ReadBody<T>,
    known: Found<T> | undefined,
  ): Promise<LookupAnswer<T>> {
    const traceId = response.headers.get('x-trace-id') ?? undefined;
    const staleSeconds = staleSecondsOf(response.headers);
    if (response.status === 304 && known) return { ...known, changed: false, staleSeconds, traceId };
    if (response.status === 204)
      return { kind: 'none', reason: response.headers.get('x-reason') ?? '', traceId };
    const content = await response.text();
    if (response.status !== 200) return this.#refusal(response, content, traceId);
    try {
      const { body, skipped } = readBody(JSON.parse(content));
      const etag = response.headers.get('etag') ?? undefined;
      return { kind: 'found', body, skipped, changed: true, etag, staleSeconds, traceId };
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof UnreadableBodyError)) throw error;
      const message = `Could not read the backend's response: ${error.message}.`;
      throw new ClientError('invalidResponse', message, { status: 200, traceId, cause: error });
    }
  }

  #refusal(response: Response, content: string, headerTraceId: string | undefined): Unknown {
    const { status } = response;
    const error = apiError(content);
    const traceId = error?.traceId ?? headerTraceId;
    const isUnknownPath = error?.details?.some(({ target }) => target === 'path');
    if (status === 404 && error?.code === '404' && !isUnknownPath)
      return { kind: 'unknown', message: error.details?.[0]?.message ?? error.message, traceId };
    throw new ClientError(
      clientErrorKind(status),
      error?.message ?? `The server returned status ${status}.`,
      {
        status,
        traceId,
        details: error?.details,
        body: error && JSON.parse(content),
        retryAfterSeconds: retryAfterSeconds(
          response.headers.get('retry-after'),
          (this.#options.now ?? Date.now)(),
        ),
      },
    );
  }
}

function randomHex(bytes: number): string {
  const values = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(values, (value) => value.toString(16).padStart(2, '0')).join('');
}

function isWorthAnotherTry({ kind }: ClientError): boolean {
  return kind === 'throttled' || kind === 'unavailable' || kind === 'timeout' || kind === 'network';
}

function staleSecondsOf(headers: Headers): number | undefined {
  return headers.get('warning')?.startsWith('110') ? Number(headers.get('age') ?? 0) : undefined;
}

/** The error body; undefined for other content, such as the HTML page of a proxy. */
function apiError(content: string): ApiError | undefined {
  try {
    const { code, message, details, traceId } = JSON.parse(content) as Partial<Record<string, unknown>>;
    if (typeof code !== 'string' || typeof message !== 'string') return undefined;
    return {
      code,
      message,
      ...(Array.isArray(details) && { details: details.filter(isDetail) }),
      ...(typeof traceId === 'string' && { traceId }),
    };
  } catch {
    return undefined;
  }
}

function isDetail(value: unknown): value is NonNullable<ApiError['details']>[number] {
  if (typeof value !== 'object' || value === null) return false;
  const { target, message } = value as Partial<Record<string, unknown>>;
  return typeof target === 'string' && typeof message === 'string';
}
