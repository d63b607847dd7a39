/** The output variables of the task, for later steps, jobs and stages. Their names are those in task.json. */
import type { JudgedDeployment } from '../../wait/judged-deployment.ts';
import type { WaitResult } from '../../wait/wait.ts';

export const outputNames = [
  'outcome',
  'deploymentCount',
  'succeededCount',
  'failedCount',
  'runningCount',
  'notStartedCount',
  'blockedCount',
  'deploymentIds',
  'deploymentsJson',
  'waitedSeconds',
] as const;

/** Variables become environment variables of later steps, which Windows limits to 32,767 characters. */
const longestValue = 30_000;

/** The values of all outputs. Only deployments that match the filters are counted. */
export function outputValues(result: WaitResult): Record<(typeof outputNames)[number], string> {
  const judged = result.verdict?.judged ?? [];
  const count = (...states: JudgedDeployment['state'][]) =>
    String(judged.filter(({ state }) => states.includes(state)).length);
  return {
    outcome: result.outcome,
    deploymentCount: String(judged.length),
    succeededCount: count('succeeded'),
    failedCount: count('failed', 'canceled'),
    runningCount: count('inProgress'),
    notStartedCount: count('notStarted'),
    blockedCount: count('blocked'),
    deploymentIds: asManyAsFit(
      judged.map(({ deployment }) => deployment.Id),
      (ids) => ids.join(','),
    ),
    deploymentsJson: asManyAsFit(judged.map(essentials), (rows) => JSON.stringify(rows)),
    waitedSeconds: String(Math.round(result.waitedMs / 1_000)),
  };
}

function essentials({ deployment, state }: JudgedDeployment) {
  return {
    source: deployment.Source,
    id: deployment.Id,
    state,
    changeState: deployment.ChangeState,
    url: deployment.DeploymentUrl,
    startTime: deployment.StartTime,
    endTime: deployment.EndTime,
    payloads: deployment.Payloads.map((payload) => payload.Id),
  };
}

/** As many items from the start of a list as fit in a variable. The attachment has them all. */
function asManyAsFit<T>(list: readonly T[], write: (part: readonly T[]) => string): string {
  let most = list.length;
  while (most > 0 && write(list.slice(0, most)).length > longestValue) most = Math.floor(most * 0.9);
  return write(list.slice(0, most));
}
