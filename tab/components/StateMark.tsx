/** A deployment's state as Azure DevOps draws states: an icon of its own shape and colour, and the word. */
import { type IStatusProps, Status, Statuses, StatusSize } from 'azure-devops-ui/Status';
import * as React from 'react';
import type { DeploymentState } from '../../api/states.ts';
import { strings } from '../strings.ts';
import './StateMark.css';

const statusOfState: Record<DeploymentState, IStatusProps> = {
  notStarted: Statuses.Queued,
  inProgress: Statuses.Running,
  blocked: Statuses.Warning,
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
      animated={props.state === 'inProgress'}
      ariaLabel={props.label}
      className="state-icon"
    />
  );
}

/** Icon and word; hovering shows the orchestrator's own word. */
export function StateMark(props: { state: DeploymentState; changeState: string }): JSX.Element {
  const { state, changeState } = props;
  return (
    <span className="state-mark" title={changeState}>
      <StateIcon state={state} />
      <span className="text-ellipsis">{strings.stateWord(state, changeState)}</span>
    </span>
  );
}
