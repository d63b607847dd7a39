/**
 * When the mapping jobs run, in every host: each time of `jobIntervalMs`, over windows that ended
 * `defaultJobOptions.settleMs` before. An event waits for its window to close, then for the next round: three
 * quarters of a minute at most, so with the round itself it is mapped within a minute, whatever became of the
 * process that took it. One host runs a job at a time; the others find the lease taken and leave it.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { KustoClient } from '../client/client.ts';
import { defaultJobOptions, type Job, runJob } from './job.ts';
import { LeaseTakenError } from './lease.ts';

/** From the start of one round to the start of the next. */
export const jobIntervalMs = 30_000;

export interface JobScheduleOptions {
  readonly database: KustoClient;
  readonly jobs: readonly Job[];
  /** Who holds the leases; by default a name that no other process has. */
  readonly holder?: string;
  /** How far back a job looks that has never run; a day by default. */
  readonly firstRangeMs?: number;
  /** The longest window; what is longer is cut. */
  readonly windowMs?: number;
  readonly onFailure?: (job: Job, error: unknown) => void;
}

const dayMs = 24 * 60 * 60_000;

/** Brings every job up to date, one after another; done when the last has ended, or `signal` has. */
export async function runAllJobs(options: JobScheduleOptions, signal?: AbortSignal): Promise<void> {
  const { database, jobs, holder = ownName(), firstRangeMs = dayMs, windowMs, onFailure } = options;
  const since = new Date(Date.now() - firstRangeMs);
  for (const job of jobs) {
    if (signal?.aborted) return;
    try {
      await runJob(database, job, { ...defaultJobOptions, ...(windowMs && { windowMs }), holder, since });
    } catch (error) {
      if (!(error instanceof LeaseTakenError)) onFailure?.(job, error);
    }
  }
}

/** Runs the jobs over and over, the first time after an interval. `stop` ends after the job under way. */
export function startJobSchedule(
  options: JobScheduleOptions,
  intervalMs = jobIntervalMs,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const fixed = { ...options, holder: options.holder ?? ownName() };
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= runAllJobs(fixed, stopping.signal).finally(() => {
      running = undefined;
    });
  }, intervalMs);
  return {
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

function ownName(): string {
  return `${hostname()}/${process.pid}/${randomUUID()}`;
}
