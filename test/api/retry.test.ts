import fc from 'fast-check';
import { defaultRetryPolicy, delayBeforeRetry, retryAfterSeconds } from '../../api/retry.ts';

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
      fc.property(fc.integer({ min: 1, max: 2 }), random, (attempt, value) => {
        const delay = delayBeforeRetry(defaultRetryPolicy, attempt, undefined, value) ?? 0;
        const backoff = 300 * 2 ** (attempt - 1);
        return delay >= backoff / 2 && delay <= backoff;
      }),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2024-02-01T00:00:00Z');

  it.each([
    ['17', 17],
    ['0', 0],
    ['Thu, 01 Feb 2024 00:00:30 GMT', 30],
    ['Wed, 31 Jan 2024 00:00:30 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s means %s seconds', (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds);
  });
});
