/** The options of the hub, kept in the address of the host page. */
import * as React from 'react';
import type { Host } from '../host/host.ts';
import { useWrittenAddress } from '../host/use-written-address.ts';
import { type HubOptions, toAddress } from './hub-options.ts';

/** Changes some of the options. */
export type ChangeOptions = (changes: Partial<HubOptions>) => void;

/** The options and how to change them. The address is updated shortly after the last change. */
export function useHubOptions(
  host: Pick<Host, 'writeAddress'>,
  initial: HubOptions,
): [HubOptions, ChangeOptions] {
  const [options, setOptions] = React.useState(initial);
  useWrittenAddress(host, toAddress(options));
  const change = React.useCallback<ChangeOptions>(
    (changes) => setOptions((before) => ({ ...before, ...changes })),
    [],
  );
  return [options, change];
}
