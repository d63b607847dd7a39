/**
 * What the answers of the OpenAPI document look like: those that the demonstration data gives, the list of B2D cut
 * after its first entry. Tests compare them with the schemas and with a running service.
 */
import type {
  ApiError,
  Build,
  Build2Deployment,
  Deployment2Build,
  DeploymentEntities,
  Payload2Build,
  Progress,
} from '../contract.ts';
import type { BuildLookupName } from '../paths.ts';

const organization = 'msazure';
const project = 'b32aa71e-8ed2-41b2-9d77-5bc261222004';
const payload = 'df36aee8-c644-400b-a0ab-fd0f1191211d/containerapps=1.2.1450.0';
const deployment = 'ContainerApps/0220d503-93eb-4d5a-8ebd-5f45dbda5d75';
const deploymentUrl = `https://ev2portal.azure.net/#/Rollout/${deployment}?RolloutInfra=Prod`;

const progressionLink =
  'https://dataexplorer.azure.com/dashboards/d0357802-00ae-48c7-85a2-5cf02d98de77?p-_entityType=all&p-_payload=df36aee8-c644-400b-a0ab-fd0f1191211d%2fcontainerapps%3d1.2.1450.0#84c6c83e-687d-44a3-a599-110f700efce7';
const progress: Progress = {
  Total: 2,
  NotStarted: 0,
  InProgress: 0,
  Blocked: 0,
  Succeeded: 2,
  Failed: 0,
  Canceled: 0,
  Unknown: 0,
};

const build: Build = {
  OrganizationName: organization,
  ProjectId: project,
  Id: '85084651',
  Url: `https://msazure.visualstudio.com/${project}/_build/results?buildId=85084651`,
  Source: 'ADO',
};

const build2Deployment: Build2Deployment = {
  ADOOrganizationName: organization,
  ADOProjectId: project,
  ADOBuildId: 85084651,
  Deployments: [
    {
      Id: deployment,
      StartTime: '2024-01-02T13:29:45.0000000Z',
      EndTime: '2024-01-02T13:29:45.0000000Z',
      DeploymentUrl: deploymentUrl,
      Source: 'expressv2',
      ChangeOwner: 'df36aee8-c644-400b-a0ab-fd0f1191211d',
      ChangeOwnerType: 'ServiceId',
      State: 'succeeded',
      ChangeState: 'completed',
      EntityType: 'region',
      Progress: progress,
      Payloads: [{ Id: payload, ProgressionLink: progressionLink }],
      LastUpdateTime: '2024-01-02T14:09:36.7245944Z',
      Metadata: '{"RolloutInfra":"Prod"}',
    },
  ],
};

const deployment2Build: Deployment2Build = {
  DeploymentSource: 'expressv2',
  DeploymentId: deployment,
  Builds: [build],
};

const payload2Build: Payload2Build = { DeploymentSource: 'expressv2', Payload: payload, Builds: [build] };

const deploymentEntities: DeploymentEntities = {
  DeploymentSource: 'expressv2',
  DeploymentId: deployment,
  State: 'succeeded',
  Progress: progress,
  Payloads: [{ Id: payload, ProgressionLink: progressionLink }],
  Entities: [
    {
      Type: 'Region',
      Id: 'eastus2',
      State: 'succeeded',
      ChangeState: 'completed',
      Payload: payload,
      StartTime: '2024-01-02T13:29:45.0000000Z',
      EndTime: '2024-01-02T13:29:45.0000000Z',
      LastUpdateTime: '2024-01-02T13:59:36.7240000Z',
      PlannedInterruption: 'None',
      ImpactDuration: '',
    },
    {
      Type: 'Region',
      Id: 'westeurope',
      State: 'succeeded',
      ChangeState: 'completed',
      Payload: payload,
      StartTime: '2024-01-02T13:29:45.0000000Z',
      EndTime: '2024-01-02T13:29:45.0000000Z',
      LastUpdateTime: '2024-01-02T14:09:36.7245944Z',
      PlannedInterruption: 'None',
      ImpactDuration: '',
    },
  ],
};

/** The answers to the examples of the parameters. */
export const lookupExamples = {
  b2d: build2Deployment,
  d2b: deployment2Build,
  p2b: payload2Build,
  entities: deploymentEntities,
} satisfies Readonly<Record<BuildLookupName, object>>;

/** An answer 404: `target` names the parameter or the path that is not known. */
export function notFoundExample(message: string, target: string, detail: string): ApiError {
  return {
    code: '404',
    message,
    details: [{ target, message: detail }],
    traceId: '0af7651916cd43dd8448eb211c80319c',
  };
}

/** The body of a wait, and the verdict on it. */
export const waitRequestExample = {
  build: { organization, projectId: project, buildId: 85084651 },
  criteria: { waitFor: 'completed', deployments: deployment },
};
export const evaluationExample = {
  status: 'satisfied',
  reason: `Ev2 ${deployment} succeeded`,
  deployments: [{ source: 'expressv2', id: deployment, state: 'succeeded', url: deploymentUrl }],
};

export const waitIdExample =
  '9e2bb5c1-0a1c-4a4e-8f0f-2d1a5a3f6f10/12f1170f-54f2-53f3-20dd-22fc7dff55f9/b8d1f2a7-6c1e-5c37-8e0b-9b1a4f0f6d21/3kXh2q9sJ0mQ';

/** A service hook's event, without what is not read. */
export const eventExample = {
  id: '4f2b4bd8-a3b1-45d8-9f56-3bb5e0dbf3a5',
  eventType: 'build.complete',
  publisherId: 'tfs',
  resourceVersion: '2.0',
  createdDate: '2024-01-02T06:10:00.0000000Z',
  resource: {
    id: 85084651,
    buildNumber: '1.2.1450.0',
    status: 'completed',
    result: 'succeeded',
    definition: { id: 7, name: 'ContainerApps' },
  },
  resourceContainers: {
    collection: { baseUrl: 'https://dev.azure.com/msazure/' },
    project: { id: project, baseUrl: 'https://dev.azure.com/msazure/' },
  },
};
