import { lineAt, windowOf } from '../../../tab/components/use-window.ts';

const lines = 1000;
const height = 48;
const offsets = Array.from({ length: lines + 1 }, (_, index) => index * height);

describe('the window on a long table', () => {
  it('holds what can be seen and a few lines beyond either edge', () => {
    const indices = windowOf(offsets, 100 * height, 10 * height, undefined);
    expect(indices[0]).toBe(92);
    expect(indices.at(-1)).toBe(118);
  });

  it('ends where the table ends', () => {
    expect(windowOf(offsets, 0, 5 * height, undefined)[0]).toBe(0);
    expect(windowOf(offsets, 990 * height, 50 * height, undefined).at(-1)).toBe(999);
    expect(windowOf([0], 0, 500, undefined)).toEqual([]);
  });

  it('keeps one line drawn wherever it is, so that it does not lose the focus', () => {
    expect(windowOf(offsets, 500 * height, 480, 3)[0]).toBe(3);
    expect(windowOf(offsets, 0, 480, 999).at(-1)).toBe(999);
    expect(windowOf(offsets, 0, 480, 2).filter((index) => index === 2)).toHaveLength(1);
    expect(windowOf(offsets, 0, 480, 5000)).not.toContain(5000);
  });

  it('finds the line at a place whatever the heights are', () => {
    const uneven = [0, 48, 400, 448, 1000];
    expect([0, 47, 48, 399, 400, 999, 5000].map((place) => lineAt(uneven, place))).toEqual([
      0, 0, 1, 1, 2, 3, 3,
    ]);
  });
});
