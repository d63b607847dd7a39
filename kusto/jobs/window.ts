/**
 * Windows of ingestion time, and the commands that map them. What differs from one window to the next is in front of a
 * command, so the embedded engine compiles a job once.
 */
import { stringLiteral } from '../schema/commands.ts';
import type { Job } from './job.ts';

/** From `start` up to, not including, `end`. */
export interface Window {
  readonly start: Date;
  readonly end: Date;
}

/** Cuts a range into windows of at most `longestMs`; none where the range is empty. */
export function cut({ start, end }: Window, longestMs: number): Window[] {
  const windows: Window[] = [];
  for (let from = start.getTime(); from < end.getTime(); from += longestMs) {
    windows.push({ start: new Date(from), end: new Date(Math.min(from + longestMs, end.getTime())) });
  }
  return windows;
}

/** The command that maps a window. */
export function mapCommand(job: Job, { start, end }: Window): string {
  return appendCommand(job, bound(literal(start), literal(end)));
}

/** The command that maps the last `seconds` by the server's clock. It ends in the future, as clocks differ. */
export function mapTailCommand(job: Job, seconds: number): string {
  return appendCommand(job, `let tail = ${seconds * 1000}ms;\n${bound('now() - tail', 'now() + 1m')}`);
}

/** The command that records a mapped window: its end becomes the job's watermark. */
export function recordCommand(
  { name }: Pick<Job, 'name'>,
  { start, end }: Window,
  holder: string,
  isSweep: boolean,
): string {
  return `.append JobWindow <|
${bound(literal(start), literal(end))}
let job = ${stringLiteral(name)};
let holder = ${stringLiteral(holder)};
let isSweep = ${isSweep};
print Job = job, WindowStart = windowStart, WindowEnd = windowEnd, Holder = holder, FinishedAt = now(), IsSweep = isSweep`;
}

function appendCommand({ target, query }: Job, values: string): string {
  return `.append ${target} <|\n${values}\n${query}`;
}

function bound(start: string, end: string): string {
  return `let windowStart = ${start};\nlet windowEnd = ${end};`;
}

function literal(time: Date): string {
  return `datetime(${time.toISOString()})`;
}
