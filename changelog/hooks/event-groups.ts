/** Groups of events, by the names that `hooks create --events` takes. They come from the catalogue of event types. */
import { eventTypes, type HookGroup } from '../events/catalogue.ts';
import type { EventType } from '../events/event-type.ts';

export type { HookGroup };

/** What a subscription says about its events. It has no filters but the project, so it sends all of them. */
export type HookEvent = Pick<EventType, 'publisherId' | 'eventType' | 'resourceVersion'>;

/** All groups, in the order of the catalogue. */
export const hookGroups: readonly HookGroup[] = [...new Set(eventTypes.map(({ hookGroup }) => hookGroup))];

/** The groups that are subscribed to unless others are named. */
export const defaultHookGroups: readonly HookGroup[] = hookGroups.filter((group) =>
  eventTypes.some(({ hookGroup, subscribedByDefault = true }) => hookGroup === group && subscribedByDefault),
);

/** The events of some groups, each once. */
export function eventsOf(groups: readonly HookGroup[]): readonly HookEvent[] {
  return [...new Set(groups)].flatMap((group) =>
    eventTypes
      .filter(({ hookGroup }) => hookGroup === group)
      .map(({ publisherId, eventType, resourceVersion }) => ({ publisherId, eventType, resourceVersion })),
  );
}

export function isHookGroup(name: string): name is HookGroup {
  return hookGroups.some((group) => group === name);
}
