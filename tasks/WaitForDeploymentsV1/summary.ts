/**
 * The summary on the page of the run: how the wait ended and why, its criteria, and all deployments, failures first.
 * Untrusted text is escaped, because Azure DevOps renders HTML in Markdown.
 */
import type { BuildKey } from '../../api/keys.ts';
import { sourceName, stateNames } from '../../api/names.ts';
import { runningTime } from '../../api/running-time.ts';
import type { DeploymentState } from '../../api/states.ts';
import { printable } from '../../net/printable.ts';
import type { WaitCriteria } from '../../wait/criteria.ts';
import { formatDuration } from '../../wait/duration.ts';
import { headline } from '../../wait/headline.ts';
import type { JudgedDeployment } from '../../wait/judged-deployment.ts';
import type { WaitResult } from '../../wait/wait.ts';
import {
  capitalized,
  countedStates,
  describeCriteria,
  failedEntityNames,
  worstFirst,
} from '../../wait/wording.ts';

const signs: Readonly<Record<DeploymentState, string>> = {
  notStarted: '⚪',
  inProgress: '⏳',
  blocked: '⏸️',
  succeeded: '✅',
  failed: '❌',
  canceled: '🚫',
  unknown: '❔',
};
const mostRows = 200;
const mostEntities = 20;

/** The summary as Markdown. `now` is in milliseconds since 1970. */
export function summaryMarkdown(
  result: WaitResult,
  criteria: WaitCriteria,
  build: BuildKey,
  now: number,
): string {
  const judged = result.verdict?.judged ?? [];
  return [
    `**${escapeMarkdown(headline(result, criteria))}.**`,
    '',
    ...(needsReason(result) ? [`${escapeMarkdown(capitalized(result.reason))}.`, ''] : []),
    ...(judged.length > 1 ? [`${escapeMarkdown(countedStates(judged))}.`, ''] : []),
    `Build ${build.buildId} in organization ${escapeMarkdown(build.organization)}. Waited ${formatDuration(result.waitedMs)} until ${escapeMarkdown(describeCriteria(criteria))}.`,
    '',
    ...table(judged, now),
    '',
  ].join('\n');
}

/** The headline and the table say everything about a wait that was satisfied, failed or canceled. */
function needsReason({ outcome }: WaitResult): boolean {
  return outcome !== 'satisfied' && outcome !== 'failed' && outcome !== 'cancelled';
}

function table(judged: readonly JudgedDeployment[], now: number): string[] {
  if (judged.length === 0) return [];
  const rows = worstFirst(judged)
    .slice(0, mostRows)
    .map((each) => `| ${cellsOf(each, now).join(' | ')} |`);
  const more = judged.length - rows.length;
  return [
    '| State | Source | Deployment | Progress | Duration | Payloads |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    ...(more > 0
      ? ['', `… and ${more.toLocaleString('en')} more. The attachment wait.json has all of them.`]
      : []),
  ];
}

function cellsOf(judged: JudgedDeployment, now: number): string[] {
  const { deployment, state } = judged;
  const time = runningTime(deployment, state, now);
  return [
    stateCell(judged),
    escapeMarkdown(sourceName(deployment.Source)),
    link(deployment.Id, deployment.DeploymentUrl),
    progressCell(judged),
    time === undefined ? '' : formatDuration(time),
    deployment.Payloads.map((payload) => link(payload.Id, payload.ProgressionLink)).join('<br>'),
  ];
}

function stateCell({ deployment, state, standing }: JudgedDeployment): string {
  const sign = standing === 'tolerated' ? '⚠️' : signs[state];
  const isUnknown = state === 'unknown';
  const name = isUnknown ? `${escapeMarkdown(deployment.ChangeState)} (unknown)` : stateNames[state];
  const mayBeRetried = (state === 'failed' || state === 'canceled') && standing === 'pending';
  return `${sign} ${name}${mayBeRetried ? ' (may be retried)' : ''}`;
}

/** How many entities have succeeded, and which have failed. */
function progressCell(judged: JudgedDeployment): string {
  const { Progress } = judged.deployment;
  if (Progress === undefined) return '';
  const count = (entities: number) => entities.toLocaleString('en');
  const done = `${count(Progress.Succeeded)} of ${count(Progress.Total)}`;
  if (Progress.Failed === 0) return done;
  const names = failedEntityNames(judged, mostEntities);
  return `${done}, ${count(Progress.Failed)} failed${names === '' ? '' : `:<br>${escapeMarkdown(names)}`}`;
}

/** A link if the address is an http(s) URL, otherwise plain text. */
function link(text: string, address: string): string {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return escapeMarkdown(text);
  const target = new URL(address).href.replace(
    /[()|<>]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `[${escapeMarkdown(text)}](${target})`;
}

function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]|#~!]/g, '\\$&');
}
