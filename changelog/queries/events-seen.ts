/** When the changelog last received each kind of event, asked of its tables. */

import type { KustoDatabase } from '../../kusto/client/database.ts';
import { knownEventTypes } from '../events/rows.ts';
import { type EventsSeen, seenKey } from '../hooks/doctor.ts';

const tables = [
  'RunEvent',
  'StageEvent',
  'JobEvent',
  'BuildEvent',
  'ApprovalEvent',
  'PushEvent',
  'PullRequestEvent',
  'ReleaseDeploymentEvent',
] as const;

/** Asks the database. Events that were reconciled do not count: no hook delivered them. */
export async function eventsSeen(database: KustoDatabase, organization: string): Promise<EventsSeen> {
  const last = new Map<string, string>();
  for (const table of tables) {
    const rows = await database.query(
      `declare query_parameters(organization: string);
      ${table}
      | where OrganizationName == organization and EventId !startswith 'reconciled/'
      | extend EventType = tostring(Event.eventType)
      | summarize Last = max(ReceivedDate) by ProjectId, EventType`,
      { organization: organization.toLowerCase() },
    );
    for (const row of rows) {
      const key = seenKey(String(row.ProjectId), String(row.EventType));
      const time = String(row.Last);
      if (time > (last.get(key) ?? '')) last.set(key, time);
    }
  }
  return { kept: new Set(knownEventTypes), last };
}
