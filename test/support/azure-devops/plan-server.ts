/**
 * A stand-in for the part of Azure DevOps that runs agentless tasks: it knows plans with one task each, checks
 * the protocol of every call, and counts how often each task was completed.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServerTask {
  readonly planId: string;
  readonly timelineId: string;
  readonly jobId: string;
  readonly taskId: string;
  readonly token: string;
  state: 'inProgress' | 'completed';
  /** Whether the timeline of its plan lists the task and its job. */
  isListed: boolean;
  /** Its token is not accepted in one of the ways of Azure DevOps, or nothing is answered at all. */
  refusal?: 'unauthorized' | 'redirect' | 'page with 203' | 'page with 200' | 'silence';
  readonly completions: string[];
  readonly log: string[];
}

export interface PlanServer {
  readonly url: string;
  readonly projectId: string;
  readonly tasks: ServerTask[];
  /** Calls that no rule of the protocol allows. */
  readonly violations: string[];
  /** Statuses for the next completions, before they are taken. */
  readonly failNext: number[];
  /** Every call, in its order, with the task that it was for. */
  readonly calls: { readonly method: string; readonly path: string; readonly task: ServerTask }[];
  /** How many calls were given up by the caller before they were answered. */
  readonly givenUp: () => number;
  /** A task in a plan of its own, or in the plan of another. */
  newTask(sibling?: ServerTask): ServerTask;
  /** The headers that Azure DevOps sends for a task. */
  headersOf(task: ServerTask): Record<string, string>;
  close(): Promise<void>;
}

export async function startPlanServer(): Promise<PlanServer> {
  const tasks: ServerTask[] = [];
  const violations: string[] = [];
  const failNext: number[] = [];
  const calls: PlanServer['calls'] = [];
  let givenUp = 0;
  const projectId = randomUUID();
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://plans');
      const form = new RegExp(
        `^/contoso/${projectId}/_apis/distributedtask/hubs/(?:build|checks|release)/plans/([^/]+)(/events|/timelines/[^/]+/records(?:/[^/]+/feed)?)$`,
      ).exec(url.pathname);
      const ofPlan = tasks.filter(({ planId }) => planId === form?.[1]);
      const task =
        ofPlan.find(({ token }) => request.headers.authorization === `Bearer ${token}`) ?? ofPlan[0];
      const answer = (status: number, body: unknown = {}) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (!form || !task) {
        violations.push(`unknown address ${request.method} ${url.pathname}`);
        return answer(404);
      }
      calls.push({ method: request.method ?? '', path: url.pathname, task });
      if (task.refusal === 'silence') {
        response.once('close', () => {
          givenUp++;
        });
        return undefined;
      }
      if (task.refusal) return refuse(response, task.refusal);
      if (request.headers.authorization !== `Bearer ${task.token}`) return answer(401);
      const [, , rest = ''] = form;
      if (rest === '/events') return complete(task, url, JSON.parse(text), answer);
      if (rest.endsWith('/feed')) {
        const { value, count } = JSON.parse(text) as { value: string[]; count: number };
        if (!rest.includes(`${task.timelineId}/records/${task.jobId}/`) || value.length !== count) {
          violations.push(`feed ${rest}`);
        }
        task.log.push(...value);
        return answer(200);
      }
      const records = ofPlan
        .filter(({ isListed }) => isListed)
        .map(({ taskId, state }) => ({ id: taskId, state }));
      return answer(200, { count: records.length, value: records });
    });
  });

  function complete(
    task: ServerTask,
    url: URL,
    body: Record<string, unknown>,
    answer: (status: number) => unknown,
  ): unknown {
    const failure = failNext.shift();
    if (failure !== undefined) return answer(failure);
    const isRight =
      url.searchParams.get('api-version') === '2.0-preview.1' &&
      body.name === 'TaskCompleted' &&
      body.taskId === task.taskId &&
      body.jobId === task.jobId;
    if (!isRight) violations.push(`event ${JSON.stringify(body)}`);
    task.completions.push(String(body.result));
    task.state = 'completed';
    return answer(200);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/contoso/`;
  return {
    url,
    projectId,
    tasks,
    violations,
    failNext,
    calls,
    givenUp: () => givenUp,
    newTask(sibling) {
      const task: ServerTask = {
        planId: sibling?.planId ?? randomUUID(),
        timelineId: sibling?.timelineId ?? randomUUID(),
        jobId: randomUUID(),
        taskId: randomUUID(),
        token: `plan-token-${randomUUID()}`,
        state: 'inProgress',
        isListed: true,
        completions: [],
        log: [],
      };
      tasks.push(task);
      return task;
    },
    headersOf: ({ planId, timelineId, jobId, taskId, token }) => ({
      'content-type': 'application/json',
      PlanUrl: url,
      ProjectId: projectId,
      HubName: 'build',
      PlanId: planId,
      TimelineId: timelineId,
      JobId: jobId,
      TaskInstanceId: taskId,
      AuthToken: token,
    }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** How Azure DevOps answers where it would rather have somebody sign in. */
function refuse(response: ServerResponse, refusal: NonNullable<ServerTask['refusal']>): void {
  const page = '<html><title>Azure DevOps Services | Sign In</title></html>';
  const html = { 'content-type': 'text/html; charset=utf-8' };
  switch (refusal) {
    case 'redirect':
      response
        .writeHead(302, { ...html, location: 'https://spsprodweu1.vssps.visualstudio.com/_signin' })
        .end(page);
      return;
    case 'page with 203':
      response.writeHead(203, html).end(page);
      return;
    case 'page with 200':
      response.writeHead(200, html).end(page);
      return;
    default:
      response.writeHead(401).end();
  }
}
