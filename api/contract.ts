/**
 * The REST contract, version 1. The schemas are the source of the TypeScript types and of the OpenAPI document,
 * and validate at run time. Field names and their casing come from the specification's output tables.
 */
import { type Static, Type } from 'typebox';
import { deploymentStates } from './states.ts';

/** The deployment sources of this version. Clients must accept others, since more may be added within v1. */
export const deploymentSources = ['expressv2', 'azdeployer', 'pilotfish', 'azurepipelines'] as const;
export type DeploymentSource = (typeof deploymentSources)[number];

const Timestamp = (description: string) =>
  Type.String({ format: 'date-time', description: `${description} ISO 8601, UTC, seven fractional digits.` });
/** In one `type`, not in `anyOf`, where generators of clients lose the description. */
const NullableTimestamp = (description: string) =>
  Type.Unsafe<string | null>({ ...Timestamp(description), type: ['string', 'null'] });

export const PayloadSchema = Type.Object(
  {
    Id: Type.String({ description: 'Id of the deployed payload, in its standardised form.' }),
    ProgressionLink: Type.String({ description: 'Link to the progress of this payload.' }),
  },
  { $id: 'Payload' },
);
export type Payload = Static<typeof PayloadSchema>;

const Count = (description: string) => Type.Integer({ minimum: 0, description });

export const ProgressSchema = Type.Object(
  {
    Total: Count('Entities that have been reported so far; more may follow while the deployment runs.'),
    NotStarted: Count('Entities that have not started.'),
    InProgress: Count('Entities in progress.'),
    Blocked: Count('Entities that are paused or wait for somebody.'),
    Succeeded: Count('Entities that succeeded.'),
    Failed: Count('Entities that failed.'),
    Canceled: Count('Entities that were canceled.'),
    Unknown: Count("Entities whose state, in the orchestrator's words, has no known meaning."),
  },
  {
    $id: 'Progress',
    description: 'Counts of the entities of a deployment: regions, clusters, nodes, stages.',
  },
);
export type Progress = Static<typeof ProgressSchema>;

export const DeploymentSchema = Type.Object(
  {
    Id: Type.String({ description: 'Unique within its Source; D2B accepts it as `deploymentId`.' }),
    StartTime: Timestamp('When the deployment began.'),
    EndTime: NullableTimestamp('When it ended; null while it runs.'),
    DeploymentUrl: Type.String({ description: 'Link to the deployment in its orchestrator.' }),
    Source: Type.String({
      description: `The orchestrator: ${deploymentSources.join(', ')}. More may be added within v1.`,
    }),
    ChangeOwner: Type.String({ description: 'Name or id of the owner.' }),
    ChangeOwnerType: Type.String({ description: '`ServiceId`, `ICMTeam`, `User` or `Pipeline`.' }),
    State: Type.Optional(
      Type.String({
        description: `The state of the whole deployment, from the latest state of each of its entities: ${deploymentStates.join(', ')}. Clients must accept other words.`,
        examples: [...deploymentStates],
      }),
    ),
    ChangeState: Type.String({
      description:
        "The orchestrator's own word: that of the latest event among the entities that decided the state.",
    }),
    EntityType: Type.Optional(
      Type.String({
        description:
          'What its entities are, in lower case: `region`, `cluster`, `node`, `job`, `stage`; absent if they are of several types.',
      }),
    ),
    Progress: Type.Optional(Type.Ref('Progress') as unknown as typeof ProgressSchema),
    Payloads: Type.Array(Type.Ref('Payload') as unknown as typeof PayloadSchema),
    LastUpdateTime: Timestamp('When the deployment data was last updated.'),
    Metadata: Type.Optional(
      Type.String({ description: 'Additional data of this orchestrator, as JSON text.' }),
    ),
  },
  { $id: 'Deployment' },
);
export type Deployment = Static<typeof DeploymentSchema>;

export const Build2DeploymentSchema = Type.Object(
  {
    ADOOrganizationName: Type.String(),
    ADOProjectId: Type.String({ format: 'uuid' }),
    ADOBuildId: Type.Integer({ minimum: 1 }),
    Deployments: Type.Array(Type.Ref('Deployment') as unknown as typeof DeploymentSchema, {
      description: 'Latest start first, then by Id.',
    }),
  },
  { $id: 'Build2Deployment' },
);
export type Build2Deployment = Static<typeof Build2DeploymentSchema>;

