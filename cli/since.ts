/** Parses `--since`: a duration back from now, or a time. */
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../wait/duration.ts';

/** Converts `7d`, `36h`, or a time with a time zone to an ISO 8601 time. */
export function sinceArgument(text: string, now = Date.now()): string {
  const back = parseDuration(text);
  if (back !== undefined) return new Date(now - back).toISOString();
  const hasZone = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d))?$/i.test(text.trim());
  const time = hasZone ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new InvalidArgumentError(
      'Expected a duration such as 7d or 36h, or a time such as 2026-01-31T08:00:00Z.',
    );
  }
  if (time > now) throw new InvalidArgumentError('Expected a time in the past.');
  // Times of Azure DevOps have more digits than a Date keeps.
  return text.includes('T') ? text.trim() : new Date(time).toISOString();
}
