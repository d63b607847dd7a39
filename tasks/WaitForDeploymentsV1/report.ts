/**
 * Tells the agent, the log and the run's page how the wait goes: a table when something changed and one quiet
 * line otherwise, progress in per cent, a timeline record for each deployment, and at the end a summary, an
 * attachment with everything, outputs and the result.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDuration } from '../../wait/duration.ts';
import { describe } from '../../wait/progress.ts';
import { deploymentKey, type JudgedDeployment } from '../../wait/verdict.ts';
import type { WaitProgress, WaitResult } from '../../wait/wait.ts';
import type { Agent } from './agent.ts';
import type { TaskInputs } from './inputs.ts';
import { deploymentTable } from './log-table.ts';
import { outputNames, outputValues } from './outputs.ts';
import { describeCriteria, outcomeTitles, summaryMarkdown } from './summary.ts';

/** What `task.complete` takes. Note the one "l": the agent does not know "Cancelled". */
export type TaskResult = 'Succeeded' | 'SucceededWithIssues' | 'Failed' | 'Canceled';

export class Report {
  readonly #agent: Agent;
  readonly #inputs: TaskInputs;
  readonly #now: () => number;
  readonly #recorded = new Map<string, string>();

  /** `now` is milliseconds since 1970. */
  constructor(agent: Agent, inputs: TaskInputs, now: () => number) {
    this.#agent = agent;
    this.#inputs = inputs;
    this.#now = now;
  }

  begin(): void {
    const { build, criteria, notes, url } = this.#inputs;
    this.#agent.log(
      `Waiting until ${describeCriteria(criteria)}: build ${build.buildId} of ${build.organization}, project ${build.project}, at ${new URL(url).host}, for at most ${formatDuration(criteria.timeoutMs)}.`,
    );
    for (const note of notes) this.#agent.log(note);
  }

  /** Reports one poll. */
  progress({ memory, changed, now }: WaitProgress): void {
    const { criteria } = this.#inputs;
    const elapsed = now - memory.startedAt;
    const time = `${formatDuration(elapsed)} elapsed, ${formatDuration(criteria.timeoutMs - elapsed)} left`;
    const awaited = describe(memory, criteria, now);
    const judged = memory.verdict?.judged ?? [];
    if (changed && judged.length > 0 && memory.awaySince === undefined) {
      this.#agent.group(`${progressTitle(judged)} (${time})`, deploymentTable(judged, this.#now()));
    }
    this.#agent.log(`[${time}] ${awaited}`);
    this.#agent.command(
      'task.setprogress',
      { value: percentage(judged, criteria.minimumDeployments) },
      awaited,
    );
    this.#recordDeployments(judged);
  }

  /** Reports the end, and gives the result that the task has. */
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
    agent.log(`${sentence} (${formatDuration(result.waitedMs)}, ${result.polls} polls)`);
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

  /** The summary page and the whole answer, as files that the agent uploads. */
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

  /** One timeline record per deployment, written again only when it changed. */
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

  /** The same deployment has the same record within a job, whichever poll speaks of it. */
  #recordId(key: string): string {
    const job = `${this.#agent.variable('System.JobId')} ${this.#agent.variable('System.TaskInstanceId')}`;
    const digits = createHash('sha256').update(`${job} ${key}`).digest('hex');
    return digits.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}

function having(result: WaitResult, ...standings: JudgedDeployment['standing'][]): JudgedDeployment[] {
  return (result.verdict?.judged ?? []).filter(({ standing }) => standings.includes(standing));
}

/** A wait that ran out of time is green only where that was asked for, and then with a warning. */
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

function progressTitle(judged: readonly JudgedDeployment[]): string {
  const done = judged.filter(({ standing }) => standing !== 'pending').length;
  return `${done} of ${judged.length} deployments where they should be`;
}

function percentage(judged: readonly JudgedDeployment[], minimum: number): number {
  const done = judged.filter(({ standing }) => standing === 'met' || standing === 'tolerated').length;
  return Math.min(99, Math.floor((100 * done) / Math.max(judged.length, minimum)));
}
