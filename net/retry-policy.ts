/**
 * When to try again, and how long to wait first. Only decisions: the caller sleeps, so that tests need not
 * wait.
 */

/** How many times to try a request, and how far apart. Durations are in milliseconds. */
export interface RetryPolicy {
  /** Tries in total, including the first. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** If a server asks for a longer wait than this, the request fails at once instead. */
  readonly longestRetryAfterMs: number;
}

/**
 * Exponential backoff: doubles with every failure up to the longest delay, and takes off up to half at
 * random, so that many clients do not all try again at the same moment.
 *
 * @param failures failures in a row, from 1
 * @param random a number from 0 to 1; 1 gives the whole delay
 * @returns milliseconds
 */
export function backoff(
  policy: Pick<RetryPolicy, 'firstDelayMs' | 'longestDelayMs'>,
  failures: number,
  random: number,
): number {
  const delay = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** (failures - 1));
  return delay * (0.5 + random / 2);
}

/**
 * Milliseconds to wait before the next try, or undefined to give up.
 *
 * @param failures tries that have failed, from 1
 * @param retryAfterSeconds the wait that the server asked for; the delay is never shorter
 * @param random a number from 0 to 1
 */
export function delayBeforeRetry(
  policy: RetryPolicy,
  failures: number,
  retryAfterSeconds: number | undefined,
  random: number,
): number | undefined {
  if (failures >= policy.attempts) return undefined;
  if (retryAfterSeconds === undefined) return backoff(policy, failures, random);
  const requested = retryAfterSeconds * 1000;
  return requested > policy.longestRetryAfterMs ? undefined : requested + policy.firstDelayMs * random;
}
