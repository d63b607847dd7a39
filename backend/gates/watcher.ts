/**
 * Watches all registered waits. Every instance of the backend runs one watcher; a lease in the database lets one of
 * them work at a time, and whoever gets it next finds everything in the store.
 */
import type { KustoClient } from '../../kusto/client/client.ts';
import { LeaseTakenError, withLease } from '../../kusto/jobs/lease.ts';
import { sleep } from '../../net/sleep.ts';
import { HostLanes } from './host-lanes.ts';
import { WatchedWait, type WatchOptions } from './watched-wait.ts';

export interface WatcherOptions extends WatchOptions {
  readonly database: KustoClient;
  /** Tells this instance from others. */
  readonly instance: string;
  /** Pause between two reads of the store. */
  readonly tickMs: number;
  /** How long other instances wait before they take over from one that has gone silent. */
  readonly leaseMs: number;
}

export class Watcher {
  readonly #options: WatcherOptions;
  readonly #stop = new AbortController();
  readonly #watches = new Map<string, WatchedWait>();
  readonly #lanes = new HostLanes();
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
    const leading = new AbortController();
    const ending = AbortSignal.any([signal, leading.signal]);
    try {
      while (!signal.aborted) {
        await keepLease();
        await this.#refresh();
        this.#lookAtDue(ending);
        if (this.#watches.size === 0) return;
        await sleep(tickMs, signal);
      }
    } finally {
      leading.abort();
      await this.#lanes.idle();
    }
  }

  /** Starts to poll what is due without waiting for it, so that a slow host delays its own waits alone. */
  #lookAtDue(signal: AbortSignal): void {
    for (const watched of this.#watches.values()) {
      if (!watched.isDue()) continue;
      watched.isInLane = true;
      this.#lanes.run(watched.host, async () => {
        if (!signal.aborted && !watched.isDropped) await watched.poll();
        watched.isInLane = false;
      });
    }
  }

  /**
   * Starts to watch new waits, and drops those that are not open any more. A wait that ended here stays until the
   * store says so too, because an older answer must not bring it back.
   */
  async #refresh(): Promise<void> {
    const { store, report } = this.#options;
    const { waits, unreadable } = await store.open();
    const open = new Set(waits.map(({ id }) => id));
    for (const watched of this.#watches.values()) if (!open.has(watched.wait.id)) this.#drop(watched);
    for (const wait of waits) {
      if (this.#watches.has(wait.id)) continue;
      this.#watches.set(wait.id, new WatchedWait(wait, this.#options));
    }
    for (const id of unreadable) {
      if (this.#reportedUnreadable.has(id)) continue;
      this.#reportedUnreadable.add(id);
      report(
        'warn',
        `cannot use a registration of wait ${id}: it was changed, or GATES_KEY or GATES_CALLBACK_HOSTS was`,
      );
    }
  }

  #drop(watched: WatchedWait): void {
    watched.isDropped = true;
    this.#watches.delete(watched.wait.id);
  }
}
