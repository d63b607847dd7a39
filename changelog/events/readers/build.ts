/**
 * Reads build events. Version 1.0 of the resource says `status: "succeeded"` and has no result; version 2.0 says
 * `status: "completed"` and has one. A drop on a file share becomes the artifact that ties payloads to builds.
 */
import type { BuildKey } from '../../../api/keys.ts';
import { buildArtifactRow, dropArtifactName, isShare } from '../build-artifact.ts';
import type { EventColumns, RowsOrMissing, TableRow } from '../event-type.ts';
import { type Fields, longestNameInPayload } from '../fields.ts';
import { buildUrl } from '../links.ts';
import type { EventProject } from '../project-key.ts';

const unfinished = ['none', 'inprogress', 'cancelling', 'postponed', 'notstarted'];

/** Reads `build.complete`. */
export function readBuild(
  fields: Fields,
  project: EventProject,
  columns: EventColumns,
): RowsOrMissing<'BuildEvent' | 'RunResource' | 'BuildArtifact'> {
  const buildId = fields.id('resource.id');
  if (!buildId) return { missing: 'no field holds the id of the build' };
  const build = { organization: project.organization, project: project.project, buildId };
  const status = fields.text('resource.status') || 'completed';
  const isFinished = !unfinished.includes(status.toLowerCase());
  const [, branch = '', commit = ''] =
    /^LG:(.*):([0-9a-f]+)$/i.exec(fields.text('resource.sourceGetVersion')) ?? [];
  const row = {
    ...columns,
    PipelineId: fields.id('resource.definition.id'),
    PipelineName: fields.textUpTo(longestNameInPayload, 'resource.definition.name'),
    BuildId: buildId,
    BuildNumber: fields.textUpTo(longestNameInPayload, 'resource.buildNumber'),
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
    BuildUrl: buildUrl(project, buildId),
  };
  return [{ table: 'BuildEvent', row }, ...upstreamRows(fields, columns, build), ...dropRows(fields, build)];
}

function requestedFor(fields: Fields): string {
  const [request] = fields.objects('resource.requests');
  const person = request?.requestedFor;
  const name = fields.text('resource.requestedFor.uniqueName', 'resource.requestedFor.displayName');
  if (name !== '' || typeof person !== 'object' || person === null || !('uniqueName' in person)) return name;
  return typeof person.uniqueName === 'string' ? person.uniqueName : '';
}

/** The build whose completion triggered this one. */
function upstreamRows(
  fields: Fields,
  { CreatedDate, CollectionUrl }: EventColumns,
  { organization, project, buildId }: BuildKey,
): TableRow<'RunResource'>[] {
  const upstream = fields.id('resource.triggeredByBuild.id');
  if (!upstream) return [];
  const row = {
    CreatedDate,
    OrganizationName: organization,
    ProjectId: project,
    CollectionUrl,
    RunId: buildId,
    Kind: 'pipeline',
    Alias: 'triggeredByBuild',
    UpstreamProjectId: fields.text('resource.triggeredByBuild.project.id').toLowerCase() || project,
    UpstreamPipelineId: fields.id('resource.triggeredByBuild.definition.id'),
    UpstreamRunId: upstream,
    Version: fields.text('resource.triggeredByBuild.buildNumber'),
  };
  return [{ table: 'RunResource', row }];
}

function dropRows(fields: Fields, build: BuildKey): TableRow<'BuildArtifact'>[] {
  const location = fields.text('resource.dropLocation', 'resource.drop.location');
  return isShare(location) ? [buildArtifactRow(build, dropArtifactName, location)] : [];
}
