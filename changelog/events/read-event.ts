/**
 * From one event to rows of the changelog's tables, or to one row that sets it aside with the reason. Pure: the
 * same event always gives the same rows, so delivering it twice changes nothing that anybody reads.
 */
import type { BuildKey } from '../../api/keys.ts';
import { type ChangelogTable, eventTypeNamed } from './catalogue.ts';
import type { IncomingEvent } from './decode.ts';
import type { EventColumns, TableRow } from './event-type.ts';
import { cleanText, Fields } from './fields.ts';
import { projectOf } from './project-key.ts';

/** A row of one of the changelog's tables. */
export type ChangelogRow = TableRow<ChangelogTable>;

/** The result of reading an event. */
export interface EventReading {
  readonly outcome: 'understood' | 'setAside';
  /** As in the catalogue; as it came where the catalogue does not have it. */
  readonly eventType: string;
  readonly rows: readonly ChangelogRow[];
  /** A build that has ended, so that its artifacts can be read now. */
  readonly completedBuild?: BuildKey;
}

/** Larger events are not kept whole beside the columns that were read from them. */
const largestKeptEvent = 256 * 1024;
const longestKeptBody = 64 * 1024;

/**
 * Reads an event.
 *
 * @param receivedDate when it came in, ISO 8601 in UTC
 */
export function readEvent(incoming: IncomingEvent, receivedDate: string): EventReading {
  const fields = new Fields(incoming.event);
  const written = fields.text('eventType');
  const entry = eventTypeNamed(written);
  if (entry === undefined) {
    return setAside(incoming, written === '' ? 'eventType is missing' : 'unknown event type', receivedDate);
  }
  const { eventType } = entry;
  const columns = identityColumns(fields, incoming, receivedDate);
  const project = projectOf(fields);
  if ('missing' in project) return setAside(incoming, project.missing, receivedDate);
  const tooLarge = incoming.size > largestKeptEvent;
  if (tooLarge) fields.note(`the event is larger than ${largestKeptEvent} bytes and not kept whole`);
  const rows = entry.read(fields, project, {
    ...columns,
    ReceivedDate: receivedDate,
    EventType: eventType,
    OrganizationName: project.organization,
    ProjectId: project.project,
    CollectionUrl: project.collectionUrl,
    Message: fields.text('message.text'),
    ...(tooLarge ? {} : { Event: incoming.event }),
  });
  if ('missing' in rows) return setAside(incoming, rows.missing, receivedDate);
  return { outcome: 'understood', eventType, rows: withProblems(rows, fields), ...completedBuild(rows) };
}

/** Sets an event aside: one row with the event and the reason. */
export function setAside(incoming: IncomingEvent, reason: string, receivedDate: string): EventReading {
  const fields = new Fields(incoming.event);
  const written = fields.text('eventType');
  const eventType = eventTypeNamed(written)?.eventType ?? written;
  const row = setAsideRow({
    ...identityColumns(fields, incoming, receivedDate),
    ReceivedDate: receivedDate,
    EventType: eventType,
    Reason: reason,
    Body: incoming.text,
  });
  return { outcome: 'setAside', eventType, rows: [row] };
}

/** The row for a message that holds no event. */
export function rowOfUnreadable(
  message: Uint8Array | string,
  reason: string,
  receivedDate: string,
): ChangelogRow {
  return setAsideRow({
    EventId: '',
    CreatedDate: receivedDate,
    ReceivedDate: receivedDate,
    EventType: '',
    Reason: reason,
    Body: typeof message === 'string' ? message : Buffer.from(message).toString('utf8'),
  });
}

function identityColumns(
  fields: Fields,
  incoming: IncomingEvent,
  receivedDate: string,
): Pick<EventColumns, 'EventId' | 'CreatedDate'> {
  const createdDate = fields.time('createdDate');
  if (createdDate === undefined) fields.note('createdDate is missing; the time of receipt is taken');
  return {
    EventId: fields.text('id').slice(0, 200) || incoming.digest,
    CreatedDate: createdDate ?? receivedDate,
  };
}

type SetAsideColumn = 'EventId' | 'CreatedDate' | 'ReceivedDate' | 'EventType' | 'Reason' | 'Body';

function setAsideRow(row: Readonly<Record<SetAsideColumn, string>>): ChangelogRow {
  const EventType = row.EventType.slice(0, 200);
  const Body = cleanText(row.Body.slice(0, longestKeptBody));
  return { table: 'SetAsideEvent', row: { ...row, EventType, Body } };
}

function withProblems(rows: readonly ChangelogRow[], { problems }: Fields): readonly ChangelogRow[] {
  if (problems.length === 0) return rows;
  return rows.map(({ table, row }) => ({
    table,
    row: 'EventId' in row ? { ...row, Problems: problems } : row,
  }));
}

function completedBuild(rows: readonly ChangelogRow[]): { completedBuild?: BuildKey } {
  const row = rows.find(({ table }) => table === 'BuildEvent')?.row;
  if (row?.State !== 'completed') return {};
  const { OrganizationName: organization, ProjectId: project, BuildId: buildId } = row;
  if (typeof organization !== 'string' || typeof project !== 'string' || typeof buildId !== 'number')
    return {};
  return { completedBuild: { organization, project, buildId } };
}
