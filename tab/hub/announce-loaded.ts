/** What screen readers hear of a view whose rows are too many to name their changes. */
import type { Knowledge } from '../live/live-answer.ts';
import { hubStrings } from './strings.ts';

/** Says that something has arrived, that it could not be refreshed, or, if the user asked, that it is the same. */
export function announceLoaded(
  before: Knowledge<unknown>,
  after: Knowledge<unknown>,
  wanted: boolean,
): string {
  if (after.kind !== 'found') return '';
  if (before.kind !== 'found') return hubStrings.announce.loaded;
  if (!before.refreshError && after.refreshError) return hubStrings.matrix.staleAnnounced;
  if (before.refreshError && !after.refreshError) return hubStrings.matrix.recovered;
  if (before.body !== after.body) return hubStrings.announce.changed;
  return wanted ? hubStrings.matrix.unchanged : '';
}
