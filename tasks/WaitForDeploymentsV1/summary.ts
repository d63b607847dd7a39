/**
 * The page that the run shows when the task has ended: how it ended and why, what was awaited, and every
 * deployment. Text from elsewhere is escaped, since Azure DevOps renders Markdown with HTML inside.
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
  unreachable: 'The deployments service could not be reached',
  refused: 'The deployments service refused to answer',
  cancelled: 'The wait was cancelled',
};

const signs: Record<Standing, string> = { met: '✅', pending: '⏳', failed: '❌', tolerated: '⚠️' };
const mostRows = 200;

/** Markdown for the summary page. `now` is milliseconds since 1970. */
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
    `Build ${build.buildId} of ${escapeMarkdown(build.organization)}; awaited: ${escapeMarkdown(describeCriteria(criteria))}.`,
    '',
    ...table(judged, now),
    '',
  ].join('\n');
}

/** The criteria as half a sentence: "all of at least 1 deployment succeeded (sources expressv2)". */
export function describeCriteria(criteria: WaitCriteria): string {
  const goal = { completed: 'succeeded', started: 'started', final: 'ended, however' }[criteria.waitFor];
  const filters = [
    ['sources', criteria.sources],
    ['payloads', criteria.payloads],
    ['deployments', criteria.deployments],
  ] as const;
  const given = filters.filter(([, patterns]) => patterns.length > 0);
  const where = given.map(([name, patterns]) => `${name} ${patterns.join(', ')}`).join('; ');
  const count = criteria.minimumDeployments;
  return `${criteria.require} of at least ${count} ${count === 1 ? 'deployment' : 'deployments'} ${goal}${where && ` (${where})`}`;
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
    ...(more > 0 ? ['', `and ${more} more; the attachment has them all.`] : []),
  ];
}

/** A link where the address is a web address, plain text otherwise. */
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
