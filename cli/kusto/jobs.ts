/** `kusto jobs`. */
import { hostname } from 'node:os';
import type { KustoClient } from '../../kusto/client/client.ts';
import { type Job, loadJobs } from '../../kusto/jobs/job.ts';
import { LeaseTakenError } from '../../kusto/jobs/lease.ts';
import { defaultJobOptions, rerunJob } from '../../kusto/jobs/run-job.ts';
import { JobScheduler } from '../../kusto/jobs/scheduler.ts';
import type { Window } from '../../kusto/jobs/window.ts';
import { sleep } from '../../net/sleep.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes, usageError } from '../exit-codes.ts';
import { type ConnectionOptions, withDatabase } from './connection.ts';

interface JobsOptions extends ConnectionOptions {
  readonly job?: readonly string[];
  /** Milliseconds. */
  readonly every?: number;
  readonly from?: Date;
  readonly to?: Date;
  readonly since?: Date;
  /** Milliseconds. */
  readonly settle: number;
  readonly holder?: string;
}

const thirtyDays = 30 * 24 * 60 * 60_000;

/** Runs the jobs one after another; with `--every`, again and again until interrupted. */
export async function jobs(options: JobsOptions, context: Context): Promise<ExitCode> {
  const range = chosenRange(options);
  const run: JobRun = {
    chosen: chosenJobs(options.job),
    holder: options.holder ?? `${hostname()} process ${process.pid}`,
    onWindow({ name }, { start, end }) {
      context.out.line(`${name}: mapped ${start.toISOString()} to ${end.toISOString()}`);
    },
  };
  return withDatabase(options, (database) =>
    range ? rerun(database, range, run, context) : bringUpToDate(database, options, run, context),
  );
}

interface JobRun {
  readonly chosen: readonly Job[];
  readonly holder: string;
  onWindow(job: Job, window: Window): void;
}

async function rerun(
  database: KustoClient,
  range: Window,
  { chosen, ...run }: JobRun,
  { err, signal }: Context,
): Promise<ExitCode> {
  let end: ExitCode = exitCodes.success;
  for (const job of chosen) {
    if (signal.aborted) break;
    try {
      await rerunJob(database, job, range, { ...defaultJobOptions, ...run });
    } catch (error) {
      if (!(error instanceof LeaseTakenError)) throw error;
      err.line(error.message);
      end = exitCodes.badNews;
    }
  }
  return end;
}

async function bringUpToDate(
  database: KustoClient,
  { since, settle, every }: JobsOptions,
  { chosen, ...run }: JobRun,
  { err, signal }: Context,
): Promise<ExitCode> {
  let taken = 0;
  const scheduler = new JobScheduler({
    database,
    jobs: chosen,
    since: since ?? new Date(Date.now() - thirtyDays),
    settleMs: settle,
    ...run,
    onTaken(_, { message }) {
      err.line(message);
      taken++;
    },
    onFailure(_, error) {
      throw error;
    },
  });
  for (;;) {
    taken = 0;
    await scheduler.round(signal);
    if (every === undefined || signal.aborted) return taken > 0 ? exitCodes.badNews : exitCodes.success;
    await sleep(every, signal);
    if (signal.aborted) return exitCodes.success;
  }
}

function chosenJobs(names: readonly string[] | undefined): Job[] {
  const all = loadJobs();
  const unknown = names?.find((name) => !all.some((job) => job.name === name));
  if (unknown !== undefined) {
    throw usageError(`--job ${unknown}: expected one of ${all.map(({ name }) => name).join(', ')}`);
  }
  return names ? all.filter(({ name }) => names.includes(name)) : all;
}

function chosenRange({ from, to, every }: JobsOptions): Window | undefined {
  if (!from && !to) return undefined;
  if (!from || !to || from >= to)
    throw usageError('--from and --to must be given together, and --from must be earlier');
  if (every !== undefined) throw usageError('--every cannot be combined with --from and --to');
  return { start: from, end: to };
}
