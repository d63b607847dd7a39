/**
 * Watches all registered waits and ends each once. Every instance of the backend runs a watcher; a lease in the
 * database lets one of them work at a time, and the next holder finds everything in the store. A task is only
 * completed after Azure DevOps has said that it still waits: so no task is completed twice after a crash, and
 * canceled ones are noticed.
 */
import type { KustoClient } from '../../kusto/client/client.ts';
import { LeaseTakenError, withLease } from '../../kusto/jobs/lease.ts';
import { sleep } from '../../net/sleep.ts';
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
import { createPlanClient, type PlanClient } from './plan-client.ts';
import type { OpenWait, WaitStore } from './wait-store.ts';

export interface WatcherOptions {
  readonly database: KustoClient;
  readonly store: WaitStore;
  observe(wait: OpenWait): Promise<Observation>;
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970. */
  now(): number;
  /** From [0, 1). */
  random(): number;
  /** Tells this instance from others. */
  readonly instance: string;
  /** Pause between two reads of the store. */
  readonly tickMs: number;
  /** How long other instances wait before they take over from one that has gone silent. */
  readonly leaseMs: number;
  report(level: 'info' | 'warn', message: string, error?: unknown): void;
}

interface Watch {
  readonly wait: OpenWait;
  readonly client: PlanClient;
  memory: WaitMemory;
  dueAt: number;
}

const atOnce = 16;

export class Watcher {
  readonly #options: WatcherOptions;
  readonly #stop = new AbortController();
  readonly #watches = new Map<string, Watch>();
  readonly #reportedUnreadable = new Set<string>();
  /** When this instance last held the lease, by `now`. */
  #heldAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> = Promise.resolve();

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Finishes the calls under way, gives the lease back, and stops. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /**
   * Watches until no wait is open or `signal` fires: for hosts that run only while something calls them. Call it
   * again and again, never twice at the same time; the progress of a wait is remembered between calls.
   */
  async watchWhileOpen(signal: AbortSignal): Promise<void> {
    const { report } = this.#options;
    const ending = AbortSignal.any([signal, this.#stop.signal]);
    try {
      this.#running = this.#leadWhileOpen(ending);
      await this.#running;
    } catch (error) {
      report('warn', 'cannot watch waits now', error);
    }
  }

  async #run(): Promise<void> {
    const { tickMs, report } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#leadWhileOpen(signal);
      } catch (error) {
        report('warn', 'cannot watch waits now', error);
      }
      await sleep(tickMs, signal);
    }
  }

  /** Works under the lease while a wait is open; returns where another instance has it. */
  async #leadWhileOpen(signal: AbortSignal): Promise<void> {
    // A query; the lease would be rows in the database every time.
    await this.#refresh();
    if (signal.aborted || this.#watches.size === 0) return;
    const { database, instance: holder, leaseMs } = this.#options;
    try {
      await withLease(database, { job: 'GateWaits', holder, durationMs: leaseMs }, (renew) =>
        this.#hold(renew, signal),
      );
    } catch (error) {
      if (!(error instanceof LeaseTakenError)) throw error;
    }
  }

  async #hold(renew: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { now, leaseMs, tickMs } = this.#options;
    // Others may have watched since, so what this instance saw before is not the latest.
    if (now() - this.#heldAt > leaseMs) this.#watches.clear();
    let renewedAt = now();
    const keepLease = async () => {
      this.#heldAt = now();
      if (now() - renewedAt < leaseMs / 3) return;
      await renew();
      renewedAt = now();
    };
    while (!signal.aborted) {
      await keepLease();
      await this.#refresh();
      const due = [...this.#watches.values()].filter(({ dueAt }) => dueAt <= now());
      for (let first = 0; first < due.length && !signal.aborted; first += atOnce) {
        await keepLease();
        await Promise.all(due.slice(first, first + atOnce).map((watch) => this.#look(watch)));
      }
      if (this.#watches.size === 0) return;
      await sleep(tickMs, signal);
    }
  }

  /** Starts to watch new waits, and drops those that ended or were canceled elsewhere. */
  async #refresh(): Promise<void> {
    const { store, fetch, report } = this.#options;
    const { waits, unreadable } = await store.open();
    const open = new Set(waits.map(({ id }) => id));
    for (const id of this.#watches.keys()) if (!open.has(id)) this.#watches.delete(id);
    for (const wait of waits) {
      if (this.#watches.has(wait.id)) continue;
      const client = createPlanClient(wait.task, wait.token, fetch);
      this.#watches.set(wait.id, { wait, client, memory: beginWait(wait.registeredAt), dueAt: 0 });
    }
    for (const id of unreadable) {
      if (this.#reportedUnreadable.has(id)) continue;
      this.#reportedUnreadable.add(id);
      report('warn', `cannot read wait ${id}: was GATES_KEY changed?`);
    }
  }

  /** Polls one wait. An error here concerns this wait alone. */
  async #look(watch: Watch): Promise<void> {
    const { now, random, observe, report } = this.#options;
    const { wait, client } = watch;
    const { criteria } = wait.request;
    try {
      const standing = await client.standing();
      if (standing.kind === 'over') return await this.#end(watch, 'abandoned', standing.reason);
      const step = advance(criteria, watch.memory, await observe(wait), now());
      watch.memory = step.memory;
      watch.dueAt = now() + pauseBeforeNextPoll(criteria, step.memory, now(), random());
      if (step.conclusion && standing.kind === 'waiting') return await this.#conclude(watch, step.conclusion);
      if (step.changed) await client.log(describe(step.memory, criteria, now()));
    } catch (error) {
      watch.dueAt = now() + criteria.pollIntervalMs;
      report('warn', `could not poll wait ${wait.id}`, error);
    }
  }

  async #conclude(watch: Watch, { outcome, reason }: Conclusion): Promise<void> {
    const { client, wait } = watch;
    const result = resultOf(outcome, wait.request.criteria);
    await client.log(`${outcome}: ${reason}`);
    const said = await client.complete(result);
    if (said.kind === 'over') await this.#end(watch, outcome, reason);
    else watch.dueAt = 0;
  }

  async #end({ wait }: Watch, outcome: string, reason: string): Promise<void> {
    await this.#options.store.end(wait.id, outcome, reason);
    this.#watches.delete(wait.id);
    this.#options.report('info', `wait ${wait.id} ended: ${outcome}`);
  }
}

/** The result of the task. As in the agent's task, a timeout fails unless the criteria ask for a warning. */
function resultOf(outcome: Conclusion['outcome'], { onTimeout }: WaitCriteria): 'succeeded' | 'failed' {
  const ranOut = outcome === 'timedOut' || outcome === 'neverAppeared';
  return outcome === 'satisfied' || (ranOut && onTimeout === 'warn') ? 'succeeded' : 'failed';
}
