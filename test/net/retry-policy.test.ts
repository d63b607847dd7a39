import fc from 'fast-check';
import { backoff, delayBeforeRetry } from '../../net/retry-policy.ts';

const policy = { attempts: 4, firstDelayMs: 100, longestDelayMs: 250, longestRetryAfterMs: 10_000 };

describe('the delay before the next try', () => {
  it('doubles up to a limit', () => {
    expect([1, 2, 3].map((attempt) => delayBeforeRetry(policy, attempt, undefined, 1))).toEqual([
      100, 200, 250,
    ]);
  });

  it('ends after the last try', () => {
    expect(delayBeforeRetry(policy, 4, undefined, 0.5)).toBeUndefined();
  });

  it('is never shorter than what the server asked for', () => {
    expect(delayBeforeRetry(policy, 1, 3, 0)).toBe(3_000);
  });

  it('ends when the server asks for more than a caller can wait', () => {
    expect(delayBeforeRetry(policy, 1, 11, 0)).toBeUndefined();
  });

  it('spreads over at least half of the backoff and never beyond it', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), random, (attempt, value) => {
        const delay = delayBeforeRetry(policy, attempt, undefined, value) ?? 0;
        const whole = Math.min(250, 100 * 2 ** (attempt - 1));
        return delay >= whole / 2 && delay <= whole;
      }),
    );
  });
});

describe('the backoff', () => {
  it('stays at the longest delay however often it fails', () => {
    expect(backoff(policy, 1_000_000, 1)).toBe(250);
  });

  it('halves the delay at most', () => {
    expect(backoff(policy, 1, 0)).toBe(50);
  });
});
