/**
 * The typed client of the REST API, for the tab, the task and the CLI. It needs nothing but `fetch`. A lookup
 * gives one of three answers (found, none, unknown) or fails with a {@link ClientError} after its tries.
 */
import { retryAfterSeconds } from '../net/retry-after.ts';
import { delayBeforeRetry, type RetryPolicy } from '../net/retry-policy.ts';
import { sleep } from '../net/sleep.ts';
import {
  type ReadBody,
  readBuild2Deployment,
  readDeployment2Build,
  readPayload2Build,
  type SkippedRow,
  UnreadableBody,
} from './bodies.ts';
import { ClientError, clientErrorKind } from './client-error.ts';
import type { ApiError, Build2Deployment, Deployment2Build, Payload2Build } from './contract.ts';
import type { BuildKey, DeploymentKey, PayloadKey } from './keys.ts';
import { apiPaths } from './paths.ts';

export interface ClientOptions {
  /** Where the backend is, such as `https://deployments.example.com`. */
  readonly baseUrl: string;
  /** Supplies the bearer token; asked before every try, so that it can renew. Absent: no token is sent. */
  readonly token?: () => Promise<string>;
  /** Time limit of one try in milliseconds. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** What a test replaces. */
  readonly fetch?: typeof fetch;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Every request is a read, so every one may be repeated. */
export const defaultRetryPolicy: RetryPolicy = {
  attempts: 3,
  firstDelayMs: 300,
  longestDelayMs: 5_000,
  longestRetryAfterMs: 20_000,
};

/** The asked-for thing is known and has this to show. */
export interface Found<T> {
  readonly kind: 'found';
  readonly body: T;
  /** False where the answer is the `previous` one, confirmed by its ETag. */
  readonly changed: boolean;
  /** Rows that could not be read and are missing from `body`. */
  readonly skipped: readonly SkippedRow[];
  readonly etag: string | undefined;
  /** Set where the backend could not reach its data and gave its last good answer, this many seconds old. */
  readonly staleSeconds: number | undefined;
  readonly traceId: string | undefined;
}

/** Known, and nothing to show yet. */
export interface None {
  readonly kind: 'none';
  readonly reason: string;
  readonly traceId: string | undefined;
}

/** Not known to the backend. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly message: string;
  readonly traceId: string | undefined;
}

export type Answer<T> = Found<T> | None | Unknown;

export interface LookupOptions<T> {
  /** Rejects the lookup with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The last answer: where it is still true, nothing is transferred and it comes back unchanged. */
  readonly previous?: Answer<T>;
}

export interface DeploymentsClient {
  /** The deployments of a build. */
  getDeployments(
    build: BuildKey,
    options?: LookupOptions<Build2Deployment>,
  ): Promise<Answer<Build2Deployment>>;
  /** The builds of a deployment. */
  getBuilds(
    deployment: DeploymentKey,
    options?: LookupOptions<Deployment2Build>,
  ): Promise<Answer<Deployment2Build>>;
  /** The builds of a payload. */
  getBuildsOfPayload(
    payload: PayloadKey,
    options?: LookupOptions<Payload2Build>,
  ): Promise<Answer<Payload2Build>>;
}

/** Makes a client. Nothing is sent before the first lookup. @throws TypeError where `baseUrl` is no http(s) URL */
export function createClient(options: ClientOptions): DeploymentsClient {
  const lookup = new Lookup(options);
  return {
    getDeployments: ({ organization, project, buildId }, lookupOptions = {}) =>
      lookup.ask(
        apiPaths.b2d[0],
        { adoOrganizationName: organization, adoProjectId: project, adoBuildId: String(buildId) },
        readBuild2Deployment,
        lookupOptions,
      ),
    getBuilds: ({ source, id }, lookupOptions = {}) =>
      lookup.ask(
        apiPaths.d2b[0],
        { deploymentSource: source, deploymentId: id },
        readDeployment2Build,
        lookupOptions,
      ),
    getBuildsOfPayload: ({ source, payload }, lookupOptions = {}) =>
      lookup.ask(apiPaths.p2b[0], { deploymentSource: source, payload }, readPayload2Build, lookupOptions),
  };
}

class Lookup {
  readonly #baseUrl: string;
  readonly #policy: RetryPolicy;
  readonly #timeoutMs: number;
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    if (!/^https?:\/\//i.test(options.baseUrl) || !URL.canParse(options.baseUrl))
      throw new TypeError('baseUrl must be a URL that begins with https:// or http://');
    const url = new URL(options.baseUrl);
    this.#baseUrl = url.origin + url.pathname.replace(/\/+$/, '');
    this.#policy = { ...defaultRetryPolicy, ...options.retry };
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#options = options;
  }

  async ask<T>(
    path: string,
    parameters: Readonly<Record<string, string>>,
    readBody: (value: unknown) => ReadBody<T>,
    { signal, previous }: LookupOptions<T>,
  ): Promise<Answer<T>> {
    const url = `${this.#baseUrl}${path}?${new URLSearchParams(parameters)}`;
    const known = previous?.kind === 'found' ? previous : undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#try(url, readBody, known, signal);
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
    url: string,
    readBody: (value: unknown) => ReadBody<T>,
    known: Found<T> | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Answer<T>> {
    signal?.throwIfAborted();
    const headers = await this.#headers(known?.etag);
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    try {
      const send = this.#options.fetch ?? fetch;
      const response = await send(url, {
        headers,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      return await this.#answer(response, readBody, known);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ClientError) throw error;
      if (timeout.aborted)
        throw new ClientError('timeout', `No answer within ${this.#timeoutMs} ms.`, { cause: error });
      throw new ClientError('network', 'The backend cannot be reached.', { cause: error });
    }
  }

  async #headers(etag: string | undefined): Promise<Record<string, string>> {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (etag !== undefined) headers['If-None-Match'] = etag;
    if (!this.#options.token) return headers;
    try {
      headers.Authorization = `Bearer ${await this.#options.token()}`;
      return headers;
    } catch (error) {
      throw new ClientError('tokenFailed', 'No access token could be had.', { cause: error });
    }
  }

  async #answer<T>(
    response: Response,
    readBody: (value: unknown) => ReadBody<T>,
    known: Found<T> | undefined,
  ): Promise<Answer<T>> {
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
      if (!(error instanceof SyntaxError || error instanceof UnreadableBody)) throw error;
      const message = `The backend's answer cannot be read: ${error.message}.`;
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
    throw new ClientError(clientErrorKind(status), error?.message ?? `The server answered ${status}.`, {
      status,
      traceId,
      details: error?.details,
      retryAfterSeconds: retryAfterSeconds(
        response.headers.get('retry-after'),
        (this.#options.now ?? Date.now)(),
      ),
    });
  }
}

function isWorthAnotherTry({ kind }: ClientError): boolean {
  return kind === 'throttled' || kind === 'unavailable' || kind === 'timeout' || kind === 'network';
}

function staleSecondsOf(headers: Headers): number | undefined {
  return headers.get('warning')?.startsWith('110') ? Number(headers.get('age') ?? 0) : undefined;
}

/** The error body, where the content is one; proxies answer with pages of their own. */
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
