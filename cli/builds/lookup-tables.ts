/** What the commands show: deployments of a build, builds of a deployment. */
import type { Build, Deployment } from '../../api/contract.ts';
import { deploymentState } from '../../api/states.ts';
import { formatDuration } from '../../wait/duration.ts';
import { table } from '../text-table.ts';

/** One deployment a line; `now` is milliseconds since 1970, for what still runs. */
export function deploymentsTable(deployments: readonly Deployment[], now: number): string {
  return table(
    ['STATE', 'SOURCE', 'DEPLOYMENT', 'STARTED', 'DURATION', 'PAYLOADS'],
    deployments.map((deployment) => [
      stateText(deployment.ChangeState),
      printable(deployment.Source),
      printable(deployment.Id),
      deployment.StartTime.slice(0, 19).replace('T', ' '),
      duration(deployment, now),
      printable(deployment.Payloads.map(({ Id }) => Id).join(', ')),
    ]),
  );
}

export function buildsTable(builds: readonly Build[]): string {
  return table(
    ['ORGANIZATION', 'PROJECT', 'BUILD', 'URL'],
    builds.map((build) => [build.OrganizationName, build.ProjectId, build.Id, build.Url].map(printable)),
  );
}

function stateText(changeState: string): string {
  const state = deploymentState(changeState);
  return state === 'unknown' ? `${printable(changeState)} (unknown)` : state;
}

function duration({ StartTime, EndTime }: Deployment, now: number): string {
  const length = (EndTime === null ? now : Date.parse(EndTime)) - Date.parse(StartTime);
  return length >= 0 ? formatDuration(length) : '';
}

/** Text from elsewhere must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
