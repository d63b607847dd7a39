/**
 * Deployments of demonstration builds, told in a few words each: which orchestrator, how long ago, and how
 * its entities fared. Ids depend on the build and the story's number alone; times are relative to `now`.
 */
import {
  azDeployerAudit,
  type BuildName,
  buildDrop,
  clusterProgress,
  type Drop,
  type EntityProgress,
  type Ev2Payload,
  ev2Change,
  ev2Progress,
  guidOf,
  hexOf,
  pilotfishAudit,
  type RawEvents,
  together,
} from './events.ts';

/** The outcome of an entity. */
export type Fate = keyof typeof stateOfFate;

/** The orchestrators' own words, spelled as differently as in practice. */
const stateOfFate = {
  waiting: 'NotStarted',
  running: 'InProgress',
  blocked: 'Blocked by change freeze',
  succeeded: 'Completed',
  failed: 'Failed',
  canceled: 'Canceled',
  strange: 'Quarantined',
} as const;

export const fates = Object.keys(stateOfFate) as Fate[];

/** A deployment that began `minutesAgo`, with one entity for each of `entities`, in their order in time. */
export interface Story {
  readonly minutesAgo: number;
  readonly entities: readonly Fate[];
  readonly metaData?: Readonly<Record<string, string>>;
}

const regions = ['eastus2euap', 'centraluseuap', 'westcentralus', 'northeurope', 'eastus', 'southeastasia'];

/** The service that deploys a demonstration build with Ev2. */
export function ev2PayloadOf(build: BuildName, serviceGroup = 'StoreFront'): Ev2Payload {
  return { serviceTreeId: guidOf(serviceGroup), serviceGroup, buildNumber: `2.4.${build.id % 100_000}.0` };
}

/** Makes a build known to Ev2 without a deployment: its rollout is registered and has changed nothing yet. */
export function ev2Registered(build: BuildName, now: Date): RawEvents {
  return ev2Change(build, ev2PayloadOf(build), ev2RolloutId(build, 0), minutesBefore(now, 5));
}

/** Rollouts of a build with Ev2, one for each story. */
export function ev2Stories(build: BuildName, stories: readonly Story[], now: Date): RawEvents {
  const payload = ev2PayloadOf(build);
  return together(
    stories.flatMap((story, index) => {
      const id = ev2RolloutId(build, index);
      return [
        ev2Change(build, payload, id, minutesBefore(now, story.minutesAgo)),
        ev2Progress(payload, id, progressOf(story, regions, now), story.metaData),
      ];
    }),
  );
}

/** Deployments of a build with AzDeployer, one for each story; each carries every one of `templates`. */
export function azDeployerStories(
  build: BuildName,
  templates: readonly string[],
  stories: readonly Story[],
  now: Date,
): RawEvents {
  const drop = dropOf(build);
  const payloads = templates.map((template) => `${template};${drop.branch};${drop.version};retail-amd64`);
  return together([
    buildDrop(build, drop),
    ...stories.flatMap((story, index) => {
      const rto = azDeployerRto(build, index);
      return [
        azDeployerAudit(rto, payloads, drop, minutesBefore(now, story.minutesAgo)),
        ...payloads.map((payload) =>
          clusterProgress(
            'AzDeployer',
            rto,
            payload,
            progressOf(story, azDeployerClusters, now),
            story.metaData,
          ),
        ),
      ];
    }),
  ]);
}

/**
 * Deployments of a build with Pilotfish, one for each story; each carries every one of `components`, of the
 * build and of its `companions`.
 */
export function pilotfishStories(
  build: BuildName,
  components: readonly string[],
  stories: readonly Story[],
  now: Date,
  companions: readonly BuildName[] = [],
): RawEvents {
  const carried = [build, ...companions];
  const payloads = carried
    .map(dropOf)
    .flatMap((drop) =>
      components.map((component) => ({ payload: `${component}=${drop.branch}.${drop.version}`, drop })),
    );
  return together([
    ...carried.map((one) => buildDrop(one, dropOf(one))),
    ...stories.flatMap((story, index) => {
      const began = minutesBefore(now, story.minutesAgo);
      const rto = pilotfishRto(build, index, began);
      return [
        pilotfishAudit(rto, payloads, began),
        ...payloads.map(({ payload }) =>
          clusterProgress(
            'Pilotfish',
            rto,
            payload,
            progressOf(story, pilotfishClusters, now),
            story.metaData,
          ),
        ),
      ];
    }),
  ]);
}

/** The id of a build's Ev2 rollout number `index`. */
export function ev2RolloutId(build: BuildName, index: number | string): string {
  return guidOf(`rollout ${build.id} ${index}`);
}

const azDeployerClusters = ['BN4PrdApp01', 'DM3PrdApp07', 'AMS07PrdApp11', 'SG2PrdApp02'];
const pilotfishClusters = ['MS-BN1-PF01', 'MS-DB5-PF03', 'MS-SG1-PF02', 'MS-SY3-PF01'];

function azDeployerRto(build: BuildName, index: number): string {
  return String(71_000_000 + (build.id % 100_000) * 10 + index);
}

function pilotfishRto(build: BuildName, index: number, began: Date): string {
  const stamp = began
    .toISOString()
    .replace(/[-:]|\..*$/g, '')
    .replace('T', '-');
  return `${stamp}-${hexOf(`pilotfish ${build.id} ${index}`, 40)}_${build.id % 1000}${index}`;
}

function dropOf(build: BuildName): Drop {
  return { branch: 'rd_main_stable', version: `150.${build.id % 1000}.3.220` };
}

/** The entities of the story, each some minutes after the one before; those that ended took two. */
function progressOf({ minutesAgo, entities }: Story, names: readonly string[], now: Date): EntityProgress[] {
  const stepMinutes = Math.min(minutesAgo / (entities.length + 1), 20);
  return entities.map((fate, index) => {
    const start = minutesBefore(now, minutesAgo - index * stepMinutes);
    const modified = minutesBefore(now, minutesAgo - (index + 0.9) * stepMinutes);
    const ended = fate === 'succeeded' || fate === 'failed' || fate === 'canceled';
    const round = Math.floor(index / names.length);
    const entity = `${names[index % names.length]}${round > 0 ? `-${round}` : ''}`;
    return { entity, state: stateOfFate[fate], start, modified, ...(ended && { end: modified }) };
  });
}

function minutesBefore(now: Date, minutes: number): Date {
  return new Date(now.getTime() - minutes * 60_000);
}
