/**
 * When the page asks again. It never polls a hidden page nor a build whose deployments are all at their
 * end, asks less often the longer nothing changes, and backs off while the API is failing.
 */
import { backoff } from '../../net/retry-policy.ts';

const second = 1000;
const firstInterval = 15 * second;
const longestInterval = 120 * second;
/** At the first pace for two minutes; after that every unchanged answer makes the pause half as long again. */
const unchangedBeforeSlowing = 8;
const afterFailure = { firstDelayMs: 5 * second, longestDelayMs: 60 * second };

export type Situation =
  /** The page is hidden: it asks again when it is shown, not before. */
  | { readonly kind: 'hidden' }
  /** Deployments are shown and all of them are final. */
  | { readonly kind: 'settled' }
  /** Something may still change: a deployment is open, or none has appeared yet. */
  | { readonly kind: 'open'; readonly unchangedAnswers: number }
  /** The latest attempts failed; `retryAfter` is what the server asked for, in milliseconds. */
  | { readonly kind: 'failing'; readonly failures: number; readonly retryAfter?: number }
  /** Asking again cannot help until the user acts, for example after a 403. */
  | { readonly kind: 'refused' };

/**
 * The pause before the next request in milliseconds, or undefined for none.
 *
 * @param random a number in [0, 1) that spreads the pages of many users over time
 */
export function pauseBeforeRefresh(situation: Situation, random: number): number | undefined {
  switch (situation.kind) {
    case 'hidden':
    case 'settled':
    case 'refused':
      return undefined;
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

/** Up to a tenth more or less, so that pages opened together do not ask together for ever. */
function spread(pause: number, random: number): number {
  return Math.round(pause * (0.9 + 0.2 * random));
}
