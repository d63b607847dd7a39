/** The options of the hub, kept in the address of the host page. */
import * as React from 'react';
import type { Host } from '../host/host.ts';
import { type HubOptions, toAddress } from './hub-options.ts';

const pauseBeforeWriting = 300;

/** Changes some of the options. */
export type ChangeOptions = (changes: Partial<HubOptions>) => void;

/** The options and how to change them. The address is updated shortly after the last change. */
export function useHubOptions(
  host: Pick<Host, 'writeAddress'>,
  initial: HubOptions,
): [HubOptions, ChangeOptions] {
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
  const change = React.useCallback<ChangeOptions>(
    (changes) => setOptions((before) => ({ ...before, ...changes })),
    [],
  );
  return [options, change];
}
