/**
 * Builders of service hook events in the shapes that Azure DevOps sends. What a test does not say is filled in
 * with something plausible; ids of events are fresh each time.
 */
import { randomUUID } from 'node:crypto';

export const organization = 'fabrikam';
export const project = '6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c';

type Json = Readonly<Record<string, unknown>>;

interface EventParts {
  readonly id?: string;
  readonly createdDate?: string;
  readonly message?: string;
  readonly organizationUrl?: string;
  readonly containers?: Json;
}

/** The envelope that all events have around their `resource`. */
export function hookEvent(eventType: string, resource: Json, parts: EventParts = {}): Json {
  const baseUrl = parts.organizationUrl ?? `https://dev.azure.com/${organization}/`;
  return {
    subscriptionId: randomUUID(),
    notificationId: 1,
    id: parts.id ?? randomUUID(),
    eventType,
    publisherId: eventType.startsWith('ms.vss-pipelines') ? 'pipelines' : 'tfs',
    message: { text: parts.message ?? '' },
    resource,
    resourceVersion: '5.1-preview.1',
    resourceContainers: parts.containers ?? {
      collection: { id: 'c12d0eb8-e382-443b-9f9c-c52cba5014c2', baseUrl },
      account: { id: 'f844ec47-a9db-4511-8281-8b63f4eaf94e', baseUrl },
      project: { id: project, baseUrl },
    },
    createdDate: parts.createdDate ?? '2019-10-02T19:54:00.3307136Z',
  };
}

export interface RunParts extends EventParts {
  readonly runId?: number;
  readonly runName?: string;
  readonly pipelineId?: number;
  readonly pipelineName?: string;
  readonly state?: string;
  readonly result?: string | undefined;
  readonly resources?: Json;
}

function pipelineOf({ pipelineId = 7, pipelineName = 'web-app' }: RunParts): Json {
  const url = `https://dev.azure.com/${organization}/${project}/_apis/pipelines/${pipelineId}?revision=3`;
  return { url, id: pipelineId, revision: 3, name: pipelineName, folder: '\\' };
}

function runOf(parts: RunParts): Json {
  const { runId = 479, runName = '20191002.2', state = 'inProgress', result } = parts;
  const web = `https://dev.azure.com/${organization}/${project}/_build/results?buildId=${runId}`;
  return {
    _links: { web: { href: web } },
    pipeline: pipelineOf(parts),
    state,
    ...(result === undefined ? {} : { result }),
    createdDate: '2019-10-02T19:53:59.1253171Z',
    url: `https://dev.azure.com/${organization}/${project}/_apis/pipelines/7/runs/${runId}`,
    resources: parts.resources ?? {
      repositories: {
        self: {
          repository: { id: '4eb78a2b-7b3a-4a4c-9b3c-0c6ad32f8a1c', type: 'azureReposGit' },
          refName: 'refs/heads/master',
          version: '600c52d2d5b655caa111abfd863e5a9bd304bb0e',
        },
      },
    },
    id: runId,
    name: runName,
  };
}

/** A run changed its state. */
export function runEvent(parts: RunParts = {}): Json {
  const resource = { run: runOf(parts), pipeline: pipelineOf(parts) };
  return hookEvent('ms.vss-pipelines.run-state-changed-event', resource, parts);
}

export interface StageParts extends RunParts {
  readonly stageName?: string;
  readonly stageDisplayName?: string;
  readonly stageState?: string;
  readonly stageResult?: string | undefined;
  readonly attempt?: number;
}

function stageOf(parts: StageParts): Json {
  const { stageName = 'build', stageState = 'running', stageResult, attempt } = parts;
  return {
    id: '96ac2280-8cb4-5df5-99de-dd2da759617d',
    name: stageName,
    displayName: parts.stageDisplayName ?? stageName,
    state: stageState,
    ...(attempt === undefined ? {} : { attempt }),
    ...(stageResult === undefined ? {} : { result: stageResult }),
  };
}

/** A stage changed its state. Its run says only which one it is, as in Azure DevOps' own events. */
export function stageEvent(parts: StageParts = {}): Json {
  const { id, name } = runOf(parts);
  const resource = { stage: stageOf(parts), run: { id, name }, pipeline: pipelineOf(parts) };
  return hookEvent('ms.vss-pipelines.stage-state-changed-event', resource, parts);
}

export interface JobParts extends StageParts {
  readonly jobName?: string;
  readonly jobState?: string;
  readonly jobResult?: string | undefined;
}

/** A job changed its state; it carries its stage. */
export function jobEvent(parts: JobParts = {}): Json {
  const { id, name } = runOf(parts);
  const { jobName = 'Compile', jobState = 'completed', jobResult, attempt } = parts;
  const job = {
    id: '12f1170f-54f2-53f3-20dd-22fc7dff55f9',
    name: jobName,
    state: jobState,
    ...(attempt === undefined ? {} : { attempt }),
    ...(jobResult === undefined ? {} : { result: jobResult }),
  };
  const resource = { job, stage: stageOf(parts), run: { id, name }, pipeline: pipelineOf(parts) };
  return hookEvent('ms.vss-pipelines.job-state-changed-event', resource, parts);
}

