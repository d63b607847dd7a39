/**
 * The matrix as a grid, drawn only where it is in sight, in both directions. One cell is in the tab order, and the arrow
 * keys change which. Cells are known by their service and environment and not by their place, so that a refresh does not
 * move the focus or the scroll position.
 */
import * as React from 'react';
import type { EnvironmentColumn } from '../../../api/introspection/contract.ts';
import { useWindow } from '../../components/use-window.ts';
import { hubStrings } from '../strings.ts';
import { MatrixHead } from './MatrixHead.tsx';
import { GroupLine, ServiceLine } from './MatrixLine.tsx';
import type { MatrixRow } from './matrix.ts';
import { columnSpan, useColumns } from './use-columns.ts';
import { headKey, useGridFocus } from './use-grid-focus.ts';
import './MatrixGrid.css';

export interface MatrixGridProps {
  readonly rows: readonly MatrixRow[];
  readonly columns: readonly EnvironmentColumn[];
  /** The environment before each one in the order of deployment, wherever the user has moved it; empty for the first. */
  readonly before: ReadonlyMap<string, string>;
  /** Identifies what is shown; when it changes, the grid scrolls to its top. */
  readonly view: string;
  readonly onOpen: (service: string, environment: string) => void;
  /** Moves a column by some places. */
  readonly onMove: (environment: string, by: number) => void;
}

const heights = { service: 88, group: 36 };

export function MatrixGrid(props: MatrixGridProps): JSX.Element {
  const { rows, columns, onOpen } = props;
  const scroller = React.useRef<HTMLDivElement>(null);
  const body = React.useRef<HTMLDivElement>(null);
  const focus = useGridFocus(scroller, rows, columns, onOpen, props.onMove);
  const lines = React.useMemo(
    () => rows.map((row) => ({ key: row.key, estimate: heights[row.kind] })),
    [rows],
  );
  const { indices, offsets } = useWindow(scroller, body, lines, 'grid', props.view, focus.active.row);
  const layout = useColumns(scroller, columns.length);
  const activeColumn = columns.findIndex(({ Name }) => Name === focus.active.column);
  const inSight = columnSpan(layout, columns.length, activeColumn);
  const width = layout.headWidth + columns.length * layout.width;

  // Where all are guesses, a mark at each would only repeat the notice above.
  const guesses = [
    ...(rows.every((row) => row.kind === 'group' || row.service.Guessed) ? ['all-services-guessed'] : []),
    ...(columns.every(({ Guessed }) => Guessed) ? ['all-columns-guessed'] : []),
  ].join(' ');

  return (
    <div className="matrix-scroller" ref={scroller}>
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot leave out what is not in sight */}
      <div
        role="grid"
        className={`matrix ${guesses}`}
        style={{ width }}
        aria-label={hubStrings.matrix.label}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1}
        aria-readonly
        tabIndex={-1}
        onKeyDown={focus.onKeyDown}
        onFocus={focus.onFocus}
        onClick={focus.onClick}
      >
        <MatrixHead
          columns={columns}
          inSight={inSight}
          layout={layout}
          activeColumn={focus.active.row === headKey ? focus.active.column : undefined}
          onMove={props.onMove}
        />
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div role="rowgroup" ref={body} className="matrix-body" style={{ height: offsets[rows.length] }}>
          {indices.map((index) => {
            const row = rows[index];
            if (!row) return null;
            const activeOfRow = row.key === focus.active.row ? focus.active.column : undefined;
            const top = offsets[index] ?? 0;
            return row.kind === 'group' ? (
              <GroupLine key={row.key} row={row} index={index} top={top} active={activeOfRow !== undefined} />
            ) : (
              <ServiceLine
                key={row.key}
                row={row}
                index={index}
                top={top}
                columns={columns}
                before={props.before}
                inSight={inSight}
                layout={layout}
                activeColumn={activeOfRow}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
