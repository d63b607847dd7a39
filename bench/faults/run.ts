/** Runs a fault under a steady load, and sums up what callers saw. */
import { sleep } from '../../net/sleep.ts';
import { percentile } from '../query/load.ts';
import type { Fault } from './faults.ts';
import { knownPaths, type LoadOptions, type Outcome, steadyLoad } from './load.ts';
import type { FaultWorld } from './world.ts';

export interface FaultDurations {
  /** Before the fault. */
  readonly calmSeconds: number;
  readonly faultSeconds: number;
  /** After it; recovery that takes longer is not seen. */
  readonly afterSeconds: number;
}

/** What callers saw, from the beginning of a fault to the end of the load. Times are in milliseconds. */
export interface FaultRow {
  readonly fault: string;
  readonly requests: number;
  /** Neither a good answer where there is one, nor 429 or 503 with `Retry-After` where there is none, nor 401 to a bad token. */
  readonly failed: number;
  readonly stale: number;
  readonly refused: number;
  readonly p50: number;
  readonly p99: number;
  /** The slowest of the refused. */
  readonly refusedIn: number | null;
  /** From the end of the fault to the last request that was refused, stale or failed. */
  readonly recoveredIn: number;
  readonly megabytesBefore: number | null;
  readonly megabytesAfter: number | null;
}

/** Who asks while a fault lasts: a program, or users where it is about them. */
export function loadOf(world: FaultWorld, { asks }: Fault, perSecond: number): LoadOptions {
  const { url, guard } = world;
  if (asks !== 'users') return { url, perSecond, credentials: () => world.program };
  return { url, perSecond, credentials: () => world.user, newcomer: () => guard.newUser() };
}

/** Runs one fault. */
export async function runFault(
  world: FaultWorld,
  fault: Fault,
  perSecond: number,
  durations: FaultDurations,
): Promise<FaultRow> {
  const options = loadOf(world, fault, perSecond);
  const known = await knownPaths(options);
  const over = new AbortController();
  let outcomes: Outcome[] = [];
  const load = steadyLoad(options, known, over.signal, (outcome) => outcomes.push(outcome));
  await sleep(durations.calmSeconds * 1000);
  const before = world.residentMegabytes();
  outcomes = [];
  await fault.begin(world);
  await sleep(durations.faultSeconds * 1000);
  await fault.end(world);
  const endedAt = performance.now();
  await sleep(durations.afterSeconds * 1000);
  over.abort();
  await load;
  return summaryOf(fault, outcomes, endedAt, before, world.residentMegabytes());
}

function summaryOf(
  fault: Fault,
  outcomes: readonly Outcome[],
  endedAt: number,
  before: number | undefined,
  after: number | undefined,
): FaultRow {
  const refused = outcomes.filter((outcome) => isRefused(outcome));
  const answered = outcomes.filter(isAnswered);
  const hadGoodAnswer = ({ isKnown }: Outcome): boolean => isKnown || fault.goodAnswers === 'all';
  const isRight = (outcome: Outcome): boolean => {
    if (!outcome.isAcceptable) return outcome.status === 401;
    return isAnswered(outcome) || (isRefused(outcome) && !hadGoodAnswer(outcome));
  };
  const failed = outcomes.filter((outcome) => !isRight(outcome));
  const latencies = answered.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const lastTrouble = outcomes
    .filter((outcome) => outcome.isStale || !isAnswered(outcome))
    .reduce((latest, { doneAt }) => Math.max(latest, doneAt), endedAt);
  return {
    fault: fault.name,
    requests: outcomes.length,
    failed: failed.length,
    stale: outcomes.filter(({ isStale }) => isStale).length,
    refused: refused.length,
    p50: Math.round(percentile(latencies, 0.5)),
    p99: Math.round(percentile(latencies, 0.99)),
    refusedIn:
      refused.length === 0 ? null : Math.round(Math.max(...refused.map(({ milliseconds }) => milliseconds))),
    recoveredIn: Math.round(lastTrouble - endedAt),
    megabytesBefore: before ?? null,
    megabytesAfter: after ?? null,
  };
}

function isAnswered({ status }: Outcome): boolean {
  return status === 200 || status === 404;
}

function isRefused({ status, hasRetryAfter, isAcceptable }: Outcome): boolean {
  return ((status === 503 || status === 429) && hasRetryAfter) || (status === 401 && !isAcceptable);
}
