/** Keeps the focus on a page whose content is replaced: without this it would fall back to the document. */
import * as React from 'react';

/**
 * When another page has taken the place of the one that held the focus, focuses its heading of level 1. A page
 * that did not hold the focus never takes it.
 *
 * @param root what holds the pages
 * @param page names the page that is shown
 */
export function useKeptFocus(root: React.RefObject<HTMLElement>, page: string): void {
  // Read while drawing: by the time of the effect, the focused element is gone.
  const heldFocus = root.current?.contains(document.activeElement) ?? false;
  const shown = React.useRef(page);
  React.useLayoutEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    const holdsFocus = root.current?.contains(document.activeElement) ?? false;
    if (heldFocus && !holdsFocus) root.current?.querySelector('h1')?.focus();
  });
}
