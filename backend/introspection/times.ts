/** The times that queries of introspection are about. */
import type { ParameterMistake } from '../../api/query.ts';

/** Stands for now where a function takes a time to look back to. */
export const newest = '9999-12-31T00:00:00.0000000Z';
/** Before everything. */
export const earliest = '0001-01-01T00:00:00.0000000Z';

/** A clock that is ahead of ours is not wrong yet. */
const toleranceMs = 5 * 60_000;

/** What is wrong with a time that has not come yet: what was asked for would change when it comes. */
export function mistakeOfFuture(target: string, time: string | undefined): ParameterMistake | undefined {
  if (time === undefined || Date.parse(time) <= Date.now() + toleranceMs) return undefined;
  return { target, message: `${target} is in the future; it must not be later than now.` };
}

/** The refusal of a time before anything is known. @param horizon the earliest that is; null if none is */
export function tooEarly(horizon: string | null) {
  const message =
    horizon === null
      ? 'at is earlier than anything that is known; leave it out.'
      : `at is earlier than the history of this project goes; it must be ${horizon} or later.`;
  return { kind: 'invalid', mistakes: [{ target: 'at', message }] } as const;
}
