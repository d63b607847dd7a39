/**
 * Waits for deployments by polling, because no orchestrator announces when it is done. Poll, clock, sleep and
 * random numbers are passed in, so that tests run hours in milliseconds. The last poll is made at the deadline
 * itself, so that whatever happens during the last pause still counts.
 */
import type { WaitCriteria } from './criteria.ts';
import { deploymentKey, failedEntityCount, type JudgedDeployment } from './judged-deployment.ts';
import { pauseBeforeNextPoll } from './poll-interval.ts';
import { advance, beginWait, type Observation, type Outcome, type WaitMemory } from './progress.ts';
import type { Verdict } from './verdict.ts';
import { worstFirst } from './wording.ts';

export interface WaitDependencies {
  /** Asks the backend once. Expected failures are {@link Observation}s; a rejection ends the wait. */
  poll(signal: AbortSignal): Promise<Observation>;
  /** Milliseconds; must never go backwards. */
  now(): number;
  /** Resolves after that many milliseconds, or as soon as the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  /** Called after every poll. */
  report?(progress: WaitProgress): void;
  /** Cancels the wait. */
  readonly signal: AbortSignal;
}

export interface WaitProgress {
  readonly memory: WaitMemory;
  /** Whether this poll changed anything that a reader would notice. */
  readonly changed: boolean;
  /** The deployments whose state is new since the poll before, worst first. */
  readonly changes: readonly JudgedDeployment[];
  /** Whether this was the last poll, so that the result follows. */
  readonly ended: boolean;
  readonly now: number;
}

export interface WaitResult {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly polls: number;
  readonly waitedMs: number;
  /** From the last poll that was answered; undefined if none was. */
  readonly verdict?: Verdict;
}

/** Polls until the criteria are met, cannot be met, or time runs out. Rejects only if a poll does. */
export async function waitForDeployments(
  criteria: WaitCriteria,
  dependencies: WaitDependencies,
): Promise<WaitResult> {
  const { signal } = dependencies;
  let memory = beginWait(dependencies.now());
  while (!signal.aborted) {
    const observation = await pollUnlessCancelled(dependencies);
    if (observation === undefined) break;
    const now = dependencies.now();
    const step = advance(criteria, memory, observation, now);
    const changes = changedDeployments(memory.verdict, step.memory.verdict);
    memory = step.memory;
    const ended = step.conclusion !== undefined;
    dependencies.report?.({ memory, changed: step.changed, changes, ended, now });
    if (step.conclusion) return result(step.conclusion.outcome, step.conclusion.reason, memory, now);
    await dependencies.sleep(pauseBeforeNextPoll(criteria, memory, now, dependencies.random()), signal);
  }
  return result('cancelled', 'the wait was cancelled', memory, dependencies.now());
}

function changedDeployments(before: Verdict | undefined, after: Verdict | undefined): JudgedDeployment[] {
  const stateOf = ({ state, standing, deployment }: JudgedDeployment) =>
    `${state} ${standing} ${deployment.ChangeState} ${failedEntityCount(deployment)}`;
  const known = new Map(before?.judged.map((each) => [deploymentKey(each.deployment), stateOf(each)]));
  const changed = after?.judged.filter((each) => known.get(deploymentKey(each.deployment)) !== stateOf(each));
  return worstFirst(changed ?? []);
}

async function pollUnlessCancelled({ poll, signal }: WaitDependencies): Promise<Observation | undefined> {
  try {
    const observation = await poll(signal);
    return signal.aborted ? undefined : observation;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function result(outcome: Outcome, reason: string, memory: WaitMemory, now: number): WaitResult {
  return {
    outcome,
    reason,
    polls: memory.polls,
    waitedMs: now - memory.startedAt,
    ...(memory.verdict && { verdict: memory.verdict }),
  };
}
