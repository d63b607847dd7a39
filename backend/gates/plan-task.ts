/**
 * The task in Azure DevOps that waits for an answer, as the headers of its request name it: Azure DevOps' own HTTP
 * tasks send these headers by default. All mistakes are found at once; values are not repeated, because one of them
 * is a token.
 */
import { isGuid } from '../../net/guid.ts';
import { allowedCallback } from './callback-host.ts';
import type { Mistakes, Reading } from './reading.ts';

export interface PlanTask {
  /** The organization's address, without a slash at the end. */
  readonly url: string;
  readonly projectId: string;
  readonly hub: string;
  readonly planId: string;
  readonly timelineId: string;
  readonly jobId: string;
  readonly taskId: string;
}

/** What names a task, in the path of a cancellation too. GUIDs. */
export type TaskIds = Pick<PlanTask, 'planId' | 'jobId' | 'taskId'>;

type Headers = Readonly<Record<string, unknown>>;

const longestUrl = 400;
const longestToken = 10_000;
/** Where plans run whose tasks can be completed from outside. */
const hubs = ['build', 'checks', 'release'];

/** Reads the headers `PlanUrl`, `ProjectId`, `HubName`, `PlanId`, `TimelineId`, `JobId`, `TaskInstanceId`, `AuthToken`. */
export function readPlanTask(
  headers: Headers,
  hosts: readonly string[],
): Reading<{ readonly task: PlanTask; readonly token: string }> {
  const mistakes: Mistakes = [];
  const id = (name: string): string => {
    const value = headerOf(headers, name);
    if (!isGuid(value)) mistakes.push({ target: name, message: `the header ${name} must be a GUID` });
    return value.toLowerCase();
  };
  const task = {
    url: readUrl(headers, hosts, mistakes),
    projectId: id('ProjectId'),
    hub: readHub(headers, mistakes),
    planId: id('PlanId'),
    timelineId: id('TimelineId'),
    jobId: id('JobId'),
    taskId: id('TaskInstanceId'),
  };
  const token = readToken(headers, mistakes);
  return mistakes.length > 0 ? { mistakes } : { value: { task, token } };
}

/** Reads a cancellation: the path names the task, and the header `AuthToken` proves that it comes from its plan. */
export function readCancellation(
  path: TaskIds,
  headers: Headers,
): Reading<{ readonly task: TaskIds; readonly token: string }> {
  const mistakes: Mistakes = [];
  for (const name of ['planId', 'jobId', 'taskId'] as const) {
    if (!isGuid(path[name])) mistakes.push({ target: name, message: 'must be a GUID' });
  }
  const token = readToken(headers, mistakes);
  const { planId, jobId, taskId } = path;
  return mistakes.length > 0 ? { mistakes } : { value: { task: { planId, jobId, taskId }, token } };
}

function readUrl(headers: Headers, hosts: readonly string[], mistakes: Mistakes): string {
  const given = headerOf(headers, 'PlanUrl');
  const url = given.length > longestUrl ? undefined : allowedCallback(given, hosts);
  if (url === undefined) {
    const message = `the header PlanUrl must be an https address on port 443 at one of ${hosts.join(', ')}, of at most ${longestUrl} characters`;
    mistakes.push({ target: 'PlanUrl', message });
  }
  return url ?? '';
}

function readHub(headers: Headers, mistakes: Mistakes): string {
  const hub = headerOf(headers, 'HubName').toLowerCase();
  if (hub === 'gates') {
    const message =
      'gates of classic releases do not take callbacks, so the wait would never end; choose the completion event ApiResponse';
    mistakes.push({ target: 'HubName', message });
  } else if (!hubs.includes(hub)) {
    mistakes.push({ target: 'HubName', message: `the header HubName must be one of ${hubs.join(', ')}` });
  }
  return hub;
}

function readToken(headers: Headers, mistakes: Mistakes): string {
  const token = headerOf(headers, 'AuthToken');
  if (token.length > longestToken) {
    const message = `the header AuthToken must have at most ${longestToken} characters`;
    mistakes.push({ target: 'AuthToken', message });
  } else if (!/^[\x21-\x7e]+$/.test(token) || token.startsWith('$(')) {
    mistakes.push({ target: 'AuthToken', message: 'the header AuthToken must be $(system.AccessToken)' });
  }
  return token;
}

/** Of a header that came several times Node keeps all, joined; no header here may have a comma. */
function headerOf(headers: Headers, name: string): string {
  const value = headers[name.toLowerCase()];
  return typeof value === 'string' ? value.trim() : '';
}
