/**
 * Lets the deployments of one build progress live: a few rollouts start one after another and move through their
 * regions, and each change is ingested as it happens.
 */
import { sleep } from '../../net/sleep.ts';
import type { KustoClient } from '../client/client.ts';
import { momentsOf, progressingBuild } from './builds.ts';
import {
  type BuildName,
  type EntityProgress,
  ev2Change,
  ev2Progress,
  type RawEvents,
  together,
} from './events.ts';
import { ingestEvents } from './load-demo.ts';
import type { DemoStep } from './moments.ts';
import { ev2PayloadOf, ev2RolloutId } from './stories.ts';

export interface ProgressOptions {
  /** The build whose deployments progress. */
  readonly build?: BuildName;
  /** Milliseconds between two steps. */
  readonly intervalMs?: number;
  /** Ends the progress early. */
  readonly signal?: AbortSignal;
  /** Called after each step, when its events are in the database. */
  readonly onStep?: () => void;
  readonly now?: () => Date;
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

/**
 * Runs the progress once, from the start of new rollouts to their end. Every run has rollouts of its own.
 *
 * @returns when all have ended, or when `signal` is aborted
 */
export async function progressDemo(database: KustoClient, options: ProgressOptions = {}): Promise<void> {
  const {
    build = progressingBuild,
    intervalMs = 8_000,
    signal,
    now = () => new Date(),
    wait = sleep,
  } = options;
  const run = now().toISOString();
  const told: Told = { starts: new Map(), rollouts: new Set() };
  for (const moment of momentsOf(build.id)) {
    if (signal?.aborted) return;
    await ingestEvents(database, together(moment.map((step) => eventsOf(step, build, run, told, now()))));
    options.onStep?.();
    await wait(intervalMs, signal);
  }
}

/** What earlier steps of a run have told. */
interface Told {
  /** When regions began, by rollout and region. */
  readonly starts: Map<string, Date>;
  readonly rollouts: Set<number>;
}

function eventsOf(
  { rollout, region, state }: DemoStep,
  build: BuildName,
  run: string,
  { starts, rollouts }: Told,
  now: Date,
): RawEvents {
  const key = `${rollout}/${region}`;
  const start = starts.get(key) ?? now;
  if (state !== 'NotStarted') starts.set(key, start);
  const progress: EntityProgress = {
    entity: region,
    state,
    start,
    modified: now,
    ...((state === 'Completed' || state === 'Failed') && { end: now }),
  };
  const rolloutId = ev2RolloutId(build, `${run} ${rollout}`);
  const payload = ev2PayloadOf(build);
  const reported = ev2Progress(payload, rolloutId, [progress]);
  // Ev2 reports each rollout once, which also makes the build known where older demonstration data lacks it.
  const isReported = rollouts.has(rollout);
  rollouts.add(rollout);
  return isReported ? reported : together([ev2Change(build, payload, rolloutId, now), reported]);
}
