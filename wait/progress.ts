/**
 * A wait as a step function: the memory so far, one observation and the time give the next memory and perhaps
 * the end. The loop in wait.ts and the gate's watcher both use it. The memory is plain data.
 *
 * Three things are not obvious. With `all`, the criteria must hold at every poll through the settle time for the
 * same set of deployments, because rollouts appear one by one. And a wait concludes that no deployment ever
 * appeared only from a poll that was answered, because an outage proves nothing. And a failure that must stand for a
 * while still counts when time runs out: nothing else may be said of it then.
 */
import type { Deployment } from '../api/contract.ts';
import type { WaitCriteria } from './criteria.ts';
import { formatDuration } from './duration.ts';
import { deploymentKey, failedEntityCount } from './judged-deployment.ts';
import { type FailedEntities, judge, nothingYet, type Verdict } from './verdict.ts';

/** The result of one poll. `away` may resolve itself; `refused` will not. */
export type Observation =
  | {
      readonly kind: 'deployments';
      readonly deployments: readonly Deployment[];
      /** How many more deployments the answer had that could not be read. */
      readonly unreadable?: number;
      /** What has failed inside them, as far as somebody asked. */
      readonly failedEntities?: FailedEntities;
    }
  | { readonly kind: 'unknownBuild'; readonly message: string }
  | {
      readonly kind: 'away';
      readonly message: string;
      /** Whether the service was asked and answered; the default is that it did not. */
      readonly problem?: PollProblem;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'refused'; readonly message: string };

/** Why there is no answer to use: the service did not answer, its answer is of no use, or there is no token to ask with. */
export type PollProblem = 'noAnswer' | 'uselessAnswer' | 'noToken';

/** Why a wait ended. Only `satisfied` is a success. */
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
  /** Why, as a sentence without a capital and a full stop, unless a service wrote it. */
  readonly reason: string;
}

export interface WaitMemory {
  readonly startedAt: number;
  readonly polls: number;
  /** Polls in a row without a change; the pause between polls grows with it. */
  readonly quietPolls: number;
  readonly everReached: boolean;
  readonly everAppeared: boolean;
  readonly awaySince?: number;
  readonly awayMessage?: string;
  readonly problem?: PollProblem;
  readonly unknownBuild?: string;
  readonly retryAfterMs?: number;
  /** Since when the criteria have held, and for which set of deployments. */
  readonly held?: { readonly since: number; readonly set: string };
  /** Since when each deployment that fails the wait has done so, by its key. */
  readonly failingSince?: Readonly<Record<string, number>>;
  /** From the last poll that was answered. */
  readonly verdict?: Verdict;
  readonly fingerprint: string;
}

export interface Step {
  readonly memory: WaitMemory;
  /** Whether this poll changed anything that a reader would notice. */
  readonly changed: boolean;
  readonly conclusion?: Conclusion;
}

/** The memory of a wait before its first poll. `now` is in milliseconds, by the clock that later calls use. */
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

/** Updates the memory with the result of one poll. `now` is in milliseconds. */
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

/** The next time at which the wait may end, in the clock of `now` and always later than `now`. */
export function nextDeadline(criteria: WaitCriteria, memory: WaitMemory, now: number): number {
  const moments = [memory.startedAt + criteria.timeoutMs];
  if (!memory.everAppeared) moments.push(memory.startedAt + criteria.appearTimeoutMs);
  if (memory.held) moments.push(memory.held.since + criteria.settleMs);
  const failing = firstFailure(memory);
  if (failing !== undefined) moments.push(failing + criteria.failureGraceMs);
  return Math.min(...moments.filter((moment) => moment > now));
}

