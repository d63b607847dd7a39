/**
 * Decides when the mapping jobs run, in every host. A round brings every job with work to do up to date, over closed
 * windows of ingestion time; this makes the mappings complete. A commit of the changelog nudges the scheduler, which
 * then maps the last seconds at once; this makes them fast. Mapping twice adds nothing.
 *
 * An event waits at most 45 seconds for its window to close and the next round to start, so it is mapped within a
 * minute even if the process that took it dies. An idle system writes only one watermark per job and hour.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { KustoClient } from '../client/client.ts';
import { type Job, loadJobs } from './job.ts';
import { LeaseTakenError } from './lease.ts';
import { dueJobs } from './progress.ts';
import { jobRoundMs } from './round.ts';
import { defaultJobOptions, runJob } from './run-job.ts';
import { mapTailCommand, type Window } from './window.ts';

export interface JobSchedulerOptions {
  readonly database: KustoClient;
  /** All jobs by default. */
  readonly jobs?: readonly Job[];
  /** The holder of the leases; by default a name that no other process has. */
  readonly holder?: string;
  /** Where a job that has never run starts; a week ago by default. */
  readonly since?: Date | undefined;
  /** How long ago a window must have ended to be closed. */
  readonly settleMs?: number;
  /** From the start of one round to the start of the next. */
  readonly roundMs?: number;
  /** The shortest time between two mappings of the last seconds. */
  readonly tailMs?: number;
  readonly onWindow?: (job: Job, window: Window) => void;
  /** Called when the last seconds have been mapped, as far as that is possible now. */
  readonly onMapped?: () => void;
  /** Called if another holder is running a job. */
  readonly onTaken?: (job: Job, error: LeaseTakenError) => void;
  /** Called if a job fails; the others still run. */
  readonly onFailure?: (job: Job, error: unknown) => void;
}

const weekMs = 7 * 24 * 60 * 60_000;
/**
 * The possible lengths of a tail: few, so that Kusto compiles few texts for each job. Older rows are left to the
 * rounds.
 */
const longestTailSeconds = 1800;
const tailSeconds = [2, 5, 15, 60, 300, longestTailSeconds];
/** The ingestion time of a row may differ this much from the time of the commit in this process. */
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
  /** When the first unmapped commit began, by `performance.now()`. */
  #unmappedSince: number | undefined;
  #lastTailAt = Number.NEGATIVE_INFINITY;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: JobSchedulerOptions) {
    this.#options = options;
    this.#jobs = options.jobs ?? loadJobs();
    this.#holder = options.holder ?? `${hostname()}/${process.pid}/${randomUUID()}`;
  }

  /** Runs a round every `roundMs`, the first after one interval. */
  start(): void {
    this.#timer ??= setInterval(() => {
      this.#round ??= this.round().finally(() => {
        this.#round = undefined;
      });
    }, this.#options.roundMs ?? jobRoundMs);
  }

  /** Brings every job with work to do up to date. If `signal` is aborted, it ends after the current job. */
  async round(signal?: AbortSignal): Promise<void> {
    const due = await dueJobs(this.#options.database, this.#jobs);
    for (const job of due) {
      if (signal?.aborted || this.#stopping) return;
      await this.#inTurn(() => this.#bringUpToDate(job));
    }
  }

  /** Maps what the changelog has committed since `startedAt` (`performance.now()`) as soon as possible. */
  nudge({ startedAt }: { readonly startedAt: number }): void {
    this.#unmappedSince = Math.min(this.#unmappedSince ?? startedAt, startedAt);
    this.#scheduleTail();
  }

  /** Ends after the current job, and maps what was committed before. */
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
    const { database, onMapped, onFailure } = this.#options;
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
    onMapped?.();
  }

  /** Jobs of this process run one at a time: two that map the same rows could both add them. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
