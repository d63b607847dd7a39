/** The address of the host page as the place where a page keeps its options. */
import * as React from 'react';
import type { Host } from './host.ts';

const pauseBeforeWriting = 300;

/** Writes the parameters to the address shortly after they last changed; those of the start are there already. */
export function useWrittenAddress(
  host: Pick<Host, 'writeAddress'>,
  parameters: Readonly<Record<string, string>>,
): void {
  const text = JSON.stringify(parameters);
  const written = React.useRef(text);
  React.useEffect(() => {
    if (text === written.current) return undefined;
    const timer = setTimeout(() => {
      written.current = text;
      host.writeAddress(JSON.parse(text)).catch(() => undefined);
    }, pauseBeforeWriting);
    return () => clearTimeout(timer);
  }, [host, text]);
}
