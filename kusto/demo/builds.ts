/**
 * The builds of the demonstration data set; each shows one thing. Build ids never change. All builds except the
 * specification's example happened shortly before `now`.
 */

import { type BuildName, clusterProgress, ev2Progress, guidOf, type RawEvents, together } from './events.ts';
import { type DemoMoment, fourRollouts, recovery, sixtyRegions } from './moments.ts';
import { sampleBuild, sampleEvents } from './specification-sample.ts';
import {
  azDeployerStories,
  ev2Registered,
  ev2Stories,
  type Fate,
  fates,
  pilotfishStories,
  type Story,
} from './stories.ts';

/** A build of the demonstration data set, as a page may list it. */
export interface DemoBuild extends BuildName {
  readonly title: string;
  /** One sentence on what the build shows. */
  readonly shows: string;
}

interface ToldBuild extends DemoBuild {
  readonly tell: (build: BuildName, now: Date) => RawEvents;
}

const day = 24 * 60;
const allSucceeded: readonly Fate[] = ['succeeded', 'succeeded', 'succeeded'];

const toldBuilds: readonly ToldBuild[] = [
  build(
    85084668,
    'Under way',
    'Rollouts of the last days, and new ones that begin when this page is opened.',
    (name, now) =>
      ev2Stories(
        name,
        [
          { minutesAgo: 2 * day, entities: allSucceeded },
          { minutesAgo: 1.2 * day, entities: ['succeeded', 'failed'] },
          { minutesAgo: day, entities: allSucceeded },
          { minutesAgo: 95, entities: ['succeeded', 'succeeded', 'running', 'waiting'] },
        ],
        now,
      ),
  ),
  {
    ...sampleBuild,
    title: "The specification's example",
    shows: 'Eight rollouts of ContainerApps on 2 January 2024: seven failed, one completed.',
    tell: () => sampleEvents(),
  },
  build(85084652, 'All succeeded', 'Three rollouts with Ev2, all of them done.', (name, now) =>
    ev2Stories(
      name,
      [3 * day, 2 * day, day].map((minutesAgo) => ({ minutesAgo, entities: allSucceeded })),
      now,
    ),
  ),
  build(85084653, 'Running', 'One rollout done, one at work in its third region, one waiting.', (name, now) =>
    ev2Stories(
      name,
      [
        { minutesAgo: day, entities: allSucceeded },
        { minutesAgo: 90, entities: ['succeeded', 'succeeded', 'running', 'waiting'] },
        { minutesAgo: 15, entities: ['waiting', 'waiting'] },
      ],
      now,
    ),
  ),
  build(
    85084654,
    'Failed',
    'A rollout that failed in its second region, and the retry that failed too.',
    (name, now) =>
      ev2Stories(
        name,
        [
          { minutesAgo: 600, entities: ['succeeded', 'failed'] },
          { minutesAgo: 300, entities: ['succeeded', 'failed'] },
        ],
        now,
      ),
  ),
  build(85084655, 'None yet', 'A known build that nothing has deployed so far.', ev2Registered),
  build(
    85084656,
    'Progresses as you watch',
    'New rollouts start and move through their regions, from when this page is opened.',
    ev2Registered,
  ),
  build(85084657, 'Three orchestrators', 'The same build with Ev2, AzDeployer and Pilotfish.', (name, now) =>
    together([
      ev2Stories(name, [{ minutesAgo: 400, entities: allSucceeded }], now),
      azDeployerStories(name, ['HostAgent'], [{ minutesAgo: 300, entities: allSucceeded }], now),
      pilotfishStories(
        name,
        ['StorageFrontEnd'],
        [{ minutesAgo: 200, entities: ['succeeded', 'running'] }],
        now,
      ),
    ]),
  ),
  build(
    85084658,
    'AzDeployer, several payloads',
    'One deployment that carries three payloads of this build.',
    (name, now) =>
      azDeployerStories(
        name,
        ['HostAgent', 'NetworkAgent', 'GuestAgent'],
        [{ minutesAgo: day, entities: [...allSucceeded, 'succeeded'] }],
        now,
      ),
  ),
  build(
    85084659,
    'Pilotfish, several payloads',
    'One deployment that carries two payloads of this build.',
    (name, now) =>
      pilotfishStories(
        name,
        ['StorageFrontEnd', 'StorageStream'],
        [{ minutesAgo: day, entities: allSucceeded }],
        now,
      ),
  ),
  build(
    85084660,
    'Every state',
    'Each orchestrator in each state, a word among them that nobody knows.',
    (name, now) =>
      together([
        ev2Stories(name, inEveryState(700), now),
        azDeployerStories(name, ['HostAgent'], inEveryState(690), now),
        pilotfishStories(name, ['StorageFrontEnd'], inEveryState(680), now),
      ]),
  ),
  build(85084661, 'Big: 200 deployments', 'Two hundred rollouts, the newest of them at work.', (name, now) =>
    ev2Stories(name, manyStories(200), now),
  ),
  build(
    85084662,
    'Huge: 2,000 deployments',
    'Two thousand rollouts, the newest of them at work.',
    (name, now) => ev2Stories(name, manyStories(2_000), now),
  ),
  build(85084663, 'Many entities', 'One rollout that touches 1,500 entities.', (name, now) =>
    ev2Stories(
      name,
      [{ minutesAgo: 2 * day, entities: Array.from({ length: 1_500 }, () => 'succeeded') }],
      now,
    ),
  ),
  build(85084664, 'Outside of Prod', 'Rollouts of the test and Mooncake infrastructures.', (name, now) =>
    ev2Stories(
      name,
      ['Test', 'Mooncake'].map((infra) => ({
        minutesAgo: 500,
        entities: allSucceeded,
        metaData: { RolloutInfra: infra },
      })),
      now,
    ),
  ),
  build(
    85084665,
    'Shared deployment',
    'One Pilotfish deployment that carries two payloads of this build, and two other builds.',
    (name, now) =>
      pilotfishStories(
        name,
        ['StorageFrontEnd', 'StorageStream'],
        [{ minutesAgo: 240, entities: allSucceeded }],
        now,
        [85084666, 85084667].map((id) => ({ ...name, id })),
      ),
  ),
  build(
    85084669,
    'Sixty regions',
    'One rollout that works through sixty regions in stages while its page is open.',
    ev2Registered,
  ),
  build(
    85084670,
    'Failed regions that recover',
    'One rollout that runs while its page is open: two of its eighteen regions fail, and succeed when they are tried again.',
    ev2Registered,
  ),
  build(
    85084671,
    '2,000 clusters',
    'One Pilotfish deployment that is on its way through two thousand clusters, some of which failed.',
    (name, now) =>
      pilotfishStories(name, ['StorageFrontEnd'], [{ minutesAgo: 3 * day, entities: twoThousand() }], now),
  ),
];

