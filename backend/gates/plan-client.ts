/**
 * Calls Azure DevOps about the task that waits: whether it still waits, a line for its log, its result. Redirects
 * are not followed, because they could carry the token to another host. For the protocol, see the task "Invoke
 * REST API" with the completion event Callback in the documentation of Azure Pipelines.
 */
import type { PlanTask } from './wait-request.ts';

/** `over`: completed, canceled, or no longer reachable with its token. `away`: try again later. */
export type TaskStanding =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'over'; readonly reason: string }
  | { readonly kind: 'away'; readonly reason: string };

export interface PlanClient {
  standing(): Promise<TaskStanding>;
  /** Writes a line to the task's log. Failures are ignored: nothing depends on the line. */
  log(line: string): Promise<void>;
  /** Completes the task; anything but `over` means that it was not accepted. */
  complete(result: 'succeeded' | 'failed'): Promise<TaskStanding>;
}

const requestTimeoutMs = 10_000;

/** A client for one task. `send` is `fetch`. */
export function createPlanClient(task: PlanTask, token: string, send: typeof fetch): PlanClient {
  const plan = `${task.url}/${task.projectId}/_apis/distributedtask/hubs/${task.hub}/plans/${task.planId}`;
  const request = async (path: string, body?: object): Promise<Response | { failure: string }> => {
    try {
      return await send(plan + path, {
        method: body ? 'POST' : 'GET',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        redirect: 'error',
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
      const refused = refusalOf(response);
      if (refused || 'failure' in response) return refused ?? { kind: 'away', reason: 'no answer' };
      const state = stateOfRecord(await response.json().catch(() => undefined), task.taskId);
      return state === 'completed'
        ? { kind: 'over', reason: 'the task had already ended' }
        : { kind: 'waiting' };
    },
    async log(line) {
      const path = `/timelines/${task.timelineId}/records/${task.jobId}/feed?api-version=4.1`;
      const response = await request(path, { value: [line], count: 1 });
      if (!('failure' in response)) await response.body?.cancel();
    },
    async complete(result) {
      const response = await request('/events?api-version=2.0-preview.1', {
        name: 'TaskCompleted',
        taskId: task.taskId,
        jobId: task.jobId,
        result,
      });
      if (!('failure' in response)) await response.body?.cancel();
      return refusalOf(response) ?? { kind: 'over', reason: `reported ${result}` };
    },
  };
}

/** The standing after an answer other than success. Without a valid token, Azure DevOps redirects to its sign-in page (203 or 3xx). */
function refusalOf(response: Response | { failure: string }): TaskStanding | undefined {
  if ('failure' in response)
    return { kind: 'away', reason: `Azure DevOps does not answer (${response.failure})` };
  const { status } = response;
  if (status === 401 || status === 403 || status === 203) {
    return { kind: 'over', reason: `Azure DevOps no longer accepts the plan's token (${status})` };
  }
  if (status === 404 || status === 410) return { kind: 'over', reason: `the plan is gone (${status})` };
  if (status >= 300) return { kind: 'away', reason: `Azure DevOps answered ${status}` };
  return undefined;
}

function stateOfRecord(body: unknown, taskId: string): string | undefined {
  const { value } = Object(body) as { value?: unknown };
  if (!Array.isArray(value)) return undefined;
  const records: readonly { readonly id?: unknown; readonly state?: unknown }[] = value.map(Object);
  const record = records.find(({ id }) => typeof id === 'string' && id.toLowerCase() === taskId);
  return typeof record?.state === 'string' ? record.state : undefined;
}
