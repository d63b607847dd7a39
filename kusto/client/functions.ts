/**
 * The functions of `kusto/functions` that TypeScript calls, with their parameters. A test compares them with the
 * `.kql` files and finds functions that nothing calls.
 */
import { KustoFunction } from './function-call.ts';

const build = { AdoOrganizationName: 'string', AdoProjectId: 'string' } as const;

/** Lookups of the API. */
export const getBuild2Deployment = new KustoFunction('GetBuild2Deployment_v1', {
  ...build,
  AdoBuildId: 'string',
});
export const getDeployment2Build = new KustoFunction('GetDeployment2Build_v1', {
  DeploymentSource: 'string',
  DeploymentId: 'string',
});
export const getPayload2Build = new KustoFunction('GetPayload2Build_v1', {
  DeploymentSourceSystem: 'string',
  PayloadId: 'string',
});
export const getDeploymentEntitiesPage = new KustoFunction('GetDeploymentEntitiesPage_v1', {
  DeploymentSource: 'string',
  DeploymentId: 'string',
  States: 'dynamic',
  Types: 'dynamic',
  AfterOrder: 'long',
  AfterType: 'string',
  AfterId: 'string',
  Top: 'long',
});
export const deploymentsChanged = new KustoFunction('DeploymentsChanged', {
  startTime: 'datetime',
  endTime: 'datetime',
});

/** Queries of the changelog. */
export const getChangelog = new KustoFunction('GetChangelog_v1', {
  ...build,
  startTime: 'datetime',
  endTime: 'datetime',
  mostEvents: 'long',
});
export const getCommit = new KustoFunction('GetCommit_v1', {
  AdoOrganizationName: 'string',
  Commit: 'string',
});
export const findCommits = new KustoFunction('FindCommits', {
  AdoOrganizationName: 'string',
  CommitPrefix: 'string',
});
export const getCommitSuccessors = new KustoFunction('GetCommitSuccessors_v1', {
  AdoOrganizationName: 'string',
  Commit: 'string',
});
export const getRun = new KustoFunction('GetRun_v1', { ...build, AdoRunId: 'long' });
export const getRunStages = new KustoFunction('GetRunStages_v1', { ...build, AdoRunId: 'long' });
export const getRunSuccessors = new KustoFunction('GetRunSuccessors_v1', { ...build, AdoRunId: 'long' });
export const eventsSeenIn = new KustoFunction('EventsSeen', {
  TableName: 'tableName',
  AdoOrganizationName: 'string',
});
export const storedRows = new KustoFunction('StoredRows', { TableName: 'tableName' });
export const setAsideReasons = new KustoFunction('SetAsideReasons', {});

/** What is missing from the changelog. */
export const buildsWithoutArtifacts = new KustoFunction('BuildsWithoutArtifacts', {});
export const buildsWithoutContents = new KustoFunction('BuildsWithoutContents', {});
export const stagesWithoutEnvironment = new KustoFunction('StagesWithoutEnvironment', {});
export const knownStates = new KustoFunction('KnownStates', { ...build, RunIds: 'dynamic' });
export const environmentsOfStages = new KustoFunction('EnvironmentsOfStages', {
  ...build,
  RunIds: 'dynamic',
});

/** Jobs and gates. */
export const jobWatermarks = new KustoFunction('JobWatermarks', {});
export const leaseHolders = new KustoFunction('LeaseHolders', { JobName: 'string' });
export const newestRows = new KustoFunction('NewestRows', { startTime: 'datetime' });
export const getOpenGateWaits = new KustoFunction('GetOpenGateWaits', {});
export const gateWaitCounts = new KustoFunction('GateWaitCounts', {
  ThisWaitId: 'string',
  ThisPlanId: 'string',
  ThisCaller: 'string',
  ThisAddress: 'string',
});

/** Introspection: where everything is. */
export const getEnvironments = new KustoFunction('GetEnvironments_v1', {
  ...build,
  Services: 'dynamic',
  Environments: 'dynamic',
  States: 'dynamic',
  AfterService: 'string',
  Top: 'long',
  At: 'datetime',
});
export const getPlacements = new KustoFunction('GetPlacements_v1', {
  ...build,
  Services: 'dynamic',
  Environments: 'dynamic',
  States: 'dynamic',
  Authors: 'dynamic',
  BuildId: 'long',
  CommitPrefix: 'string',
  ImageTag: 'string',
  DeploymentId: 'string',
  Measure: 'string',
  From: 'datetime',
  To: 'datetime',
  AfterTime: 'datetime',
  AfterKey: 'string',
  Top: 'long',
  At: 'datetime',
});
export const getNews = new KustoFunction('GetNews_v1', {
  ...build,
  Service: 'string',
  Environment: 'string',
  DeploymentSource: 'string',
  DeploymentId: 'string',
  SinceDeploymentId: 'string',
});
export const getCommitWhereabouts = new KustoFunction('GetCommitWhereabouts_v1', {
  ...build,
  Commit: 'string',
});
export const getPullRequestWhereabouts = new KustoFunction('GetPullRequestWhereabouts_v1', {
  ...build,
  RepositoryId: 'string',
  PullRequestId: 'long',
});
export const getWorkItemWhereabouts = new KustoFunction('GetWorkItemWhereabouts_v1', {
  ...build,
  WorkItemId: 'long',
});
export const getMeasures = new KustoFunction('GetMeasures_v1', {
  ...build,
  Services: 'dynamic',
  Environments: 'dynamic',
  From: 'datetime',
  To: 'datetime',
});
export const previewProjectSettings = new KustoFunction('PreviewProjectSettings_v1', {
  ...build,
  Settings: 'dynamic',
});
export const getServices = new KustoFunction('GetServices_v1', { ...build });
export const getKeptHistory = new KustoFunction('GetKeptHistory_v1', { ...build });
export const getProjectSettings = new KustoFunction('GetProjectSettings_v1', { ...build });
export const findCommitsOfProjects = new KustoFunction('FindCommitsOfProjects', {
  ...build,
  CommitPrefix: 'string',
});
