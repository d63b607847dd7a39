/**
 * The shape of an entry in the catalogue of event types, and of the rows that its reader returns. A row is typed by
 * the name of its table, so that an entry whose reader writes to a table that the entry does not list does not
 * compile.
 */
import type { JsonObject } from './decode.ts';
import type { Fields } from './fields.ts';
import type { EventProject } from './project-key.ts';

/** A service-hook event that the changelog keeps. */
export interface EventType<Table extends string = string, Group extends string = string> {
  /** The publisher's name of the event, such as `git.push`. */
  readonly eventType: string;
  /** Other spellings of {@link eventType} in use. */
  readonly aliases?: readonly string[];
  /** The publisher of service hooks, such as `tfs`. */
  readonly publisherId: string;
  /** The version of `resource` that subscriptions ask for. */
  readonly resourceVersion: string;
  /** The name by which people choose the event in `hooks create --events`. */
  readonly hookGroup: Group;
  /** False for events that are subscribed to on request only; true where absent. */
  readonly subscribedByDefault?: boolean;
  /** The table that holds these events, one row each; it has all of {@link EventColumns}. */
  readonly table: Table;
  /** Other tables that the reader adds rows to. */
  readonly alsoWrites?: readonly Table[];
  readonly read: EventReader<Table>;
}

/** A row by column name; columns that are undefined or absent stay empty. */
export interface TableRow<Table extends string = string> {
  readonly table: Table;
  readonly row: JsonObject;
}

/** The rows of an event, or why there are none. */
export type RowsOrMissing<Table extends string> = readonly TableRow<Table>[] | { readonly missing: string };

/** Columns that every table of events has. */
export interface EventColumns extends JsonObject {
  readonly EventId: string;
  readonly EventType: string;
  readonly CreatedDate: string;
  readonly CollectionUrl: string;
}

/** Reads the rows of one event. `columns` go into each row of an event table. */
export type EventReader<Table extends string> = (
  fields: Fields,
  project: EventProject,
  columns: EventColumns,
) => RowsOrMissing<Table>;

/** Checks an entry: its reader may write to `table` and `alsoWrites`, and to no other. */
export function eventType<
  const Group extends string,
  const Table extends string,
  const Also extends string = never,
>(
  entry: Omit<EventType<string, Group>, 'table' | 'alsoWrites' | 'read'> & {
    readonly table: Table;
    readonly alsoWrites?: readonly Also[];
    readonly read: EventReader<NoInfer<Table | Also>>;
  },
): EventType<Table | Also, Group> {
  return entry;
}
