/** How far the entities of a deployment are: in few characters for the table, and in a sentence for the details. */
import type { Progress } from '../../api/contract.ts';
import { type DeploymentState, isFinal } from '../../api/states.ts';
import { strings } from '../strings.ts';
import type { DeploymentRow } from './deployment-row.ts';

type Counted = Pick<DeploymentRow, 'state' | 'entityType'> & { readonly progress: Progress };

/** For example "12 of 18 regions, 1 failed"; "12 of 18 so far, 1 failed" while more may be reported. */
export function progressText({ progress, state, entityType }: Counted): string {
  const { Succeeded, Total, Failed } = progress;
  return strings.progress.text(Succeeded, Total, isFinal(state), entityType, Failed);
}

/** All states that occur, for example "12 of 18 regions seen so far succeeded, 1 failed, 5 in progress." */
export function progressSentence({ progress, state, entityType }: Counted): string {
  const counts = stateCounts(progress);
  const others: readonly DeploymentState[] = [
    'failed',
    'blocked',
    'inProgress',
    'notStarted',
    'canceled',
    'unknown',
  ];
  const occurring = others.filter((other) => counts[other] > 0);
  return strings.progress.sentence(
    progress.Succeeded,
    progress.Total,
    entityType,
    isFinal(state),
    occurring.map((other) => strings.progress.part(counts[other], other)),
  );
}

/** The counts by our names of states. */
export function stateCounts(progress: Progress): Readonly<Record<DeploymentState, number>> {
  return {
    notStarted: progress.NotStarted,
    inProgress: progress.InProgress,
    blocked: progress.Blocked,
    succeeded: progress.Succeeded,
    failed: progress.Failed,
    canceled: progress.Canceled,
    unknown: progress.Unknown,
  };
}
