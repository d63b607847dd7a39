/**
 * Runs one job over windows. Windows follow each other without gaps up to a few seconds ago; the end of the last one,
 * kept in the table `JobWindow`, is the job's watermark. After a crash between mapping a window and recording it, the
 * window is mapped again, which adds nothing.
 */
import type { KustoClient } from '../client/client.ts';
import type { Job } from './job.ts';
import { withLease } from './lease.ts';
import { isSweepDue, readProgress, sweptMs } from './progress.ts';
import { cut, mapCommand, recordCommand, type Window } from './window.ts';

export interface JobOptions {
  /** The holder of the leases: see {@link withLease}. */
  readonly holder: string;
  /** Where a job that has never run starts. */
  readonly since: Date;
  /** How long ago a window must have ended: rows take at most this long to become visible. */
  readonly settleMs: number;
  /** Longer windows are cut to this length. */
  readonly windowMs: number;
  /** The server's limit for one window's command. */
  readonly timeoutMs: number;
  /** Called after each window. */
  readonly onWindow?: ((job: Job, window: Window) => void) | undefined;
}

export const defaultJobOptions = {
  settleMs: 15_000,
  windowMs: 24 * 60 * 60_000,
  timeoutMs: 5 * 60_000,
} as const;

/** The lease outlives a window's command by this, so that no command of a crashed holder is still running. */
const leaseMarginMs = 30_000;

/**
 * Brings a job up to date: maps every closed window since its watermark, and moves the watermark after each. Once an
 * hour it first maps the day before the watermark again, for rows that became visible late.
 *
 * @returns the windows that were run
 * @throws LeaseTakenError if another holder is running the job
 */
export function runJob(database: KustoClient, job: Job, options: JobOptions): Promise<Window[]> {
  return underLease(database, job, options, async (renew) => {
    const { now, watermarks } = await readProgress(database);
    const reached = watermarks.get(job.name);
    const start = reached?.end ?? options.since;
    const sweeps = isSweepDue(reached, now);
    const late =
      reached && sweeps ? cut({ start: before(start, sweptMs), end: start }, options.windowMs) : [];
    for (const window of late) {
      await renew();
      await map(database, job, window, options);
    }
    const windows = cut({ start, end: before(now, options.settleMs) }, options.windowMs);
    for (const window of windows) {
      await renew();
      await map(database, job, { ...window, start: before(window.start, job.lookbackMs) }, options);
      await database.command(recordCommand(job, window, options.holder, sweeps));
      options.onWindow?.(job, window);
    }
    return windows;
  });
}

/**
 * Maps a range again, for example after its source was corrected. The watermark does not move, because rows between
 * it and the range may not have been mapped.
 *
 * @returns the windows that were run
 * @throws LeaseTakenError if another holder is running the job
 */
export function rerunJob(
  database: KustoClient,
  job: Job,
  range: Window,
  options: Omit<JobOptions, 'since' | 'settleMs'>,
): Promise<Window[]> {
  return underLease(database, job, options, async (renew) => {
    const windows = cut(range, options.windowMs);
    for (const window of windows) {
      await renew();
      await map(database, job, window, options);
      options.onWindow?.(job, window);
    }
    return windows;
  });
}

function underLease<T>(
  database: KustoClient,
  { name }: Job,
  { holder, timeoutMs }: Pick<JobOptions, 'holder' | 'timeoutMs'>,
  work: (renew: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const durationMs = timeoutMs + leaseMarginMs;
  return withLease(database, { job: name, holder, durationMs, renewAfterMs: leaseMarginMs / 2 }, work);
}

async function map(
  database: KustoClient,
  job: Job,
  window: Window,
  { timeoutMs }: Pick<JobOptions, 'timeoutMs'>,
): Promise<void> {
  await database.command(mapCommand(job, window), { timeoutMs });
}

function before(time: Date, milliseconds: number): Date {
  return new Date(time.getTime() - milliseconds);
}
