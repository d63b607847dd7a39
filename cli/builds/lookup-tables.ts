/** The tables that lookups print: deployments of a build, builds of a deployment. */
import type { Build, Deployment } from '../../api/contract.ts';
import { stateOf } from '../../api/states.ts';
import { formatDuration } from '../../wait/duration.ts';
import { table } from '../text-table.ts';

/** One line for each deployment. `now` is in milliseconds since 1970, for the durations of running deployments. */
export function deploymentsTable(deployments: readonly Deployment[], now: number): string {
  return table(
    ['STATE', 'SOURCE', 'DEPLOYMENT', 'STARTED', 'DURATION', 'PAYLOADS'],
    deployments.map((deployment) => [
      stateText(deployment),
      printable(deployment.Source),
      printable(deployment.Id),
      deployment.StartTime.slice(0, 19).replace('T', ' '),
      duration(deployment, now),
      printable(deployment.Payloads.map(({ Id }) => Id).join(', ')),
    ]),
  );
}

/** One line for each build. */
export function buildsTable(builds: readonly Build[]): string {
  return table(
    ['ORGANIZATION', 'PROJECT', 'BUILD', 'URL'],
    builds.map((build) => [build.OrganizationName, build.ProjectId, build.Id, build.Url].map(printable)),
  );
}

function stateText(deployment: Deployment): string {
  const state = stateOf(deployment);
  const changeState = deployment.ChangeState;
  return state === 'unknown' ? `${printable(changeState)} (unknown)` : state;
}

/** Empty for a deployment that has not started: its start is only when it was registered. */
function duration(deployment: Deployment, now: number): string {
  if (stateOf(deployment) === 'notStarted') return '';
  const { StartTime, EndTime } = deployment;
  const length = (EndTime === null ? now : Date.parse(EndTime)) - Date.parse(StartTime);
  return length >= 0 ? formatDuration(length) : '';
}

/** Keeps untrusted text from sending control sequences to the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
