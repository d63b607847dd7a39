/** A deployment's state as Azure DevOps draws states: an icon of its own shape and colour, and the word. */
import { type IStatusProps, Status, Statuses, StatusSize } from 'azure-devops-ui/Status';
import * as React from 'react';
import type { DeploymentState } from '../../api/states.ts';
import { strings } from '../strings.ts';

const statusOfState: Record<DeploymentState, IStatusProps> = {
  notStarted: Statuses.Queued,
  inProgress: Statuses.Running,
  blocked: Statuses.Waiting,
  succeeded: Statuses.Success,
  failed: Statuses.Failed,
  canceled: Statuses.Canceled,
  unknown: Statuses.Information,
};

/** The icon alone; `label` names it for screen readers where no word stands beside it. */
export function StateIcon(props: { state: DeploymentState; large?: boolean; label?: string }): JSX.Element {
  const size = props.large ? StatusSize.l : StatusSize.m;
  return (
    <Status
      {...statusOfState[props.state]}
      size={size}
      ariaLabel={props.label}
      className={`state-icon state-${props.state}`}
    />
  );
}

/** Icon and word; a word of the orchestrator that nobody here knows is shown as it is. */
export function StateMark(props: { state: DeploymentState; changeState: string }): JSX.Element {
  const word = props.state === 'unknown' ? props.changeState : '';
  return (
    <span className="state-mark" title={props.changeState}>
      <StateIcon state={props.state} />
      <span className="text-ellipsis">{word || strings.stateName(props.state)}</span>
    </span>
  );
}
