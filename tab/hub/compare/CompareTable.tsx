/** The services of two environments, with the versions that are there. */
import * as React from 'react';
import type { Placement } from '../../../api/introspection/contract.ts';
import { stateOf } from '../../../api/states.ts';
import { KindMark, placementStateWord, versionOf } from '../../components/PlacementMark.tsx';
import { StateIcon } from '../../components/StateMark.tsx';
import { Ago } from '../../components/Times.tsx';
import { placementStrings } from '../../placement-strings.ts';
import { strings } from '../../strings.ts';
import { MaybeLink } from '../NewsList.tsx';
import { hubStrings } from '../strings.ts';
import type { ComparedService } from './comparison.ts';
import './CompareTable.css';

interface CompareTableProps {
  readonly rows: readonly ComparedService[];
  readonly left: string;
  readonly right: string;
  /** All environments in the order of deployment. */
  readonly names: readonly string[];
  readonly onOpen: (row: ComparedService) => void;
}

export function CompareTable(props: CompareTableProps): JSX.Element {
  const { left, right } = props;
  const words = hubStrings.compare;
  const areNeighbours = props.names.indexOf(right) - props.names.indexOf(left) === 1;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be in reach of the keyboard
    <section className="compare-scroller" aria-label={words.label(left, right)} tabIndex={0}>
      <table className="compare-table" aria-label={words.label(left, right)}>
        <thead>
          <tr>
            {[words.columns.service, left, right, words.columns.verdict].map((text, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an environment may have the name of a column
              <th key={index} scope="col">
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={row.service} className={row.verdict === 'same' ? 'same' : 'different'}>
              <th scope="row">{row.service}</th>
              <td>
                <PlacementText placement={row.left} />
              </td>
              <td>
                <PlacementText placement={row.right} />
              </td>
              <td>
                <VerdictText row={row} {...props} areNeighbours={areNeighbours} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function PlacementText({ placement }: { placement: Placement | null }): JSX.Element {
  if (!placement) return <span className="secondary-text">{strings.none}</span>;
  return (
    <span className="compare-placement">
      <span className="compare-version">
        <StateIcon state={stateOf(placement)} label={placementStateWord(placement)} />
        <MaybeLink href={placement.Build.Url} text={versionOf(placement)} />
        <KindMark kind={placement.Kind} />
      </span>
      <span className="secondary-text compare-facts">
        <Ago instant={Date.parse(placement.EndTime ?? placement.StartTime)} />{' '}
        {placement.By && placementStrings.by(placement.By)}
      </span>
    </span>
  );
}

function VerdictText(
  props: CompareTableProps & { row: ComparedService; areNeighbours: boolean },
): JSX.Element {
  const { row, left, right } = props;
  const words = hubStrings.compare;
  switch (row.verdict) {
    case 'same':
      return <span className="secondary-text">{words.verdicts.same}</span>;
    case 'onlyLeft':
      return <span>{words.verdicts.onlyLeft(left)}</span>;
    case 'onlyRight':
      return <span>{words.verdicts.onlyRight(right)}</span>;
    case 'differs':
      return (
        <span className="compare-placement">
          <button
            type="button"
            className="change-button"
            aria-label={words.newsLabel(row.service)}
            onClick={() => props.onOpen(row)}
          >
            {words.news}
          </button>
          {props.areNeighbours && row.behind?.Behind ? (
            <span className="secondary-text compare-facts">
              {words.commits(placementStrings.commits(row.behind.Behind, row.behind.BehindIsAtLeast), left)}
            </span>
          ) : null}
        </span>
      );
  }
}
