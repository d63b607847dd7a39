/**
 * A stand-in for Azure DevOps' REST API on loopback, with the behaviour that makes clients fail: pages with
 * continuation tokens, refusals with Retry-After, a sign-in page for a bad token, masked secrets,
 * subscriptions on probation or disabled, creators who have left. Tests change its state directly.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  emptyProject,
  type Json,
  type StoredBuild,
  type StoredProject,
  type StoredSubscription,
} from './records.ts';

export interface ReceivedRequest {
  readonly method: string;
  /** Below the organization, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Json | undefined;
}

interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AzureDevOpsStandIn {
  /** The organization's URL. */
  readonly url: string;
  /** The name under which the product knows it: a collection of a server. */
  readonly organization: string;
  readonly token: string;
  readonly projects: StoredProject[];
  readonly subscriptions: StoredSubscription[];
  /** By subscription id, newest first. */
  readonly notifications: Map<string, Json[]>;
  readonly requests: ReceivedRequest[];
  /** The most rows in one page, whatever was asked for. */
  pageSize: number;
  addProject(name: string): StoredProject;
  /** Answers the next requests (that `matches`) in order with these, before anything else. */
  answerNext(replies: readonly Reply[], matches?: (request: ReceivedRequest) => boolean): void;
  close(): Promise<void>;
}

/** A refusal for too many requests. */
export const tooManyRequests = (retryAfterSeconds: number): Reply => ({
  status: 429,
  headers: { 'retry-after': String(retryAfterSeconds), 'x-ratelimit-remaining': '0' },
  body: { message: 'Request was blocked due to exceeding usage of resource' },
});

const masked = '********';
const confidentialInputs = ['accountKey', 'basicAuthPassword', 'httpHeaders'];

