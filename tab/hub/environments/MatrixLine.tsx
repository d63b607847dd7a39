/** The rows of the matrix: a service with its cells, and the head of a group of services. */
import * as React from 'react';
import type { EnvironmentColumn } from '../../../api/introspection/contract.ts';
import { placementStrings } from '../../placement-strings.ts';
import { hubStrings } from '../strings.ts';
import { MatrixCell } from './MatrixCell.tsx';
import type { GroupRow, ServiceRow } from './matrix.ts';
import type { ColumnLayout } from './use-columns.ts';

interface ServiceLineProps {
  readonly row: ServiceRow;
  readonly index: number;
  readonly top: number;
  readonly columns: readonly EnvironmentColumn[];
  /** The environment before each one. */
  readonly before: ReadonlyMap<string, string>;
  readonly inSight: readonly number[];
  readonly layout: ColumnLayout;
  /** The column that is in the tab order; undefined if none of this row is. */
  readonly activeColumn: string | undefined;
}

export const ServiceLine = React.memo(function ServiceLine(props: ServiceLineProps): JSX.Element {
  const { row, index, columns, layout, activeColumn } = props;
  const { Name, Guessed, Repositories } = row.service;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus is on the cells
    // biome-ignore lint/a11y/useSemanticElements: a table cannot leave out what is not in sight
    <div
      role="row"
      className="matrix-row"
      style={{ top: props.top }}
      data-line={index}
      aria-rowindex={index + 2}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div
        role="rowheader"
        className="matrix-service"
        style={{ width: layout.headWidth }}
        aria-colindex={1}
        data-row={row.key}
        data-column=""
        data-active={activeColumn === ''}
        tabIndex={activeColumn === '' ? 0 : -1}
      >
        <span className="matrix-service-name" title={Name}>
          {Name}
        </span>
        <span className="secondary-text matrix-repository text-ellipsis" title={Repositories.join(', ')}>
          {Repositories.join(', ')}
        </span>
        {Guessed && (
          <span className="guess-mark secondary-text" title={placementStrings.guessedExplained}>
            {placementStrings.guessed}
          </span>
        )}
      </div>
      {props.inSight.map((place) => {
        const column = columns[place];
        if (!column) return null;
        const isActive = activeColumn === column.Name;
        return (
          // biome-ignore lint/a11y/useSemanticElements: as above
          <div
            key={column.Name}
            role="gridcell"
            className="matrix-cell"
            style={{ left: layout.headWidth + place * layout.width, width: layout.width }}
            aria-colindex={place + 2}
            aria-haspopup="dialog"
            data-row={row.key}
            data-column={column.Name}
            data-active={isActive}
            tabIndex={isActive ? 0 : -1}
          >
            <MatrixCell cell={row.cells.get(column.Name)} before={props.before.get(column.Name) ?? ''} />
          </div>
        );
      })}
    </div>
  );
});

interface GroupLineProps {
  readonly row: GroupRow;
  readonly index: number;
  readonly top: number;
  readonly active: boolean;
}

export function GroupLine({ row, index, top, active }: GroupLineProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus is on the cell
    // biome-ignore lint/a11y/useSemanticElements: as above
    <div role="row" className="matrix-group" style={{ top }} data-line={index} aria-rowindex={index + 2}>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div
        role="rowheader"
        className="matrix-group-name"
        aria-colindex={1}
        data-row={row.key}
        data-column=""
        data-active={active}
        tabIndex={active ? 0 : -1}
      >
        {row.name || hubStrings.matrix.noGroup}{' '}
        <span className="secondary-text">{hubStrings.services(row.amount)}</span>
      </div>
    </div>
  );
}
