import fc from 'fast-check';
import type { Step } from '../../../api/introspection/contract.ts';
import { chainLayout, nodeSize } from '../../../tab/charts/chain-layout.ts';
import { waitBetween } from '../../../tab/charts/wait-between.ts';
import { aStep, time } from '../hub/builders.ts';

const step = (Key: string, After: string[] = []) => aStep({ Key, After });

/** Any chain as the API gives it: every step follows from steps before it, or from one that was left out. */
const chains: fc.Arbitrary<Step[]> = fc
  .array(fc.array(fc.nat({ max: 30 }), { maxLength: 3 }), { maxLength: 25 })
  .map((befores) =>
    befores.map((before, index) =>
      step(
        `s${index}`,
        [...new Set(before)].filter((one) => one < index || one > 28).map((one) => `s${one}`),
      ),
    ),
  );

describe('the picture of a chain', () => {
  it('goes from left to right, and forks into rows', () => {
    const layout = chainLayout([step('c'), step('b', ['c']), step('dev', ['b']), step('prod', ['b'])]);
    const places = new Map(layout.steps.map(({ step: { Key }, x, y }) => [Key, { x, y }]));
    expect(places.get('c')?.x).toBeLessThan(places.get('b')?.x ?? 0);
    expect(places.get('dev')?.x).toBe(places.get('prod')?.x);
    expect(places.get('dev')?.y).toBeLessThan(places.get('prod')?.y ?? 0);
    expect(layout.links.map(({ key }) => key)).toEqual(['c b', 'b dev', 'b prod']);
  });

  it('has every step once, inside the picture, beside and never upon another one', () => {
    fc.assert(
      fc.property(chains, (steps) => {
        const layout = chainLayout(steps);
        expect(layout.steps.map(({ step: { Key } }) => Key).sort()).toEqual(
          steps.map(({ Key }) => Key).sort(),
        );
        for (const one of layout.steps) {
          expect(one.x).toBeGreaterThanOrEqual(0);
          expect(one.y).toBeGreaterThanOrEqual(0);
          expect(one.x + nodeSize.width).toBeLessThanOrEqual(layout.width + 0.001);
          expect(one.y + nodeSize.height).toBeLessThanOrEqual(layout.height + 0.001);
          const touching = layout.steps.filter(
            (other) =>
              Math.abs(other.x - one.x) < nodeSize.width - 0.001 &&
              Math.abs(other.y - one.y) < nodeSize.height - 0.001,
          );
          expect(touching).toHaveLength(1);
        }
      }),
    );
  });

  it('says how long a step waited, where both times are known', () => {
    const before = aStep({ StartTime: time(6), EndTime: time(7) });
    expect(waitBetween(before, aStep({ StartTime: time(7, 5) }))).toBe(300_000);
    expect(waitBetween({ ...before, EndTime: null }, aStep({ StartTime: time(6, 5) }))).toBe(300_000);
    expect(waitBetween({ ...before, EndTime: null, StartTime: null }, aStep())).toBeUndefined();
    expect(waitBetween(before, aStep({ StartTime: null }))).toBeUndefined();
  });

  it('says how long a deployment that had begun before waited for its manifest', () => {
    const manifest = aStep({ StartTime: time(7), EndTime: time(7) });
    expect(waitBetween(manifest, aStep({ StartTime: time(6), EndTime: time(7, 5) }))).toBe(300_000);
    expect(waitBetween(manifest, aStep({ StartTime: time(6), EndTime: null }))).toBeUndefined();
  });

  it('says how long after its run a stage of it began', () => {
    const run = aStep({ StartTime: time(6), EndTime: time(8) });
    expect(waitBetween(run, aStep({ StartTime: time(6, 5), EndTime: time(7) }))).toBe(300_000);
    expect(waitBetween(run, aStep({ StartTime: time(6, 5), EndTime: null }))).toBe(300_000);
  });
});
