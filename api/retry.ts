/**
 * When a client tries again and how long it waits first: decisions only, so that they can be tested without
 * waiting. Every request of the contract is a read, so every one may be repeated.
 */

/** How often and how patiently to try. Durations are in milliseconds. */
export interface RetryPolicy {
  /** All tries together, the first included. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** A `Retry-After` beyond this is not waited for: the caller hears of it at once. */
  readonly longestRetryAfterMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  attempts: 3,
  firstDelayMs: 300,
  longestDelayMs: 5_000,
  longestRetryAfterMs: 20_000,
};

/**
 * Milliseconds to wait before the next try, or undefined to give up.
 *
 * @param attempt the try that has just failed, from 1
 * @param retryAfterSeconds what the server asked for
 * @param random a number from 0 up to 1: spreads the tries of many clients over the whole delay
 */
export function delayBeforeRetry(
  policy: RetryPolicy,
  attempt: number,
  retryAfterSeconds: number | undefined,
  random: number,
): number | undefined {
  if (attempt >= policy.attempts) return undefined;
  const backoff = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** (attempt - 1));
  if (retryAfterSeconds === undefined) return backoff * (0.5 + random / 2);
  const askedFor = retryAfterSeconds * 1000;
  return askedFor > policy.longestRetryAfterMs ? undefined : askedFor + policy.firstDelayMs * random;
}

/**
 * Seconds that a `Retry-After` header asks for: a number of seconds or an HTTP date.
 *
 * @param now milliseconds since 1970
 */
export function retryAfterSeconds(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}
