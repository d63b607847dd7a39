/**
 * A wait as a step function: what is remembered, plus what one poll brought, plus the time, gives what is
 * remembered next and perhaps the end. The loop in wait.ts and the gate's watcher both live on it; the
 * memory is plain data, so a watcher may write it down and go on elsewhere.
 *
 * Two surprises. "Satisfied" that rests on all deployments being there is believed only after the criteria
 * have held at every poll through the settle time with the same set, because rollouts appear one by one. And
 * "none ever appeared" is said only after a poll that was answered: an outage is no evidence.
 */
import type { Deployment } from '../api/contract.ts';
import type { WaitCriteria } from './criteria.ts';
import { formatDuration } from './duration.ts';
import { deploymentKey, judge, type Verdict } from './verdict.ts';

/** What one poll brought. `away` may pass by itself; `refused` will not. */
export type Observation =
  | {
      readonly kind: 'deployments';
      readonly deployments: readonly Deployment[];
      /** How many deployments the answer had besides, that nobody could read. */
      readonly unreadable?: number;
    }
  | { readonly kind: 'unknownBuild'; readonly message: string }
  | { readonly kind: 'away'; readonly message: string; readonly retryAfterMs?: number }
  | { readonly kind: 'refused'; readonly message: string };

/** Why a wait ended. Only `satisfied` is good news. */
export type Outcome =
  | 'satisfied'
  | 'failed'
  | 'timedOut'
  | 'neverAppeared'
  | 'unreachable'
  | 'refused'
  | 'cancelled';

export interface Conclusion {
  readonly outcome: Outcome;
  /** One sentence for people. */
  readonly reason: string;
}

export interface WaitMemory {
  readonly startedAt: number;
  readonly polls: number;
  /** Polls in a row that brought nothing new; the pause between polls grows with it. */
  readonly quietPolls: number;
  readonly everReached: boolean;
  readonly everAppeared: boolean;
  readonly awaySince?: number;
  readonly awayMessage?: string;
  readonly unknownBuild?: string;
  readonly retryAfterMs?: number;
  /** Since when the criteria have held, with which set of deployments. */
  readonly held?: { readonly since: number; readonly set: string };
  /** What the last answered poll said. */
  readonly verdict?: Verdict;
  readonly fingerprint: string;
}

export interface Step {
  readonly memory: WaitMemory;
  /** Whether this poll brought something that a reader has not seen. */
  readonly changed: boolean;
  readonly conclusion?: Conclusion;
}

/** The memory of a wait that has not polled. */
export function beginWait(now: number): WaitMemory {
  return {
    startedAt: now,
    polls: 0,
    quietPolls: 0,
    everReached: false,
    everAppeared: false,
    fingerprint: '',
  };
}

/** Takes in what one poll brought. Times are milliseconds of one clock. */
export function advance(
  criteria: WaitCriteria,
  memory: WaitMemory,
  observation: Observation,
  now: number,
): Step {
  const seen = remember(criteria, memory, observation, now);
  const fingerprint = describeForComparison(seen);
  const changed = fingerprint !== memory.fingerprint;
  const next = { ...seen, fingerprint, quietPolls: changed ? 0 : memory.quietPolls + 1 };
  const conclusion =
    observation.kind === 'refused'
      ? ({ outcome: 'refused', reason: observation.message } as const)
      : conclude(criteria, next, now);
  return { memory: next, changed, ...(conclusion && { conclusion }) };
}

/** The next moment at which something may be decided, in the clock of `now`; always later than `now`. */
export function nextDeadline(criteria: WaitCriteria, memory: WaitMemory, now: number): number {
  const moments = [memory.startedAt + criteria.timeoutMs];
  if (!memory.everAppeared) moments.push(memory.startedAt + criteria.appearTimeoutMs);
  if (memory.held) moments.push(memory.held.since + criteria.settleMs);
  return Math.min(...moments.filter((moment) => moment > now));
}

