/**
 * Reports the wait to the agent: lines in the log when something changes, progress in per cent and timeline records;
 * at the end a summary, an attachment with all data, the outputs and the result. Each failure that ends the wait is
 * reported once, as an error with its link.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../../net/printable.ts';
import { formatDuration } from '../../wait/duration.ts';
import { headline } from '../../wait/headline.ts';
import { deploymentKey, type JudgedDeployment } from '../../wait/judged-deployment.ts';
import { describe } from '../../wait/progress.ts';
import type { WaitProgress, WaitResult } from '../../wait/wait.ts';
import {
  capitalized,
  countedStates,
  describeCriteria,
  failedEntityNames,
  stateClause,
  stateWithTime,
  worstFirst,
} from '../../wait/wording.ts';
import type { Agent } from './agent.ts';
import type { TaskInputs } from './inputs.ts';
import { outputNames, outputValues } from './outputs.ts';
import { summaryMarkdown } from './summary.ts';

/** The results that `task.complete` accepts. The agent does not know "Cancelled" with two "l". */
export type TaskResult = 'Succeeded' | 'SucceededWithIssues' | 'Failed' | 'Canceled';

/** While nothing changes, one line in this time shows that the task is alive. */
const longestSilenceMs = 10 * 60_000;
/** Lines for one poll, and issues at the end: a build can have thousands of deployments. */
const mostLines = 20;
const mostIssues = 10;
const mostRecords = 100;
const mostEntities = 20;

