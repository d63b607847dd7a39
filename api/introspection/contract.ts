/**
 * The contract of introspection, version 1: where everything is now. Its words:
 * - A service is what a team deploys: by default the pipeline that builds it, else what the project's settings say.
 * - An environment is where it is deployed to: an environment of Azure Pipelines, a stage of a classic release, or the
 *   rollout infrastructure of another orchestrator, under the name that the settings give it.
 * - A placement is one deployment of one build of a service to one environment.
 */
import { type Static, Type } from 'typebox';

const Text = (description: string) => Type.String({ description });
const Time = (description: string) =>
  Type.String({ format: 'date-time', description: `${description} ISO 8601, UTC, seven fractional digits.` });
const TimeOrNull = (description: string) =>
  Type.Unsafe<string | null>({ ...Time(description), type: ['string', 'null'] });
const Count = (description: string) => Type.Integer({ minimum: 0, description });
const ContinuationToken = Type.Optional(
  Type.String({ description: 'Send it as `continuationToken` for the next page; absent if there is none.' }),
);

/** How a placement follows from the one before it in its environment. */
export const placementKinds = ['first', 'forward', 'rollback', 'hotFix', 'redeployment', 'unknown'] as const;
export type PlacementKind = (typeof placementKinds)[number];

export const PlacedBuildSchema = Type.Object(
  {
    ProjectId: Text('Azure DevOps project id (GUID) of the build.'),
    Id: Type.Integer({ minimum: 1, description: 'Build id.' }),
    Number: Text('Build number; empty if no event named it.'),
    Url: Text('Link to the build.'),
    Pipeline: Text('Name of its pipeline.'),
    Repository: Text('Repository that it was built from; empty if unknown.'),
    Branch: Text('Branch, such as `refs/heads/main`; empty if unknown.'),
    Commit: Text('Commit that was built; empty if unknown.'),
  },
  { $id: 'PlacedBuild' },
);
export type PlacedBuild = Static<typeof PlacedBuildSchema>;
const PlacedBuild = Type.Ref('PlacedBuild') as unknown as typeof PlacedBuildSchema;

export const PlacementSchema = Type.Object(
  {
    Service: Text('Name of the service.'),
    Environment: Text('Name of the environment.'),
    DeploymentSource: Text('The orchestrator; D2B and the entities accept it.'),
    DeploymentId: Text('Id of the deployment in its source.'),
    DeploymentUrl: Text('Link to the deployment; may be empty.'),
    Version: Text('What people call what was deployed: image tag, build number or payload.'),
    Build: PlacedBuild,
    State: Text('The state of the deployment: one of our words, as in B2D.'),
    ChangeState: Text("The orchestrator's own word, such as `waitingForApproval`."),
    Kind: Type.String({
      description: `How it follows from the successful placement before it: ${placementKinds.join(', ')}. Clients must accept other words.`,
      examples: [...placementKinds],
    }),
    By: Text(
      'Who asked for it, or merged what it deploys; `pipeline` or `service` and a name where no event names a person; empty if unknown.',
    ),
    StartTime: Time('When it began.'),
    EndTime: TimeOrNull('When it ended; null while it goes on.'),
  },
  { $id: 'Placement' },
);
export type Placement = Static<typeof PlacementSchema>;
const Placement = Type.Ref('Placement') as unknown as typeof PlacementSchema;
const PlacementOrNull = (description: string) =>
  Type.Union([Placement, Type.Null()], { description }) as unknown as ReturnType<
    typeof Type.Unsafe<Placement | null>
  >;

export const environmentTiers = ['development', 'test', 'staging', 'production', 'other'] as const;
export type EnvironmentTier = (typeof environmentTiers)[number];

export const EnvironmentColumnSchema = Type.Object(
  {
    Name: Text('Name of the environment.'),
    Tier: Type.String({
      description: `What it is for: ${environmentTiers.join(', ')}.`,
      examples: [...environmentTiers],
    }),
    Guessed: Type.Boolean({
      description: 'Whether its order and tier are guesses, because no settings name it.',
    }),
  },
  { $id: 'EnvironmentColumn', description: 'An environment; environments come in the order of deployment.' },
);
export type EnvironmentColumn = Static<typeof EnvironmentColumnSchema>;

