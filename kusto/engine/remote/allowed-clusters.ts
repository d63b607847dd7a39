/**
 * The clusters that queries may read. A query comes from whoever may ask this engine, so what it names is fetched only
 * from a list that the operator gave, and only from this machine.
 */
import { isLoopback } from '../../../net/loopback.ts';

/** A cluster that queries may read. */
export interface AllowedCluster {
  /** Its origin, such as `http://127.0.0.1:7101`. */
  readonly url: string;
  /** Sent as the bearer token, if given. */
  readonly token?: string;
}

/** An address that queries may not be allowed to read; the message says why. */
export class AllowedClusterError extends Error {
  override readonly name = 'AllowedClusterError';
}

/**
 * The clusters by their origin.
 *
 * @throws AllowedClusterError for an address that is not an origin on this machine
 */
export function allowedClusters(clusters: readonly AllowedCluster[]): ReadonlyMap<string, AllowedCluster> {
  return new Map(clusters.map((cluster) => [checkedOrigin(cluster.url), cluster]));
}

/** The origin of a cluster as a query names it; undefined where it is not an address over http. */
export function originOf(name: string): string | undefined {
  const url = URL.canParse(name) ? new URL(name) : undefined;
  const isOrigin = url !== undefined && url.pathname === '/' && url.search === '' && url.hash === '';
  const isPlain = isOrigin && url.username === '' && url.password === '';
  return isPlain && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}

function checkedOrigin(url: string): string {
  const origin = originOf(url);
  if (origin === undefined || !isLoopback(new URL(origin).hostname)) {
    throw new AllowedClusterError(
      `'${url}' is not the address of an engine on this machine, such as http://127.0.0.1:7101`,
    );
  }
  return origin;
}
