/**
 * Runs all mapping jobs every half minute: their windows end a quarter of a minute ago, so an event is mapped
 * within a minute whatever became of the process that took it. One instance runs a job at a time; the others
 * find the lease taken and leave it.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { KustoDatabase } from '../../kusto/client.ts';
import { defaultJobOptions, type Job, runJob } from '../../kusto/jobs.ts';
import { LeaseTakenError } from '../../kusto/lease.ts';

export interface JobScheduleOptions {
  readonly database: KustoDatabase;
  readonly jobs: readonly Job[];
  readonly intervalMs?: number;
  readonly onFailure?: (job: Job, error: unknown) => void;
}

const defaultIntervalMs = 30_000;
const settleMs = 15_000;
/** How far back a job looks that has never run. */
const firstWindowMs = 24 * 60 * 60_000;

/** Runs every job once. @param holder who holds the leases meanwhile */
export async function runAllJobs(
  { database, jobs, onFailure }: JobScheduleOptions,
  holder = `${hostname()}/${process.pid}/${randomUUID()}`,
): Promise<void> {
  const since = new Date(Date.now() - firstWindowMs);
  for (const job of jobs) {
    try {
      await runJob(database, job, { ...defaultJobOptions, settleMs, holder, since });
    } catch (error) {
      if (!(error instanceof LeaseTakenError)) onFailure?.(job, error);
    }
  }
}

/** Runs the jobs over and over. */
export function startJobSchedule(options: JobScheduleOptions): { stop(): Promise<void> } {
  let running = Promise.resolve();
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    running = runAllJobs(options).finally(() => {
      isRunning = false;
    });
  }, options.intervalMs ?? defaultIntervalMs);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
