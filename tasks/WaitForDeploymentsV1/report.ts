/**
 * Reports the wait to the agent: after each poll a line in the log (and a table if something changed), progress
 * in per cent and a timeline record for each deployment; at the end a summary, an attachment with all data, the
 * outputs and the result.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deploymentStates } from '../../api/states.ts';
import { formatDuration } from '../../wait/duration.ts';
import { describe } from '../../wait/progress.ts';
import { deploymentKey, type JudgedDeployment, statesInWords } from '../../wait/verdict.ts';
import type { WaitProgress, WaitResult } from '../../wait/wait.ts';
import type { Agent } from './agent.ts';
import type { TaskInputs } from './inputs.ts';
import { deploymentTable } from './log-table.ts';
import { outputNames, outputValues } from './outputs.ts';
import { describeCriteria, outcomeTitles, summaryMarkdown } from './summary.ts';

/** The results that `task.complete` accepts. The agent does not know "Cancelled" with two "l". */
export type TaskResult = 'Succeeded' | 'SucceededWithIssues' | 'Failed' | 'Canceled';

export class Report {
  readonly #agent: Agent;
  readonly #inputs: TaskInputs;
  readonly #now: () => number;
  readonly #recorded = new Map<string, string>();

  /** @param now milliseconds since 1970 */
  constructor(agent: Agent, inputs: TaskInputs, now: () => number) {
    this.#agent = agent;
    this.#inputs = inputs;
    this.#now = now;
  }