export const ServiceSchema = Type.Object(
  {
    Name: Text('Name of the service.'),
    Guessed: Type.Boolean({ description: 'Whether it is a guess: a pipeline that no settings name.' }),
    Pipelines: Type.Array(Type.String(), { description: 'Pipelines that build it.' }),
    Repositories: Type.Array(Type.String(), { description: 'Repositories that it is built from.' }),
    Ambiguous: Type.Array(Type.String(), {
      description: 'Pipelines that patterns of several services match; they are counted to the first.',
    }),
  },
  { $id: 'Service' },
);
export type Service = Static<typeof ServiceSchema>;

export const CellSchema = Type.Object(
  {
    Service: Text('Row of the matrix.'),
    Environment: Text('Column of the matrix.'),
    Current: PlacementOrNull('What is there: the last placement that succeeded; null if none is known.'),
    Since: Type.Array(Placement, {
      description: 'What has run, failed or waits since then, newest first; at most 5.',
    }),
    MoreSince: Count('How many more there are.'),
    Behind: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      minimum: 0,
      description:
        'How many commits it is behind the environment before it; null if that is not known, or if there is none before it.',
    }),
    BehindIsAtLeast: Type.Boolean({ description: 'Whether there may be more than `Behind`.' }),
  },
  { $id: 'Cell' },
);
export type Cell = Static<typeof CellSchema>;

export const LeftOutSourceSchema = Type.Object(
  { DeploymentSource: Text('The orchestrator.'), Reason: Text('Why it was left out.') },
  { $id: 'LeftOutSource' },
);
export type LeftOutSource = Static<typeof LeftOutSourceSchema>;
const LeftOut = Type.Array(Type.Ref('LeftOutSource') as unknown as typeof LeftOutSourceSchema, {
  description: 'Sources that this answer could not take into account, and why.',
});

/** `GET /introspection/v1/environments`: a page of services, each with its cells. */
export const EnvironmentsSchema = Type.Object(
  {
    ADOOrganizationName: Type.String(),
    ADOProjectId: Type.String(),
    At: TimeOrNull('The time that was asked for; null for now.'),
    Horizon: TimeOrNull('The earliest time that can be asked for; null if nothing is known.'),
    LeftOut,
    Environments: Type.Array(Type.Ref('EnvironmentColumn') as unknown as typeof EnvironmentColumnSchema),
    Services: Type.Array(Type.Ref('Service') as unknown as typeof ServiceSchema, {
      description: 'This page of services, by name.',
    }),
    Cells: Type.Array(Type.Ref('Cell') as unknown as typeof CellSchema, {
      description: 'The cells of these services in which anything ever happened.',
    }),
    ContinuationToken,
  },
  { $id: 'Environments' },
);
export type Environments = Static<typeof EnvironmentsSchema>;

/** `GET /introspection/v1/services`. */
export const ServicesSchema = Type.Object(
  {
    ADOOrganizationName: Type.String(),
    ADOProjectId: Type.String(),
    Services: Type.Array(Type.Ref('Service') as unknown as typeof ServiceSchema),
  },
  { $id: 'Services' },
);
export type Services = Static<typeof ServicesSchema>;

