/**
 * Rows of classic releases' deployments, and of approvals: both name the environment that is deployed to.
 */
import { isJsonObject } from './decode.ts';
import type { Fields } from './fields.ts';
import type { Place } from './place.ts';
import type { EventColumns, RowsOrMissing, TableRow } from './table-rows.ts';

const finalStatus = ['succeeded', 'partiallysucceeded', 'failed', 'rejected', 'canceled'];

/** Rows of a release deployment that has started or completed. */
export function releaseDeploymentRows(fields: Fields, place: Place, columns: EventColumns): RowsOrMissing {
  const releaseId = fields.integer(
    'resource.environment.release.id',
    'resource.environment.releaseId',
    'resource.deployment.release.id',
    'resource.release.id',
  );
  const environment = fields.text('resource.environment.name', 'resource.deployment.environment.name');
  if (!releaseId) return { missing: 'nothing names the id of the release' };
  if (environment === '') return { missing: 'nothing names the environment of the release' };
  const status = fields.text(
    'resource.deployment.status',
    'resource.deployment.deploymentStatus',
    'resource.environment.status',
  );
  const isFinal = finalStatus.includes(status.toLowerCase());
  const started = fields.text('eventType').endsWith('deployment-started-event');
  const row = {
    ...columns,
    ReleaseId: releaseId,
    ReleaseName: fields.text(
      'resource.environment.release.name',
      'resource.deployment.release.name',
      'resource.release.name',
    ),
    DefinitionId: fields.integer(
      'resource.release.releaseDefinition.id',
      'resource.deployment.release.releaseDefinition.id',
    ),
    DefinitionName: fields.text(
      'resource.release.releaseDefinition.name',
      'resource.deployment.release.releaseDefinition.name',
      'resource.environment.releaseDefinition.name',
    ),
    EnvironmentId: fields.integer('resource.environment.id', 'resource.deployment.environment.id'),
    EnvironmentName: environment,
    Attempt: fields.integer('resource.deployment.attempt') || 1,
    State: started ? 'inProgress' : 'completed',
    Result: started ? '' : isFinal ? status : '',
    StartTime: fields.time('resource.deployment.startedOn', 'resource.deployment.queuedOn'),
    FinishTime: fields.time('resource.deployment.completedOn'),
    RequestedFor: fields.text(
      'resource.deployment.requestedFor.uniqueName',
      'resource.deployment.requestedFor.displayName',
      'resource.environment.owner.uniqueName',
      'resource.environment.owner.displayName',
    ),
    Url: `https://dev.azure.com/${place.organization}/${place.project}/_releaseProgress?releaseId=${releaseId}&_a=release-pipeline-progress`,
    Builds: consumedBuilds(fields),
  };
  return [{ table: 'ReleaseDeploymentEvent', row }];
}

/** Builds among a release's artifacts. */
function consumedBuilds(fields: Fields): { ProjectId: string; BuildId: string }[] {
  const artifacts = [
    ...fields.objects('resource.release.artifacts'),
    ...fields.objects('resource.deployment.release.artifacts'),
  ];
  return artifacts.flatMap(({ type, definitionReference }) => {
    if (type !== 'Build' || !isJsonObject(definitionReference)) return [];
    const { project, version } = definitionReference;
    const buildId = isJsonObject(version) ? version.id : undefined;
    const projectId = isJsonObject(project) ? project.id : undefined;
    if (typeof buildId !== 'string' || !/^\d{1,10}$/.test(buildId)) return [];
    return [{ ProjectId: typeof projectId === 'string' ? projectId.toLowerCase() : '', BuildId: buildId }];
  });
}

/** Rows of an approval that a stage waits for, and the environment that the stage deploys to. */
export function approvalRows(fields: Fields, place: Place, columns: EventColumns): RowsOrMissing {
  const approvalId = fields.text('resource.approval.id');
  if (approvalId === '') return { missing: 'nothing names the id of the approval' };
  const runId = fields.integer('resource.run.id', 'resource.runId') || runIdInMessage(fields);
  const stageName = fields.text('resource.stage.name', 'resource.stageName');
  const environment = fields.text('resource.resource.name') || environmentInMessage(fields);
  const row = {
    ...columns,
    ApprovalId: approvalId,
    PipelineId: fields.integer('resource.pipeline.id', 'resource.run.pipeline.id'),
    RunId: runId,
    StageName: stageName,
    Attempt: fields.integer('resource.attemptId', 'resource.stage.attempt') || 1,
    EnvironmentName: environment,
    State: fields.text('resource.approval.status'),
  };
  const approval: TableRow = { table: 'ApprovalEvent', row };
  if (!runId || stageName === '' || environment === '') return [approval];
  return [approval, stageEnvironmentRow(place, runId, stageName, environment, columns.CreatedDate)];
}

/** The environment that a stage of a run deploys to: what makes the stage a deployment. */
export function stageEnvironmentRow(
  place: Place,
  runId: number,
  stageName: string,
  environment: string,
  createdDate: string,
): TableRow {
  const row = {
    CreatedDate: createdDate,
    OrganizationName: place.organization,
    ProjectId: place.project,
    RunId: runId,
    StageName: stageName,
    EnvironmentName: environment,
  };
  return { table: 'StageEnvironment', row };
}

function runIdInMessage(fields: Fields): number | undefined {
  const [, id] = /[?&]buildId=(\d{1,10})\b/.exec(fields.text('message.html', 'message.markdown')) ?? [];
  return id === undefined ? undefined : Number(id);
}

function environmentInMessage(fields: Fields): string {
  return /\bto environment (.{1,200}?)\.?$/.exec(fields.text('message.text'))?.[1] ?? '';
}
