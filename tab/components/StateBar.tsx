/**
 * A thin bar with a part for each state, as wide as its share. States differ in pattern as well as in colour. It stands
 * beside a text that says the same, so screen readers pass over it.
 */
import * as React from 'react';
import type { DeploymentState } from '../../api/states.ts';
import './StateBar.css';

/** From what is done to what is to come. */
const order: readonly DeploymentState[] = [
  'succeeded',
  'failed',
  'blocked',
  'inProgress',
  'canceled',
  'unknown',
  'notStarted',
];

export function StateBar(props: {
  readonly counts: Readonly<Record<DeploymentState, number>>;
  readonly title: string;
}): JSX.Element {
  return (
    <div className="state-bar" title={props.title} aria-hidden="true">
      {order.map(
        (state) =>
          props.counts[state] > 0 && (
            <span
              key={state}
              className={`state-bar-part ${state}`}
              data-count={props.counts[state]}
              style={{ flexGrow: props.counts[state] }}
            />
          ),
      )}
    </div>
  );
}