export const ChangeSchema = Type.Object(
  {
    Placement,
    Author: Text('Who made the commit or asked for the build; empty if unknown.'),
    Ring: Text('Branch of the metadata repository that was deployed; empty without one.'),
    MetadataUpdate: Type.Union([
      Type.Ref('Step') as unknown as typeof StepSchema,
      Type.Null(),
    ]) as unknown as ReturnType<typeof Type.Unsafe<Step | null>>,
    Approval: Type.Union([
      Type.Ref('Step') as unknown as typeof StepSchema,
      Type.Null(),
    ]) as unknown as ReturnType<typeof Type.Unsafe<Step | null>>,
    MergedBy: Text('Who merged the metadata update; empty if unknown or if there is none.'),
    ReadyToDeploy: Type.Union([
      Type.Ref('Step') as unknown as typeof StepSchema,
      Type.Null(),
    ]) as unknown as ReturnType<typeof Type.Unsafe<Step | null>>,
    SyncedClusters: Type.Array(Type.String(), { description: 'Clusters that reported the manifest commit.' }),
    LastUpdateTime: Time('When anything of it was last reported.'),
  },
  { $id: 'Change', description: 'A placement with how it came to be, the columns of the Changes view.' },
);

/** `GET /introspection/v1/deployments`: placements, newest first; also the history of one environment. */
export const ChangesSchema = Type.Object(
  {
    ADOOrganizationName: Type.String(),
    ADOProjectId: Type.String(),
    Changes: Type.Array(Type.Ref('Change') as unknown as typeof ChangeSchema),
    LeftOut: Type.Optional(LeftOut),
    ContinuationToken,
  },
  { $id: 'Changes' },
);

export const CommitSchema = Type.Object(
  {
    ProjectId: Text('Azure DevOps project id (GUID) to which it belongs; empty where it belongs to none.'),
    Id: Text('Commit id.'),
    Message: Text('First line of its message; may be empty.'),
    Author: Text('May be empty.'),
    Time: TimeOrNull('When it was made or pushed.'),
    Url: Text('Link; empty where its repository is not known.'),
  },
  { $id: 'Commit' },
);
export type Commit = Static<typeof CommitSchema>;

export const PullRequestSchema = Type.Object(
  {
    ProjectId: Text('Azure DevOps project id (GUID) to which it belongs; empty where it belongs to none.'),
    Id: Type.Integer({ minimum: 1 }),
    Title: Text('May be empty.'),
    Repository: Text('Name of its repository.'),
    Url: Text('Link; may be empty.'),
  },
  { $id: 'PullRequest' },
);
export type PullRequest = Static<typeof PullRequestSchema>;

export const WorkItemSchema = Type.Object(
  {
    ProjectId: Text('Azure DevOps project id (GUID) to which it belongs; empty where it belongs to none.'),
    Id: Type.Integer({ minimum: 1 }),
    Url: Text('Link.'),
  },
  { $id: 'WorkItem' },
);
export type WorkItem = Static<typeof WorkItemSchema>;

/** `GET /introspection/v1/news`: what a placement brought that the one before it did not have. */
export const NewsSchema = Type.Object(
  {
    ADOOrganizationName: Type.String(),
    ADOProjectId: Type.String(),
    Placement,
    Since: PlacementOrNull('The placement that it is compared with; null if there is none.'),
    Direction: Type.String({
      description:
        '`forward`: these are new; `backward`: a rollback took these away; `unknown`: the two have no known order.',
    }),
    Commits: Type.Array(Type.Ref('Commit') as unknown as typeof CommitSchema),
    PullRequests: Type.Array(Type.Ref('PullRequest') as unknown as typeof PullRequestSchema),
    WorkItems: Type.Array(Type.Ref('WorkItem') as unknown as typeof WorkItemSchema),
    AndMore: Type.Boolean({ description: 'Whether there are more that no event has named.' }),
  },
  { $id: 'News' },
);
export type News = Static<typeof NewsSchema>;

export const stepKinds = [
  'commit',
  'pullRequest',
  'build',
  'metadata',
  'approval',
  'manifest',
  'environment',
] as const;
export type StepKind = (typeof stepKinds)[number];

