/**
 * Keeps the focus where it is when Escape is pressed: the platform's buttons let go of it then, and a keyboard user
 * would have to start again at the top of the page. A menu that is open still closes.
 */
import * as React from 'react';

/** Applies to the whole document while the component is mounted. */
export function useEscapeKeepsFocus(): void {
  React.useEffect(() => {
    // In the capture phase, so before the button's own handler, which leaves out events that have been handled.
    const handle = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !(event.target instanceof Element)) return;
      const button = event.target.closest('.bolt-button');
      if (button && button.getAttribute('aria-expanded') !== 'true') event.preventDefault();
    };
    document.addEventListener('keydown', handle, true);
    return () => document.removeEventListener('keydown', handle, true);
  }, []);
}
