/** Keyboard navigation in the list of entities: the same keys as in the table of deployments, within the list. */
import * as React from 'react';
import type { EntityRow } from './entity-row.ts';
import { scrollIntoSight, stepOf } from './use-row-focus.ts';

export interface EntityFocus {
  /** Key of the active row, which is the only one in the tab order. */
  readonly activeKey: string | undefined;
  readonly onKeyDown: (event: React.KeyboardEvent<HTMLElement>) => void;
  readonly onFocus: (event: React.FocusEvent<HTMLElement>) => void;
}

export function useEntityFocus(
  scroller: React.RefObject<HTMLElement>,
  body: React.RefObject<HTMLElement>,
  rows: readonly EntityRow[],
): EntityFocus {
  const [chosenKey, setChosenKey] = React.useState<string>();
  const wantsFocus = React.useRef(false);
  const active = Math.max(
    0,
    rows.findIndex(({ key }) => key === chosenKey),
  );

  React.useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    const row = body.current?.querySelector<HTMLElement>(`:scope > [data-line="${active}"]`);
    row?.focus({ preventScroll: true });
    if (row && scroller.current) scrollIntoSight(scroller.current, row, '.entity-head');
  });

  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const step = stepOf(event.key, active, rows.length);
    if (step === undefined) return;
    event.preventDefault();
    wantsFocus.current = true;
    setChosenKey(rows[step]?.key);
  };

  const onFocus = (event: React.FocusEvent<HTMLElement>) => {
    const line = event.target.closest<HTMLElement>('[data-line]')?.dataset.line;
    const row = line === undefined ? undefined : rows[Number(line)];
    if (row && row.key !== rows[active]?.key) setChosenKey(row.key);
  };

  return { activeKey: rows[active]?.key, onKeyDown, onFocus };
}
