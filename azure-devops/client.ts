/**
 * A typed client of the REST API of Azure DevOps, with what the changelog and the command line need: builds, runs,
 * environments, projects and service hooks. Lists come page by page, so that callers can stop early.
 */
import { type Static, type TSchema, Type } from 'typebox';
import type { Organization } from './address.ts';
import { AzureDevOpsError } from './error.ts';
import {
  type Artifact,
  ArtifactSchema,
  type BuildRecord,
  BuildRecordSchema,
  type Change,
  ChangeSchema,
  type EnvironmentDeployment,
  EnvironmentDeploymentSchema,
  type EnvironmentRecord,
  EnvironmentRecordSchema,
  ListOf,
  type Notification,
  NotificationSchema,
  type Project,
  ProjectSchema,
  type Publisher,
  PublisherSchema,
  type Run,
  RunSchema,
  type Subscription,
  type SubscriptionDraft,
  SubscriptionSchema,
  type TimelineRecord,
  TimelineRecordSchema,
  type WorkItemReference,
  WorkItemReferenceSchema,
} from './records.ts';
import { createRest, type Rest, type RestOptions, type RestRequest } from './rest.ts';

/** Which builds of a project to list. */
export type BuildFilter =
  /** Builds with this status, newest first. */
  | { readonly status: 'inProgress' | 'cancelling' }
  /** Completed builds that finished at this time (ISO 8601) or later, oldest first. */
  | { readonly finishedSince: string };

export interface SubscriptionFilter {
  readonly publisherId?: string;
  readonly consumerId?: string;
  readonly consumerActionId?: string;
  readonly eventType?: string;
  /** Publisher inputs that must be equal, such as `projectId`. */
  readonly publisherInputs?: Readonly<Record<string, string>>;
}

/** Every method rejects with an {@link AzureDevOpsError} after all tries. */
export interface AzureDevOps {
  readonly organization: Organization;
  /** All projects that the token may see. */
  projects(): AsyncGenerator<readonly Project[]>;
  project(nameOrId: string): Promise<Project>;
  builds(projectId: string, filter: BuildFilter): AsyncGenerator<readonly BuildRecord[]>;
  build(projectId: string, buildId: number): Promise<BuildRecord>;
  /** The records of the latest attempt, or of the given timeline of an earlier one. Empty if there is no timeline. */
  timeline(projectId: string, buildId: number, timelineId?: string): Promise<readonly TimelineRecord[]>;
  artifacts(projectId: string, buildId: number): Promise<readonly Artifact[]>;
  /** The commits that a build contains and the build before it did not, newest first; at most 200. */
  changes(projectId: string, buildId: number): Promise<readonly Change[]>;
  /** The work items of the first 200 of them. */
  workItems(projectId: string, buildId: number): Promise<readonly WorkItemReference[]>;
  /** The run of a build; undefined for a classic build, which has none. */
  run(projectId: string, pipelineId: number, runId: number): Promise<Run | undefined>;
  /** The environments of a project that the token may see. Empty if the server does not support environments. */
  environments(projectId: string): AsyncGenerator<readonly EnvironmentRecord[]>;
  /** The deployments to an environment, newest first. */
  environmentDeployments(
    projectId: string,
    environmentId: number,
  ): AsyncGenerator<readonly EnvironmentDeployment[]>;
  subscriptions(): Promise<readonly Subscription[]>;
  querySubscriptions(filter: SubscriptionFilter): Promise<readonly Subscription[]>;
  createSubscription(draft: SubscriptionDraft): Promise<Subscription>;
  /** Replaces all inputs, and enables the subscription again. */
  replaceSubscription(id: string, draft: SubscriptionDraft): Promise<Subscription>;
  deleteSubscription(id: string): Promise<void>;
  /** The latest deliveries of a subscription with the given result, newest first. */
  notifications(
    subscriptionId: string,
    result: 'succeeded' | 'failed',
    limit: number,
  ): Promise<readonly Notification[]>;
  publishers(): Promise<readonly Publisher[]>;
}

const pageSize = 200;

/** Creates a client of one organization. */
export function createAzureDevOps(options: RestOptions): AzureDevOps {
  const rest = createRest(options);
  return {
    organization: options.organization,
    ...projectMethods(rest),
    ...buildMethods(rest),
    ...environmentMethods(rest),
    ...hookMethods(rest),
  };
}

function projectMethods(rest: Rest): Pick<AzureDevOps, 'projects' | 'project'> {
  return {
    projects: () => pages(rest, { path: '_apis/projects', query: { $top: pageSize } }, ProjectSchema),
    async project(nameOrId) {
      const { body } = await rest.send({
        path: `_apis/projects/${segment(nameOrId)}`,
        answer: ProjectSchema,
      });
      return body;
    },
  };
}

type BuildMethod = 'builds' | 'build' | 'timeline' | 'artifacts' | 'changes' | 'workItems' | 'run';

