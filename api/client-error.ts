/**
 * The error of the client. Its `kind` says what a caller can do about it. "Unknown build" and "no deployments
 * yet" are answers, not errors.
 */
import type { ApiError } from './contract.ts';

/**
 * - `badRequest`: invalid parameters; `details` says which
 * - `unauthorized`: the token is missing, invalid or expired
 * - `forbidden`: the token does not permit this
 * - `conflict`: somebody else changed the thing before; `body` says what it is now
 * - `notAnApi`: a status that the backend never returns here, such as 404; usually the URL is wrong
 * - `throttled`, `unavailable`: try again later, after `retryAfterSeconds` if it is given
 * - `serverError`: 500, a bug in the backend
 * - `timeout`, `network`: there was no response
 * - `invalidResponse`: the response could not be read
 * - `tokenFailed`: the token supplier failed
 */
export type ClientErrorKind =
  | 'badRequest'
  | 'unauthorized'
  | 'forbidden'
  | 'conflict'
  | 'notAnApi'
  | 'throttled'
  | 'unavailable'
  | 'serverError'
  | 'timeout'
  | 'network'
  | 'invalidResponse'
  | 'tokenFailed';

export interface ClientErrorInit {
  readonly status?: number | undefined;
  readonly traceId?: string | undefined;
  readonly details?: ApiError['details'];
  readonly retryAfterSeconds?: number | undefined;
  readonly body?: unknown;
  readonly cause?: unknown;
}

/** A lookup failed after all tries. A lookup that the caller aborts rejects with the signal's reason instead. */
export class ClientError extends Error {
  readonly kind: ClientErrorKind;
  /** HTTP status, if there was a response. */
  readonly status: number | undefined;
  /** Quote this to the backend's operators. */
  readonly traceId: string | undefined;
  readonly details: NonNullable<ApiError['details']>;
  readonly retryAfterSeconds: number | undefined;
  /** The body of the response, if it was one of this API. */
  readonly body: unknown;

  constructor(kind: ClientErrorKind, message: string, init: ClientErrorInit = {}) {
    super(message, { cause: init.cause });
    this.name = 'ClientError';
    this.kind = kind;
    this.status = init.status;
    this.traceId = init.traceId;
    this.details = init.details ?? [];
    this.retryAfterSeconds = init.retryAfterSeconds;
    this.body = init.body;
  }
}

/** The kind of error for an HTTP status. */
export function clientErrorKind(status: number): ClientErrorKind {
  switch (status) {
    case 400:
    case 413:
      return 'badRequest';
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 409:
      return 'conflict';
    case 404:
    case 405:
      return 'notAnApi';
    case 429:
      return 'throttled';
    case 502:
    case 503:
    case 504:
      return 'unavailable';
    default:
      return status >= 500 ? 'serverError' : 'notAnApi';
  }
}