/** The builds to show, in a good order to view them. */
export const demoBuilds: readonly DemoBuild[] = toldBuilds.map(({ tell: _, ...demoBuild }) => demoBuild);

/** The build that goes from nothing to the end of its deployments. */
export const progressingBuild: DemoBuild = found(demoBuilds, 85084656);

/** The builds whose deployments progress while somebody looks at them, and how. */
const moments: ReadonlyMap<number, () => DemoMoment[]> = new Map([
  [85084668, fourRollouts],
  [progressingBuild.id, fourRollouts],
  [85084669, sixtyRegions],
  [85084670, recovery],
]);
export const liveBuilds: readonly DemoBuild[] = [...moments.keys()].map((id) => found(demoBuilds, id));

/** What happens in a live build, step by step. */
export function momentsOf(buildId: number): DemoMoment[] {
  return (moments.get(buildId) ?? fourRollouts)();
}

/** A deployment without a known build: D2B answers 204. */
export const deploymentWithoutBuild = {
  source: 'expressv2',
  id: `Standalone/${guidOf('a rollout without a build')}`,
} as const;

/** The raw events of the whole demonstration data set. */
export function demoEvents(now: Date): RawEvents {
  return together([...toldBuilds.map((told) => told.tell(told, now)), eventsWithoutBuild(now)]);
}

function build(id: number, title: string, shows: string, tell: ToldBuild['tell']): ToldBuild {
  return { ...sampleBuild, id, title, shows, tell };
}

function found(builds: readonly DemoBuild[], id: number): DemoBuild {
  const wanted = builds.find((one) => one.id === id);
  if (!wanted) throw new Error(`the demonstration data set has no build ${id}`);
  return wanted;
}

/** Most succeeded, three failed, one is blocked, some are at work, the rest is to come. */
function twoThousand(): Fate[] {
  return Array.from({ length: 2_000 }, (_, index): Fate => {
    if (index % 500 === 123 && index < 1_500) return 'failed';
    if (index === 1_400) return 'blocked';
    if (index < 1_500) return 'succeeded';
    return index < 1_540 ? 'running' : 'waiting';
  });
}

function inEveryState(minutesAgo: number): Story[] {
  return fates.map((fate, index) => ({ minutesAgo: minutesAgo - index * 60, entities: [fate] }));
}

/** One every ten minutes; nearly all succeeded, some failed, and the newest runs. */
function manyStories(count: number): Story[] {
  return Array.from({ length: count }, (_, index): Story => {
    const last: Fate = index === 0 ? 'running' : index % 17 === 0 ? 'failed' : 'succeeded';
    return { minutesAgo: 10 * (index + 1), entities: ['succeeded', last] };
  });
}

function eventsWithoutBuild(now: Date): RawEvents {
  const progress = [{ entity: 'eastus', state: 'Completed', start: now, end: now, modified: now }];
  const [, rolloutId = ''] = deploymentWithoutBuild.id.split('/');
  const payload = { serviceTreeId: guidOf('Standalone'), serviceGroup: 'Standalone', buildNumber: '1.0.0.0' };
  return together([
    ev2Progress(payload, rolloutId, progress),
    clusterProgress('AzDeployer', '70000001', 'Orphan;rd_gone;1.0.0.1', progress),
  ]);
}