export class Report {
  readonly #agent: Agent;
  readonly #inputs: TaskInputs;
  readonly #now: () => number;
  readonly #recorded = new Map<string, string>();
  #spokeAt = Number.NEGATIVE_INFINITY;

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
  progress(progress: WaitProgress): void {
    const { memory, changed, now, ended } = progress;
    const { criteria } = this.#inputs;
    const judged = memory.verdict?.judged ?? [];
    if (changed || ended || now - this.#spokeAt >= longestSilenceMs) {
      this.#spokeAt = now;
      this.#writeLines(progress, judged);
    }
    this.#agent.command(
      'task.setprogress',
      { value: percentage(judged, criteria.minimumDeployments) },
      judged.length > 0 ? countedStates(judged) : describe(memory, criteria, now),
    );
    this.#recordDeployments(judged);
  }

  /** What the end reports itself, failures and the reason, is not written twice. */
  #writeLines({ memory, changes, ended, now }: WaitProgress, judged: readonly JudgedDeployment[]): void {
    const away = memory.awaySince !== undefined;
    const counts = judged.length > 0 && !away ? `${countedStates(judged)}. ` : '';
    const state = ended ? '' : `${capitalized(describe(memory, this.#inputs.criteria, now))}.`;
    if (counts + state !== '') {
      this.#agent.log(`[${formatDuration(now - memory.startedAt)}] ${counts}${state}`.trimEnd());
    }
    if (away) return;
    const news = changes.filter(({ standing }) => !(ended && isIssue(standing)));
    for (const each of news.slice(0, mostLines)) {
      this.#agent.log(`  ${stateWithTime(each, this.#now())}${linkOf(each)}`);
      const failed = failedEntityNames(each, mostEntities);
      if (failed !== '') this.#agent.log(`    failed: ${failed}`);
    }
    if (news.length > mostLines) {
      this.#agent.log(
        `  … and ${(news.length - mostLines).toLocaleString('en')} more; wait.json lists them.`,
      );
    }
  }

  /** Reports the end, and returns the result of the task. */
  end(result: WaitResult): TaskResult {
    const agent = this.#agent;
    const { criteria } = this.#inputs;
    const taskResult = resultOf(result, criteria);
    const sentence = headline(result, criteria);
    if (taskResult !== 'Succeeded') this.#writeIssues(taskResult, result);
    this.#attach(result);
    const values = outputValues(result);
    for (const name of outputNames) {
      agent.command('task.setvariable', { variable: name, isOutput: 'true' }, values[name]);
    }
    if (this.#inputs.addBuildTags) agent.command('build.addbuildtag', {}, `deployments-${result.outcome}`);
    if (taskResult === 'Succeeded') agent.command('task.setprogress', { value: 100 }, sentence);
    const polls = `${result.polls.toLocaleString('en')} ${result.polls === 1 ? 'poll' : 'polls'}`;
    agent.log(`${sentence}. Waited ${formatDuration(result.waitedMs)}, ${polls}.`);
    return taskResult;
  }

  /** One issue for each failure, with its link; without failures, one that says why the wait ended. */
  #writeIssues(taskResult: TaskResult, result: WaitResult): void {
    if (taskResult === 'Canceled') return;
    const type = taskResult === 'Failed' ? 'error' : 'warning';
    const write = (message: string) => this.#agent.command('task.logissue', { type }, printable(message));
    if (result.outcome !== 'satisfied' && result.outcome !== 'failed') {
      write(sentenceOf(result.reason));
      return;
    }
    const failures = worstFirst(result.verdict?.judged ?? []).filter(({ standing }) => isIssue(standing));
    for (const each of failures.slice(0, mostIssues)) write(`${stateClause(each)}${linkOf(each)}`);
    const more = failures.length - mostIssues;
    if (more > 0) write(`${more.toLocaleString('en')} more did not succeed; the summary lists them.`);
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

  /** Writes a timeline record for each of the first deployments, and again when it changes. */
  #recordDeployments(judged: readonly JudgedDeployment[]): void {
    for (const [order, { deployment, state, standing }] of judged.entries()) {
      const key = deploymentKey(deployment);
      const status = `${state} ${standing} ${deployment.EndTime}`;
      const recorded = this.#recorded.get(key);
      if (recorded === status || (recorded === undefined && this.#recorded.size >= mostRecords)) continue;
      this.#recorded.set(key, status);
      const ended = { succeeded: 'Succeeded', failed: 'Failed', canceled: 'Canceled' }[state as string];
      this.#agent.command(
        'task.logdetail',
        {
          id: this.#recordId(key),
          name: `${deployment.Source} ${deployment.Id}`,
          type: 'deployment',
          order: order + 1,
          state: ended ? 'Completed' : state === 'notStarted' ? 'Initialized' : 'InProgress',
          result: ended,
          starttime: state === 'notStarted' ? undefined : deployment.StartTime,
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

function isIssue(standing: JudgedDeployment['standing']): boolean {
  return standing === 'failed' || standing === 'tolerated';
}

function linkOf({ deployment }: JudgedDeployment): string {
  return deployment.DeploymentUrl === '' ? '' : `: ${deployment.DeploymentUrl}`;
}

function sentenceOf(reason: string): string {
  return capitalized(/[.!?]$/.test(reason) ? reason : `${reason}.`);
}

/** A wait that ran out of time succeeds only if `onTimeout` says so, and then with a warning. */
function resultOf(result: WaitResult, { onTimeout }: TaskInputs['criteria']): TaskResult {
  const isTolerated = result.verdict?.judged.some(({ standing }) => standing === 'tolerated');
  switch (result.outcome) {
    case 'satisfied':
      return isTolerated ? 'SucceededWithIssues' : 'Succeeded';
    case 'timedOut':
    case 'neverAppeared':
      return onTimeout === 'warn' ? 'SucceededWithIssues' : 'Failed';
    case 'cancelled':
      return 'Canceled';
    default:
      return 'Failed';
  }
}

/** Only what is as the criteria want it counts. */
function percentage(judged: readonly JudgedDeployment[], minimum: number): number {
  const done = judged.filter(({ standing }) => standing === 'met').length;
  return Math.min(99, Math.floor((100 * done) / Math.max(judged.length, minimum)));
}
