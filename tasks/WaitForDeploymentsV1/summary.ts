/**
 * The summary on the page of the run: how the wait ended and why, its criteria, and all deployments. Untrusted
 * text is escaped, because Azure DevOps renders HTML in Markdown.
 */
import type { BuildKey } from '../../api/keys.ts';
import type { WaitCriteria } from '../../wait/criteria.ts';
import { formatDuration } from '../../wait/duration.ts';
import type { Outcome } from '../../wait/progress.ts';
import type { JudgedDeployment, Standing } from '../../wait/verdict.ts';
import type { WaitResult } from '../../wait/wait.ts';
import { durationOf } from './log-table.ts';

export const outcomeTitles: Record<Outcome, string> = {
  satisfied: 'The deployments have arrived',
  failed: 'A deployment did not succeed',
  timedOut: 'Timed out before the deployments arrived',
  neverAppeared: 'No deployment appeared',
  unreachable: 'Could not reach the deployments service',
  refused: 'The deployments service refused the request',
  cancelled: 'The wait was cancelled',
};

const signs: Record<Standing, string> = { met: '✅', pending: '⏳', failed: '❌', tolerated: '⚠️' };
const mostRows = 200;

/** The summary as Markdown. `now` is in milliseconds since 1970. */
export function summaryMarkdown(
  result: WaitResult,
  criteria: WaitCriteria,
  build: BuildKey,
  now: number,
): string {
  const judged = result.verdict?.judged ?? [];
  return [
    `**${outcomeTitles[result.outcome]}** after ${formatDuration(result.waitedMs)}.`,
    '',
    `${escapeMarkdown(result.reason)}.`,
    '',
    `Build ${build.buildId} in organization ${escapeMarkdown(build.organization)}. Waited until ${escapeMarkdown(describeCriteria(criteria))}.`,
    '',
    ...table(judged, now),
    '',
  ].join('\n');
}

/** The criteria as a clause: "all deployments have succeeded (sources: expressv2)". */
export function describeCriteria(criteria: WaitCriteria): string {
  const { minimumDeployments: minimum, require } = criteria;
  const goal = { completed: 'succeeded', started: 'started', final: 'ended' }[criteria.waitFor];
  const condition =
    minimum === 1
      ? require === 'all'
        ? `all deployments have ${goal}`
        : `one deployment has ${goal}`
      : `at least ${minimum} deployments have appeared and ${require === 'all' ? 'all of them have' : 'one of them has'} ${goal}`;
  const filters = Object.entries({
    sources: criteria.sources,
    payloads: criteria.payloads,
    deployments: criteria.deployments,
  }).flatMap(([name, patterns]) => (patterns.length > 0 ? [`${name}: ${patterns.join(', ')}`] : []));
  return filters.length > 0 ? `${condition} (${filters.join('; ')})` : condition;
}

function table(judged: readonly JudgedDeployment[], now: number): string[] {
  if (judged.length === 0) return [];
  const rows = judged.slice(0, mostRows).map(({ deployment, state, standing }) => {
    const stateText = state === 'unknown' ? `${deployment.ChangeState} (unknown)` : state;
    const cells = [
      `${signs[standing]} ${escapeMarkdown(stateText)}`,
      escapeMarkdown(deployment.Source),
      link(deployment.Id, deployment.DeploymentUrl),
      durationOf(deployment, now),
      deployment.Payloads.map((payload) => link(payload.Id, payload.ProgressionLink)).join('<br>'),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const more = judged.length - rows.length;
  return [
    '| State | Source | Deployment | Duration | Payloads |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    ...(more > 0 ? ['', `… and ${more} more. The attachment wait.json has all of them.`] : []),
  ];
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
  return text
    .replace(/[\p{Cc}]+/gu, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]|#~!]/g, '\\$&');
}
