/**
 * How often B2D's answers change, and what a cache would serve: requests of a week over the changes of a week, for one
 * lifetime after the other, in one process. The record is docs/decisions/0010-lifetimes-of-b2d-answers.md.
 */
import type { BenchReport, Row } from '../report.ts';
import { type BuildHistory, replayWeek } from './answers.ts';
import { requestTimes, seeded } from './traffic.ts';

export interface ReplayOptions {
  readonly seed: number;
}

const lifetimesInSeconds = [0, 1, 2, 5, 15, 60, 300, 3_600];

export async function benchReplay({ seed }: ReplayOptions): Promise<BenchReport> {
  const end = new Date();
  const histories = await replayWeek(end, (line) => process.stderr.write(`${line}\n`));
  const random = seeded(seed);
  const requests = histories.map((history) => requestTimes(history, end.getTime(), random));
  return {
    seed,
    tables: {
      'Changes of answers in a week': histories.map(changeRow),
      'What a cache serves': lifetimesInSeconds.map((seconds) => lifetimeRow(seconds, histories, requests)),
    },
  };
}

function changeRow({ build, changes, endedAt }: BuildHistory): Row {
  const gaps = changes.slice(1).map((change, index) => (change - (changes[index] ?? change)) / 1000);
  gaps.sort((a, b) => a - b);
  const [first = 0] = changes;
  const hours = ((changes.at(-1) ?? first) - first) / 3_600_000;
  return {
    build,
    changes: changes.length,
    hoursOfChange: hours,
    shortestGapSeconds: gaps[0] ?? null,
    medianGapSeconds: gaps[Math.floor(gaps.length / 2)] ?? null,
    ended: endedAt !== undefined,
  };
}

/** One cache entry for each build; an answer is stale if it was asked for before the latest change. */
function lifetimeRow(
  seconds: number,
  histories: readonly BuildHistory[],
  requests: readonly (readonly number[])[],
): Row {
  let total = 0;
  let queries = 0;
  let stale = 0;
  const outdatedFor: number[] = [];
  /** With what a cache would do that is told of every change. */
  let queriesIfTold = 0;
  for (const [index, { changes }] of histories.entries()) {
    let askedAt = Number.NEGATIVE_INFINITY;
    let askedIfTold = Number.NEGATIVE_INFINITY;
    for (const time of requests[index] ?? []) {
      total++;
      const changed = changes.findLast((change) => change <= time) ?? Number.NEGATIVE_INFINITY;
      if (time - askedAt >= seconds * 1000) {
        queries++;
        askedAt = time;
      } else if (askedAt < changed) {
        stale++;
        const missed = changes.find((change) => change > askedAt) ?? time;
        outdatedFor.push((time - missed) / 1000);
      }
      if (time - askedIfTold >= seconds * 1000 || askedIfTold < changed) {
        queriesIfTold++;
        askedIfTold = time;
      }
    }
  }
  outdatedFor.sort((a, b) => a - b);
  return {
    lifetimeSeconds: seconds,
    requests: total,
    queries,
    hitPercent: percent(total - queries, total),
    stale,
    stalePercent: percent(stale, total),
    medianOutdatedSeconds: outdatedFor[Math.floor(outdatedFor.length / 2)] ?? null,
    longestOutdatedSeconds: outdatedFor.at(-1) ?? null,
    hitPercentIfTold: percent(total - queriesIfTold, total),
  };
}

function percent(part: number, whole: number): number {
  return (100 * part) / whole;
}
