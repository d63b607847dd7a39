/** The view options, kept in the address of the host page. */
import * as React from 'react';
import type { Host } from '../host/host.ts';
import { toAddress, type ViewOptions } from './view-options.ts';

const pauseBeforeWriting = 300;

/** The options and their setter, as with `useState`. The address is updated shortly after the last change. */
export function useViewOptions(
  host: Host,
  initial: ViewOptions,
): [ViewOptions, (options: ViewOptions) => void] {
  const [options, setOptions] = React.useState(initial);
  const written = React.useRef(JSON.stringify(toAddress(initial)));
  React.useEffect(() => {
    const parameters = toAddress(options);
    const text = JSON.stringify(parameters);
    if (text === written.current) return undefined;
    const timer = setTimeout(() => {
      written.current = text;
      host.writeAddress(parameters).catch(() => undefined);
    }, pauseBeforeWriting);
    return () => clearTimeout(timer);
  }, [host, options]);
  return [options, setOptions];
}
