/** The view options, kept in the address of the host page. */
import * as React from 'react';
import type { Host } from '../host/host.ts';
import { useWrittenAddress } from '../host/use-written-address.ts';
import { toAddress, type ViewOptions } from './view-options.ts';

/** The options and their setter, as with `useState`. The address is updated shortly after the last change. */
export function useViewOptions(
  host: Host,
  initial: ViewOptions,
): [ViewOptions, (options: ViewOptions) => void] {
  const [options, setOptions] = React.useState(initial);
  useWrittenAddress(host, toAddress(options));
  return [options, setOptions];
}
