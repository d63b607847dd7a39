/**
 * Keyboard navigation in the matrix: the arrow keys move between cells, Home and End within the row, with Ctrl to the
 * corners, Page Up and Page Down by ten rows. Enter opens a cell. On the head of a column, Alt and the left or right
 * arrow key move the column.
 */
import * as React from 'react';
import type { EnvironmentColumn } from '../../../api/introspection/contract.ts';
import type { MatrixRow } from './matrix.ts';

/** The row of the heads, and the column of the services. */
export const headKey = 'head';

export interface GridPlace {
  /** Key of the row, or `headKey`. */
  readonly row: string;
  /** Name of the environment, or empty for the column of the services. */
  readonly column: string;
}

export interface GridFocus {
  /** The one cell in the tab order. */
  readonly active: GridPlace;
  readonly onKeyDown: (event: React.KeyboardEvent<HTMLElement>) => void;
  readonly onFocus: (event: React.FocusEvent<HTMLElement>) => void;
  readonly onClick: (event: React.MouseEvent<HTMLElement>) => void;
}

const pageOfRows = 10;

export function useGridFocus(
  scroller: React.RefObject<HTMLElement>,
  rows: readonly MatrixRow[],
  columns: readonly EnvironmentColumn[],
  onOpen: (service: string, environment: string) => void,
  onMove: (environment: string, by: number) => void,
): GridFocus {
  const [chosen, setChosen] = React.useState<GridPlace>();
  const wantsFocus = React.useRef(false);
  const active = validPlace(chosen, rows, columns);

  React.useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    const cell = scroller.current?.querySelector<HTMLElement>('[data-active="true"]');
    cell?.focus({ preventScroll: true });
    if (cell && scroller.current) scrollCellIntoSight(scroller.current, cell);
  });

  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    const row = rows.find(({ key }) => key === active.row);
    if (event.altKey && !event.ctrlKey && !event.metaKey && active.row === headKey && active.column) {
      const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
      if (by === 0) return;
      event.preventDefault();
      wantsFocus.current = true;
      onMove(active.column, by);
      return;
    }
    if (event.altKey || event.metaKey) return;
    if ((event.key === 'Enter' || event.key === ' ') && row?.kind === 'service' && active.column) {
      event.preventDefault();
      onOpen(row.service.Name, active.column);
      return;
    }
    const next = nextPlace(event, active, rows, columns);
    if (!next) return;
    event.preventDefault();
    wantsFocus.current = true;
    setChosen(next);
  };

  const onFocus = (event: React.FocusEvent<HTMLElement>) => {
    const place = placeOf(event.target);
    if (place && (place.row !== active.row || place.column !== active.column)) setChosen(place);
  };

  const onClick = (event: React.MouseEvent<HTMLElement>) => {
    const place = event.target instanceof Element ? placeOf(event.target) : undefined;
    const row = rows.find(({ key }) => key === place?.row);
    if (row?.kind === 'service' && place?.column) onOpen(row.service.Name, place.column);
  };

  return { active, onKeyDown, onFocus, onClick };
}

function placeOf(target: Element): GridPlace | undefined {
  const { row, column } = target.closest<HTMLElement>('[data-row]')?.dataset ?? {};
  return row === undefined ? undefined : { row, column: column ?? '' };
}

/** The chosen place while it exists, else the first cell. */
function validPlace(
  chosen: GridPlace | undefined,
  rows: readonly MatrixRow[],
  columns: readonly EnvironmentColumn[],
): GridPlace {
  const firstService = rows.find(({ kind }) => kind === 'service')?.key ?? headKey;
  const row =
    chosen && (chosen.row === headKey || rows.some(({ key }) => key === chosen.row))
      ? chosen.row
      : firstService;
  const hasColumn = chosen && (chosen.column === '' || columns.some(({ Name }) => Name === chosen.column));
  return { row, column: hasColumn ? chosen.column : (columns[0]?.Name ?? '') };
}

/** Where a key leads; undefined for other keys. */
function nextPlace(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey'>,
  active: GridPlace,
  rows: readonly MatrixRow[],
  columns: readonly EnvironmentColumn[],
): GridPlace | undefined {
  const names = ['', ...columns.map(({ Name }) => Name)];
  const keys = [headKey, ...rows.map(({ key }) => key)];
  const x = names.indexOf(active.column);
  const y = keys.indexOf(active.row);
  const at = (row: number, column: number): GridPlace => ({
    row: keys[Math.max(0, Math.min(keys.length - 1, row))] ?? headKey,
    column: names[Math.max(0, Math.min(names.length - 1, column))] ?? '',
  });
  switch (event.key) {
    case 'ArrowDown':
      return at(y + 1, x);
    case 'ArrowUp':
      return at(y - 1, x);
    case 'ArrowRight':
      return at(y, x + 1);
    case 'ArrowLeft':
      return at(y, x - 1);
    case 'PageDown':
      return at(y + pageOfRows, x);
    case 'PageUp':
      return at(y - pageOfRows, x);
    case 'Home':
      return at(event.ctrlKey ? 0 : y, 0);
    case 'End':
      return at(event.ctrlKey ? keys.length - 1 : y, names.length - 1);
    default:
      return undefined;
  }
}

/** Scrolls just enough to show the whole cell beside the sticky head and the sticky column. */
function scrollCellIntoSight(scroller: HTMLElement, cell: HTMLElement): void {
  const view = scroller.getBoundingClientRect();
  const place = cell.getBoundingClientRect();
  const corner = scroller.querySelector('.matrix-corner')?.getBoundingClientRect();
  const top = view.top + (cell.dataset.row === headKey ? 0 : (corner?.height ?? 0));
  const left = view.left + (corner?.width ?? 0);
  if (place.top < top) scroller.scrollTop -= top - place.top;
  else if (place.bottom > view.top + scroller.clientHeight)
    scroller.scrollTop += place.bottom - view.top - scroller.clientHeight;
  if (!cell.dataset.column) return;
  if (place.left < left) scroller.scrollLeft -= left - place.left;
  else if (place.right > view.left + scroller.clientWidth)
    scroller.scrollLeft += place.right - view.left - scroller.clientWidth;
}
