/** How a run of a demonstration pipeline goes: from its commits through its stages, step by step in time. */
import type { Recorder, Result, Run, StageAttempt } from './hook-events.ts';

const minute = 60_000;

export function minutesAfter(time: Date, minutes: number): Date {
  return new Date(time.getTime() + minutes * minute);
}

/** The stage of a run, from its start to its end or to where it is now. */
export interface StageCourse {
  readonly stage: string;
  /** Absent for a stage that deploys nowhere. */
  readonly environment?: string;
  /** How it ends; absent while it goes on. */
  readonly result?: Result;
  /** Minutes of work. */
  readonly minutes: number;
  /** Minutes until somebody approves; `pending` while nobody has; absent where nobody has to. */
  readonly approval?: number | 'pending';
  readonly attempt?: number;
}

/** Records an attempt of a stage that begins at `start`. @returns when it ended, or the last that is known of it */
export function recordStage(recorder: Recorder, run: Run, course: StageCourse, start: Date): Date {
  const { stage, environment, result, minutes, approval, attempt = 1 } = course;
  const which: StageAttempt = { run, stage, attempt };
  let time = start;
  if (environment !== undefined) recorder.deploysTo(run, stage, environment, minutesAfter(start, 1));
  if (result === 'skipped') {
    recorder.stageChanged(which, 'completed', time, result);
    return time;
  }
  if (approval !== undefined && environment !== undefined) {
    recorder.stageChanged(which, 'waiting', time);
    recorder.approval(which, environment, 'pending', time);
    if (approval === 'pending') return time;
    time = minutesAfter(time, approval);
    recorder.approval(which, environment, 'approved', time);
  }
  recorder.stageChanged(which, 'running', time);
  if (result === undefined) return time;
  time = minutesAfter(time, minutes);
  recorder.stageChanged(which, 'completed', time, result);
  return time;
}

/**
 * Records the stages of a run one after another; those after a failed one are skipped. @returns when the last ended,
 * and how the run ended: undefined while it goes on
 */
export function recordStages(
  recorder: Recorder,
  run: Run,
  courses: readonly StageCourse[],
  start: Date,
): { readonly end: Date; readonly result: Result | undefined } {
  let end = start;
  let result: Result | undefined = 'succeeded';
  for (const course of courses) {
    if (result === undefined) break;
    const hasFailed = result !== 'succeeded';
    end = recordStage(recorder, run, hasFailed ? { ...course, result: 'skipped' } : course, end);
    if (!hasFailed) result = course.approval === 'pending' ? undefined : course.result;
  }
  return { end, result };
}

/** Numbers from 0 up to 1 that look random and are the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
