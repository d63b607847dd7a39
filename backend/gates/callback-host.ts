/**
 * Which addresses may be called back. A request names the address itself and brings a token for it, so the
 * list stands between this service and being sent to any place that somebody writes into a header.
 */
import { isSafeForTokens } from '../../net/loopback.ts';

/** Azure DevOps Services. `*.` stands for any number of names before. */
export const defaultCallbackHosts: readonly string[] = ['dev.azure.com', '*.visualstudio.com'];

/** The address without a slash at the end, or undefined where it must not be called. */
export function allowedCallback(address: string, hosts: readonly string[]): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!isSafeForTokens(url)) return undefined;
  const { hostname, username, password, origin, pathname } = url;
  if (username !== '' || password !== '') return undefined;
  if (!hosts.some((host) => isHost(hostname, host.toLowerCase()))) return undefined;
  return origin + pathname.replace(/\/+$/, '');
}

function isHost(hostname: string, allowed: string): boolean {
  return allowed.startsWith('*.') ? hostname.endsWith(allowed.slice(1)) : hostname === allowed;
}
