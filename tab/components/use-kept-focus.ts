/** Keeps the focus in the content when a page is replaced; otherwise the document would get it. */
import * as React from 'react';

/**
 * When another page replaces the one that had the focus, focuses its first heading. If the old page did not have the
 * focus, the new one does not take it.
 *
 * @param root the container of the pages
 * @param page identifies the current page
 */
export function useKeptFocus(root: React.RefObject<HTMLElement>, page: string): void {
  // Checked while rendering: when the effect runs, the focused element is gone.
  const heldFocus = root.current?.contains(document.activeElement) ?? false;
  const shown = React.useRef(page);
  React.useLayoutEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    const holdsFocus = root.current?.contains(document.activeElement) ?? false;
    if (heldFocus && !holdsFocus) root.current?.querySelector<HTMLElement>('h1, h2')?.focus();
  });
}
