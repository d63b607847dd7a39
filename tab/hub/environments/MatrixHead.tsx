/** The heads of the columns. They can be dragged to another place, or moved with Alt and an arrow key. */
import * as React from 'react';
import type { EnvironmentColumn } from '../../../api/introspection/contract.ts';
import { placementStrings } from '../../placement-strings.ts';
import { hubStrings } from '../strings.ts';
import type { ColumnLayout } from './use-columns.ts';
import { headKey } from './use-grid-focus.ts';

interface MatrixHeadProps {
  readonly columns: readonly EnvironmentColumn[];
  readonly inSight: readonly number[];
  readonly layout: ColumnLayout;
  /** The column that is in the tab order; undefined if none of the heads is. */
  readonly activeColumn: string | undefined;
  readonly onMove: (environment: string, by: number) => void;
}

export function MatrixHead(props: MatrixHeadProps): JSX.Element {
  const { columns, inSight, layout, activeColumn, onMove } = props;
  const dragged = React.useRef<number>();
  const [target, setTarget] = React.useState<number>();
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus is on the cells
    // biome-ignore lint/a11y/useSemanticElements: a table cannot leave out what is not in sight
    <div role="row" className="matrix-head" aria-rowindex={1}>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div
        role="columnheader"
        className="matrix-corner"
        style={{ width: layout.headWidth }}
        aria-colindex={1}
        data-row={headKey}
        data-column=""
        data-active={activeColumn === ''}
        tabIndex={activeColumn === '' ? 0 : -1}
      >
        {hubStrings.matrix.service}
      </div>
      {inSight.map((index) => {
        const column = columns[index];
        if (!column) return null;
        const { Name, Tier, Guessed } = column;
        return (
          // biome-ignore lint/a11y/useSemanticElements: as above
          <div
            key={Name}
            role="columnheader"
            className={target === index ? 'matrix-column drop-target' : 'matrix-column'}
            style={{ left: layout.headWidth + index * layout.width, width: layout.width }}
            aria-colindex={index + 2}
            aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight"
            data-row={headKey}
            data-column={Name}
            data-active={activeColumn === Name}
            tabIndex={activeColumn === Name ? 0 : -1}
            draggable
            onDragStart={(event) => {
              dragged.current = index;
              event.dataTransfer.effectAllowed = 'move';
              event.dataTransfer.setData('text/plain', Name);
            }}
            onDragOver={(event) => {
              if (dragged.current === undefined) return;
              event.preventDefault();
              setTarget(index);
            }}
            onDragEnd={() => {
              dragged.current = undefined;
              setTarget(undefined);
            }}
            onDrop={(event) => {
              event.preventDefault();
              const from = dragged.current;
              const name = from === undefined ? undefined : columns[from]?.Name;
              if (from !== undefined && name !== undefined) onMove(name, index - from);
            }}
          >
            <span className="text-ellipsis" title={Name}>
              {Name}
            </span>
            <span className="matrix-tier secondary-text">
              {placementStrings.tier(Tier)}
              {Guessed && (
                <span className="guess-mark" title={placementStrings.guessedExplained}>
                  {placementStrings.guessed}
                </span>
              )}
            </span>
          </div>
        );
      })}
    </div>
  );
}
