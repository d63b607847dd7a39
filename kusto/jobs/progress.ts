/** How far the jobs have come, and which of them have work to do. */
import type { KustoClient } from '../client/client.ts';
import { callFunction } from '../client/function-call.ts';
import { jobWatermarks, newestRows } from '../client/functions.ts';
import { type Row, timeOf } from '../client/rows.ts';
import { type Job, loadJobs } from './job.ts';

export interface JobProgress {
  /** The cluster's own clock, which ingestion times are taken from; whole milliseconds, rounded down. */
  readonly now: Date;
  /** By the name of the job; a job that has never finished a window has none. */
  readonly watermarks: ReadonlyMap<string, Watermark>;
}

export interface Watermark {
  /** Everything before this time has been mapped. */
  readonly end: Date;
  /** When rows that had become visible late were last mapped; undefined if they never were. */
  readonly sweptAt: Date | undefined;
}

/** How often each job maps rows that became visible late, which is how often an idle job runs. */
const sweepEveryMs = 60 * 60_000;

/**
 * How far before its watermark a sweep looks. Rows of followers and foreign clusters become visible up to a day after
 * their ingestion time, and wait for the next sweep.
 */
export const sweptMs = 24 * 60 * 60_000 + 2 * sweepEveryMs;

export async function readProgress(database: KustoClient): Promise<JobProgress> {
  const rows = await callFunction(database, jobWatermarks, {});
  const watermarks = rows.flatMap((row): [string, Watermark][] => {
    const end = dateOf(row, 'WindowEnd');
    return end ? [[String(row.Job), { end, sweptAt: dateOf(row, 'SweptAt') }]] : [];
  });
  const now = dateOf(rows[0], 'Now');
  if (!now) throw new Error('JobWatermarks gave no time');
  return { now, watermarks: new Map(watermarks) };
}

/** The time before which a job has mapped everything; undefined if it has never finished a window. */
export async function watermark(database: KustoClient, job: Job): Promise<Date | undefined> {
  return (await readProgress(database)).watermarks.get(job.name)?.end;
}

/** Whether a job must look for rows that became visible late. */
export function isSweepDue(reached: Watermark | undefined, now: Date): boolean {
  return !reached?.sweptAt || now.getTime() - reached.sweptAt.getTime() >= sweepEveryMs;
}

/**
 * The jobs that have work to do: those with new rows in a table that they read, those that have never run, and those
 * that have not looked for late rows for an hour. If the database cannot tell, all of them: each will report what is wrong.
 */
export async function dueJobs(database: KustoClient, jobs: readonly Job[]): Promise<readonly Job[]> {
  try {
    const { now, watermarks } = await readProgress(database);
    const reached = (job: Job): Watermark | undefined => {
      const found = watermarks.get(job.name);
      return isSweepDue(found, now) ? undefined : found;
    };
    const ends = jobs.flatMap((job) => reached(job)?.end.getTime() ?? []);
    const newest = ends.length > 0 ? await newestSince(database, new Date(Math.min(...ends))) : new Map();
    return jobs.filter((job) => {
      const end = reached(job)?.end.getTime();
      return end === undefined || job.reads.some((table) => (newest.get(table) ?? 0) >= end);
    });
  } catch {
    return jobs;
  }
}

/**
 * How far each job is behind, in seconds by its name: how old the oldest rows may be that it has still to read; 0 if
 * there are none. A job that has never finished a window is left out.
 *
 * @throws KustoError
 */
export async function jobLags(
  database: KustoClient,
  jobs: readonly Job[] = loadJobs(),
): Promise<ReadonlyMap<string, number>> {
  const { now, watermarks } = await readProgress(database);
  const ends = [...watermarks.values()].map(({ end }) => end.getTime());
  if (ends.length === 0) return new Map();
  const newest = await newestSince(database, new Date(Math.min(...ends)));
  return new Map(
    jobs.flatMap((job) => {
      const end = watermarks.get(job.name)?.end.getTime();
      if (end === undefined) return [];
      const isBehind = job.reads.some((table) => (newest.get(table) ?? 0) >= end);
      return [[job.name, isBehind ? (now.getTime() - end) / 1000 : 0]];
    }),
  );
}

/** The ingestion time of each table's newest row, in milliseconds; a table without rows since `start` has none. */
async function newestSince(database: KustoClient, start: Date): Promise<ReadonlyMap<string, number>> {
  const rows = await callFunction(database, newestRows, { startTime: start });
  return new Map(rows.map((row) => [String(row.Source), dateOf(row, 'Newest')?.getTime() ?? 0]));
}

function dateOf(row: Row | undefined, column: string): Date | undefined {
  const time = row && timeOf(row, column);
  return time ? new Date(time) : undefined;
}
