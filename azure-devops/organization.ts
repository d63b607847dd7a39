/**
 * An Azure DevOps organization (or a collection of Azure DevOps Server) as people write it: its name or its
 * URL. A token is only ever sent over https, except to this machine.
 */

import { isSafeForTokens } from '../net/loopback.ts';

export interface Organization {
  /** As the service's own events name it, such as `contoso`. */
  readonly name: string;
  /** Where its REST API begins, without a slash at the end. */
  readonly url: string;
}

/** What was written is no organization; the message says what would be. */
export class InvalidOrganization extends Error {
  override readonly name = 'InvalidOrganization';
}

const expected =
  'expected a name such as contoso, or a URL such as https://dev.azure.com/contoso or https://contoso.visualstudio.com';

/** Reads a name or a URL. @throws InvalidOrganization */
export function parseOrganization(text: string): Organization {
  const written = text.trim();
  if (/^[\p{L}\p{N}][\p{L}\p{N}-]*$/u.test(written)) {
    return { name: written, url: `https://dev.azure.com/${encodeURIComponent(written)}` };
  }
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined) throw new InvalidOrganization(expected);
  if (url.username !== '' || url.password !== '') {
    throw new InvalidOrganization('the URL must not hold credentials: they belong into the environment');
  }
  if (!isSafeForTokens(url)) {
    throw new InvalidOrganization('the URL must begin with https://: a token is sent to it');
  }
  const path = url.pathname.replace(/\/+$/, '');
  const name = nameInUrl(url.hostname, path);
  if (name === undefined) throw new InvalidOrganization(expected);
  return { name, url: `${url.origin}${path}` };
}

function nameInUrl(host: string, path: string): string | undefined {
  const older = /^([^.]+)\.visualstudio\.com$/i.exec(host)?.[1];
  if (older !== undefined) return older;
  const segments = path.split('/').filter((segment) => segment !== '');
  if (host === 'dev.azure.com' && segments.length !== 1) return undefined;
  const last = segments.at(-1);
  return last === undefined ? undefined : decodeURIComponent(last);
}
