/**
 * The paths of each API. The versioned path comes first and is the one to use; the others serve the oldest
 * supported version, for callers that know them from the specification.
 */

/** The APIs, each of which a host may serve alone: build to deployments, deployment to builds, payload to builds. */
export const apiNames = ['b2d', 'd2b', 'p2b'] as const;
export type ApiName = (typeof apiNames)[number];

/** What can be looked up: the three, and, as a part of B2D, the entities of a deployment. */
export const lookupNames = [...apiNames, 'entities'] as const;
export type LookupName = (typeof lookupNames)[number];

/** The API that a lookup is a part of. */
export function apiOf(lookup: LookupName): ApiName {
  return lookup === 'entities' ? 'b2d' : lookup;
}

/** Every path of a lookup; the first is the canonical one. */
export const apiPaths: Readonly<Record<LookupName, readonly [canonical: string, ...others: string[]]>> = {
  b2d: ['/b2d/v1/build2deployments', '/b2d/build2deployments', '/b2d/deployments'],
  d2b: ['/d2b/v1/deployment2build', '/d2b/deployment2build', '/d2b/builds'],
  p2b: ['/p2b/v1/builds', '/p2b/builds'],
  entities: ['/b2d/v1/entities'],
};

/** Where the web hooks of Azure DevOps deliver. */
export const webhookPath = '/hooks/v1/events';
