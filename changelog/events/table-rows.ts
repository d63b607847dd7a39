/** What reading an event gives: rows of the changelog's tables, which the writer takes and the views read. */
import type { JsonObject } from './decode.ts';
import type { Fields } from './fields.ts';
import type { Place } from './place.ts';

/** The tables that events are written to, in the order of writing. */
export const changelogTables = [
  'RunEvent',
  'RunResource',
  'BuildEvent',
  'BuildArtifact',
  'StageEvent',
  'StageEnvironment',
  'JobEvent',
  'ApprovalEvent',
  'ReleaseDeploymentEvent',
  'PushEvent',
  'PullRequestEvent',
  'SetAsideEvent',
] as const;
export type ChangelogTable = (typeof changelogTables)[number];

/** A row by column name; what is undefined stays empty. */
export interface TableRow {
  readonly table: ChangelogTable;
  readonly row: JsonObject;
}

/** A build that has ended, and whose artifacts can be read now. */
export interface CompletedBuild {
  readonly organization: string;
  readonly project: string;
  readonly buildId: number;
}

/** What an event turns into. */
export interface EventReading {
  readonly outcome: 'understood' | 'setAside';
  readonly eventType: string;
  readonly rows: readonly TableRow[];
  readonly completedBuild?: CompletedBuild;
}

/** What a reader of one event type makes of it: rows, or what is missing to make any. */
export type RowsOrMissing = readonly TableRow[] | { readonly missing: string };

/** Columns that every event's row has. */
export interface EventColumns extends JsonObject {
  readonly EventId: string;
  readonly CreatedDate: string;
}

/** Reads the rows of one event type. `columns` go into each event row. */
export type RowReader = (fields: Fields, place: Place, columns: EventColumns) => RowsOrMissing;
