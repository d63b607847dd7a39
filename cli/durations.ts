/** Options that are durations, in the one form that the whole product reads: `5s`, `10m`, `1h30m`. */
import { InvalidArgumentError } from 'commander';
import { formatDuration, parseDuration } from '../wait/duration.ts';

/** Returns a parser of a duration in milliseconds, from `least` to `most`. */
export function durationArgument(least: number, most = Number.POSITIVE_INFINITY): (text: string) => number {
  return (text) => {
    const milliseconds = parseDuration(text);
    if (milliseconds === undefined) throw new InvalidArgumentError('Expected a duration such as 5s or 10m.');
    if (milliseconds < least || milliseconds > most) {
      const limit = most === Number.POSITIVE_INFINITY ? 'or more' : `to ${formatDuration(most)}`;
      throw new InvalidArgumentError(`Expected a duration, ${formatDuration(least)} ${limit}.`);
    }
    return milliseconds;
  };
}
