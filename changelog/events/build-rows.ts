/**
 * Rows of `build.complete`. Version 1.0 says `status: "succeeded"` and has no result; version 2.0 says
 * `status: "completed"` and has one. A drop on a share becomes the artifact that ties payloads to builds.
 */
import type { Fields } from './fields.ts';
import { resultsUrl } from './pipeline-rows.ts';
import type { Place } from './place.ts';
import type { EventColumns, RowsOrMissing, TableRow } from './table-rows.ts';

const unfinished = ['none', 'inprogress', 'cancelling', 'postponed', 'notstarted'];

/** Rows of a build's event. */
export function buildRows(fields: Fields, place: Place, columns: EventColumns): RowsOrMissing {
  const buildId = fields.integer('resource.id');
  if (!buildId) return { missing: 'nothing names the id of the build' };
  const status = fields.text('resource.status') || 'completed';
  const isFinished = !unfinished.includes(status.toLowerCase());
  const [, branch = '', commit = ''] =
    /^LG:(.*):([0-9a-f]+)$/i.exec(fields.text('resource.sourceGetVersion')) ?? [];
  const row = {
    ...columns,
    PipelineId: fields.integer('resource.definition.id'),
    PipelineName: fields.text('resource.definition.name'),
    BuildId: buildId,
    BuildNumber: fields.text('resource.buildNumber'),
    State: isFinished ? 'completed' : status,
    Result: fields.text('resource.result') || (isFinished && status !== 'completed' ? status : ''),
    QueueTime: fields.time('resource.queueTime'),
    StartTime: fields.time('resource.startTime'),
    FinishTime: fields.time('resource.finishTime'),
    SourceBranch: fields.text('resource.sourceBranch') || branch,
    SourceVersion: fields.text('resource.sourceVersion') || commit,
    RepositoryId: fields.text('resource.repository.id').toLowerCase(),
    Reason: fields.text('resource.reason'),
    RequestedFor: requestedFor(fields),
    BuildUrl: resultsUrl(place, buildId),
  };
  return [
    { table: 'BuildEvent', row },
    ...upstreamRows(fields, place, columns, buildId),
    ...dropRows(fields, place, buildId),
  ];
}

function requestedFor(fields: Fields): string {
  const [request] = fields.objects('resource.requests');
  const person = request?.requestedFor;
  const name = fields.text('resource.requestedFor.uniqueName', 'resource.requestedFor.displayName');
  if (name !== '' || typeof person !== 'object' || person === null || !('uniqueName' in person)) return name;
  return typeof person.uniqueName === 'string' ? person.uniqueName : '';
}

/** The build whose completion triggered this one. */
function upstreamRows(fields: Fields, place: Place, columns: EventColumns, buildId: number): TableRow[] {
  const upstream = fields.integer('resource.triggeredByBuild.id');
  if (!upstream) return [];
  const row = {
    CreatedDate: columns.CreatedDate,
    OrganizationName: place.organization,
    ProjectId: place.project,
    RunId: buildId,
    Kind: 'pipeline',
    Alias: 'triggeredByBuild',
    UpstreamProjectId: fields.text('resource.triggeredByBuild.project.id').toLowerCase() || place.project,
    UpstreamPipelineId: fields.integer('resource.triggeredByBuild.definition.id'),
    UpstreamRunId: upstream,
    Version: fields.text('resource.triggeredByBuild.buildNumber'),
  };
  return [{ table: 'RunResource', row }];
}

function dropRows(fields: Fields, place: Place, buildId: number): TableRow[] {
  const location = fields.text('resource.dropLocation', 'resource.drop.location');
  return location.startsWith('\\\\') ? [buildDropRow(place, buildId, location)] : [];
}

/** The artifact that says which share a build was dropped to. */
export function buildDropRow(place: Place, buildId: number, location: string): TableRow {
  const row = {
    OrganizationName: place.organization,
    ProjectId: place.project,
    BuildId: buildId,
    BuildArtifactName: 'BuildDropLocation',
    ResourceData: location,
  };
  return { table: 'BuildArtifact', row };
}
