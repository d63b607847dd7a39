/**
 * The jobs that fill the mapping tables. A job maps what came in during a window of ingestion time and adds
 * the rows that are not there yet. Windows follow each other without gaps up to a moment ago; the end of the
 * last finished one, kept in the table `JobWindow`, is the job's watermark.
 *
 * A crash between mapping a window and recording it repeats the window, which then adds nothing.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { KustoClient } from '../client/client.ts';
import { text } from '../schema/commands.ts';
import { commandsOf, DefinitionError } from '../schema/definitions.ts';
import { kqlFiles, kustoFolder } from '../schema/load.ts';
import { withLease } from './lease.ts';

export interface Job {
  readonly name: string;
  /** The table that it appends to. */
  readonly target: string;
  /** KQL that gives the rows to append, by `windowStart` and `windowEnd`. */
  readonly query: string;
  /** How far before the watermark a window starts, to find what was completed late. */
  readonly lookbackMs: number;
}

/** From `start` up to, not including, `end`. */
export interface Window {
  readonly start: Date;
  readonly end: Date;
}

export interface JobOptions {
  /** Who runs the jobs: see {@link withLease}. */
  readonly holder: string;
  /** Where a job starts that has never run. */
  readonly since: Date;
  /** How long ago a window must have ended to be closed: rows take this long at most to become visible. */
  readonly settleMs: number;
  /** The longest window; what is longer is cut. */
  readonly windowMs: number;
  /** The server's limit for one window's command. */
  readonly timeoutMs: number;
  /** Is told of each window when it is done. */
  readonly onWindow?: (job: Job, window: Window) => void;
}

export const defaultJobOptions = {
  settleMs: 15_000,
  windowMs: 24 * 60 * 60_000,
  timeoutMs: 5 * 60_000,
} as const;

/** The lease outlives a window's command by this, so that no command of a crashed holder is still running. */
const leaseMarginMs = 30_000;

const jobPattern = /^\.append (\w+) <\|\s*([\s\S]+)$/;
const lookbackPattern = /^\/\/ lookback: (\d+)d$/m;

/**
 * The jobs in `folder`, by name.
 *
 * @throws DefinitionError for a file that is not an append with a lookback
 */
export function loadJobs(folder = `${kustoFolder}/jobs`): Job[] {
  return kqlFiles(folder).map((file) => {
    const content = readFileSync(file, 'utf8');
    const [, target, query] = jobPattern.exec(commandsOf(content)[0] ?? '') ?? [];
    const [, days] = lookbackPattern.exec(content) ?? [];
    if (target === undefined || query === undefined || days === undefined) {
      throw new DefinitionError(
        `${file}: expected a comment "lookback: <days>d" and ".append <table> <| <query>"`,
      );
    }
    const lookbackMs = Number(days) * 24 * 60 * 60_000;
    return { name: basename(file, '.kql'), target, query, lookbackMs };
  });
}

/**
 * Brings a job up to date: runs every closed window since its watermark, each of which moves it.
 *
 * @returns the windows that were run
 * @throws LeaseTakenError where another holder is running the job
 */
export function runJob(database: KustoClient, job: Job, options: JobOptions): Promise<Window[]> {
  return underLease(database, job, options, async (renew) => {
    const start = (await watermark(database, job)) ?? options.since;
    const end = new Date((await serverTime(database)).getTime() - options.settleMs);
    const windows = cut({ start, end }, options.windowMs);
    for (const window of windows) {
      await renew();
      await runWindow(database, job, { ...window, start: before(window.start, job.lookbackMs) }, options);
      await recordWindow(database, job, window, options.holder);
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
      await runWindow(database, job, window, options);
      options.onWindow?.(job, window);
    }
    return windows;
  });
}

/** Up to when everything has been mapped; undefined for a job that has never finished a window. */
export async function watermark(database: KustoClient, job: Job): Promise<Date | undefined> {
  const [row] = await database.query(
    `JobWindow | where Job == ${text(job.name)} | summarize WindowEnd = max(WindowEnd)`,
  );
  return typeof row?.WindowEnd === 'string' && row.WindowEnd !== '' ? new Date(row.WindowEnd) : undefined;
}

/** Cuts a range into windows of at most `longestMs`; none where the range is empty. */
export function cut({ start, end }: Window, longestMs: number): Window[] {
  const windows: Window[] = [];
  for (let from = start.getTime(); from < end.getTime(); from += longestMs) {
    windows.push({ start: new Date(from), end: new Date(Math.min(from + longestMs, end.getTime())) });
  }
  return windows;
}

function underLease<T>(
  database: KustoClient,
  job: Job,
  { holder, timeoutMs }: Pick<JobOptions, 'holder' | 'timeoutMs'>,
  work: (renew: () => Promise<void>) => Promise<T>,
): Promise<T> {
  return withLease(database, { job: job.name, holder, durationMs: timeoutMs + leaseMarginMs }, work);
}

async function runWindow(
  database: KustoClient,
  { target, query }: Job,
  { start, end }: Window,
  { timeoutMs }: Pick<JobOptions, 'timeoutMs'>,
): Promise<void> {
  await database.command(`.append ${target} <|\n${bound({ start, end })}\n${query}`, { timeoutMs });
}

async function recordWindow(database: KustoClient, job: Job, window: Window, holder: string): Promise<void> {
  await database.command(
    `.append JobWindow <|
${bound(window)}
print Job = ${text(job.name)}, WindowStart = windowStart, WindowEnd = windowEnd, Holder = ${text(holder)}, FinishedAt = now()`,
  );
}

/** The cluster's own clock, which ingestion times are taken from; whole milliseconds, rounded down. */
async function serverTime(database: KustoClient): Promise<Date> {
  const [row] = await database.query('print Now = now()');
  return new Date(String(row?.Now));
}

function before(time: Date, milliseconds: number): Date {
  return new Date(time.getTime() - milliseconds);
}

/** A window before a query. What follows is the same for every window, so that it need be compiled only once. */
function bound({ start, end }: Window): string {
  return `let windowStart = ${literal(start)};\nlet windowEnd = ${literal(end)};`;
}

function literal(time: Date): string {
  return `datetime(${time.toISOString()})`;
}
