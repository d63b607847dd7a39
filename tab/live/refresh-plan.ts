/**
 * When to refresh. A hidden page is never polled. Polling slows down while nothing changes, further if all deployments
 * have ended, and backs off while the API is failing.
 */
import { backoff } from '../../net/retry-policy.ts';

const second = 1000;
const firstInterval = 15 * second;
const longestInterval = 120 * second;
/** The first interval is kept for about two minutes; then each unchanged answer makes it half as long again. */
const unchangedBeforeSlowing = 8;
/** After all have ended, a retry or a later ring may still begin. Each unchanged answer doubles the pause. */
const firstSettled = 60 * second;
const longestSettled = 2 * 60 * 60 * second;
const afterFailure = { firstDelayMs: 5 * second, longestDelayMs: 60 * second };

export type Situation =
  /** The page is hidden. It refreshes when it becomes visible. */
  | { readonly kind: 'hidden' }
  /** Deployments are shown and all of them are final. */
  | { readonly kind: 'settled'; readonly unchangedAnswers: number }
  /** Something may still change: a deployment has not ended, or none has appeared yet. */
  | { readonly kind: 'open'; readonly unchangedAnswers: number }
  /** The latest requests failed. `retryAfter` is the pause that the server asked for, in milliseconds. */
  | { readonly kind: 'failing'; readonly failures: number; readonly retryAfter?: number }
  /** Trying again will not help until the user acts, for example after a 403. */
  | { readonly kind: 'refused' };

/**
 * The pause before the next request in milliseconds, or undefined for none.
 *
 * @param random a number in [0, 1), to spread the requests of many pages
 */
export function pauseBeforeRefresh(situation: Situation, random: number): number | undefined {
  switch (situation.kind) {
    case 'hidden':
    case 'refused':
      return undefined;
    case 'settled':
      return spread(Math.min(longestSettled, firstSettled * 2 ** situation.unchangedAnswers), random);
    case 'open': {
      const slowdowns = Math.max(0, situation.unchangedAnswers - unchangedBeforeSlowing);
      return spread(Math.min(longestInterval, firstInterval * 1.5 ** slowdowns), random);
    }
    case 'failing': {
      const pause = backoff(afterFailure, situation.failures, 1);
      return Math.max(spread(pause, random), situation.retryAfter ?? 0);
    }
  }
}

/** Varies a pause by up to a tenth, so that pages opened together do not keep polling together. */
function spread(pause: number, random: number): number {
  return Math.round(pause * (0.9 + 0.2 * random));
}
