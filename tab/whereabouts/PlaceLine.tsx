/** One environment: whether it holds the change, and by which deployment, or what it has instead. */
import { type IStatusProps, Status, Statuses, StatusSize } from 'azure-devops-ui/Status';
import * as React from 'react';
import type { Placement, Presence, PresenceWord } from '../../api/introspection/contract.ts';
import { stateOf } from '../../api/states.ts';
import { KindMark, placementStateWord, versionOf } from '../components/PlacementMark.tsx';
import { StateIcon } from '../components/StateMark.tsx';
import { Moment } from '../components/Times.tsx';
import { MaybeLink } from '../hub/NewsList.tsx';
import { placementStrings } from '../placement-strings.ts';
import { whereStrings } from './strings.ts';
import { presenceOf } from './where.ts';

const statuses: Record<PresenceWord, IStatusProps> = {
  here: Statuses.Success,
  partly: Statuses.Warning,
  underWay: Statuses.Running,
  next: Statuses.Queued,
  notYet: Statuses.Skipped,
};

export function PlaceLine({ place }: { place: Presence }): JSX.Element {
  const presence = presenceOf(place);
  const explained = presence && whereStrings.presenceExplained[presence];
  return (
    <li className={`where-place presence-${presence ?? 'unknown'}`}>
      <PlaceIcon place={place} presence={presence} />
      <span className="where-environment break-anywhere">{place.Environment}</span>
      <span className="where-presence" title={explained}>
        {placeState(place)}
      </span>
      {presence === 'partly' && place.Missing.length > 0 && (
        <span className="where-missing">{whereStrings.without(place.Missing)}</span>
      )}
      <span className="where-placement">
        {place.Placement ? (
          <PlacementPart placement={place.Placement} brings={isBrought(presence)} />
        ) : (
          presence !== 'here' && <span className="secondary-text">{whereStrings.nothingThere}</span>
        )}
      </span>
    </li>
  );
}

/** The words for how a place stands: of a deployment that brings it, its own state. */
export function placeState(place: Presence): string {
  const presence = presenceOf(place);
  if (presence === 'underWay' && place.Placement) return placementStateWord(place.Placement);
  return presence ? whereStrings.presence[presence] : place.Presence;
}

/** Whether the placement is the one that brings the change, and not what the environment has instead of it. */
function isBrought(presence: PresenceWord | undefined): boolean {
  return presence !== 'next' && presence !== 'notYet';
}

function PlaceIcon({
  place,
  presence,
}: {
  place: Presence;
  presence: PresenceWord | undefined;
}): JSX.Element {
  if (presence === 'underWay' && place.Placement) return <StateIcon state={stateOf(place.Placement)} />;
  const status = presence ? statuses[presence] : Statuses.Information;
  return <Status {...status} size={StatusSize.m} className="state-icon" />;
}

function PlacementPart({ placement, brings }: { placement: Placement; brings: boolean }): JSX.Element {
  const instant = Date.parse(placement.EndTime ?? placement.StartTime);
  const version = versionOf(placement);
  return (
    <>
      {brings ? (
        <MaybeLink href={placement.DeploymentUrl} text={version} />
      ) : (
        <span className="secondary-text">
          <MaybeLink href={placement.DeploymentUrl} text={whereStrings.now(version)} />
        </span>
      )}
      <KindMark kind={placement.Kind} />
      <span className="secondary-text where-when">
        {!Number.isNaN(instant) && <Moment instant={instant} />}
        {brings && placement.By && ` ${placementStrings.by(placement.By)}`}
      </span>
    </>
  );
}
