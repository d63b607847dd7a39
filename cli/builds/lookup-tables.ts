/** The tables that lookups print: deployments of a build, builds of a deployment. */
import type { Build, Deployment, Entity } from '../../api/contract.ts';
import { sourceName, stateNames } from '../../api/names.ts';
import { runningTime } from '../../api/running-time.ts';
import { type DeploymentState, stateOf } from '../../api/states.ts';
import { formatDuration } from '../../wait/duration.ts';
import { deploymentKey } from '../../wait/judged-deployment.ts';
import type { FailedEntities } from '../../wait/verdict.ts';
import { deploymentName, failedEntityNames } from '../../wait/wording.ts';
import type { Printer } from '../terminal/printer.ts';
import { safeUrl, type Text, type TextTone } from '../terminal/styled-text.ts';

/**
 * Prints one line for each deployment. Where the terminal shows links, the id leads to the rollout; elsewhere there is
 * a column with the address. `now` is in milliseconds since 1970, for the durations of running deployments.
 */
export function showDeployments(deployments: readonly Deployment[], now: number, printer: Printer): void {
  const hasLinkColumn = !printer.capabilities.links;
  const headings = ['STATE', 'PROGRESS', 'SOURCE', 'DEPLOYMENT', 'STARTED (UTC)', 'DURATION', 'PAYLOADS'];
  printer.table(
    hasLinkColumn ? [...headings, 'LINK'] : headings,
    deployments.map((deployment) => {
      const cells = [
        stateCell(deployment),
        progressCell(deployment),
        sourceName(deployment.Source),
        { text: deployment.Id, link: deployment.DeploymentUrl },
        toTheSecond(deployment.StartTime),
        duration(deployment, now),
        deployment.Payloads.map(({ Id }) => Id).join(', '),
      ];
      return hasLinkColumn ? [...cells, safeUrl(deployment.DeploymentUrl) ?? ''] : cells;
    }),
  );
}

/** Prints one line for each entity of a deployment, in the order of the answer. */
export function showEntities(entities: readonly Entity[], printer: Printer): void {
  printer.table(
    ['STATE', 'TYPE', 'ENTITY', 'STARTED (UTC)', 'ENDED (UTC)', 'LAST CHANGE (UTC)', 'PAYLOAD'],
    entities.map(({ State, ChangeState, Type, Id, StartTime, EndTime, LastUpdateTime, Payload }) => [
      stateCell({ State, ChangeState }),
      Type,
      Id,
      toTheSecond(StartTime ?? ''),
      toTheSecond(EndTime ?? ''),
      toTheSecond(LastUpdateTime),
      Payload,
    ]),
  );
}

/** Prints a line for each deployment of which failed entities are known. */
export function showFailedEntities(
  deployments: readonly Deployment[],
  failedEntities: FailedEntities | undefined,
  printer: Printer,
): void {
  for (const deployment of deployments) {
    const entities = failedEntities?.get(deploymentKey(deployment));
    if (entities === undefined) continue;
    const names = failedEntityNames({ deployment, failedEntities: entities }, mostEntities);
    printer.line({ text: 'Failed', tone: 'bad' }, ` in ${deploymentName({ deployment })}: ${names}`);
  }
}

const mostEntities = 20;

/** `2026-11-27 10:05:00`: UTC, without the fraction. */
export const toTheSecond = (time: string): string => time.slice(0, 19).replace('T', ' ');

/** Prints one line for each build. */
export function showBuilds(builds: readonly Build[], printer: Printer): void {
  printer.table(
    ['ORGANIZATION', 'PROJECT', 'BUILD', 'URL'],
    builds.map(({ OrganizationName, ProjectId, Id, Url }) => [
      OrganizationName,
      ProjectId,
      { text: Id, link: Url },
      Url,
    ]),
  );
}

/** The colour of each state. */
export const stateTones: Readonly<Record<DeploymentState, TextTone>> = {
  notStarted: 'muted',
  inProgress: 'active',
  blocked: 'caution',
  succeeded: 'good',
  failed: 'bad',
  canceled: 'muted',
  unknown: 'caution',
};

/** The state's name; with the orchestrator's own word if nobody knows that. */
export function stateCell(deployment: Pick<Deployment, 'State' | 'ChangeState'>): Text {
  const state = stateOf(deployment);
  const text = state === 'unknown' ? `${deployment.ChangeState} (unknown)` : stateNames[state];
  return { text, tone: stateTones[state] };
}

/** How many entities have succeeded, and how many have failed; empty if the service does not count them. */
function progressCell({ Progress }: Deployment): string {
  if (Progress === undefined) return '';
  const failed = Progress.Failed > 0 ? `, ${Progress.Failed.toLocaleString('en')} failed` : '';
  return `${Progress.Succeeded.toLocaleString('en')} of ${Progress.Total.toLocaleString('en')}${failed}`;
}

/** Empty for a deployment that has not started: its start is only when it was registered. */
function duration(deployment: Deployment, now: number): string {
  const time = runningTime(deployment, stateOf(deployment), now);
  return time === undefined ? '' : formatDuration(time);
}
