/**
 * Reads deployments of classic releases: a release's stage, which Azure DevOps calls an environment, per attempt.
 * The events that Azure DevOps sends differ from those in its documentation: a completed one has
 * `resource.deployment` as the REST API returns it, a started one only `resource.environment`, whose last deploy step
 * is the attempt, beside a `resource.release` with little in it.
 */
import { isJsonObject, type JsonObject } from '../decode.ts';
import type { EventColumns, RowsOrMissing } from '../event-type.ts';
import { Fields, longestNameInId, longestNameInPayload } from '../fields.ts';
import { releaseUrl } from '../links.ts';
import type { EventProject } from '../project-key.ts';

const finalStatus = ['succeeded', 'partiallysucceeded', 'failed', 'rejected', 'canceled'];

/** Reads `ms.vss-release.deployment-started-event` and `…deployment-completed-event`. */
export function readReleaseDeployment(
  fields: Fields,
  project: EventProject,
  columns: EventColumns,
): RowsOrMissing<'ReleaseDeploymentEvent'> {
  const releaseId = fields.id(
    'resource.deployment.release.id',
    'resource.environment.release.id',
    'resource.environment.releaseId',
    'resource.release.id',
  );
  const environment = fields.textUpTo(
    longestNameInId,
    'resource.environment.name',
    'resource.deployment.releaseEnvironment.name',
    'resource.deployment.environment.name',
  );
  if (!releaseId) return { missing: 'no field holds the id of the release' };
  if (environment === '') return { missing: 'no field holds the environment of the release' };
  const status = fields.text(
    'resource.deployment.deploymentStatus',
    'resource.deployment.status',
    'resource.environment.status',
  );
  const isFinal = finalStatus.includes(status.toLowerCase());
  const started = fields.text('eventType').endsWith('deployment-started-event');
  const step = new Fields(lastDeployStep(fields));
  const row = {
    ...columns,
    ReleaseId: releaseId,
    ReleaseName: fields.textUpTo(
      longestNameInPayload,
      'resource.deployment.release.name',
      'resource.environment.release.name',
      'resource.release.name',
    ),
    DefinitionId: fields.id(
      'resource.deployment.releaseDefinition.id',
      'resource.environment.releaseDefinition.id',
      'resource.deployment.release.releaseDefinition.id',
      'resource.release.releaseDefinition.id',
    ),
    DefinitionName: fields.textUpTo(
      longestNameInPayload,
      'resource.deployment.releaseDefinition.name',
      'resource.environment.releaseDefinition.name',
      'resource.deployment.release.releaseDefinition.name',
      'resource.release.releaseDefinition.name',
    ),
    EnvironmentId: fields.id(
      'resource.environment.id',
      'resource.deployment.releaseEnvironment.id',
      'resource.deployment.environment.id',
    ),
    EnvironmentName: environment,
    Attempt: fields.id('resource.deployment.attempt') ?? step.id('attempt') ?? 1,
    State: started ? 'inProgress' : 'completed',
    Result: started ? '' : isFinal ? status : '',
    StartTime:
      fields.time('resource.deployment.startedOn', 'resource.deployment.queuedOn') ?? step.time('queuedOn'),
    FinishTime: fields.time('resource.deployment.completedOn'),
    RequestedFor:
      fields.text(
        'resource.deployment.requestedFor.uniqueName',
        'resource.deployment.requestedFor.displayName',
      ) ||
      step.text('requestedFor.uniqueName', 'requestedFor.displayName') ||
      fields.text('resource.environment.owner.uniqueName', 'resource.environment.owner.displayName'),
    Url: releaseUrl(project, releaseId),
    Builds: consumedBuilds(fields),
  };
  return [{ table: 'ReleaseDeploymentEvent', row }];
}

/** The step of the latest attempt; empty where there is none. */
function lastDeployStep(fields: Fields): JsonObject {
  const steps = fields.objects('resource.environment.deploySteps');
  const attemptOf = (step: JsonObject) => (typeof step.attempt === 'number' ? step.attempt : 0);
  return steps.reduce((last, step) => (attemptOf(step) >= attemptOf(last) ? step : last), {});
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
