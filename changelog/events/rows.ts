/**
 * From one decoded event to rows for the changelog's tables, or to one row that sets it aside with the reason.
 * Pure: the same event always gives the same rows, so that delivering it twice changes nothing that is read.
 */

import { buildRows } from './build-rows.ts';
import type { DecodedEvent } from './decode.ts';
import { cleanText, Fields } from './fields.ts';
import { pipelineRows } from './pipeline-rows.ts';
import { placeOf } from './place.ts';
import { approvalRows, releaseDeploymentRows } from './release-rows.ts';
import { pullRequestRows, pushRows } from './repository-rows.ts';
import type { CompletedBuild, EventColumns, EventReading, RowReader, TableRow } from './table-rows.ts';

/** Raw events above this size are not kept beside what was read from them. */
const largestKeptEvent = 256 * 1024;
const longestKeptBody = 64 * 1024;

const readers: Readonly<Record<string, RowReader>> = {
  'ms.vss-pipelines.run-state-changed-event': pipelineRows,
  'ms.vss-pipelines.stage-state-changed-event': pipelineRows,
  'ms.vss-pipelines.job-state-changed-event': pipelineRows,
  'ms.vss-pipelinechecks-events.approval-pending': approvalRows,
  'ms.vss-pipelinechecks-events.approval-completed': approvalRows,
  'ms.vss-release.deployment-started-event': releaseDeploymentRows,
  'ms.vss-release.deployment-completed-event': releaseDeploymentRows,
  'build.complete': buildRows,
  'git.push': pushRows,
  'git.pullrequest.merged': pullRequestRows,
};

/** The event types that are understood. */
export const knownEventTypes: readonly string[] = Object.keys(readers);

/**
 * The rows of an event.
 *
 * @param receivedDate when it came in, ISO 8601 in UTC
 */
export function rowsOfEvent(decoded: DecodedEvent, receivedDate: string): EventReading {
  const fields = new Fields(decoded.event);
  // Newer documentation spells the release events' publisher differently.
  const eventType = fields.text('eventType').replace('ms.azure-devops-release.', 'ms.vss-release.');
  const reader = Object.hasOwn(readers, eventType) ? readers[eventType] : undefined;
  const columns = eventColumns(fields, decoded, receivedDate);
  const setAside = (reason: string): EventReading => ({
    outcome: 'setAside',
    eventType,
    rows: [setAsideRow({ ...columns, eventType, reason, body: JSON.stringify(decoded.event) })],
  });
  if (reader === undefined) return setAside(eventType === '' ? 'it has no eventType' : 'unknown event type');
  const place = placeOf(fields);
  if ('missing' in place) return setAside(place.missing);
  const rows = reader(fields, place, {
    ...columns,
    OrganizationName: place.organization,
    ProjectId: place.project,
  });
  if ('missing' in rows) return setAside(rows.missing);
  return { outcome: 'understood', eventType, rows: withProblems(rows, fields), ...completedBuild(rows) };
}

/** The row for a message in which no event was found. */
export function rowOfUnreadable(body: Uint8Array | string, reason: string, receivedDate: string): TableRow {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  const columns = { EventId: '', CreatedDate: receivedDate, ReceivedDate: receivedDate };
  return setAsideRow({ ...columns, eventType: '', reason, body: text });
}

function eventColumns(
  fields: Fields,
  decoded: DecodedEvent,
  receivedDate: string,
): EventColumns & { readonly ReceivedDate: string } {
  const createdDate = fields.time('createdDate');
  if (createdDate === undefined) fields.note('createdDate is missing; the time of receipt is taken');
  const tooLarge = decoded.size > largestKeptEvent;
  if (tooLarge) fields.note(`the event is larger than ${largestKeptEvent} bytes and not kept whole`);
  return {
    EventId: fields.text('id').slice(0, 200) || decoded.digest,
    CreatedDate: createdDate ?? receivedDate,
    ReceivedDate: receivedDate,
    Message: fields.text('message.text'),
    ...(tooLarge ? {} : { Event: decoded.event }),
  };
}

interface SetAside {
  readonly EventId: string;
  readonly CreatedDate: string;
  readonly ReceivedDate: string;
  readonly eventType: string;
  readonly reason: string;
  readonly body: string;
}

function setAsideRow({ EventId, CreatedDate, ReceivedDate, eventType, reason, body }: SetAside): TableRow {
  return {
    table: 'SetAsideEvent',
    row: {
      EventId,
      CreatedDate,
      ReceivedDate,
      EventType: eventType.slice(0, 200),
      Reason: reason,
      Body: cleanText(body.slice(0, longestKeptBody)),
    },
  };
}

function withProblems(rows: readonly TableRow[], { problems }: Fields): readonly TableRow[] {
  if (problems.length === 0) return rows;
  return rows.map(({ table, row }) => ({
    table,
    row: 'EventId' in row ? { ...row, Problems: problems } : row,
  }));
}

function completedBuild(rows: readonly TableRow[]): { completedBuild?: CompletedBuild } {
  const row = rows.find(({ table }) => table === 'BuildEvent')?.row;
  if (row?.State !== 'completed') return {};
  const { OrganizationName: organization, ProjectId: project, BuildId: buildId } = row;
  if (typeof organization !== 'string' || typeof project !== 'string' || typeof buildId !== 'number')
    return {};
  return { completedBuild: { organization, project, buildId } };
}
