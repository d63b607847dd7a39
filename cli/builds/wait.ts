/** `deployments wait`: the wait of the pipeline task, in a terminal or a script. */

import type { Command } from 'commander';
import { sleep } from '../../net/sleep.ts';
import {
  type CriteriaTexts,
  criteriaDefaults,
  failureReactions,
  readCriteria,
  requirements,
  timeoutReactions,
  type WaitCriteria,
  waitGoals,
} from '../../wait/criteria.ts';
import { formatDuration } from '../../wait/duration.ts';
import { passesFilters } from '../../wait/filters.ts';
import { deploymentKey } from '../../wait/judged-deployment.ts';
import { describe } from '../../wait/progress.ts';
import { type WaitProgress, type WaitResult, waitForDeployments } from '../../wait/wait.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes, usageErrorOf } from '../exit-codes.ts';
import { stateInWords } from '../state-words.ts';
import type { TextTone } from '../terminal/styled-text.ts';
import { type BuildOptions, chosenBuild } from './chosen-build.ts';
import { showDeployments, showFailedEntities } from './lookup-tables.ts';
import { observerOf } from './observer.ts';

export interface WaitOptions extends BuildOptions, Omit<CriteriaTexts, 'failOnFailedEntity'> {
  readonly failOnFailedEntity?: true;
  readonly json?: true;
}

/** Adds an option for each field of the criteria. */
export function addCriteriaOptions(command: Command): Command {
  const defaults = criteriaDefaults;
  return command
    .option('--wait-for <goal>', `state to wait for: ${waitGoals.join(', ')}`, defaults.waitFor)
    .option('--require <which>', `how many of them: ${requirements.join(', ')}`, defaults.require)
    .option(
      '--sources <patterns>',
      'only these orchestrators; patterns with * and ?, a leading ! excludes, separated by commas',
    )
    .option('--payloads <patterns>', 'only deployments with these payload ids')
    .option('--deployments <patterns>', 'only deployments with these ids')
    .option(
      '--minimum-deployments <n>',
      'how many deployments there must be at least',
      defaults.minimumDeployments,
    )
    .option(
      '--minimum-entities <n>',
      'how many entities (regions, clusters) each of them must have reported',
      defaults.minimumEntities,
    )
    .option('--settle <time>', 'how long the condition must hold before "all" succeeds', defaults.settle)
    .option('--appear-timeout <time>', 'how long to wait for the first deployment', defaults.appearTimeout)
    .option('--timeout <time>', 'how long to wait in total', defaults.timeout)
    .option('--poll-interval <time>', 'time between two polls', defaults.pollInterval)
    .option(
      '--on-failure <what>',
      `if a deployment fails: ${failureReactions.join(', ')}`,
      defaults.onFailure,
    )
    .option(
      '--fail-on-failed-entity',
      'fail as soon as an entity fails, although its deployment may retry it',
    )
    .option(
      '--failure-grace <time>',
      'how long a failure must stand before it counts, because a retry often replaces it',
      defaults.failureGrace,
    )
    .option('--on-timeout <what>', `if time runs out: ${timeoutReactions.join(', ')}`, defaults.onTimeout);
}

export async function wait(
  address: string | undefined,
  options: WaitOptions,
  context: Context,
): Promise<ExitCode> {
  const criteria = criteriaOf(options);
  const poll = observerOf(options, await chosenBuild(address, options, context), context, (deployment) =>
    passesFilters(criteria, deployment),
  );
  const result = await waitForDeployments(criteria, {
    poll,
    signal: context.signal,
    now: () => performance.timeOrigin + performance.now(),
    random: Math.random,
    sleep,
    report: (progress) => report(progress, criteria, options, context),
  });
  if (options.json) context.out.json(result);
  else context.out.line({ text: stateInWords(result.outcome), tone: toneOf(result) }, `: ${result.reason}`);
  return exitCodeOf(result, criteria);
}

function criteriaOf(options: WaitOptions): WaitCriteria {
  const failOnFailedEntity = options.failOnFailedEntity ? 'true' : 'false';
  const { criteria, mistakes } = readCriteria({ ...options, failOnFailedEntity });
  if (criteria) return criteria;
  throw usageErrorOf(
    mistakes.map(({ field, message }) => {
      // An option without a value is left out where the contract says that a field must be false.
      const said =
        field === 'failOnFailedEntity' ? message.replace('must be false', 'cannot be given') : message;
      return `--${inOptionCase(field)} ${said}`;
    }),
  );
}

const inOptionCase = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The most deployments that are shown for one poll: a build can have thousands. */
const mostShown = 20;

/** Reports what has changed on standard error, so that standard output has only the result. */
function report(
  { memory, changes, ended, now }: WaitProgress,
  criteria: WaitCriteria,
  { json }: WaitOptions,
  { err }: Context,
): void {
  if (changes.length > 0 && !json) {
    showDeployments(
      changes.slice(0, mostShown).map(({ deployment }) => deployment),
      now,
      err,
    );
    showFailedEntities(
      changes.slice(0, mostShown).map(({ deployment }) => deployment),
      new Map(
        changes.flatMap(({ deployment, failedEntities }) =>
          failedEntities ? [[deploymentKey(deployment), failedEntities] as const] : [],
        ),
      ),
      err,
    );
    const more = changes.length - mostShown;
    if (more > 0) err.line(`… and ${more.toLocaleString('en')} more`);
  }
  if (!ended) err.line(`[${formatDuration(now - memory.startedAt)}] ${describe(memory, criteria, now)}`);
}

function toneOf({ outcome }: WaitResult): TextTone {
  if (outcome === 'satisfied') return 'good';
  return outcome === 'cancelled' ? 'muted' : 'bad';
}

function exitCodeOf({ outcome }: WaitResult, { onTimeout }: WaitCriteria): ExitCode {
  switch (outcome) {
    case 'satisfied':
      return exitCodes.success;
    case 'failed':
      return exitCodes.badNews;
    case 'timedOut':
    case 'neverAppeared':
      return onTimeout === 'warn' ? exitCodes.success : exitCodes.badNews;
    case 'cancelled':
      return exitCodes.interrupted;
    case 'refused':
    case 'unreachable':
      return exitCodes.service;
  }
}
