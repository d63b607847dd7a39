/**
 * Versions of the API that will go away. A path names its version; one without a version is the oldest that is
 * supported. A retired version keeps answering for a year, and says so in every answer: `Deprecation` (RFC 9745),
 * `Sunset` (RFC 8594) and links to what comes next.
 */
import type { FastifyInstance } from 'fastify';

/** When a version was deprecated, and when it may stop answering. */
export interface Retirement {
  readonly deprecatedAt: Date;
  /** Not before `deprecatedAt`. */
  readonly sunsetAt: Date;
  /** The version to use instead. */
  readonly successor: ApiVersion;
}

export type ApiVersion = `v${number}`;
export type Retirements = Readonly<Record<ApiVersion, Retirement>>;

/** What a path without a version serves. */
const oldestVersion: ApiVersion = 'v1';

/** None so far. A version goes from here when its routes go. */
export const retirements: Retirements = {};

/**
 * Lets every answer of a retired version say so, refusals included. To be called before `app` listens.
 *
 * @throws RangeError if a version would end before it is deprecated
 */
export function announceRetirements(app: FastifyInstance, retired: Retirements): void {
  const headers = new Map(
    Object.entries(retired).map(([version, retirement]) => [version, headersOf(retirement)]),
  );
  if (headers.size === 0) return;
  app.addHook('onRequest', (request, reply, done) => {
    const announced = headers.get(versionOf(request.routeOptions.url ?? '') ?? '');
    if (announced) reply.headers(announced);
    done();
  });
}

function headersOf({ deprecatedAt, sunsetAt, successor }: Retirement): Record<string, string> {
  if (sunsetAt < deprecatedAt) throw new RangeError('A version must not end before it is deprecated');
  return {
    deprecation: `@${Math.floor(deprecatedAt.getTime() / 1000)}`,
    sunset: sunsetAt.toUTCString(),
    link: `</docs>; rel="deprecation"; type="text/html", </docs#${successor}>; rel="successor-version"`,
  };
}

/** The version that a route serves; undefined where it is no part of a versioned API. */
function versionOf(route: string): ApiVersion | undefined {
  const [, service, version] = /^\/(\w+)\/(?:(v\d+)\/)?\w/.exec(route) ?? [];
  if (service === undefined || unversioned.has(service)) return undefined;
  return (version as ApiVersion | undefined) ?? oldestVersion;
}

/** Probes and documentation. */
const unversioned: ReadonlySet<string> = new Set(['health', 'docs']);