function remember(
  criteria: WaitCriteria,
  memory: WaitMemory,
  observation: Observation,
  now: number,
): WaitMemory {
  const { awaySince, awayMessage, retryAfterMs, unknownBuild, held, ...kept } = memory;
  const base = { ...kept, polls: memory.polls + 1 };
  if (observation.kind === 'away' || observation.kind === 'refused') {
    return {
      ...base,
      ...(held && { held }),
      ...(unknownBuild !== undefined && { unknownBuild }),
      awaySince: awaySince ?? now,
      awayMessage: observation.message,
      ...('retryAfterMs' in observation && { retryAfterMs: observation.retryAfterMs }),
    };
  }
  const verdict = judgeObservation(criteria, observation);
  return {
    ...base,
    everReached: true,
    everAppeared: memory.everAppeared || verdict.judged.length > 0,
    verdict,
    ...holding(verdict, held, now),
    ...(observation.kind === 'unknownBuild' && { unknownBuild: observation.message }),
  };
}

/** "All" is not believed while the answer holds a deployment that could not be read: it may be the failed one. */
function judgeObservation(
  criteria: WaitCriteria,
  observation: Extract<Observation, { kind: 'deployments' | 'unknownBuild' }>,
): Verdict {
  if (observation.kind === 'unknownBuild') return judge(criteria, []);
  const verdict = judge(criteria, observation.deployments);
  const { unreadable = 0 } = observation;
  if (unreadable === 0 || verdict.kind !== 'satisfied' || !verdict.needsSettling) return verdict;
  return {
    ...verdict,
    kind: 'notYet',
    needsSettling: false,
    reason: `${verdict.reason}, but ${unreadable} more of the answer cannot be read`,
  };
}

function holding(verdict: Verdict, held: WaitMemory['held'], now: number): Pick<WaitMemory, 'held'> {
  if (verdict.kind !== 'satisfied') return {};
  const set = verdict.judged
    .map(({ deployment }) => deploymentKey(deployment))
    .sort()
    .join('\n');
  return { held: held?.set === set ? held : { since: now, set } };
}

function conclude(criteria: WaitCriteria, memory: WaitMemory, now: number): Conclusion | undefined {
  const answered = memory.awaySince === undefined;
  const { verdict, held } = memory;
  if (answered && verdict?.kind === 'failed') return { outcome: 'failed', reason: verdict.reason };
  if (answered && verdict?.kind === 'satisfied' && held) {
    if (!verdict.needsSettling || now - held.since >= criteria.settleMs) {
      return { outcome: 'satisfied', reason: verdict.reason };
    }
  }
  if (now - memory.startedAt >= criteria.timeoutMs) {
    return {
      outcome: 'timedOut',
      reason: `not satisfied within ${formatDuration(criteria.timeoutMs)}: ${describe(memory, criteria, now)}`,
    };
  }
  if (memory.everAppeared || now - memory.startedAt < criteria.appearTimeoutMs) return undefined;
  const within = formatDuration(criteria.appearTimeoutMs);
  if (!memory.everReached) {
    return {
      outcome: 'unreachable',
      reason: `the service was not reached within ${within}: ${memory.awayMessage}`,
    };
  }
  if (!answered) return undefined;
  return { outcome: 'neverAppeared', reason: `within ${within}, ${describe(memory, criteria, now)}` };
}

/** What is awaited at this moment, in one sentence. */
export function describe(memory: WaitMemory, criteria: WaitCriteria, now: number): string {
  if (memory.awaySince !== undefined) {
    const last = memory.verdict ? `; before that: ${memory.verdict.reason}` : '';
    return `the service has not answered for ${formatDuration(now - memory.awaySince)} (${memory.awayMessage})${last}`;
  }
  if (memory.verdict === undefined) return 'nothing is known yet';
  if (memory.verdict.kind === 'satisfied' && memory.held) {
    const left = memory.held.since + criteria.settleMs - now;
    return `${memory.verdict.reason}; watching ${formatDuration(left)} more for further deployments`;
  }
  return memory.unknownBuild === undefined
    ? memory.verdict.reason
    : `${memory.verdict.reason} (${memory.unknownBuild})`;
}

function describeForComparison(memory: WaitMemory): string {
  const deployments = memory.verdict?.judged.map(
    ({ deployment, standing }) => `${deploymentKey(deployment)} ${deployment.ChangeState} ${standing}`,
  );
  return JSON.stringify([memory.awaySince !== undefined, memory.unknownBuild, deployments]);
}
