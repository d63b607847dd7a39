/**
 * Who asks B2D about a build, and when: a wait task from its first event on, and people who open its page, both at the
 * pace of the product's own code. Random, but the same for the same seed.
 */
import { pauseBeforeRefresh } from '../../tab/live/refresh-plan.ts';
import { readCriteria } from '../../wait/criteria.ts';
import { pauseBeforeNextPoll } from '../../wait/poll-interval.ts';
import type { BuildHistory } from './answers.ts';

const minute = 60_000;
const hour = 60 * minute;
/** People look while it deploys, and for a while afterwards. */
const visits = 20;
const afterEnd = 12 * hour;
const longestVisit = 30 * minute;

/** The times of all requests for a build, in order, in milliseconds since 1970. */
export function requestTimes(history: BuildHistory, end: number, random: () => number): number[] {
  const [first = end] = history.changes;
  const over = Math.min(end, (history.endedAt ?? end) + afterEnd);
  const times = waitTimes(history, first, Math.min(end, history.endedAt ?? end), random);
  for (let visit = 0; visit < visits; visit++) {
    const opened = first + random() * (over - first);
    times.push(...visitTimes(history, opened, Math.min(end, opened + random() * longestVisit), random));
  }
  return times.sort((a, b) => a - b);
}

function waitTimes(history: BuildHistory, start: number, end: number, random: () => number): number[] {
  const { criteria } = readCriteria({});
  if (!criteria) throw new TypeError('the defaults of a wait are not valid');
  const times: number[] = [];
  const last = Math.min(end, start + criteria.timeoutMs);
  for (let time = start, quietPolls = 0; time < last; ) {
    times.push(time);
    const memory = {
      startedAt: start,
      polls: times.length,
      quietPolls,
      everReached: true,
      everAppeared: true,
      fingerprint: '',
    };
    const next = time + pauseBeforeNextPoll(criteria, memory, time, random());
    quietPolls = changesBetween(history, time, next) ? 0 : quietPolls + 1;
    time = next;
  }
  return times;
}

function visitTimes(history: BuildHistory, start: number, end: number, random: () => number): number[] {
  const times: number[] = [];
  for (let time = start, unchangedAnswers = 0; time < end; ) {
    times.push(time);
    const kind = time >= (history.endedAt ?? Number.POSITIVE_INFINITY) ? 'settled' : 'open';
    const next = time + (pauseBeforeRefresh({ kind, unchangedAnswers }, random()) ?? end);
    unchangedAnswers = changesBetween(history, time, next) ? 0 : unchangedAnswers + 1;
    time = next;
  }
  return times;
}

function changesBetween({ changes }: BuildHistory, from: number, to: number): boolean {
  return changes.some((change) => change > from && change <= to);
}

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
