/** The table of changes, with the columns that Spektate had. */
import * as React from 'react';
import type { Change, Step } from '../../../api/introspection/contract.ts';
import { stateOf } from '../../../api/states.ts';
import { KindMark, PlacementState, placementStateWord, versionOf } from '../../components/PlacementMark.tsx';
import { StateIcon } from '../../components/StateMark.tsx';
import { Ago } from '../../components/Times.tsx';
import { strings } from '../../strings.ts';
import { MaybeLink } from '../NewsList.tsx';
import { hubStrings } from '../strings.ts';
import { changeKey } from './changes-query.ts';
import './ChangesTable.css';

interface ChangesTableProps {
  readonly changes: readonly Change[];
  /** Opens the way of the commit. */
  readonly onOpen: (change: Change) => void;
}

const columns = hubStrings.changes.columns;

export function ChangesTable(props: ChangesTableProps): JSX.Element {
  return (
    <table className="changes-table" aria-label={hubStrings.changes.label}>
      <thead>
        <tr>
          {Object.entries(columns).map(([name, text]) => (
            <th key={name} scope="col" className={`changes-${name}`}>
              {text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.changes.map((change) => (
          <ChangeLine key={changeKey(change)} change={change} onOpen={props.onOpen} />
        ))}
      </tbody>
    </table>
  );
}

const ChangeLine = React.memo(function ChangeLine(props: {
  change: Change;
  onOpen: (change: Change) => void;
}): JSX.Element {
  const { change } = props;
  const { Placement, SyncedClusters } = change;
  const { Build } = Placement;
  const [cluster, ...otherClusters] = SyncedClusters;
  return (
    <tr>
      <td className="changes-state">
        <PlacementState placement={Placement} />
      </td>
      <th scope="row" className="changes-service">
        {Build.Commit ? (
          <button
            type="button"
            className="change-button"
            aria-label={hubStrings.changes.details(Placement.Service, versionOf(Placement))}
            onClick={() => props.onOpen(change)}
          >
            {Placement.Service}
          </button>
        ) : (
          <span>{Placement.Service}</span>
        )}
        <span className="change-version secondary-text">
          {versionOf(Placement)} <KindMark kind={Placement.Kind} />
        </span>
      </th>
      <td className="changes-ring">
        {Placement.Environment}
        {change.Ring && <span className="secondary-text change-second">{change.Ring}</span>}
      </td>
      <td className="changes-author">{change.Author || strings.none}</td>
      <td className="changes-build">
        <MaybeLink href={Build.Url} text={Build.Number || String(Build.Id)} />
        {Build.Commit && <code className="change-second">{Build.Commit.slice(0, 8)}</code>}
      </td>
      <td className="changes-metadata">
        <StepText step={change.MetadataUpdate} />
      </td>
      <td className="changes-approval">
        <StepText step={change.Approval} />
      </td>
      <td className="changes-mergedBy">{change.MergedBy || strings.none}</td>
      <td className="changes-ready">
        <StepText step={change.ReadyToDeploy} />
      </td>
      <td className="changes-updated">
        <Ago instant={Date.parse(change.LastUpdateTime)} />
      </td>
      <td className="changes-synced" title={SyncedClusters.join(', ')}>
        {cluster ? hubStrings.changes.clusters(cluster, otherClusters.length) : strings.none}
      </td>
    </tr>
  );
});

/** A step: its state, its name with a link, and who did it. */
function StepText({ step }: { step: Step | null }): JSX.Element {
  if (!step) return <>{strings.none}</>;
  return (
    <span className="change-step">
      <StateIcon state={stateOf(step)} label={placementStateWord(step)} />
      <span className="break-anywhere">
        <MaybeLink href={step.Url} text={step.Title} />
        {step.By && <span className="secondary-text change-second">{step.By}</span>}
        {step.Guessed && (
          <span className="secondary-text change-second" title={hubStrings.changes.guessExplained}>
            {hubStrings.changes.guess}
          </span>
        )}
      </span>
    </span>
  );
}