function buildMethods(rest: Rest): Pick<AzureDevOps, BuildMethod> {
  const builds = (projectId: string) => `${segment(projectId)}/_apis/build/builds`;
  return {
    builds(projectId, filter) {
      const query =
        'status' in filter
          ? { statusFilter: filter.status, queryOrder: 'queueTimeDescending' }
          : { statusFilter: 'completed', queryOrder: 'finishTimeAscending', minTime: filter.finishedSince };
      return pages(rest, { path: builds(projectId), query: { ...query, $top: pageSize } }, BuildRecordSchema);
    },
    async build(projectId, buildId) {
      const { body } = await rest.send({
        path: `${builds(projectId)}/${buildId}`,
        answer: BuildRecordSchema,
      });
      return body;
    },
    async timeline(projectId, buildId, timelineId) {
      const tail = timelineId === undefined ? '' : `/${segment(timelineId)}`;
      const path = `${builds(projectId)}/${buildId}/timeline${tail}`;
      const answer = Type.Union([Type.Object({ records: Type.Array(TimelineRecordSchema) }), Type.Null()]);
      // For a build that never started, the service returns 204, 404 or null, depending on its version.
      const found = await orNothing(rest.send({ path, answer }));
      return found?.body?.records ?? [];
    },
    async artifacts(projectId, buildId) {
      const path = `${builds(projectId)}/${buildId}/artifacts`;
      const { body } = await rest.send({ path, answer: ListOf(ArtifactSchema) });
      return body.value;
    },
    async changes(projectId, buildId) {
      const path = `${builds(projectId)}/${buildId}/changes`;
      const { body } = await rest.send({ path, query: { $top: 200 }, answer: ListOf(ChangeSchema) });
      return body.value;
    },
    async workItems(projectId, buildId) {
      const path = `${builds(projectId)}/${buildId}/workitems`;
      const { body } = await rest.send({
        path,
        query: { $top: 200 },
        answer: ListOf(WorkItemReferenceSchema),
      });
      return body.value;
    },
    async run(projectId, pipelineId, runId) {
      const path = `${segment(projectId)}/_apis/pipelines/${pipelineId}/runs/${runId}`;
      return (await orNothing(rest.send({ path, answer: RunSchema })))?.body;
    },
  };
}

/** Environments are in preview in all versions of the API, and the version has to say so. */
const environmentsApiVersion = '7.1-preview.1';

function environmentMethods(rest: Rest): Pick<AzureDevOps, 'environments' | 'environmentDeployments'> {
  const environments = (projectId: string) => `${segment(projectId)}/_apis/pipelines/environments`;
  return {
    async *environments(projectId) {
      const request = { path: environments(projectId), query: { $top: pageSize } };
      try {
        yield* pages(rest, { ...request, apiVersion: environmentsApiVersion }, EnvironmentRecordSchema);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
    environmentDeployments(projectId, environmentId) {
      const path = `${environments(projectId)}/${environmentId}/environmentdeploymentrecords`;
      const request = { path, query: { top: pageSize } };
      return pages(rest, { ...request, apiVersion: environmentsApiVersion }, EnvironmentDeploymentSchema);
    },
  };
}

function hookMethods(
  rest: Rest,
): Pick<
  AzureDevOps,
  | 'subscriptions'
  | 'querySubscriptions'
  | 'createSubscription'
  | 'replaceSubscription'
  | 'deleteSubscription'
  | 'notifications'
  | 'publishers'
> {
  const path = '_apis/hooks/subscriptions';
  return {
    subscriptions: () => all(pages(rest, { path }, SubscriptionSchema)),
    async querySubscriptions({ publisherInputs = {}, ...filter }) {
      const conditions = Object.entries(publisherInputs).map(([inputId, inputValue]) => ({
        inputId,
        inputValue,
        operator: 'equals',
        caseSensitive: false,
      }));
      const { body } = await rest.send({
        method: 'POST',
        path: '_apis/hooks/subscriptionsquery',
        body: { ...filter, publisherInputFilters: conditions.length === 0 ? [] : [{ conditions }] },
        answer: Type.Object({ results: Type.Array(SubscriptionSchema) }),
      });
      return body.results;
    },
    async createSubscription(draft) {
      const { body } = await rest.send({ method: 'POST', path, body: draft, answer: SubscriptionSchema });
      return body;
    },
    async replaceSubscription(id, draft) {
      const { body } = await rest.send({
        method: 'PUT',
        path: `${path}/${segment(id)}`,
        body: { id, ...draft, status: 'enabled' },
        answer: SubscriptionSchema,
      });
      return body;
    },
    deleteSubscription: (id) => rest.sendOnly({ method: 'DELETE', path: `${path}/${segment(id)}` }),
    async notifications(subscriptionId, result, limit) {
      const { body } = await rest.send({
        path: `${path}/${segment(subscriptionId)}/notifications`,
        query: { maxResults: limit, result },
        answer: ListOf(NotificationSchema),
      });
      return body.value;
    },
    async publishers() {
      const { body } = await rest.send({ path: '_apis/hooks/publishers', answer: ListOf(PublisherSchema) });
      return body.value;
    },
  };
}

async function* pages<T extends TSchema>(
  rest: Rest,
  request: Omit<RestRequest<T>, 'answer'>,
  item: T,
): AsyncGenerator<readonly Static<T>[]> {
  const answer = ListOf(item);
  let continuationToken: string | undefined;
  do {
    const page = await rest.send({ ...request, query: { ...request.query, continuationToken }, answer });
    yield page.body.value;
    continuationToken = page.continuationToken;
  } while (continuationToken !== undefined);
}

async function all<T>(source: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of source) items.push(...page);
  return items;
}

async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof AzureDevOpsError && error.kind === 'notFound';
}

const segment = encodeURIComponent;
