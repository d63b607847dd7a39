/**
 * Calls Azure DevOps about the task that waits: whether it still waits, a line for its log, its result. Redirects
 * are not followed, because they could carry the token to another host; Azure DevOps redirects to its sign-in page
 * if it does not accept a token. For the protocol, see the task "Invoke REST API" with the completion event Callback
 * in the documentation of Azure Pipelines.
 */
import type { PlanTask } from './plan-task.ts';

/**
 * `waiting`: the plan accepts its token and has the task, or its job, which has not ended. `unlisted`: it accepts the
 * token and lists neither. `over`: the task has ended. `notAllowed`: the token is not accepted. `away`: ask again later.
 */
export type TaskStanding =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'unlisted' | 'over' | 'notAllowed' | 'away'; readonly reason: string };

export interface PlanClient {
  standing(): Promise<TaskStanding>;
  /** Writes a line to the task's log. Failures are ignored: nothing depends on the line. */
  log(line: string): Promise<void>;
  /** Completes the task. `over`: done, or nothing left to complete. `away`: try again. */
  complete(result: 'succeeded' | 'failed'): Promise<TaskStanding>;
}

const requestTimeoutMs = 10_000;
const longestLine = 4_000;

/** A client for one task. `send` is `fetch`. */
export function createPlanClient(task: PlanTask, token: string, send: typeof fetch): PlanClient {
  const plan = `${task.url}/${task.projectId}/_apis/distributedtask/hubs/${task.hub}/plans/${task.planId}`;
  const request = async (path: string, body?: object): Promise<Response | { failure: string }> => {
    try {
      return await send(plan + path, {
        method: body ? 'POST' : 'GET',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        redirect: 'manual',
        signal: AbortSignal.timeout(requestTimeoutMs),
        ...(body && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      return { failure: error instanceof Error ? error.name : 'unknown' };
    }
  };
  return {
    async standing() {
      const response = await request(`/timelines/${task.timelineId}/records?api-version=7.1`);
      if ('failure' in response) return noAnswer(response.failure);
      const refused = refusalOf(response);
      if (!refused) return standingIn(await response.json().catch(() => undefined), task);
      await response.body?.cancel();
      return refused;
    },
    async log(line) {
      const path = `/timelines/${task.timelineId}/records/${task.jobId}/feed?api-version=4.1`;
      const text = line.replace(/\p{Cc}+/gu, ' ').slice(0, longestLine);
      const response = await request(path, { value: [text], count: 1 });
      if (!('failure' in response)) await response.body?.cancel();
    },
    async complete(result) {
      const response = await request('/events?api-version=2.0-preview.1', {
        name: 'TaskCompleted',
        taskId: task.taskId,
        jobId: task.jobId,
        result,
      });
      if ('failure' in response) return noAnswer(response.failure);
      await response.body?.cancel();
      return refusalOf(response) ?? { kind: 'over', reason: `reported ${result}` };
    },
  };
}

function noAnswer(failure: string): TaskStanding {
  return { kind: 'away', reason: `Azure DevOps does not answer (${failure})` };
}

/** The standing after an answer other than success; 203 and HTML are a sign-in page too. */
function refusalOf({ status, headers }: Response): TaskStanding | undefined {
  if (status === 401 || status === 403) {
    return { kind: 'notAllowed', reason: `Azure DevOps does not accept the plan's token (${status})` };
  }
  const isPage = /^text\/html/i.test(headers.get('content-type') ?? '');
  if ((status >= 300 && status < 400) || status === 203 || (status < 300 && isPage)) {
    const reason = `Azure DevOps asks to sign in instead of accepting the plan's token (${status})`;
    return { kind: 'notAllowed', reason };
  }
  if (status === 404 || status === 410) return { kind: 'over', reason: `the plan is gone (${status})` };
  if (status >= 400) return { kind: 'away', reason: `Azure DevOps answered ${status}` };
  return undefined;
}

/** What a timeline says about a task. */
function standingIn(timeline: unknown, { taskId, jobId }: PlanTask): TaskStanding {
  const { value } = Object(timeline) as { value?: unknown };
  if (!Array.isArray(value)) return { kind: 'away', reason: 'Azure DevOps did not answer with a timeline' };
  const records: readonly { readonly id?: unknown; readonly state?: unknown }[] = value.map(Object);
  const stateOf = (sought: string): unknown =>
    records.find(({ id }) => typeof id === 'string' && id.toLowerCase() === sought)?.state;
  const states = [stateOf(taskId), stateOf(jobId)];
  if (states.includes('completed')) return { kind: 'over', reason: 'the task had already ended' };
  return states.some((state) => state !== undefined)
    ? { kind: 'waiting' }
    : { kind: 'unlisted', reason: 'the timeline of the plan lists neither the task nor its job' };
}
