/** How a placement stands, and whether it follows in an unusual way from the one before it. */
import * as React from 'react';
import type { Placement } from '../../api/introspection/contract.ts';
import { stateOf } from '../../api/states.ts';
import { placementStrings } from '../placement-strings.ts';
import { strings } from '../strings.ts';
import { StateIcon } from './StateMark.tsx';
import './PlacementMark.css';

/** Icon and word of the state. */
export function PlacementState(props: { placement: Pick<Placement, 'State' | 'ChangeState'> }): JSX.Element {
  const { placement } = props;
  return (
    <span className="state-mark" title={placement.ChangeState}>
      <StateIcon state={stateOf(placement)} />
      <span className="text-ellipsis">{placementStateWord(placement)}</span>
    </span>
  );
}

/** The word for the state; one that waits for approval says so. */
export function placementStateWord(placement: Pick<Placement, 'State' | 'ChangeState'>): string {
  if (placementStrings.waits(placement.ChangeState)) return placementStrings.waiting;
  return strings.stateWord(stateOf(placement), placement.ChangeState);
}

/** A mark for a rollback or a hot fix; nothing for everything else. */
export function KindMark(props: { kind: string }): JSX.Element | null {
  const text = placementStrings.kind(props.kind);
  if (!text) return null;
  return (
    <span className="kind-mark" title={placementStrings.kindExplained(props.kind)}>
      {text}
    </span>
  );
}

/** What people call what was deployed. */
export function versionOf({ Version }: Pick<Placement, 'Version'>): string {
  return Version || placementStrings.noVersion;
}