/** Starts the stand-in for the organization `contoso`. */
export async function startAzureDevOps(): Promise<AzureDevOpsStandIn> {
  const queued: { replies: Reply[]; matches: (request: ReceivedRequest) => boolean }[] = [];
  const server = createServer((message, response) => {
    answer(message).then(
      (reply) => send(response, reply),
      (error: unknown) => send(response, { status: 500, body: { message: String(error) } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const standIn: AzureDevOpsStandIn = {
    url: `http://127.0.0.1:${port}/contoso`,
    organization: `127.0.0.1:${port}/contoso`,
    token: 'a-token-of-the-tests',
    projects: [],
    subscriptions: [],
    notifications: new Map(),
    requests: [],
    pageSize: 200,
    addProject(name) {
      const project = emptyProject(crypto.randomUUID(), name);
      standIn.projects.push(project);
      return project;
    },
    answerNext(replies, matches = () => true) {
      queued.push({ replies: [...replies], matches });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function answer(message: IncomingMessage): Promise<Reply> {
    const url = new URL(message.url ?? '/', standIn.url);
    const path = decodeURIComponent(url.pathname).replace(/^\/contoso\//, '');
    const body = await jsonOf(message);
    const request = { method: message.method ?? 'GET', path, query: url.searchParams, body };
    if (!isAuthorized(message.headers.authorization, standIn.token)) {
      return { status: 302, headers: { location: 'https://app.vssps.visualstudio.com/_signin' } };
    }
    standIn.requests.push(request);
    const waiting = queued.find((entry) => entry.replies.length > 0 && entry.matches(request));
    const early = waiting?.replies.shift();
    if (early !== undefined) return early;
    for (const [method, pattern, handle] of routes) {
      const match = request.method === method ? pattern.exec(path) : null;
      if (match !== null) return handle(standIn, request, match.slice(1));
    }
    return notFound(`no route for ${request.method} ${path}`);
  }

  return standIn;
}

type Handler = (standIn: AzureDevOpsStandIn, request: ReceivedRequest, captured: readonly string[]) => Reply;

const routes: readonly [string, RegExp, Handler][] = [
  [
    'GET',
    /^_apis\/projects$/,
    (standIn, request) => page(standIn, request, standIn.projects.map(projectBody)),
  ],
  [
    'GET',
    /^_apis\/projects\/([^/]+)$/,
    (standIn, _, [name]) => withProject(standIn, name, (found) => ({ body: projectBody(found) })),
  ],
  ['GET', /^_apis\/hooks\/publishers$/, () => ({ body: listOf(publishers) })],
  [
    'GET',
    /^_apis\/hooks\/subscriptions$/,
    (standIn) => ({ body: listOf(standIn.subscriptions.map(withoutSecrets)) }),
  ],
  ['POST', /^_apis\/hooks\/subscriptions$/, createSubscription],
  ['PUT', /^_apis\/hooks\/subscriptions\/([^/]+)$/, replaceSubscription],
  ['DELETE', /^_apis\/hooks\/subscriptions\/([^/]+)$/, deleteSubscription],
  ['POST', /^_apis\/hooks\/subscriptionsquery$/, querySubscriptions],
  ['GET', /^_apis\/hooks\/subscriptions\/([^/]+)\/notifications$/, listNotifications],
  ['GET', /^([^/]+)\/_apis\/build\/builds$/, listBuilds],
  [
    'GET',
    /^([^/]+)\/_apis\/build\/builds\/(\d+)$/,
    (standIn, _, [project, id]) =>
      withProject(standIn, project, (found) =>
        orNotFound(found.builds.find((build) => build.id === Number(id))),
      ),
  ],
  ['GET', /^([^/]+)\/_apis\/build\/builds\/(\d+)\/timeline(?:\/([^/]+))?$/, readTimeline],
  [
    'GET',
    /^([^/]+)\/_apis\/build\/builds\/(\d+)\/artifacts$/,
    (standIn, _, [project, id]) =>
      withProject(standIn, project, (found) => ({ body: listOf(found.artifacts.get(Number(id)) ?? []) })),
  ],
  [
    'GET',
    /^([^/]+)\/_apis\/build\/builds\/(\d+)\/(changes|workitems)$/,
    (standIn, _, [project, id, what]) =>
      withProject(standIn, project, ({ changes, workItems }) => ({
        body: listOf((what === 'changes' ? changes : workItems).get(Number(id)) ?? []),
      })),
  ],
  [
    'GET',
    /^([^/]+)\/_apis\/pipelines\/environments$/,
    (standIn, request, [project]) =>
      withProject(standIn, project, ({ environments }) =>
        page(
          standIn,
          request,
          environments.map(({ id, name }) => ({ id, name })),
        ),
      ),
  ],
  [
    'GET',
    /^([^/]+)\/_apis\/pipelines\/environments\/(\d+)\/environmentdeploymentrecords$/,
    (standIn, request, [project, id]) =>
      withProject(standIn, project, ({ environments }) => {
        const found = environments.find((environment) => environment.id === Number(id));
        return found === undefined
          ? notFound(`no environment ${id}`)
          : page(standIn, request, found.deployments);
      }),
  ],
  [
    'GET',
    /^([^/]+)\/_apis\/pipelines\/\d+\/runs\/(\d+)$/,
    (standIn, _, [project, id]) =>
      withProject(standIn, project, (found) => orNotFound(found.runs.get(Number(id)))),
  ],
];

function listBuilds(
  standIn: AzureDevOpsStandIn,
  request: ReceivedRequest,
  [project]: readonly string[],
): Reply {
  return withProject(standIn, project, ({ builds }) => {
    const status = request.query.get('statusFilter');
    const since = Date.parse(request.query.get('minTime') ?? '1970-01-01');
    const finish = (build: StoredBuild) => Date.parse(build.finishTime ?? '');
    const chosen = builds.filter((build) => build.status === status && !(finish(build) < since));
    if (request.query.get('queryOrder') === 'finishTimeAscending')
      chosen.sort((a, b) => finish(a) - finish(b));
    return page(standIn, request, chosen);
  });
}

function readTimeline(
  standIn: AzureDevOpsStandIn,
  _: ReceivedRequest,
  [project, id, timelineId]: readonly string[],
): Reply {
  return withProject(standIn, project, ({ timelines }) => {
    const records = timelines.get(timelineId === undefined ? `${id}` : `${id}/${timelineId}`);
    return records === undefined
      ? { status: 204 }
      : { body: { id: timelineId ?? crypto.randomUUID(), records } };
  });
}

function createSubscription(standIn: AzureDevOpsStandIn, { body }: ReceivedRequest): Reply {
  const draft = body as unknown as StoredSubscription;
  const known = publishers.find(({ id }) => id === draft.publisherId)?.supportedEvents;
  if (!known?.some(({ id }) => id === draft.eventType)) {
    return {
      status: 400,
      body: { message: `Publisher ${draft.publisherId} has no event ${draft.eventType}.` },
    };
  }
  const stored = {
    ...draft,
    id: crypto.randomUUID(),
    status: 'enabled',
    createdDate: new Date().toISOString(),
    createdBy: { displayName: 'Hook Keeper' },
  };
  standIn.subscriptions.push(stored);
  return { body: withoutSecrets(stored) };
}

function replaceSubscription(
  standIn: AzureDevOpsStandIn,
  { body }: ReceivedRequest,
  [id]: readonly string[],
): Reply {
  const stored = standIn.subscriptions.find((subscription) => subscription.id === id);
  if (stored === undefined) return notFound(`no subscription ${id}`);
  Object.assign(stored, body);
  return { body: withoutSecrets(stored) };
}

function deleteSubscription(standIn: AzureDevOpsStandIn, _: ReceivedRequest, [id]: readonly string[]): Reply {
  const index = standIn.subscriptions.findIndex((subscription) => subscription.id === id);
  if (index < 0) return notFound(`no subscription ${id}`);
  standIn.subscriptions.splice(index, 1);
  return { status: 204 };
}

interface SubscriptionQuery {
  readonly publisherId?: string;
  readonly eventType?: string;
  readonly consumerId?: string;
  readonly publisherInputFilters?: readonly {
    conditions: readonly { inputId: string; inputValue: string }[];
  }[];
}

function querySubscriptions(standIn: AzureDevOpsStandIn, { body }: ReceivedRequest): Reply {
  const query = (body ?? {}) as SubscriptionQuery;
  const conditions = (query.publisherInputFilters ?? []).flatMap((filter) => filter.conditions);
  const results = standIn.subscriptions.filter(
    (subscription) =>
      [query.publisherId, subscription.publisherId].every(
        (id) => id === undefined || id === subscription.publisherId,
      ) &&
      (query.eventType ?? subscription.eventType) === subscription.eventType &&
      (query.consumerId ?? subscription.consumerId) === subscription.consumerId &&
      conditions.every(({ inputId, inputValue }) => subscription.publisherInputs[inputId] === inputValue),
  );
  return { body: { ...query, results: results.map(withoutSecrets) } };
}

function listNotifications(
  standIn: AzureDevOpsStandIn,
  { query }: ReceivedRequest,
  [id]: readonly string[],
): Reply {
  const result = query.get('result');
  const all = (standIn.notifications.get(`${id}`) ?? []).filter(
    (entry) => result === null || entry.result === result,
  );
  return { body: listOf(all.slice(0, Number(query.get('maxResults') ?? 100))) };
}

/** The events that Azure DevOps documents, whether the changelog keeps them or not. */
const publishers = [
  {
    id: 'tfs',
    events: [
      'build.complete',
      'git.push',
      'git.pullrequest.created',
      'git.pullrequest.updated',
      'git.pullrequest.merged',
      'ms.vss-code.git-pullrequest-comment-event',
      'git.repo.created',
      'git.repo.deleted',
      'git.repo.forked',
      'git.repo.renamed',
      'tfvc.checkin',
      'workitem.created',
      'workitem.updated',
      'workitem.commented',
      'workitem.deleted',
      'workitem.restored',
    ],
  },
  {
    id: 'pipelines',
    events: [
      'ms.vss-pipelines.run-state-changed-event',
      'ms.vss-pipelines.stage-state-changed-event',
      'ms.vss-pipelines.job-state-changed-event',
      'ms.vss-pipelinechecks-events.approval-pending',
      'ms.vss-pipelinechecks-events.approval-completed',
    ],
  },
  {
    id: 'rm',
    events: [
      'ms.vss-release.release-created-event',
      'ms.vss-release.release-abandoned-event',
      'ms.vss-release.deployment-approval-pending-event',
      'ms.vss-release.deployment-approval-completed-event',
      'ms.vss-release.deployment-started-event',
      'ms.vss-release.deployment-completed-event',
    ],
  },
].map(({ id, events }) => ({
  id,
  name: id,
  supportedEvents: events.map((event) => ({ id: event, publisherId: id })),
}));

function page(standIn: AzureDevOpsStandIn, request: ReceivedRequest, rows: readonly unknown[]): Reply {
  const start = Number(request.query.get('continuationToken') ?? 0);
  const end =
    start + Math.min(standIn.pageSize, Number(request.query.get('$top') ?? request.query.get('top') ?? 100));
  const headers: Record<string, string> = end < rows.length ? { 'x-ms-continuationtoken': String(end) } : {};
  return { body: listOf(rows.slice(start, end)), headers };
}

function withProject(
  standIn: AzureDevOpsStandIn,
  nameOrId: string | undefined,
  reply: (project: StoredProject) => Reply,
): Reply {
  const found = standIn.projects.find(
    ({ id, name }) => id === nameOrId || name.toLowerCase() === nameOrId?.toLowerCase(),
  );
  return found === undefined
    ? notFound(`TF200016: The following project does not exist: ${nameOrId}.`)
    : reply(found);
}

function withoutSecrets(subscription: StoredSubscription): StoredSubscription {
  const inputs = Object.entries(subscription.consumerInputs);
  const shown = inputs.map(([name, value]) => [name, confidentialInputs.includes(name) ? masked : value]);
  return { ...subscription, consumerInputs: Object.fromEntries(shown) };
}

const projectBody = ({ id, name }: StoredProject) => ({ id, name, state: 'wellFormed' });
const listOf = (value: readonly unknown[]) => ({ count: value.length, value });
const notFound = (message: string): Reply => ({ status: 404, body: { message } });
const orNotFound = (body: unknown): Reply => (body === undefined ? notFound('not found') : { body });

function isAuthorized(header: string | undefined, token: string): boolean {
  return header === `Bearer ${token}` || header === `Basic ${Buffer.from(`:${token}`).toString('base64')}`;
}

async function jsonOf(message: IncomingMessage): Promise<Json | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function send(response: ServerResponse, { status = 200, body, headers = {} }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
