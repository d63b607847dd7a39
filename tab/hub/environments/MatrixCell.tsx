/**
 * The content of one cell: the version that is there, since when and by whom, how far it is behind, and what has run,
 * failed or waits since then.
 */
import * as React from 'react';
import type { Cell, Placement } from '../../../api/introspection/contract.ts';
import { stateOf } from '../../../api/states.ts';
import { KindMark, placementStateWord, versionOf } from '../../components/PlacementMark.tsx';
import { StateIcon } from '../../components/StateMark.tsx';
import { Ago } from '../../components/Times.tsx';
import { placementStrings } from '../../placement-strings.ts';
import { strings } from '../../strings.ts';
import { hubStrings } from '../strings.ts';

interface MatrixCellProps {
  readonly cell: Cell | undefined;
  /** The environment before this one; empty if there is none. */
  readonly before: string;
}

export const MatrixCell = React.memo(function MatrixCell(props: MatrixCellProps): JSX.Element {
  const { cell, before } = props;
  if (!cell || (!cell.Current && cell.Since.length === 0))
    return (
      <span className="cell-empty secondary-text">
        <span aria-hidden="true">{strings.none}</span>
        <span className="for-screen-readers">{hubStrings.matrix.empty}</span>
      </span>
    );
  return (
    <>
      {cell.Current ? (
        <CurrentLines cell={cell} current={cell.Current} before={before} />
      ) : (
        <span className="cell-line secondary-text">{strings.none}</span>
      )}
      <SinceLine cell={cell} />
    </>
  );
});

function CurrentLines(props: { cell: Cell; current: Placement; before: string }): JSX.Element {
  const { cell, current, before } = props;
  const behind =
    cell.Behind === null || (cell.Behind === 0 && !cell.BehindIsAtLeast)
      ? ''
      : placementStrings.commits(cell.Behind, cell.BehindIsAtLeast);
  return (
    <>
      <span className="cell-line cell-current">
        <StateIcon state={stateOf(current)} label={placementStateWord(current)} />
        <span className="cell-version text-ellipsis" title={versionOf(current)}>
          {versionOf(current)}
        </span>
        <KindMark kind={current.Kind} />
      </span>
      <span className="cell-line cell-facts secondary-text">
        <Ago instant={Date.parse(current.EndTime ?? current.StartTime)} />
        {current.By && (
          <span className="text-ellipsis" title={current.By}>
            {placementStrings.by(current.By)}
          </span>
        )}
        {behind && (
          <span className="cell-behind" title={before && hubStrings.matrix.behind(behind, before)}>
            {hubStrings.matrix.behindShort(behind)}
          </span>
        )}
      </span>
    </>
  );
}

/** The newest of what happened since, and how many more there are. */
function SinceLine({ cell }: { cell: Cell }): JSX.Element | null {
  const [newest, ...others] = cell.Since;
  if (!newest) return null;
  const more = others.length + cell.MoreSince;
  return (
    <span className={`cell-line cell-since cell-${stateOf(newest)}`}>
      <StateIcon state={stateOf(newest)} />
      <span className="text-ellipsis" title={`${versionOf(newest)}: ${placementStateWord(newest)}`}>
        {versionOf(newest)} <span className="cell-word">{placementStateWord(newest)}</span>
      </span>
      {more > 0 && (
        <span className="secondary-text cell-more">
          <span aria-hidden="true">{hubStrings.matrix.more(more)}</span>
          <span className="for-screen-readers">{hubStrings.matrix.moreLong(more)}</span>
        </span>
      )}
    </span>
  );
}
