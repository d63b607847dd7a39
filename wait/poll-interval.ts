/**
 * How long to pause before the next poll: the interval, growing while nothing changes, jittered so that many
 * waits do not poll in step, and never past a time at which the wait may end.
 */
import type { WaitCriteria } from './criteria.ts';
import { nextDeadline, type WaitMemory } from './progress.ts';

const growth = 1.5;
const longestInIntervals = 4;
const jitter = 0.2;
const longestRetryAfterMs = 3_600_000;

/** Milliseconds until the next poll, more than 0. `random` is in [0, 1). */
export function pauseBeforeNextPoll(
  criteria: WaitCriteria,
  memory: WaitMemory,
  now: number,
  random: number,
): number {
  const grown = criteria.pollIntervalMs * Math.min(growth ** memory.quietPolls, longestInIntervals);
  const jittered = grown * (1 - jitter + 2 * jitter * random);
  const wanted = Math.max(jittered, Math.min(memory.retryAfterMs ?? 0, longestRetryAfterMs));
  return Math.min(wanted, nextDeadline(criteria, memory, now) - now);
}
