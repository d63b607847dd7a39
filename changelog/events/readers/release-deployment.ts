/** Reads deployments of classic releases: a release's stage, which Azure DevOps calls an environment, per attempt. */
import { isJsonObject } from '../decode.ts';
import type { EventColumns, RowsOrMissing } from '../event-type.ts';
import type { Fields } from '../fields.ts';
import { releaseUrl } from '../links.ts';
import type { ProjectKey } from '../project-key.ts';

const finalStatus = ['succeeded', 'partiallysucceeded', 'failed', 'rejected', 'canceled'];

/** Reads `ms.vss-release.deployment-started-event` and `…deployment-completed-event`. */
export function readReleaseDeployment(
  fields: Fields,
  project: ProjectKey,
  columns: EventColumns,
): RowsOrMissing<'ReleaseDeploymentEvent'> {
  const releaseId = fields.integer(
    'resource.environment.release.id',
    'resource.environment.releaseId',
    'resource.deployment.release.id',
    'resource.release.id',
  );
  const environment = fields.text('resource.environment.name', 'resource.deployment.environment.name');
  if (!releaseId) return { missing: 'no field holds the id of the release' };
  if (environment === '') return { missing: 'no field holds the environment of the release' };
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
    Url: releaseUrl(project, releaseId),
    Builds: consumedBuilds(fields),
  };
  return [{ table: 'ReleaseDeploymentEvent', row }];
}

/** The builds among a release's artifacts. */
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
