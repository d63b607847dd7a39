/**
 * The records of the REST API of Azure DevOps (7.1), with the fields that are used here. Other fields are kept.
 * Times stay as the service wrote them, because a Date would lose digits.
 */
import { type Static, type TSchema, Type } from 'typebox';

const Optional = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));
const Text = Type.String();
const Inputs = Type.Record(Text, Type.Union([Text, Type.Null()]));

const IdentitySchema = Type.Object({
  id: Optional(Text),
  displayName: Optional(Text),
  uniqueName: Optional(Text),
  inactive: Optional(Type.Boolean()),
  isDeletedInOrigin: Optional(Type.Boolean()),
});
export type Identity = Static<typeof IdentitySchema>;

export const ProjectSchema = Type.Object({ id: Text, name: Text, state: Optional(Text) });
export type Project = Static<typeof ProjectSchema>;

/** A build. Its id is also the id of its run. */
export const BuildRecordSchema = Type.Object({
  id: Type.Integer(),
  buildNumber: Optional(Text),
  /** `none`, `inProgress`, `completed`, `cancelling`, `postponed`, `notStarted`. */
  status: Text,
  /** `succeeded`, `partiallySucceeded`, `failed`, `canceled`; absent while it runs. */
  result: Optional(Text),
  queueTime: Optional(Text),
  startTime: Optional(Text),
  finishTime: Optional(Text),
  url: Optional(Text),
  definition: Type.Object({ id: Type.Integer(), name: Optional(Text) }),
  project: Type.Object({ id: Text, name: Optional(Text) }),
  sourceBranch: Optional(Text),
  sourceVersion: Optional(Text),
  lastChangedDate: Optional(Text),
  requestedFor: Optional(IdentitySchema),
});
export type BuildRecord = Static<typeof BuildRecordSchema>;

/** A stage, job, task or check in the timeline of a build. */
export const TimelineRecordSchema = Type.Object({
  id: Text,
  parentId: Optional(Text),
  /** `Stage`, `Phase`, `Job`, `Task`, `Checkpoint`, … */
  type: Text,
  name: Optional(Text),
  /** The name in the YAML file, the same across attempts. */
  identifier: Optional(Text),
  /** `pending`, `inProgress`, `completed`. */
  state: Optional(Text),
  /** `succeeded`, `succeededWithIssues`, `failed`, `canceled`, `skipped`, `abandoned`. */
  result: Optional(Text),
  startTime: Optional(Text),
  finishTime: Optional(Text),
  lastModified: Optional(Text),
  attempt: Optional(Type.Integer()),
  previousAttempts: Optional(
    Type.Array(Type.Object({ attempt: Type.Integer(), timelineId: Text, recordId: Text })),
  ),
});
export type TimelineRecord = Static<typeof TimelineRecordSchema>;

/** An artifact of a build. For a file share, `resource.data` is the drop location. */
export const ArtifactSchema = Type.Object({
  id: Optional(Type.Integer()),
  name: Text,
  resource: Type.Object({ type: Optional(Text), data: Optional(Text), url: Optional(Text) }),
});
export type Artifact = Static<typeof ArtifactSchema>;

/** A commit that a build contains. `displayUri` leads to it, also in repositories elsewhere. */
export const ChangeSchema = Type.Object({
  id: Text,
  message: Optional(Text),
  author: Optional(IdentitySchema),
  timestamp: Optional(Text),
  displayUri: Optional(Text),
});
export type Change = Static<typeof ChangeSchema>;

/** A work item, as builds name it: its number as text, and no title. */
export const WorkItemReferenceSchema = Type.Object({ id: Type.String({ pattern: '^[0-9]{1,10}$' }) });
export type WorkItemReference = Static<typeof WorkItemReferenceSchema>;

/** An environment, as deployment jobs refer to it. */
export const EnvironmentRecordSchema = Type.Object({ id: Type.Integer(), name: Text });
export type EnvironmentRecord = Static<typeof EnvironmentRecordSchema>;

