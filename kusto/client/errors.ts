/** The one error of the client, and how a failed request becomes one. */
import { retryAfterSeconds } from '../../net/retry-after.ts';

/**
 * Why Kusto did not do something: `throttled` and `unavailable` pass by themselves, `defect` does not: a query
 * or command that Kusto refuses, rows that it cannot read, a missing permission.
 */
export type KustoErrorKind = 'throttled' | 'unavailable' | 'defect';

export interface KustoErrorDetails {
  /** HTTP status of the answer; absent if there was none. */
  readonly status?: number | undefined;
  /** Kusto's own code, such as `General_BadRequest`. */
  readonly code?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/** A request to Kusto failed. `message` is in Kusto's own words if it gave a reason; it never holds the request. */
export class KustoError extends Error {
  override readonly name = 'KustoError';
  readonly kind: KustoErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: KustoErrorKind, message: string, details: KustoErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.status = details.status;
    this.code = details.code;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** A caller has as many queries under way as one may have; others' are not affected. */
export class CallerShareError extends KustoError {
  constructor(message: string, cause: unknown) {
    super('throttled', message, { retryAfterSeconds: 1, cause });
  }
}

/** The error for a status other than 200. `retryAfter` is the header of that name. */
export function statusError(status: number, retryAfter: string | undefined, body: string): KustoError {
  const { message, code } = refusalIn(body);
  const seconds = retryAfterSeconds(retryAfter, Date.now());
  const details = { status, code };
  const text = message ?? `Kusto answered ${status}: ${body.slice(0, 500)}`;
  if (status === 429)
    return new KustoError('throttled', text, { ...details, retryAfterSeconds: seconds ?? 1 });
  return new KustoError(status >= 500 ? 'unavailable' : 'defect', text, {
    ...details,
    retryAfterSeconds: seconds,
  });
}

/** The error if no answer came: refused, reset, too slow or too large. */
export function unreachableError(reason: string, cause?: unknown): KustoError {
  return new KustoError('unavailable', `Could not reach Kusto: ${reason}`, { cause });
}

/** The error for an answer that reports a failure inside, or that is not an answer at all. */
export function answerError(message: string, isPermanent = true): KustoError {
  return new KustoError(isPermanent ? 'defect' : 'unavailable', message, { status: 200 });
}

/** Kusto's reason in the body of a refusal, which says it twice: in short and in full. */
function refusalIn(body: string): { readonly message?: string; readonly code?: string } {
  try {
    const { error } = JSON.parse(body) as { readonly error?: Readonly<Record<string, unknown>> };
    const message = [error?.['@message'], error?.message].find((text) => typeof text === 'string');
    return {
      ...(typeof message === 'string' && { message }),
      ...(typeof error?.code === 'string' && { code: error.code }),
    };
  } catch {
    return {};
  }
}
