/** How a request to Azure DevOps fails: one error type whose `kind` says what a caller can do about it. */

/**
 * - `unauthorized`, `forbidden`: the token, or what it may do
 * - `notFound`: no such thing, or not visible with this token (the service does not tell which)
 * - `rejected`: the request is wrong, in the service's words
 * - `throttled`: over the limits for longer than was allowed to wait; try again after `retryAfterSeconds`
 * - `unavailable`: 5xx, no answer, or no answer in time, after all tries
 * - `invalidAnswer`: an answer that cannot be read
 */
export type AzureDevOpsErrorKind =
  | 'unauthorized'
  | 'forbidden'
  | 'notFound'
  | 'rejected'
  | 'throttled'
  | 'unavailable'
  | 'invalidAnswer';

export interface AzureDevOpsErrorInit {
  readonly status?: number | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/** A request that gave no usable answer, after all tries. The message names the request, never the token. */
export class AzureDevOpsError extends Error {
  override readonly name = 'AzureDevOpsError';
  readonly kind: AzureDevOpsErrorKind;
  readonly status: number | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: AzureDevOpsErrorKind, message: string, init: AzureDevOpsErrorInit = {}) {
    super(message, { cause: init.cause });
    this.kind = kind;
    this.status = init.status;
    this.retryAfterSeconds = init.retryAfterSeconds;
  }
}

/**
 * The kind of error that an HTTP status means. A missing or expired token is often answered with a redirect
 * to the sign-in page, or with that page and status 203, instead of 401.
 */
export function azureDevOpsErrorKind(status: number): AzureDevOpsErrorKind {
  if (status === 401 || status === 203 || (status >= 300 && status < 400)) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'notFound';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'unavailable' : 'rejected';
}

/** Whether the service will answer so until somebody changes something: there is no use in asking again soon. */
export function isRefusal(error: unknown): boolean {
  const refusals: readonly AzureDevOpsErrorKind[] = ['unauthorized', 'forbidden', 'notFound', 'rejected'];
  return error instanceof AzureDevOpsError && refusals.includes(error.kind);
}