export const EntitySchema = Type.Object(
  {
    Type: Type.String({
      description: 'What it is, as the orchestrator names it: `Region`, `Cluster`, `job`.',
    }),
    Id: Type.String({ description: 'Its id or name, unique within its type; case does not matter.' }),
    State: Type.String({
      description: `The state from its latest event: ${deploymentStates.join(', ')}. Clients must accept other words.`,
      examples: [...deploymentStates],
    }),
    ChangeState: Type.String({ description: "The orchestrator's own word." }),
    Payload: Type.String({
      description:
        'Id of the payload that it got last, one of `Payloads`; empty where the caller may not see its builds.',
    }),
    StartTime: NullableTimestamp(
      'When the latest change of it began; null if it has not, or if that is not known.',
    ),
    EndTime: NullableTimestamp('When that ended; null while it goes on.'),
    LastUpdateTime: Timestamp('When its state was last reported.'),
    PlannedInterruption: Type.String({
      description: 'The interruption that the orchestrator planned, in its words; may be empty.',
    }),
    ImpactDuration: Type.String({ description: 'How long it had an impact, in its words; may be empty.' }),
  },
  { $id: 'Entity' },
);
export type Entity = Static<typeof EntitySchema>;

export const DeploymentEntitiesSchema = Type.Object(
  {
    DeploymentSource: Type.String(),
    DeploymentId: Type.String(),
    State: Type.String({ description: 'The state of the whole deployment, as in B2D.' }),
    Progress: Type.Ref('Progress') as unknown as typeof ProgressSchema,
    Payloads: Type.Array(Type.Ref('Payload') as unknown as typeof PayloadSchema, {
      description: 'The payloads of all entities, whichever were asked for.',
    }),
    Entities: Type.Array(Type.Ref('Entity') as unknown as typeof EntitySchema, {
      description:
        'A page of them: failed, in progress, blocked, not started, unknown, canceled, succeeded; then by type and id.',
    }),
    ContinuationToken: Type.Optional(
      Type.String({
        description: 'Send it as `continuationToken` for the next page; absent if there is none.',
      }),
    ),
  },
  { $id: 'DeploymentEntities' },
);
export type DeploymentEntities = Static<typeof DeploymentEntitiesSchema>;

export const BuildSchema = Type.Object(
  {
    OrganizationName: Type.String({ description: 'Azure DevOps organization of the build.' }),
    ProjectId: Type.String({ description: 'Azure DevOps project id (GUID) of the build.' }),
    Id: Type.String({ description: 'Build id.' }),
    Url: Type.String({ description: 'Link to the build.' }),
    Source: Type.Literal('ADO'),
  },
  { $id: 'Build' },
);
export type Build = Static<typeof BuildSchema>;

const Builds = Type.Array(Type.Ref('Build') as unknown as typeof BuildSchema);

const HiddenBuilds = Type.Optional(
  Type.Integer({
    minimum: 1,
    description:
      'How many builds were left out because the caller may not see them. Only for programs with the application role Deployments.Hidden.Count.',
  }),
);

export const Deployment2BuildSchema = Type.Object(
  { DeploymentSource: Type.String(), DeploymentId: Type.String(), Builds, HiddenBuilds },
  { $id: 'Deployment2Build' },
);
export type Deployment2Build = Static<typeof Deployment2BuildSchema>;

export const Payload2BuildSchema = Type.Object(
  {
    DeploymentSource: Type.String(),
    Payload: Type.String({ description: 'The payload in its standardised form.' }),
    Builds,
    HiddenBuilds,
  },
  { $id: 'Payload2Build' },
);
export type Payload2Build = Static<typeof Payload2BuildSchema>;

export const ApiErrorSchema = Type.Object(
  {
    code: Type.String({ description: 'The HTTP status, as text.' }),
    message: Type.String({ description: 'What is wrong, and what would be valid.' }),
    details: Type.Optional(
      Type.Array(Type.Object({ target: Type.String(), message: Type.String() }), {
        description: 'One entry for each invalid parameter.',
      }),
    ),
    traceId: Type.Optional(Type.String({ description: 'Quote it when you ask for help.' })),
  },
  { $id: 'ApiError' },
);
export type ApiError = Static<typeof ApiErrorSchema>;
