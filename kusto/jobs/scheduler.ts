/**
 * Decides when the mapping jobs run, in every host. A round brings each job up to date that has something to do, over
 * windows of ingestion time that are closed; that is what makes the mappings complete. Besides, whoever commits rows
 * of the changelog nudges the scheduler, which then maps the last seconds at once: that makes them fast, and what is
 * lost in a crash is found by the next round. Mapping twice adds nothing.
 *
 * An event waits for its window to close and for the next round, which is three quarters of a minute at most, so it
 * is mapped within a minute whatever becomes of the process that took it. An idle system writes nothing but an hourly
 * watermark of each job.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { KustoClient } from '../client/client.ts';
import { type Job, loadJobs } from './job.ts';
import { LeaseTakenError } from './lease.ts';
import { dueJobs } from './progress.ts';
import { defaultJobOptions, runJob } from './run-job.ts';
import { mapTailCommand, type Window } from './window.ts';

export interface JobSchedulerOptions {
  readonly database: KustoClient;
  /** All jobs by default. */
  readonly jobs?: readonly Job[];
  /** Who holds the leases; by default a name that no other process has. */
  readonly holder?: string;
  /** Where a job starts that has never run; a week ago by default. */
  readonly since?: Date | undefined;
  /** How long ago a window must have ended to be closed. */
  readonly settleMs?: number;
  /** From the start of one round to the start of the next. */
  readonly roundMs?: number;
  /** Least time from one mapping of the last seconds to the next. */
  readonly tailMs?: number;
  readonly onWindow?: (job: Job, window: Window) => void;
  /** Called where another holder runs a job. */
  readonly onTaken?: (job: Job, error: LeaseTakenError) => void;
  /** Called where a job fails; the others run. */
  readonly onFailure?: (job: Job, error: unknown) => void;
}

/** From the start of one round to the start of the next. */
export const jobRoundMs = 30_000;

const weekMs = 7 * 24 * 60 * 60_000;
/**
 * The lengths that a tail may have: few, so that each job has few texts for Kusto to compile. What is older than the
 * longest is left to the rounds.
 */
const longestTailSeconds = 1800;
const tailSeconds = [2, 5, 15, 60, 300, longestTailSeconds];
/** A row's ingestion time may lie this much before or after the flush that this process saw. */
const tailMarginMs = 500;

export class JobScheduler {
  readonly #options: JobSchedulerOptions;
  readonly #jobs: readonly Job[];
  readonly #holder: string;
  #stopping = false;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #tailTimer: NodeJS.Timeout | undefined;
  #tail: Promise<void> | undefined;
  /** When the first commit began that has not been mapped, by `performance.now()`. */
  #unmappedSince: number | undefined;
  #lastTailAt = Number.NEGATIVE_INFINITY;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: JobSchedulerOptions) {
    this.#options = options;
    this.#jobs = options.jobs ?? loadJobs();
    this.#holder = options.holder ?? `${hostname()}/${process.pid}/${randomUUID()}`;
  }

  /** Runs a round now and then, the first time after an interval. */
  start(): void {
    this.#timer ??= setInterval(() => {
      this.#round ??= this.round().finally(() => {
        this.#round = undefined;
      });
    }, this.#options.roundMs ?? jobRoundMs);
  }

  /** Brings every job up to date that has something to do; where `signal` is aborted, it ends after the job under way. */
  async round(signal?: AbortSignal): Promise<void> {
    const due = await dueJobs(this.#options.database, this.#jobs);
    for (const job of due) {
      if (signal?.aborted || this.#stopping) return;
      await this.#inTurn(() => this.#bringUpToDate(job));
    }
  }

  /** Maps what the changelog has committed since `startedAt` (`performance.now()`), as soon as may be. */
  nudge({ startedAt }: { readonly startedAt: number }): void {
    this.#unmappedSince = Math.min(this.#unmappedSince ?? startedAt, startedAt);
    this.#scheduleTail();
  }

  /** Ends after the job under way, and maps what was committed before. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    clearTimeout(this.#tailTimer);
    await this.#round;
    await this.#tail;
    if (this.#unmappedSince !== undefined) await this.#mapTail();
  }

  async #bringUpToDate(job: Job): Promise<void> {
    const { database, since, settleMs, onWindow, onTaken, onFailure } = this.#options;
    try {
      await runJob(database, job, {
        ...defaultJobOptions,
        ...(settleMs !== undefined && { settleMs }),
        holder: this.#holder,
        since: since ?? new Date(Date.now() - weekMs),
        onWindow,
      });
    } catch (error) {
      if (error instanceof LeaseTakenError) onTaken?.(job, error);
      else onFailure?.(job, error);
    }
  }

  #scheduleTail(): void {
    if (this.#stopping || this.#tail || this.#tailTimer || this.#unmappedSince === undefined) return;
    const wait = Math.max(0, this.#lastTailAt + (this.#options.tailMs ?? 0) - performance.now());
    this.#tailTimer = setTimeout(() => {
      this.#tailTimer = undefined;
      this.#tail = this.#mapTail().finally(() => {
        this.#tail = undefined;
        this.#scheduleTail();
      });
    }, wait);
  }

  async #mapTail(): Promise<void> {
    const { database, onFailure } = this.#options;
    const since = this.#unmappedSince ?? performance.now();
    this.#unmappedSince = undefined;
    this.#lastTailAt = performance.now();
    const needed = this.#lastTailAt - since + tailMarginMs;
    const seconds = tailSeconds.find((length) => length * 1000 >= needed) ?? longestTailSeconds;
    for (const job of this.#jobs.filter(({ mapsChangelog }) => mapsChangelog)) {
      try {
        await this.#inTurn(() => database.command(mapTailCommand(job, seconds)));
      } catch (error) {
        onFailure?.(job, error);
        this.#unmappedSince = Math.min(this.#unmappedSince ?? since, since);
      }
    }
  }

  /** Jobs of this process run one at a time: two that map the same rows could both add them. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
