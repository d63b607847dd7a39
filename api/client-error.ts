/**
 * How the client fails: one error type whose `kind` says what a caller can do about it. "Unknown build" and
 * "no deployments yet" are answers, not errors.
 */
import type { ApiError } from './contract.ts';

/**
 * - `badRequest`: the parameters are wrong (`details` says which)
 * - `unauthorized`, `forbidden`: the token, or what it allows
 * - `notAnApi`: 404 or another answer that no backend of ours gives here; usually a wrong URL
 * - `throttled`, `unavailable`: try again, after `retryAfterSeconds` where given
 * - `serverError`: 500, a defect of the backend
 * - `timeout`, `network`: no answer came
 * - `invalidResponse`: an answer came that cannot be read
 * - `tokenFailed`: the token supplier failed
 */
export type ClientErrorKind =
  | 'badRequest'
  | 'unauthorized'
  | 'forbidden'
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
  readonly cause?: unknown;
}

/** A lookup that gave no answer, after all tries. Aborting by the caller is not one: that rejects with the signal's reason. */
export class ClientError extends Error {
  readonly kind: ClientErrorKind;
  /** HTTP status, where an answer came. */
  readonly status: number | undefined;
  /** Quote this to the backend's operators. */
  readonly traceId: string | undefined;
  readonly details: NonNullable<ApiError['details']>;
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: ClientErrorKind, message: string, init: ClientErrorInit = {}) {
    super(message, { cause: init.cause });
    this.name = 'ClientError';
    this.kind = kind;
    this.status = init.status;
    this.traceId = init.traceId;
    this.details = init.details ?? [];
    this.retryAfterSeconds = init.retryAfterSeconds;
  }
}

/** The kind of error that an HTTP status means. */
export function clientErrorKind(status: number): ClientErrorKind {
  switch (status) {
    case 400:
      return 'badRequest';
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
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
