/**
 * Watches one registered wait: polls its build, and completes its task once.
 *
 * Before each poll Azure DevOps is asked whether the task still waits. The first answer confirms the wait: until then
 * it is only somebody's claim. Later answers make sure that no task is completed twice after a crash, and notice
 * canceled ones.
 */
import type { WaitCriteria } from '../../wait/criteria.ts';
import { pauseBeforeNextPoll } from '../../wait/poll-interval.ts';
import {
  advance,
  beginWait,
  type Conclusion,
  describe,
  type Observation,
  type WaitMemory,
} from '../../wait/progress.ts';
import { createPlanClient, type PlanClient, type TaskStanding } from './plan-client.ts';
import type { OpenWait, WaitStore } from './wait-store.ts';

export interface WatchOptions {
  readonly store: WaitStore;
  /** Returns what looks at the build of a wait once. */
  observerOf(wait: OpenWait): () => Promise<Observation>;
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970. */
  now(): number;
  /** From [0, 1). */
  random(): number;
  report(level: 'info' | 'warn', message: string, error?: unknown): void;
}

/** How long Azure DevOps may take to confirm a wait: long enough for an outage, too short to collect claims. */
const longestUnconfirmedMs = 10 * 60_000;
const unconfirmedPauseMs = 5_000;

export class WatchedWait {
  readonly wait: OpenWait;
  /** The host that is called back. */
  readonly host: string;
  /** Whether a poll is under way or in line. */
  isInLane = false;
  /** Whether it is not open any more, or another instance watches it. */
  isDropped = false;
  readonly #options: WatchOptions;
  readonly #client: PlanClient;
  readonly #observe: () => Promise<Observation>;
  #memory: WaitMemory;
  #dueAt = 0;
  #isConfirmed = false;
  #hasEnded = false;

  constructor(wait: OpenWait, options: WatchOptions) {
    this.wait = wait;
    this.host = new URL(wait.task.url).host;
    this.#options = options;
    this.#client = createPlanClient(wait.task, wait.token, options.fetch);
    this.#observe = options.observerOf(wait);
    this.#memory = beginWait(wait.registeredAt);
  }

  /** Whether it is time to poll again. */
  isDue(): boolean {
    return !this.isInLane && !this.#hasEnded && this.#dueAt <= this.#options.now();
  }

  /** Polls once. An error here concerns this wait alone, so it never rejects. */
  async poll(): Promise<void> {
    const { now, random, report } = this.#options;
    const { criteria } = this.wait.request;
    try {
      const standing = await this.#client.standing();
      if (standing.kind === 'over') return await this.#end('abandoned', standing.reason);
      if (standing.kind === 'notAllowed') return await this.#end('notAllowed', standing.reason);
      if (!this.#isConfirmed && !(await this.#confirm(standing))) return;
      const step = advance(criteria, this.#memory, await this.#observe(), now());
      this.#memory = step.memory;
      this.#dueAt = now() + pauseBeforeNextPoll(criteria, step.memory, now(), random());
      if (step.conclusion && standing.kind !== 'away') return await this.#conclude(step.conclusion);
      if (step.changed) await this.#client.log(describe(step.memory, criteria, now()));
    } catch (error) {
      this.#dueAt = now() + criteria.pollIntervalMs;
      report('warn', `could not poll wait ${this.wait.id}`, error);
    }
  }

  /** Whether the plan has the task. A wait that Azure DevOps does not confirm in time ends. */
  async #confirm(standing: TaskStanding): Promise<boolean> {
    const { now, store } = this.#options;
    if (standing.kind === 'waiting') {
      await store.confirm(this.wait);
      this.#isConfirmed = true;
      return true;
    }
    this.#dueAt = now() + unconfirmedPauseMs;
    if (now() - this.wait.registeredAt >= longestUnconfirmedMs) {
      await this.#end('unconfirmed', standing.reason);
    }
    return false;
  }

  async #conclude({ outcome, reason }: Conclusion): Promise<void> {
    if (this.isDropped) return;
    await this.#client.log(`${outcome}: ${reason}`);
    const said = await this.#client.complete(resultOf(outcome, this.wait.request.criteria));
    if (said.kind === 'over') await this.#end(outcome, reason);
    else if (said.kind === 'notAllowed') await this.#end('notAllowed', said.reason);
    else this.#dueAt = 0;
  }

  async #end(outcome: string, reason: string): Promise<void> {
    const { store, report } = this.#options;
    await store.end(this.wait, outcome, reason);
    this.#hasEnded = true;
    report('info', `wait ${this.wait.id} ended: ${outcome} (${reason})`);
  }
}

/** The result of the task. As in the agent's task, a timeout fails unless the criteria ask for a warning. */
function resultOf(outcome: Conclusion['outcome'], { onTimeout }: WaitCriteria): 'succeeded' | 'failed' {
  const ranOut = outcome === 'timedOut' || outcome === 'neverAppeared';
  return outcome === 'satisfied' || (ranOut && onTimeout === 'warn') ? 'succeeded' : 'failed';
}
