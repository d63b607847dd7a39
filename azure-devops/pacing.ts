/**
 * How long to wait for a service that asks for patience: decisions only. Azure DevOps says it in three ways:
 * `Retry-After` on a refusal, `Retry-After` on a success (the next request would be delayed), and
 * `X-RateLimit-Remaining: 0` with the time at which the budget is whole again.
 */

/** How often and how patiently to try. Durations are in milliseconds. */
export interface Patience {
  /** Tries after an answer of the server's fault or none at all, the first included. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  /** Refusals for too many requests in a row that are waited out. */
  readonly throttlings: number;
  /** A single wait longer than this is not waited: the caller hears of it at once. */
  readonly longestWaitMs: number;
  readonly timeoutMs: number;
}

export const defaultPatience: Patience = {
  attempts: 4,
  firstDelayMs: 500,
  throttlings: 20,
  longestWaitMs: 5 * 60_000,
  timeoutMs: 60_000,
};

const longestPauseForBudgetMs = 60_000;
const pauseWithoutAdviceMs = 10_000;

/** Milliseconds to wait after a refusal (429 or 503) before the same request is sent again. */
export function waitAfterRefusal(headers: Headers, now: number): number {
  return askedFor(headers, now) ?? pauseForBudget(headers, now) ?? pauseWithoutAdviceMs;
}

/** Milliseconds to leave between a successful answer and the next request; 0 for none. */
export function pauseAfterSuccess(headers: Headers, now: number): number {
  return askedFor(headers, now) ?? pauseForBudget(headers, now) ?? 0;
}

/**
 * Milliseconds before try `attempt + 1`, after an answer that was the server's fault.
 *
 * @param attempt the try that has just failed, from 1
 * @param random a number from 0 up to 1
 */
export function backoff(patience: Patience, attempt: number, random: number): number {
  return patience.firstDelayMs * 2 ** (attempt - 1) * (0.5 + random / 2);
}

function askedFor(headers: Headers, now: number): number | undefined {
  const header = headers.get('retry-after')?.trim();
  if (!header) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function pauseForBudget(headers: Headers, now: number): number | undefined {
  const remaining = headers.get('x-ratelimit-remaining');
  if (remaining === null || Number(remaining) > 0) return undefined;
  const resetSeconds = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  if (!Number.isFinite(resetSeconds)) return undefined;
  return Math.min(longestPauseForBudgetMs, Math.max(0, resetSeconds * 1000 - now));
}