export const StepSchema = Type.Object(
  {
    ProjectId: Text('Azure DevOps project id (GUID) to which it belongs; empty where it belongs to none.'),
    Key: Text('Unique within the answer.'),
    Kind: Type.String({ description: `One of ${stepKinds.join(', ')}.`, examples: [...stepKinds] }),
    Title: Text('Such as a short commit id, a build number, or the name of an environment.'),
    Url: Text('Link; may be empty.'),
    State: Text('One of our words; `succeeded` for a commit or push.'),
    ChangeState: Text("The system's own word; may be empty."),
    By: Text('Who did it; may be empty.'),
    StartTime: TimeOrNull('When it began.'),
    EndTime: TimeOrNull('When it ended.'),
    After: Type.Array(Type.String(), {
      description: 'Keys of the steps that it follows from; none for the first.',
    }),
    Guessed: Type.Boolean({
      description:
        'Whether it is a guess that this is the metadata or the manifests, because no settings name their repository.',
    }),
  },
  { $id: 'Step' },
);
export type Step = Static<typeof StepSchema>;
export type Change = Static<typeof ChangeSchema>;
export type Changes = Static<typeof ChangesSchema>;

export const presences = ['here', 'partly', 'underWay', 'next', 'notYet'] as const;
export type PresenceWord = (typeof presences)[number];

export const PresenceSchema = Type.Object(
  {
    ProjectId: Text('Azure DevOps project id (GUID) to which it belongs; empty where it belongs to none.'),
    Service: Type.String(),
    Environment: Type.String(),
    Presence: Type.String({
      description: `Whether the environment holds it: ${presences.join(', ')}. \`partly\`: some of its commits only; \`next\`: the first that does not hold it yet.`,
      examples: [...presences],
    }),
    Placement: PlacementOrNull(
      'The placement that brought it, or that is bringing it; else what is there now.',
    ),
    Missing: Type.Array(Type.String(), {
      description:
        'Of a work item, the pull requests (`!12`), or else the builds, whose changes the environment does not hold; one that more environments miss than the others is the weakest link.',
    }),
  },
  { $id: 'Presence' },
);
export type Presence = Static<typeof PresenceSchema>;

/**
 * `GET /introspection/v1/commits/{id}`, `/pull-requests/{id}`, `/work-items/{id}`: how far it has come. A work item
 * with several pull requests is only where all of them are.
 */
export const WhereaboutsSchema = Type.Object(
  {
    ADOOrganizationName: Type.String(),
    ADOProjectId: Type.String({ description: 'Empty where a commit was asked for in all projects.' }),
    Subject: Text(
      'The whole commit id, `!` and the id of the pull request, or `#` and that of the work item.',
    ),
    Commits: Type.Array(Type.Ref('Commit') as unknown as typeof CommitSchema),
    PullRequests: Type.Array(Type.Ref('PullRequest') as unknown as typeof PullRequestSchema),
    WorkItems: Type.Array(Type.Ref('WorkItem') as unknown as typeof WorkItemSchema),
    Environments: Type.Array(Type.Ref('Presence') as unknown as typeof PresenceSchema, {
      description: 'In the order of services and environments.',
    }),
    Steps: Type.Array(Type.Ref('Step') as unknown as typeof StepSchema, {
      description:
        'The chain from commit to environments; every step comes after those that it follows from.',
    }),
    AndMore: Type.Boolean({ description: 'Whether steps were left out, because there are too many.' }),
  },
  { $id: 'Whereabouts' },
);
export type Whereabouts = Static<typeof WhereaboutsSchema>;

export const measureNames = [
  'deploymentFrequency',
  'changeLeadTime',
  'changeFailRate',
  'failedDeploymentRecoveryTime',
  'deploymentReworkRate',
] as const;
export type MeasureName = (typeof measureNames)[number];

export const MeasureSchema = Type.Object(
  {
    Name: Type.String({ examples: [...measureNames] }),
    Service: Text('Empty for all services.'),
    Environment: Text('Empty for all environments.'),
    Value: Type.Unsafe<number | null>({
      type: ['number', 'null'],
      description:
        'Deployments a day, seconds (median), or a share from 0 to 1; null if nothing can be told.',
    }),
    Counted: Count('Deployments that it was computed from.'),
    LeftOutCount: Count('Deployments for which the events do not tell it.'),
    Daily: Type.Array(
      Type.Object({ Day: Type.String({ format: 'date' }), Value: Type.Number(), Counted: Type.Integer() }),
      {
        description: 'By day (UTC); days without any deployment are absent.',
      },
    ),
  },
  { $id: 'Measure' },
);
export type Measure = Static<typeof MeasureSchema>;

