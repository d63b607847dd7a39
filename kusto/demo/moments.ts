/** What happens in the live builds of the demonstration, step by step. */

/** A rollout's region enters a state. */
export interface DemoStep {
  readonly rollout: number;
  readonly region: string;
  readonly state: 'NotStarted' | 'InProgress' | 'Completed' | 'Failed';
}

/** Changes at the same time. */
export type DemoMoment = readonly DemoStep[];

const fewRegions = ['eastus2euap', 'centraluseuap', 'northeurope', 'eastus'];

/**
 * Four rollouts begin one after another; each announces all of its regions and then works through them. One fails in its
 * last region, to show more than success.
 */
export function fourRollouts(): DemoMoment[] {
  const story = new Story();
  for (let rollout = 0; rollout < 4; rollout++) {
    fewRegions.forEach((region, index) => {
      const begins = 3 * rollout + index + 1;
      const fails = rollout === 2 && index === fewRegions.length - 1;
      story.add(3 * rollout, { rollout, region, state: 'NotStarted' });
      story.add(begins, { rollout, region, state: 'InProgress' });
      story.add(begins + 1, { rollout, region, state: fails ? 'Failed' : 'Completed' });
    });
  }
  return story.moments;
}

/** One rollout over sixty regions, in stages that grow; within a stage, one half is faster than the other. */
export function sixtyRegions(): DemoMoment[] {
  return inStages([2, 4, 9, 15, 30], () => false);
}

/** One rollout over eighteen regions, of which two fail, are tried again, and succeed. */
export function recovery(): DemoMoment[] {
  return inStages([2, 6, 10], (index) => index === 3 || index === 5);
}

function inStages(sizes: readonly number[], failsFirst: (index: number) => boolean): DemoMoment[] {
  const story = new Story();
  const rollout = 0;
  const all = regionNames(sizes.reduce((sum, size) => sum + size, 0));
  for (const region of all) story.add(0, { rollout, region, state: 'NotStarted' });
  let index = 0;
  sizes.forEach((size, stage) => {
    for (const region of all.slice(index, index + size)) {
      const begins = 1 + 2 * stage;
      const ends = begins + 1 + (index % 2);
      story.add(begins, { rollout, region, state: 'InProgress' });
      if (failsFirst(index)) {
        story.add(ends, { rollout, region, state: 'Failed' });
        story.add(ends + 2, { rollout, region, state: 'InProgress' });
        story.add(ends + 4, { rollout, region, state: 'Completed' });
      } else story.add(ends, { rollout, region, state: 'Completed' });
      index++;
    }
  });
  return story.moments;
}

const geographies = [
  'us',
  'europe',
  'asia',
  'uk',
  'japan',
  'australia',
  'india',
  'canada',
  'brazil',
  'africa',
];
const places = ['east', 'west', 'central', 'north', 'south', 'southeast'];

/** Canaries first, then names like those of regions. */
function regionNames(count: number): string[] {
  const names = places.flatMap((place) => geographies.map((geography) => `${place}${geography}`));
  return ['eastus2euap', 'centraluseuap', ...names].slice(0, count);
}

class Story {
  readonly moments: DemoStep[][] = [];

  add(moment: number, step: DemoStep): void {
    while (this.moments.length <= moment) this.moments.push([]);
    this.moments[moment]?.push(step);
  }
}
