/**
 * Runs one job over windows. They follow each other without gaps up to a moment ago; the end of the last finished
 * one, kept in the table `JobWindow`, is the job's watermark. A crash between mapping a window and recording it
 * repeats the window, which then adds nothing.
 */
import type { KustoClient } from '../client/client.ts';
import type { Job } from './job.ts';
import { withLease } from './lease.ts';
import { readProgress } from './progress.ts';
import { cut, mapCommand, recordCommand, type Window } from './window.ts';

export interface JobOptions {
  /** Who runs the jobs: see {@link withLease}. */
  readonly holder: string;
  /** Where a job starts that has never run. */
  readonly since: Date;
  /** How long ago a window must have ended to be closed: rows take this long at most to become visible. */
  readonly settleMs: number;
  /** The longest window; a longer one is cut. */
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
 * Brings a job up to date: runs every closed window since its watermark, each of which moves it.
 *
 * @returns the windows that were run
 * @throws LeaseTakenError where another holder is running the job
 */
export function runJob(database: KustoClient, job: Job, options: JobOptions): Promise<Window[]> {
  return underLease(database, job, options, async (renew) => {
    const { now, watermarks } = await readProgress(database);
    const start = watermarks.get(job.name)?.end ?? options.since;
    const windows = cut({ start, end: before(now, options.settleMs) }, options.windowMs);
    for (const window of windows) {
      await renew();
      await map(database, job, { ...window, start: before(window.start, job.lookbackMs) }, options);
      await database.command(recordCommand(job, window, options.holder));
      options.onWindow?.(job, window);
    }
    return windows;
  });
}

/**
 * Runs a job over a range once more, such as after its source was corrected. The watermark stays where it is:
 * what lies between it and the range has not been mapped.
 *
 * @returns the windows that were run
 * @throws LeaseTakenError where another holder is running the job
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