  begin(): void {
    const { build, criteria, notes, url } = this.#inputs;
    this.#agent.log(
      `Waiting up to ${formatDuration(criteria.timeoutMs)} until ${describeCriteria(criteria)}. Build ${build.buildId} in organization ${build.organization}, project ${build.project}; service ${new URL(url).host}.`,
    );
    for (const note of notes) this.#agent.log(note);
  }

  /** Reports one poll. */
  progress({ memory, changed, now }: WaitProgress): void {
    const { criteria } = this.#inputs;
    const elapsed = now - memory.startedAt;
    const time = `${formatDuration(elapsed)} elapsed, ${formatDuration(criteria.timeoutMs - elapsed)} left`;
    const state = describe(memory, criteria, now);
    const judged = memory.verdict?.judged ?? [];
    if (changed && judged.length > 0 && memory.awaySince === undefined) {
      this.#agent.group(`${progressTitle(judged)} (${time})`, deploymentTable(judged, this.#now()));
    }
    this.#agent.log(`[${time}] ${state}`);
    this.#agent.command(
      'task.setprogress',
      { value: percentage(judged, criteria.minimumDeployments) },
      state,
    );
    this.#recordDeployments(judged);
  }

  /** Reports the end, and returns the result of the task. */
  end(result: WaitResult): TaskResult {
    const agent = this.#agent;
    const taskResult = resultOf(result, this.#inputs.criteria);
    const sentence = `${outcomeTitles[result.outcome]}: ${result.reason}`;
    if (taskResult !== 'Succeeded') this.#issue(taskResult, sentence, result);
    this.#attach(result);
    const values = outputValues(result);
    for (const name of outputNames) {
      agent.command('task.setvariable', { variable: name, isOutput: 'true' }, values[name]);
    }
    if (this.#inputs.addBuildTags) agent.command('build.addbuildtag', {}, `deployments-${result.outcome}`);
    if (taskResult === 'Succeeded') agent.command('task.setprogress', { value: 100 }, sentence);
    agent.log(
      `${sentence} (${formatDuration(result.waitedMs)}, ${result.polls} ${result.polls === 1 ? 'poll' : 'polls'})`,
    );
    return taskResult;
  }

  #issue(taskResult: TaskResult, sentence: string, result: WaitResult): void {
    const type = taskResult === 'Failed' ? 'error' : 'warning';
    this.#agent.command('task.logissue', { type }, sentence);
    for (const { deployment, state } of having(result, 'failed', 'tolerated').slice(0, 10)) {
      const link = `${deployment.Source} ${deployment.Id} ${state}: ${deployment.DeploymentUrl}`;
      this.#agent.command('task.logissue', { type }, link);
    }
  }

  /** Attaches the summary and all data as files. */
  #attach(result: WaitResult): void {
    const { criteria, build } = this.#inputs;
    const folder = this.#agent.variable('Agent.TempDirectory');
    if (folder === undefined) return;
    const file = (ending: string, content: string) => {
      const path = join(folder, `wait-for-deployments-${process.pid}.${ending}`);
      writeFileSync(path, this.#agent.withoutSecrets(content));
      return path;
    };
    const summary = file('md', summaryMarkdown(result, criteria, build, this.#now()));
    const whole = file('json', `${JSON.stringify({ build, criteria, result }, undefined, 2)}\n`);
    const title = `Deployments of build ${build.buildId}`;
    this.#agent.command('task.addattachment', { type: 'Distributedtask.Core.Summary', name: title }, summary);
    this.#agent.command('task.addattachment', { type: 'deployments.wait', name: 'wait.json' }, whole);
  }

  /** Writes a timeline record for each deployment, and again when it changes. */
  #recordDeployments(judged: readonly JudgedDeployment[]): void {
    for (const [order, { deployment, state, standing }] of judged.entries()) {
      const key = deploymentKey(deployment);
      const status = `${state} ${standing} ${deployment.EndTime}`;
      if (this.#recorded.get(key) === status) continue;
      this.#recorded.set(key, status);
      const ended = { succeeded: 'Succeeded', failed: 'Failed', canceled: 'Canceled' }[state as string];
      this.#agent.command(
        'task.logdetail',
        {
          id: this.#recordId(key),
          name: `${deployment.Source} ${deployment.Id}`,
          type: 'deployment',
          order: order + 1,
          state: ended ? 'Completed' : 'InProgress',
          result: ended,
          starttime: deployment.StartTime,
          finishtime: ended ? (deployment.EndTime ?? undefined) : undefined,
        },
        `${deployment.ChangeState} ${deployment.DeploymentUrl}`,
      );
    }
  }

  /** A deployment has the same record id at every poll of a job. */
  #recordId(key: string): string {
    const job = `${this.#agent.variable('System.JobId')} ${this.#agent.variable('System.TaskInstanceId')}`;
    const digits = createHash('sha256').update(`${job} ${key}`).digest('hex');
    return digits.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}

function having(result: WaitResult, ...standings: JudgedDeployment['standing'][]): JudgedDeployment[] {
  return (result.verdict?.judged ?? []).filter(({ standing }) => standings.includes(standing));
}

/** A wait that ran out of time succeeds only if `onTimeout` says so, and then with a warning. */
function resultOf(result: WaitResult, { onTimeout }: TaskInputs['criteria']): TaskResult {
  switch (result.outcome) {
    case 'satisfied':
      return having(result, 'tolerated').length > 0 ? 'SucceededWithIssues' : 'Succeeded';
    case 'timedOut':
    case 'neverAppeared':
      return onTimeout === 'warn' ? 'SucceededWithIssues' : 'Failed';
    case 'cancelled':
      return 'Canceled';
    default:
      return 'Failed';
  }
}

/** `3 deployments: 1 in progress, 1 succeeded, 1 failed`. */
function progressTitle(judged: readonly JudgedDeployment[]): string {
  const counts = deploymentStates.flatMap((state) => {
    const count = judged.filter((each) => each.state === state).length;
    return count > 0 ? [`${count} ${statesInWords[state]}`] : [];
  });
  return `${judged.length} ${judged.length === 1 ? 'deployment' : 'deployments'}: ${counts.join(', ')}`;
}

function percentage(judged: readonly JudgedDeployment[], minimum: number): number {
  const done = judged.filter(({ standing }) => standing === 'met' || standing === 'tolerated').length;
  return Math.min(99, Math.floor((100 * done) / Math.max(judged.length, minimum)));
}
