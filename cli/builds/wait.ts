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
import { describe } from '../../wait/progress.ts';
import { type WaitProgress, type WaitResult, waitForDeployments } from '../../wait/wait.ts';
import type { Context } from '../context.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { deploymentsTable } from './lookup-tables.ts';
import { type BuildOptions, observerOf } from './service-options.ts';

export interface WaitOptions extends BuildOptions, CriteriaTexts {
  readonly json?: true;
}

/** Adds an option for each field of the criteria. */
export function addCriteriaOptions(command: Command): Command {
  const defaults = criteriaDefaults;
  return command
    .option('--wait-for <goal>', `what they must have reached: ${waitGoals.join(', ')}`, defaults.waitFor)
    .option('--require <which>', `how many of them: ${requirements.join(', ')}`, defaults.require)
    .option(
      '--sources <patterns>',
      'orchestrators; * and ? and a leading ! as in a shell, with commas between',
    )
    .option('--payloads <patterns>', 'payload ids')
    .option('--deployments <patterns>', 'deployment ids')
    .option('--minimum-deployments <n>', 'how many must be there at least', defaults.minimumDeployments)
    .option('--settle <time>', 'how long nothing may change before "all" is believed', defaults.settle)
    .option('--appear-timeout <time>', 'how long none may have appeared', defaults.appearTimeout)
    .option('--timeout <time>', 'how long to wait in all', defaults.timeout)
    .option('--poll-interval <time>', 'time between two looks', defaults.pollInterval)
    .option('--on-failure <what>', `when one fails: ${failureReactions.join(', ')}`, defaults.onFailure)
    .option('--on-timeout <what>', `when time runs out: ${timeoutReactions.join(', ')}`, defaults.onTimeout);
}

export async function wait(options: WaitOptions, context: Context): Promise<ExitCode> {
  const criteria = criteriaOf(options);
  const poll = observerOf(options, context);
  const result = await waitForDeployments(criteria, {
    poll,
    signal: context.signal,
    now: () => performance.timeOrigin + performance.now(),
    random: Math.random,
    sleep,
    report: (progress) => report(progress, criteria, options, context),
  });
  if (options.json) context.out(JSON.stringify(result));
  else context.out(`${result.outcome}: ${result.reason}`);
  return exitCodeOf(result, criteria);
}

function criteriaOf(options: WaitOptions): WaitCriteria {
  const { criteria, mistakes } = readCriteria(options);
  if (criteria) return criteria;
  const lines = mistakes.map(({ field, message }) => `--${inOptionCase(field)} ${message}`);
  throw new CommandError(exitCodes.usage, lines.join('\n'));
}

const inOptionCase = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Progress goes to standard error, so that the result stands alone on standard output. */
function report(
  { memory, changed, now }: WaitProgress,
  criteria: WaitCriteria,
  options: WaitOptions,
  context: Context,
) {
  const judged = memory.verdict?.judged ?? [];
  if (changed && judged.length > 0 && !options.json) {
    context.err(
      deploymentsTable(
        judged.map(({ deployment }) => deployment),
        now,
      ),
    );
  }
  context.err(`[${formatDuration(now - memory.startedAt)}] ${describe(memory, criteria, now)}`);
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