/**
 * A deployment job of a run, in the history of its environment from the time at which the job is queued.
 * https://learn.microsoft.com/rest/api/azure/devops/environments/environmentdeploymentrecords/list
 */
export const EnvironmentDeploymentSchema = Type.Object({
  id: Type.Integer(),
  stageName: Optional(Text),
  jobName: Optional(Text),
  /** The run. */
  owner: Optional(Type.Object({ id: Type.Integer(), name: Optional(Text) })),
  queueTime: Optional(Text),
  startTime: Optional(Text),
  finishTime: Optional(Text),
  result: Optional(Text),
});
export type EnvironmentDeployment = Static<typeof EnvironmentDeploymentSchema>;

const PipelineSchema = Type.Object({
  id: Type.Integer(),
  name: Optional(Text),
  folder: Optional(Text),
  revision: Optional(Type.Integer()),
});

/** A run of a YAML pipeline. */
export const RunSchema = Type.Object({
  id: Type.Integer(),
  name: Optional(Text),
  /** `inProgress`, `canceling`, `completed`. */
  state: Text,
  /** `succeeded`, `failed`, `canceled`; absent while it runs. */
  result: Optional(Text),
  createdDate: Optional(Text),
  finishedDate: Optional(Text),
  url: Optional(Text),
  pipeline: PipelineSchema,
  /** `repositories` and `pipelines` by alias. */
  resources: Optional(Type.Object({})),
});
export type Run = Static<typeof RunSchema>;

/** A service hook subscription. Confidential inputs come back masked. */
export const SubscriptionSchema = Type.Object({
  id: Text,
  /** `enabled`, `onProbation`, `disabledByUser`, `disabledBySystem`, `disabledByInactiveIdentity`. */
  status: Text,
  publisherId: Text,
  eventType: Text,
  resourceVersion: Optional(Text),
  eventDescription: Optional(Text),
  consumerId: Text,
  consumerActionId: Text,
  publisherInputs: Inputs,
  consumerInputs: Inputs,
  createdBy: Optional(IdentitySchema),
  createdDate: Optional(Text),
  modifiedDate: Optional(Text),
  lastProbationRetryDate: Optional(Text),
  lastSuccessfulAttemptDate: Optional(Text),
  probationRetries: Optional(Type.Union([Type.Integer(), Text])),
});
export type Subscription = Static<typeof SubscriptionSchema>;

/** The body of a request that creates or replaces a subscription. */
export interface SubscriptionDraft {
  readonly publisherId: string;
  readonly eventType: string;
  readonly resourceVersion: string;
  readonly consumerId: string;
  readonly consumerActionId: string;
  readonly publisherInputs: Readonly<Record<string, string>>;
  readonly consumerInputs: Readonly<Record<string, string>>;
}

/** A delivery of an event to the consumer of a subscription. */
export const NotificationSchema = Type.Object({
  id: Type.Integer(),
  status: Text,
  result: Text,
  createdDate: Optional(Text),
  modifiedDate: Optional(Text),
  details: Optional(Type.Object({ errorMessage: Optional(Text), completedDate: Optional(Text) })),
});
export type Notification = Static<typeof NotificationSchema>;

/** An event type that a publisher offers. */
export const EventTypeSchema = Type.Object({
  id: Text,
  publisherId: Optional(Text),
  name: Optional(Text),
  supportedResourceVersions: Optional(Type.Array(Text)),
});

/** A source of events: `tfs`, `pipelines`, `rm`, … */
export const PublisherSchema = Type.Object({
  id: Text,
  name: Optional(Text),
  supportedEvents: Optional(Type.Array(EventTypeSchema)),
});
export type Publisher = Static<typeof PublisherSchema>;

/** The envelope of every list. */
export const ListOf = <T extends TSchema>(schema: T) => Type.Object({ value: Type.Array(schema) });
