/** How a wait ended, as a headline for the log, the summary and the terminal. */
import type { DeploymentState } from '../api/states.ts';
import type { WaitCriteria } from './criteria.ts';
import { formatDuration } from './duration.ts';
import { hasFilters } from './filters.ts';
import type { JudgedDeployment } from './judged-deployment.ts';
import type { WaitResult } from './wait.ts';
import { capitalized } from './wording.ts';

/** How a wait ended, in one short sentence without a full stop. The reason of the result has the details. */
export function headline(result: WaitResult, criteria: WaitCriteria): string {
  const judged = result.verdict?.judged ?? [];
  switch (result.outcome) {
    case 'satisfied':
      return capitalized(result.reason);
    case 'failed':
      return capitalized(failures(judged));
    case 'timedOut':
      return `Timed out after ${formatDuration(result.waitedMs)}`;
    case 'neverAppeared':
      return `No deployment ${hasFilters(criteria) ? 'passed the filters' : 'appeared'} within ${formatDuration(criteria.appearTimeoutMs)}`;
    case 'unreachable':
      return 'The deployments service could not be reached';
    case 'refused':
      return 'The deployments service refused the request';
    case 'cancelled':
      return 'The wait was canceled';
  }
}

function failures(judged: readonly JudgedDeployment[]): string {
  const count = (state: DeploymentState) => judged.filter((each) => each.state === state).length;
  const [failed, canceled] = [count('failed'), count('canceled')];
  if (failed + canceled === 0) return failuresOfEntities(judged);
  if (judged.length === 1) return `the deployment ${failed > 0 ? 'failed' : 'was canceled'}`;
  const wereCanceled = `${canceled === 1 ? 'was' : 'were'} canceled`;
  const [first, verb] = failed > 0 ? [failed, 'failed'] : [canceled, wereCanceled];
  const second = failed > 0 && canceled > 0 ? `, ${canceled.toLocaleString('en')} ${wereCanceled}` : '';
  return `${first.toLocaleString('en')} of ${judged.length.toLocaleString('en')} deployments ${verb}${second}`;
}

/** With `failOnFailedEntity`, deployments fail the wait while they go on. */
function failuresOfEntities(judged: readonly JudgedDeployment[]): string {
  if (judged.length === 1) return 'the deployment has failed entities';
  const count = judged.filter(({ standing }) => standing === 'failed').length;
  return `${count.toLocaleString('en')} of ${judged.length.toLocaleString('en')} deployments ${count === 1 ? 'has' : 'have'} failed entities`;
}
