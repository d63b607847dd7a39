/**
 * Carries the requests of azure-kusto-data over kept connections. The SDK still does everything that knows
 * Kusto (connection strings, tokens, trusted endpoints, headers); only its HTTP library is replaced: it took
 * more processor time than all the rest of a lookup, and its time limit begins anew with every byte.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { type KustoError, statusError, unreachableError } from './errors.ts';

/** What the SDK hands over with each request. `timeout` is in milliseconds. */
export interface TransportRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: number;
}

export interface TransportAnswer {
  readonly data: unknown;
  readonly status: 200;
}

/** The part of an HTTP library that the SDK uses. */
export interface Transport {
  /** @throws KustoError */
  post(url: string, body: string | Uint8Array, request: TransportRequest): Promise<TransportAnswer>;
  /** Ends every connection at once. */
  close(): void;
}

const largestAnswerBytes = 64 * 1024 * 1024;

/**
 * A transport to one cluster with its own pool of connections.
 *
 * @param cluster origin of the cluster's URL
 * @param connections how many may be open at once
 * @param token sent with every request, where the SDK itself signs in to nothing
 */
export function createTransport(cluster: string, connections: number, token?: string): Transport {
  const { origin } = new URL(cluster);
  const ours = {
    accept: 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  // Each request has a time limit of its own; undici's would only add timers.
  const pool = new Pool(origin, { connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  return {
    post(url, body, { headers, timeout }) {
      if (!url.startsWith(`${origin}/`)) throw new TypeError(`Not a URL of ${origin}`);
      const path = url.slice(origin.length);
      return new Promise((resolve, reject) => {
        const exchange = new Exchange(timeout, resolve, reject);
        pool.dispatch({ path, method: 'POST', headers: { ...headers, ...ours }, body }, exchange);
      });
    },
    close() {
      // Rejects only where it is already destroyed.
      pool.destroy().catch(() => undefined);
    },
  };
}

/** One request and its answer, which must be complete when the time is up. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: TransportAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #failure: KustoError | undefined;
  #status = 0;
  #retryAfter: string | undefined;
  #bytes = 0;

  constructor(timeout: number, resolve: (answer: TransportAnswer) => void, reject: (error: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#fail(`no complete answer within ${timeout} ms`), timeout);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#failure) controller.abort(this.#failure);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#retryAfter = headers['retry-after'];
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > largestAnswerBytes) this.#fail('its answer is too large');
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    const text = Buffer.concat(this.#chunks).toString();
    if (this.#status !== 200) {
      this.#reject(statusError(this.#status, this.#retryAfter, text));
      return;
    }
    try {
      this.#resolve({ data: JSON.parse(text), status: 200 });
    } catch (error) {
      this.#fail('its answer is not JSON', error);
    }
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error.message, error);
  }

  #fail(problem: string, cause?: unknown): void {
    if (this.#failure) return;
    clearTimeout(this.#timer);
    this.#failure = unreachableError(problem, cause);
    this.#reject(this.#failure);
    this.#controller?.abort(this.#failure);
  }
}