/** `GET /introspection/v1/measures`. Each measure's deployments: `/deployments` with the same filters and `measure`. */
export const MeasuresSchema = Type.Object(
  {
    ADOOrganizationName: Type.String(),
    ADOProjectId: Type.String(),
    From: Time('First moment that counts.'),
    To: Time('Last moment that counts.'),
    LeftOut,
    Measures: Type.Array(Type.Ref('Measure') as unknown as typeof MeasureSchema),
  },
  { $id: 'Measures' },
);
export type Measures = Static<typeof MeasuresSchema>;

const Patterns = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 50, description });

export const ProjectSettingsSchema = Type.Object(
  {
    Services: Type.Array(
      Type.Object({
        Name: Type.String({ minLength: 1, maxLength: 100 }),
        Pipelines: Patterns(
          'Names of pipelines that build it; `*` stands for any characters, case does not matter.',
        ),
        Repositories: Patterns('Names of repositories that it is built from.'),
        Payloads: Patterns('Payloads of other orchestrators that contain it.'),
      }),
      { maxItems: 2000, description: 'The first that matches counts.' },
    ),
    Environments: Type.Array(
      Type.Object({
        Name: Type.String({ minLength: 1, maxLength: 100 }),
        Tier: Type.Unsafe<EnvironmentTier>({
          type: 'string',
          enum: [...environmentTiers],
          description: 'What it is for.',
        }),
        Aliases: Patterns('Other names that mean it.'),
      }),
      { maxItems: 200, description: 'In the order of deployment.' },
    ),
    MetadataRepositories: Patterns('Repositories of metadata, or high-level definitions (HLD).'),
    ManifestRepositories: Patterns('Repositories of manifests that clusters read.'),
  },
  { $id: 'ProjectSettings', additionalProperties: false },
);
export type ProjectSettings = Static<typeof ProjectSettingsSchema>;

/** `GET /introspection/v1/settings`; `PUT` takes `Version` and `Settings` and answers the same. */
export const SavedSettingsSchema = Type.Object(
  {
    ADOOrganizationName: Type.String(),
    ADOProjectId: Type.String(),
    Version: Count('0 if none were ever saved. A PUT names the version that it replaces.'),
    SavedBy: Text('Empty if none were ever saved.'),
    SavedTime: TimeOrNull('When this version was saved.'),
    Settings: Type.Ref('ProjectSettings') as unknown as typeof ProjectSettingsSchema,
  },
  { $id: 'SavedSettings' },
);
export type SavedSettings = Static<typeof SavedSettingsSchema>;

export const PreviewedEnvironmentSchema = Type.Object(
  {
    Name: Text('Name of the environment.'),
    Tier: Text('What it is for.'),
    Guessed: Type.Boolean({ description: 'Whether these settings do not name it.' }),
    Matches: Type.Array(Type.String(), { description: 'Names in the events that mean it.' }),
    Ambiguous: Type.Array(Type.String(), {
      description: 'Names among them that several environments match; they are counted to the first.',
    }),
  },
  { $id: 'PreviewedEnvironment' },
);
export type PreviewedEnvironment = Static<typeof PreviewedEnvironmentSchema>;

/** `POST /introspection/v1/settings/preview`: what settings would match, before they are saved. */
export const SettingsPreviewSchema = Type.Object(
  {
    Services: Type.Array(Type.Ref('Service') as unknown as typeof ServiceSchema),
    Environments: Type.Array(
      Type.Ref('PreviewedEnvironment') as unknown as typeof PreviewedEnvironmentSchema,
    ),
    Unmatched: Type.Array(Type.String(), { description: 'Patterns that match nothing known.' }),
  },
  { $id: 'SettingsPreview' },
);
export type SettingsPreview = Static<typeof SettingsPreviewSchema>;
