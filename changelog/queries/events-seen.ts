/** When the changelog last received each type of event. */
import type { KustoClient } from '../../kusto/client/client.ts';
import { callFunction } from '../../kusto/client/function-call.ts';
import { eventsSeenIn } from '../../kusto/client/functions.ts';
import { eventTables, eventTypeNamed, eventTypes } from '../events/catalogue.ts';
import { type EventsSeen, seenKey } from '../hooks/doctor.ts';

/** Queries every table of events. Reconciled events do not count, as no service hook delivered them. */
export async function eventsSeen(database: KustoClient, organization: string): Promise<EventsSeen> {
  const last = new Map<string, string>();
  for (const table of eventTables) {
    const rows = await callFunction(database, eventsSeenIn, {
      TableName: table,
      AdoOrganizationName: organization,
    });
    for (const row of rows) {
      const written = String(row.EventType);
      const key = seenKey(String(row.ProjectId), eventTypeNamed(written)?.eventType ?? written);
      const time = String(row.Last);
      if (time > (last.get(key) ?? '')) last.set(key, time);
    }
  }
  return { kept: new Set(eventTypes.map(({ eventType }) => eventType)), last };
}
