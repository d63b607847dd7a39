/**
 * How long to wait before asking Azure DevOps again. The service slows clients down in three ways:
 * `Retry-After` on a refusal, `Retry-After` on a success (the next request would be delayed), and
 * `X-RateLimit-Remaining: 0` with the time at which the budget is full again.
 */
import { retryAfterSeconds } from '../net/retry-after.ts';
import type { RetryPolicy } from '../net/retry-policy.ts';

/** How to retry, and how much throttling to put up with. Durations are in milliseconds. */
export interface PacingPolicy extends RetryPolicy {
  /** Throttled answers in a row before the request fails. */
  readonly throttlings: number;
  /** Time limit of one try. */
  readonly timeoutMs: number;
}

export const defaultPacingPolicy: PacingPolicy = {
  attempts: 4,
  firstDelayMs: 500,
  longestDelayMs: 10_000,
  longestRetryAfterMs: 5 * 60_000,
  throttlings: 20,
  timeoutMs: 60_000,
};

const longestPauseForBudgetMs = 60_000;
const pauseWithoutAdviceMs = 10_000;

/** Milliseconds to wait after 429 or 503 before sending the request again. */
export function waitAfterRefusal(headers: Headers, now: number): number {
  return requestedPause(headers, now) ?? pauseForBudget(headers, now) ?? pauseWithoutAdviceMs;
}

/** Milliseconds to wait between a success and the next request; usually 0. */
export function pauseAfterSuccess(headers: Headers, now: number): number {
  return requestedPause(headers, now) ?? pauseForBudget(headers, now) ?? 0;
}

function requestedPause(headers: Headers, now: number): number | undefined {
  const seconds = retryAfterSeconds(headers.get('retry-after'), now);
  return seconds === undefined ? undefined : seconds * 1000;
}

function pauseForBudget(headers: Headers, now: number): number | undefined {
  const remaining = headers.get('x-ratelimit-remaining');
  if (remaining === null || Number(remaining) > 0) return undefined;
  const resetSeconds = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  if (!Number.isFinite(resetSeconds)) return undefined;
  return Math.min(longestPauseForBudgetMs, Math.max(0, resetSeconds * 1000 - now));
}
