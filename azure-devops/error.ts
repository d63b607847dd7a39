/** The error of a request to Azure DevOps. Its `kind` says what a caller can do about it. */

/**
 * - `unauthorized`: the token is missing, invalid or expired
 * - `forbidden`: the token does not permit this
 * - `notFound`: it does not exist, or this token may not see it (the service does not distinguish)
 * - `rejected`: the request is invalid; the message says why
 * - `throttled`: rate limited for longer than the retry policy allows; try again after `retryAfterSeconds`
 * - `unavailable`: 5xx or no response in time, after all tries
 * - `invalidAnswer`: the response could not be read
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

/** A request failed after all tries. The message names the request, and never contains the token. */
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
 * The kind of error for an HTTP status. For a missing or expired token, the service often returns a redirect to
 * the sign-in page, or that page with status 203, instead of 401.
 */
export function azureDevOpsErrorKind(status: number): AzureDevOpsErrorKind {
  if (status === 401 || status === 203 || (status >= 300 && status < 400)) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'notFound';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'unavailable' : 'rejected';
}

/** Whether trying again will not help until somebody changes something. */
export function isRefusal(error: unknown): boolean {
  const refusals: readonly AzureDevOpsErrorKind[] = ['unauthorized', 'forbidden', 'notFound', 'rejected'];
  return error instanceof AzureDevOpsError && refusals.includes(error.kind);
}
