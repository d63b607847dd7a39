/** `kusto jobs`. */

import { hostname } from 'node:os';
import type { KustoClient } from '../../kusto/client/client.ts';
import {
  defaultJobOptions,
  type Job,
  type JobOptions,
  loadJobs,
  rerunJob,
  runJob,
  type Window,
} from '../../kusto/jobs/job.ts';
import { LeaseTakenError } from '../../kusto/jobs/lease.ts';
import { sleep } from '../../net/sleep.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes, usageError } from '../exit-codes.ts';
import { type ConnectionOptions, withDatabase } from './connection.ts';

interface JobsOptions extends ConnectionOptions {
  readonly job?: readonly string[];
  /** Seconds. */
  readonly every?: number;
  readonly from?: Date;
  readonly to?: Date;
  readonly since?: Date;
  /** Seconds. */
  readonly settle: number;
  readonly holder?: string;
}

const thirtyDays = 30 * 24 * 60 * 60_000;

/** Runs the jobs one after another; with `--every` again and again until interrupted. */
export async function jobs(options: JobsOptions, context: Context): Promise<ExitCode> {
  const range = chosenRange(options);
  const chosen = chosenJobs(options.job);
  const jobOptions: JobOptions = {
    ...defaultJobOptions,
    holder: options.holder ?? `${hostname()} process ${process.pid}`,
    since: options.since ?? new Date(Date.now() - thirtyDays),
    settleMs: options.settle * 1000,
    onWindow: ({ name }, { start, end }) => {
      context.out(`${name}: mapped ${start.toISOString()} to ${end.toISOString()}`);
    },
  };
  return withDatabase(options, async (database) => {
    for (;;) {
      const end = await runAll(database, chosen, range, jobOptions, context);
      if (options.every === undefined || context.signal.aborted) return end;
      await sleep(options.every * 1000, context.signal);
      if (context.signal.aborted) return exitCodes.success;
    }
  });
}

async function runAll(
  database: KustoClient,
  chosen: readonly Job[],
  range: Window | undefined,
  options: JobOptions,
  { err, signal }: Context,
): Promise<ExitCode> {
  let end: ExitCode = exitCodes.success;
  for (const job of chosen) {
    if (signal.aborted) break;
    try {
      await (range ? rerunJob(database, job, range, options) : runJob(database, job, options));
    } catch (error) {
      if (!(error instanceof LeaseTakenError)) throw error;
      err(error.message);
      end = exitCodes.badNews;
    }
  }
  return end;
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
  if (!from || !to || from >= to) throw usageError('--from and --to go together, the earlier time first');
  if (every !== undefined) throw usageError('--every does not go with --from and --to');
  return { start: from, end: to };
}
