/** How far the parts of a deployment are: in few characters for the table, and in a sentence for the details. */
import type { Progress } from '../../api/contract.ts';
import type { DeploymentState } from '../../api/states.ts';
import { strings } from '../strings.ts';

/** For example "12 of 18, 1 failed". */
export function progressText({ Succeeded, Total, Failed }: Progress): string {
  return strings.progress.text(Succeeded, Total, Failed);
}

/** All states that occur, for example "12 of 18 parts reported so far succeeded, 1 failed, 5 in progress." */
export function progressSentence(progress: Progress): string {
  const others: readonly (readonly [number, DeploymentState])[] = [
    [progress.Failed, 'failed'],
    [progress.Blocked, 'blocked'],
    [progress.InProgress, 'inProgress'],
    [progress.NotStarted, 'notStarted'],
    [progress.Canceled, 'canceled'],
    [progress.Unknown, 'unknown'],
  ];
  const occurring = others.filter(([amount]) => amount > 0);
  return strings.progress.sentence(
    progress.Succeeded,
    progress.Total,
    occurring.map(([amount, state]) => strings.progress.part(amount, state)),
  );
}