function remember(
  criteria: WaitCriteria,
  memory: WaitMemory,
  observation: Observation,
  now: number,
): WaitMemory {
  const { awaySince, awayMessage, problem, retryAfterMs, unknownBuild, held, failingSince, ...kept } = memory;
  const base = { ...kept, polls: memory.polls + 1 };
  if (observation.kind === 'away' || observation.kind === 'refused') {
    return {
      ...base,
      ...(held && { held }),
      ...(failingSince && { failingSince }),
      ...(unknownBuild !== undefined && { unknownBuild }),
      awaySince: awaySince ?? now,
      awayMessage: observation.message,
      ...(observation.kind === 'away' && { problem: observation.problem ?? 'noAnswer' }),
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
    ...failing(verdict, failingSince, now),
    ...(observation.kind === 'unknownBuild' && { unknownBuild: observation.message }),
  };
}

/** `all` cannot be satisfied while there is a deployment that could not be read: it may have failed. */
function judgeObservation(
  criteria: WaitCriteria,
  observation: Extract<Observation, { kind: 'deployments' | 'unknownBuild' }>,
): Verdict {
  if (observation.kind === 'unknownBuild') return judge(criteria, []);
  const verdict = judge(criteria, observation.deployments, observation.failedEntities);
  const { unreadable = 0 } = observation;
  if (unreadable === 0 || verdict.kind !== 'satisfied' || !verdict.needsSettling) return verdict;
  return {
    ...verdict,
    kind: 'notYet',
    needsSettling: false,
    reason: `${verdict.reason}, but ${unreadable} more could not be read`,
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

function failing(
  { judged }: Verdict,
  before: WaitMemory['failingSince'],
  now: number,
): Pick<WaitMemory, 'failingSince'> {
  const keys = judged.flatMap(({ standing, deployment }) =>
    standing === 'failed' ? [deploymentKey(deployment)] : [],
  );
  return keys.length === 0
    ? {}
    : { failingSince: Object.fromEntries(keys.map((key) => [key, before?.[key] ?? now])) };
}

/** Since when the failure that has stood longest has stood; undefined without one. */
function firstFailure({ failingSince }: WaitMemory): number | undefined {
  return failingSince && Math.min(...Object.values(failingSince));
}

function conclude(criteria: WaitCriteria, memory: WaitMemory, now: number): Conclusion | undefined {
  const answered = memory.awaySince === undefined;
  const { verdict, held } = memory;
  const failedSince = verdict?.kind === 'failed' ? (firstFailure(memory) ?? now) : undefined;
  const isOver = now - memory.startedAt >= criteria.timeoutMs;
  if (verdict && failedSince !== undefined) {
    const stands = answered && now - failedSince >= criteria.failureGraceMs;
    if (stands || isOver) return { outcome: 'failed', reason: verdict.reason };
  }
  if (answered && verdict?.kind === 'satisfied' && held) {
    if (!verdict.needsSettling || now - held.since >= criteria.settleMs) {
      return { outcome: 'satisfied', reason: verdict.reason };
    }
  }
  if (isOver) {
    return {
      outcome: 'timedOut',
      reason: `timed out after ${formatDuration(criteria.timeoutMs)}: ${describeAtEnd(memory, criteria, now)}`,
    };
  }
  if (memory.everAppeared || now - memory.startedAt < criteria.appearTimeoutMs) return undefined;
  const within = formatDuration(criteria.appearTimeoutMs);
  if (!memory.everReached) {
    return {
      outcome: 'unreachable',
      reason: `${problems[memory.problem ?? 'noAnswer'](within)} (${memory.awayMessage})`,
    };
  }
  if (!answered) return undefined;
  return {
    outcome: 'neverAppeared',
    reason: `time ran out after ${within}: ${describeAtEnd(memory, criteria, now)}`,
  };
}

/** The same when time has run out: nothing is awaited any more. */
function describeAtEnd(memory: WaitMemory, criteria: WaitCriteria, now: number): string {
  const text = describe(memory, criteria, now);
  return memory.verdict?.reason === nothingYet
    ? text.replace(nothingYet, 'no deployment had appeared')
    : text;
}

/** The current state of a wait, as a sentence without a capital and a full stop. */
export function describe(memory: WaitMemory, criteria: WaitCriteria, now: number): string {
  if (memory.awaySince !== undefined) {
    if (memory.problem === undefined) return memory.awayMessage ?? '';
    const last = memory.verdict ? `; before that: ${memory.verdict.reason}` : '';
    const since = formatDuration(now - memory.awaySince);
    return `${problems[memory.problem](since)} (${memory.awayMessage})${last}`;
  }
  if (memory.verdict === undefined) return 'no answer yet';
  if (memory.verdict.kind === 'satisfied' && memory.held) {
    const left = memory.held.since + criteria.settleMs - now;
    return `${memory.verdict.reason}; waiting another ${formatDuration(left)} in case more deployments appear`;
  }
  const failedSince = firstFailure(memory);
  if (memory.verdict.kind === 'failed' && failedSince !== undefined && criteria.failureGraceMs > 0) {
    const left = failedSince + criteria.failureGraceMs - now;
    return `${memory.verdict.reason}; this fails the wait in ${formatDuration(left)} unless a retry replaces it`;
  }
  return memory.unknownBuild === undefined
    ? memory.verdict.reason
    : `${memory.verdict.reason} (${memory.unknownBuild})`;
}

const problems: Readonly<Record<PollProblem, (since: string) => string>> = {
  noAnswer: (since) => `the service has not answered for ${since}`,
  uselessAnswer: (since) => `the service has not given a usable answer for ${since}`,
  noToken: (since) => `the service could not be asked for ${since}`,
};

function describeForComparison(memory: WaitMemory): string {
  const deployments = memory.verdict?.judged.map(
    ({ deployment, state, standing }) =>
      `${deploymentKey(deployment)} ${state} ${deployment.ChangeState} ${standing} ${failedEntityCount(deployment)}`,
  );
  const { awayMessage, problem, unknownBuild, verdict } = memory;
  const away = awayMessage === undefined ? undefined : (problem ?? awayMessage);
  return JSON.stringify([away, unknownBuild, deployments, deployments?.length === 0 && verdict?.reason]);
}
