/** What screen readers hear after the answer has been refreshed: the summary at first, then what has changed. */
import type { Presence, Whereabouts } from '../../api/introspection/contract.ts';
import { announceLoaded } from '../hub/announce-loaded.ts';
import type { Knowledge } from '../live/live-answer.ts';
import { placeState } from './PlaceLine.tsx';
import { whereStrings } from './strings.ts';
import { byService, summaryOf } from './where.ts';

const mostNamed = 3;

/** One sentence for each environment that has changed; empty if there is nothing to say. */
export function announceWhere(
  before: Knowledge<Whereabouts>,
  after: Knowledge<Whereabouts>,
  wanted: boolean,
): string {
  if (after.kind !== 'found') return announceLoaded(before, after, wanted);
  const { Environments: places } = after.body;
  if (before.kind !== 'found')
    return places.length > 0 ? `${summaryOf(after.body).headline}.` : announceLoaded(before, after, wanted);
  const changes = before.body === after.body ? [] : changesOf(before.body.Environments, places);
  if (changes.length > mostNamed) return whereStrings.announce.many(changes.length);
  return changes.join(' ') || announceLoaded(before, after, wanted);
}

function changesOf(before: readonly Presence[], after: readonly Presence[]): string[] {
  const old = new Map(before.map((place) => [keyOf(place), placeState(place)]));
  const isOneService = byService(after).length === 1;
  return after
    .filter((place) => old.get(keyOf(place)) !== placeState(place))
    .map((place) => {
      const { Service, Environment } = place;
      const name = isOneService ? Environment : whereStrings.place(Service, Environment);
      return whereStrings.announce.now(name, placeState(place));
    });
}

const keyOf = ({ Service, Environment }: Presence) => JSON.stringify([Service, Environment]);
