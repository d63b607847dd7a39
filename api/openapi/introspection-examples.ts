/** What the answers of introspection look like, in the OpenAPI document. Tests compare them with the schemas. */
import type {
  Changes,
  Environments,
  Measures,
  News,
  Placement,
  SavedSettings,
  Service,
  Services,
  SettingsPreview,
  Step,
  Whereabouts,
} from '../introspection/contract.ts';
import type { IntrospectionLookupName } from '../introspection/paths.ts';

const projectId = '9e0f8c11-7d43-4c1e-9a55-1f2b3c4d5e6f';
const inProject = { ADOOrganizationName: 'contoso', ADOProjectId: projectId };
const commitId = '4a5b6c7d8e9f00112233445566778899aabbccdd';
const buildUrl = `https://dev.azure.com/contoso/${projectId}/_build/results?buildId=512`;
const commitUrl = `https://dev.azure.com/contoso/${projectId}/_git/payments/commit/${commitId}`;

const placement: Placement = {
  Service: 'payments',
  Environment: 'production',
  DeploymentSource: 'azurepipelines',
  DeploymentId: `contoso/${projectId}/512/production`,
  DeploymentUrl: buildUrl,
  Version: '2026.11.3',
  Build: {
    ProjectId: projectId,
    Id: 512,
    Number: '2026.11.3',
    Url: buildUrl,
    Pipeline: 'payments',
    Repository: 'payments',
    Branch: 'refs/heads/main',
    Commit: commitId,
  },
  State: 'succeeded',
  ChangeState: 'succeeded',
  Kind: 'forward',
  By: 'Ada Moreno',
  StartTime: '2026-11-03T09:12:00.0000000Z',
  EndTime: '2026-11-03T09:15:30.0000000Z',
};

const service: Service = {
  Name: 'payments',
  Guessed: false,
  Pipelines: ['payments'],
  Repositories: ['payments'],
  Ambiguous: [],
};

const commit = {
  ProjectId: projectId,
  Id: commitId,
  Message: 'Round amounts once',
  Author: 'Ada Moreno',
  Time: '2026-11-03T08:50:00.0000000Z',
  Url: commitUrl,
};
const pullRequest = {
  ProjectId: projectId,
  Id: 87,
  Title: 'Round amounts once',
  Repository: 'payments',
  Url: `https://dev.azure.com/contoso/${projectId}/_git/payments/pullrequest/87`,
};
const workItem = {
  ProjectId: projectId,
  Id: 1204,
  Url: `https://dev.azure.com/contoso/${projectId}/_workitems/edit/1204`,
};

const step = (kind: string, more: Pick<Step, 'Key' | 'Title' | 'Url' | 'After'>): Step => ({
  ProjectId: projectId,
  Kind: kind,
  State: 'succeeded',
  ChangeState: '',
  By: 'Ada Moreno',
  StartTime: '2026-11-03T08:50:00.0000000Z',
  EndTime: '2026-11-03T09:15:30.0000000Z',
  Guessed: false,
  ...more,
});

const whereabouts = (subject: string): Whereabouts => ({
  ...inProject,
  Subject: subject,
  Commits: [commit],
  PullRequests: [pullRequest],
  WorkItems: [workItem],
  Environments: [
    {
      ProjectId: projectId,
      Service: 'payments',
      Environment: 'production',
      Presence: 'here',
      Placement: placement,
      Missing: [],
    },
  ],
  Steps: [
    step('commit', { Key: 'commit', Title: commitId.slice(0, 7), Url: commitUrl, After: [] }),
    step('build', { Key: 'build-512', Title: '2026.11.3', Url: buildUrl, After: ['commit'] }),
    step('environment', { Key: 'production', Title: 'production', Url: buildUrl, After: ['build-512'] }),
  ],
  AndMore: false,
});

const environments: Environments = {
  ...inProject,
  At: null,
  Horizon: '2026-05-01T00:00:00.0000000Z',
  LeftOut: [],
  Environments: [{ Name: 'production', Tier: 'production', Guessed: false }],
  Services: [service],
  Cells: [
    {
      Service: 'payments',
      Environment: 'production',
      Current: placement,
      Since: [],
      MoreSince: 0,
      Behind: 0,
      BehindIsAtLeast: false,
    },
  ],
};

const services: Services = { ...inProject, Services: [service] };

const deployments: Changes = {
  ...inProject,
  Changes: [
    {
      Placement: placement,
      Author: 'Ada Moreno',
      Ring: '',
      MetadataUpdate: null,
      Approval: null,
      MergedBy: '',
      ReadyToDeploy: null,
      SyncedClusters: [],
      LastUpdateTime: '2026-11-03T09:15:30.0000000Z',
    },
  ],
};

const news: News = {
  ...inProject,
  Placement: placement,
  Since: null,
  Direction: 'forward',
  Commits: [commit],
  PullRequests: [pullRequest],
  WorkItems: [workItem],
  AndMore: false,
};

const measures: Measures = {
  ...inProject,
  From: '2026-08-05T00:00:00.0000000Z',
  To: '2026-11-03T00:00:00.0000000Z',
  LeftOut: [],
  Measures: [
    {
      Name: 'deploymentFrequency',
      Service: '',
      Environment: '',
      Value: 1.5,
      Counted: 135,
      LeftOutCount: 0,
      Daily: [{ Day: '2026-11-02', Value: 3, Counted: 3 }],
    },
  ],
};

export const savedSettingsExample: SavedSettings = {
  ...inProject,
  Version: 1,
  SavedBy: 'client/settings-as-code',
  SavedTime: '2026-11-01T10:00:00.0000000Z',
  Settings: {
    Services: [{ Name: 'payments', Pipelines: ['payments', 'payments-*'], Repositories: [], Payloads: [] }],
    Environments: [{ Name: 'production', Tier: 'production', Aliases: ['prod', 'prod-*'] }],
    MetadataRepositories: [],
    ManifestRepositories: [],
  },
};

export const previewExample: SettingsPreview = {
  Services: [service],
  Environments: [
    { Name: 'production', Tier: 'production', Guessed: false, Matches: ['prod', 'prod-eu'], Ambiguous: [] },
  ],
  Unmatched: ['payments-*'],
};

/** By the lookup that gives them. */
export const introspectionExamples = {
  environments,
  services,
  deployments,
  news,
  commit: whereabouts(commitId),
  pullRequest: whereabouts('!87'),
  workItem: whereabouts('#1204'),
  measures,
  settings: savedSettingsExample,
} satisfies Readonly<Record<IntrospectionLookupName, object>>;
