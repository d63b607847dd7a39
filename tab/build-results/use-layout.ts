/** The layout for the current width of the frame. */
import * as React from 'react';
import { type Layout, widestOfLayout } from './columns.ts';

const queries = {
  medium: `(max-width: ${widestOfLayout.medium}px)`,
  compact: `(max-width: ${widestOfLayout.compact}px)`,
  narrow: `(max-width: ${widestOfLayout.narrow}px)`,
};

export function useLayout(): Layout {
  const [layout, setLayout] = React.useState(currentLayout);
  React.useEffect(() => {
    const update = () => setLayout(currentLayout());
    const media = Object.values(queries).map((query) => window.matchMedia(query));
    for (const one of media) one.addEventListener('change', update);
    return () => {
      for (const one of media) one.removeEventListener('change', update);
    };
  }, []);
  return layout;
}

function currentLayout(): Layout {
  const fits = (query: string) => window.matchMedia(query).matches;
  if (fits(queries.narrow)) return 'narrow';
  if (fits(queries.compact)) return 'compact';
  return fits(queries.medium) ? 'medium' : 'wide';
}
