import { pauseBeforeRefresh } from '../../../tab/live/refresh-plan.ts';

const middle = 0.5;
const pauseAfterUnchanged = (unchangedAnswers: number) =>
  pauseBeforeRefresh({ kind: 'open', unchangedAnswers }, middle) ?? 0;

describe('the refresh plan', () => {
  it('asks every 15 seconds while something may change', () => {
    expect(pauseAfterUnchanged(0)).toBe(15_000);
    expect(pauseAfterUnchanged(8)).toBe(15_000);
  });

  it('slows down the longer nothing changes, to two minutes at most', () => {
    const pauses = [9, 10, 12, 14, 40].map(pauseAfterUnchanged);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses[0]).toBe(22_500);
    expect(pauses.at(-1)).toBe(120_000);
  });

  it('goes on after all deployments have ended: after a minute, then less and less often, every two hours at last', () => {
    const pause = (unchangedAnswers: number) =>
      pauseBeforeRefresh({ kind: 'settled', unchangedAnswers }, middle);
    expect([0, 1, 2, 6, 7, 50, 5000].map(pause)).toEqual([
      60_000, 120_000, 240_000, 3_840_000, 7_200_000, 7_200_000, 7_200_000,
    ]);
  });

  it.each(['hidden', 'refused'] as const)('does not ask while %s', (kind) => {
    expect(pauseBeforeRefresh({ kind }, middle)).toBeUndefined();
  });

  it('backs off while the API fails, to a minute at most', () => {
    const pause = (failures: number) => pauseBeforeRefresh({ kind: 'failing', failures }, middle);
    expect([1, 2, 3, 4, 5, 20].map(pause)).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('waits at least as long as the server asks for', () => {
    expect(pauseBeforeRefresh({ kind: 'failing', failures: 1, retryAfter: 30_000 }, middle)).toBe(30_000);
  });

  it('spreads requests by a tenth in either direction', () => {
    expect(pauseBeforeRefresh({ kind: 'open', unchangedAnswers: 0 }, 0)).toBe(13_500);
    expect(pauseBeforeRefresh({ kind: 'open', unchangedAnswers: 0 }, 0.999_999)).toBe(16_500);
  });
});
