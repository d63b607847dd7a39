/** Whether the frame is too narrow for the columns side by side. The style sheet uses the same width. */
import * as React from 'react';

const query = '(max-width: 719px)';

export function useNarrow(): boolean {
  const [narrow, setNarrow] = React.useState(() => window.matchMedia(query).matches);
  React.useEffect(() => {
    const media = window.matchMedia(query);
    const update = () => setNarrow(media.matches);
    update();
    media.addEventListener('change', update);
    return () => media.removeEventListener('change', update);
  }, []);
  return narrow;
}