export interface BuildParts extends EventParts {
  readonly buildId?: number;
  readonly buildNumber?: string;
  readonly resource?: Json;
}

/** A build ended, in version 1.0 of the event: the status is the result. */
export function buildEvent(parts: BuildParts = {}): Json {
  const { buildId = 479, buildNumber = '20191002.2' } = parts;
  const resource = {
    id: buildId,
    url: `https://dev.azure.com/${organization}/${project}/_apis/build/Builds/${buildId}`,
    definition: { id: 7, name: 'web-app' },
    buildNumber,
    status: 'succeeded',
    startTime: '2019-10-02T19:54:01.2345678Z',
    finishTime: '2019-10-02T19:57:47.1234567Z',
    sourceGetVersion: 'LG:refs/heads/master:600c52d2d5b655caa111abfd863e5a9bd304bb0e',
    requests: [{ id: 1, requestedFor: { displayName: 'Ada', uniqueName: 'ada@fabrikam.com' } }],
    ...parts.resource,
  };
  return hookEvent('build.complete', resource, { createdDate: '2019-10-02T19:57:48.7584186Z', ...parts });
}

export interface PushParts extends EventParts {
  readonly repositoryId?: string;
  readonly pushedDate?: string;
  readonly pushedBy?: Json;
  readonly refUpdates?: readonly Json[];
  readonly commits?: readonly Json[];
}

/** Commits were pushed. */
export function pushEvent(parts: PushParts = {}): Json {
  const newObjectId = '33b55f7cb7e7e245323987634f960cf4a6e6bc74';
  const resource = {
    commits: parts.commits ?? [
      { commitId: newObjectId, comment: 'Fix it', author: { name: 'Ada', email: 'ada@fabrikam.com' } },
    ],
    refUpdates: parts.refUpdates ?? [
      { name: 'refs/heads/master', oldObjectId: 'aad331d8d3b131fa9ae03cf5e53965b51942618a', newObjectId },
    ],
    repository: {
      id: parts.repositoryId ?? '278d5cd2-584d-4b63-824a-2ba458937249',
      name: 'manifests',
      project: { id: project },
    },
    pushedBy: parts.pushedBy ?? { id: 'u1', displayName: 'Ada', uniqueName: 'ada@fabrikam.com' },
    pushId: 14,
    date: parts.pushedDate ?? '2019-10-02T20:00:00.5Z',
    url: `https://dev.azure.com/${organization}/_apis/git/repositories/278d5cd2/pushes/14`,
  };
  return hookEvent('git.push', resource, parts);
}

/** A pull request was merged. */
export function pullRequestEvent(resource: Json = {}, parts: EventParts = {}): Json {
  const whole = {
    repository: { id: '278d5cd2-584d-4b63-824a-2ba458937249', name: 'manifests', project: { id: project } },
    pullRequestId: 31,
    status: 'completed',
    title: 'Deploy web-app 600c52d',
    sourceRefName: 'refs/heads/update',
    targetRefName: 'refs/heads/master',
    mergeStatus: 'succeeded',
    lastMergeSourceCommit: { commitId: '53d54ac915144006c2c9e90d2c7d3880920db49c' },
    lastMergeTargetCommit: { commitId: 'a511f535b1ea495ee0c903badb68fbc83772c882' },
    lastMergeCommit: { commitId: 'eef717f69257a6333f221566c1c987dc94cc0d72' },
    createdBy: { uniqueName: 'ada@fabrikam.com' },
    ...resource,
  };
  return hookEvent('git.pullrequest.merged', whole, parts);
}

/** A deployment of a classic release started or completed. */
export function releaseDeploymentEvent(
  what: 'started' | 'completed',
  resource: Json = {},
  parts: EventParts = {},
): Json {
  const whole = {
    environment: {
      id: 5,
      name: 'Dev',
      status: what === 'started' ? 'inProgress' : 'succeeded',
      release: { id: 12, name: 'Release-5' },
      owner: { displayName: 'Ada' },
    },
    release: { id: 0, name: null, releaseDefinition: { id: 1, name: 'Fabrikam.CD' } },
    project: { id: project, name: 'Fabrikam' },
    ...resource,
  };
  return hookEvent(`ms.vss-release.deployment-${what}-event`, whole, parts);
}

/** An approval that a stage waits for was asked for, or given. */
export function approvalEvent(
  what: 'pending' | 'completed',
  resource: Json = {},
  parts: EventParts = {},
): Json {
  const whole = {
    approval: {
      id: '0f027b05-0942-4a35-9218-26fa07d8760a',
      status: what === 'pending' ? 'pending' : 'approved',
    },
    projectId: project,
    pipeline: { id: 7, name: 'web-app' },
    stage: { name: 'deploy', id: 's1' },
    run: { id: 480, name: '20191002.3' },
    stageName: 'deploy',
    attemptId: 1,
    ...resource,
  };
  const message = `Approval ${what} for deployment of pipeline web-app to environment production.`;
  return hookEvent(`ms.vss-pipelinechecks-events.approval-${what}`, whole, { message, ...parts });
}
