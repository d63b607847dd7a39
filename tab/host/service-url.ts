/** Which URLs can be those of a Deployments service. Also used by the script that writes one into the package. */
import { isSafeForTokens } from '../../net/loopback.ts';
import { withoutTrailingSlashes } from '../../net/trailing-slashes.ts';

/**
 * The URL of a service without its trailing slash, or undefined if it is not valid. It must be https, except on this
 * machine, and have no query, fragment or credentials.
 */
export function parseServiceUrl(text: unknown): string | undefined {
  if (typeof text !== 'string' || !URL.canParse(text.trim())) return undefined;
  const url = new URL(text.trim());
  if (!isSafeForTokens(url) || url.search || url.hash || url.username || url.password) return undefined;
  return withoutTrailingSlashes(url.href);
}
