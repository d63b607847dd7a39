/** The state of a deployment in the style of Azure DevOps: an icon with its own shape and colour, and a word. */
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

/** Only the icon. `label` is for screen readers, if there is no word beside it. */
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

/** Icon and word. The tooltip is the orchestrator's own word. */
export function StateMark(props: { state: DeploymentState; changeState: string }): JSX.Element {
  const { state, changeState } = props;
  return (
    <span className="state-mark" title={changeState}>
      <StateIcon state={state} />
      <span className="text-ellipsis">{strings.stateWord(state, changeState)}</span>
    </span>
  );
}
