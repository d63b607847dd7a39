/**
 * Decides which addresses may be called back. A request names the address and brings the token for it: without a
 * list of hosts, anybody could have this service call any address, inside its network too.
 */
import { isLoopback, isSafeForTokens } from '../../net/loopback.ts';
import { withoutTrailingSlashes } from '../../net/trailing-slashes.ts';

/** The hosts of Azure DevOps Services. `*.` stands for any subdomain. */
export const defaultCallbackHosts: readonly string[] = ['dev.azure.com', '*.visualstudio.com'];

/**
 * The address without a slash at the end, or undefined if it must not be called: only https on port 443, and only
 * hosts on the list. This machine may be called on any port, if the list names it.
 */
export function allowedCallback(address: string, hosts: readonly string[]): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!isSafeForTokens(url)) return undefined;
  const { hostname, port, username, password, origin, pathname } = url;
  if (username !== '' || password !== '') return undefined;
  if (port !== '' && !isLoopback(hostname)) return undefined;
  if (!hosts.some((host) => isHost(hostname, host.toLowerCase()))) return undefined;
  return origin + withoutTrailingSlashes(pathname);
}

function isHost(hostname: string, allowed: string): boolean {
  return allowed.startsWith('*.') ? hostname.endsWith(allowed.slice(1)) : hostname === allowed;
}
