/**
 * Keyboard navigation in the table. Up, down, Home, End and the page keys move between rows, right and left expand and
 * collapse, Enter and Space toggle. Tab reaches only the active row and its contents.
 */
import * as React from 'react';
import type { TableLine } from './table-lines.ts';

const pageOfRows = 10;

export interface RowFocus {
  /** Key of the active row, which is the only one in the tab order. */
  readonly activeKey: string | undefined;
  readonly onKeyDown: (event: React.KeyboardEvent<HTMLElement>) => void;
  readonly onFocus: (event: React.FocusEvent<HTMLElement>) => void;
}

export function useRowFocus(
  scroller: React.RefObject<HTMLElement>,
  body: React.RefObject<HTMLElement>,
  lines: readonly TableLine[],
  onToggle: (line: TableLine) => void,
): RowFocus {
  const [chosenKey, setChosenKey] = React.useState<string>();
  const wantsFocus = React.useRef(false);
  const rows = lines.filter((line) => line.kind !== 'details');
  const active = rows.find((line) => line.key === chosenKey) ?? rows[0];

  React.useLayoutEffect(() => {
    if (!wantsFocus.current || !active) return;
    wantsFocus.current = false;
    const row = body.current?.querySelector<HTMLElement>(`:scope > [data-line="${lines.indexOf(active)}"]`);
    row?.focus({ preventScroll: true });
    if (row && scroller.current) scrollIntoSight(scroller.current, row);
  });

  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    const isOnRow = event.target instanceof HTMLElement && event.target.matches('tr[data-line]');
    if (!active || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!isOnRow && event.target instanceof HTMLElement && event.target.closest('.details-line')) return;
    const step = stepOf(event.key, rows.indexOf(active), rows.length);
    if (step !== undefined) {
      event.preventDefault();
      wantsFocus.current = true;
      setChosenKey(rows[step]?.key);
    } else if (isOnRow && togglesWith(event.key, active)) {
      event.preventDefault();
      onToggle(active);
    }
  };

  const onFocus = (event: React.FocusEvent<HTMLElement>) => {
    const row = event.target.closest<HTMLElement>('tr[data-line]');
    const line = row && lines[Number(row.dataset.line)];
    if (line && line.kind !== 'details' && line.key !== active?.key) setChosenKey(line.key);
  };

  return { activeKey: active?.key, onKeyDown, onFocus };
}

/** The row that a key moves to; undefined for other keys. */
export function stepOf(key: string, current: number, count: number): number | undefined {
  const clamp = (index: number) => Math.max(0, Math.min(count - 1, index));
  switch (key) {
    case 'ArrowDown':
      return clamp(current + 1);
    case 'ArrowUp':
      return clamp(current - 1);
    case 'PageDown':
      return clamp(current + pageOfRows);
    case 'PageUp':
      return clamp(current - pageOfRows);
    case 'Home':
      return 0;
    case 'End':
      return clamp(count - 1);
    default:
      return undefined;
  }
}

function togglesWith(key: string, line: TableLine): boolean {
  if (line.kind === 'details') return false;
  if (key === 'Enter' || key === ' ') return true;
  return (key === 'ArrowRight' && !line.open) || (key === 'ArrowLeft' && line.open);
}

/** Scrolls just enough to show the whole row below the sticky head, which `headed` selects. */
export function scrollIntoSight(scroller: HTMLElement, row: HTMLElement, headed = 'thead'): void {
  const view = scroller.getBoundingClientRect();
  const head = scroller.querySelector(headed)?.getBoundingClientRect().height ?? 0;
  const place = row.getBoundingClientRect();
  if (place.top < view.top + head) scroller.scrollTop -= view.top + head - place.top;
  else if (place.bottom > view.bottom) scroller.scrollTop += place.bottom - view.bottom;
}
