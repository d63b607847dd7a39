/**
 * Lets the deployments of one build progress live: a few rollouts start one after another and move through their
 * regions, and each change is ingested as it happens.
 */
import { sleep } from '../../net/sleep.ts';
import type { KustoClient } from '../client/client.ts';
import { progressingBuild } from './builds.ts';
import {
  type BuildName,
  type EntityProgress,
  ev2Change,
  ev2Progress,
  type RawEvents,
  together,
} from './events.ts';
import { ingestEvents } from './load-demo.ts';
import { ev2PayloadOf, ev2RolloutId } from './stories.ts';

const rollouts = 4;
const regions = ['eastus2euap', 'centraluseuap', 'northeurope', 'eastus'];
/** The rollout and its last region that fail, to show more than success. */
const failing = { rollout: 2, region: 3 };

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

/** A rollout's region enters a state. */
export interface DemoStep {
  readonly rollout: number;
  readonly region: number;
  readonly state: 'NotStarted' | 'InProgress' | 'Completed' | 'Failed';
}

/**
 * The changes, step by step. Rollouts begin one after another; each announces all of its regions and then works
 * through them.
 */
export function progressMoments(): DemoStep[][] {
  const moments: DemoStep[][] = [];
  const at = (moment: number, step: DemoStep) => {
    moments[moment] = [...(moments[moment] ?? []), step];
  };
  for (let rollout = 0; rollout < rollouts; rollout++) {
    regions.forEach((_, region) => {
      const fails = rollout === failing.rollout && region === failing.region;
      const begins = 3 * rollout + region + 1;
      at(3 * rollout, { rollout, region, state: 'NotStarted' });
      at(begins, { rollout, region, state: 'InProgress' });
      at(begins + 1, { rollout, region, state: fails ? 'Failed' : 'Completed' });
    });
  }
  return moments;
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
  const starts = new Map<string, Date>();
  for (const moment of progressMoments()) {
    if (signal?.aborted) return;
    await ingestEvents(database, together(moment.map((step) => eventsOf(step, build, run, starts, now()))));
    options.onStep?.();
    await wait(intervalMs, signal);
  }
}

function eventsOf(
  { rollout, region, state }: DemoStep,
  build: BuildName,
  run: string,
  starts: Map<string, Date>,
  now: Date,
): RawEvents {
  const key = `${rollout}/${region}`;
  const start = starts.get(key) ?? now;
  if (state !== 'NotStarted') starts.set(key, start);
  const progress: EntityProgress = {
    entity: regions[region] ?? String(region),
    state,
    start,
    modified: now,
    ...((state === 'Completed' || state === 'Failed') && { end: now }),
  };
  const rolloutId = ev2RolloutId(build, `${run} ${rollout}`);
  const payload = ev2PayloadOf(build);
  const reported = ev2Progress(payload, rolloutId, [progress]);
  // Ev2 reports each rollout once, which also makes the build known where older demonstration data lacks it.
  const begins = state === 'NotStarted' && region === 0;
  return begins ? together([ev2Change(build, payload, rolloutId, now), reported]) : reported;
}
