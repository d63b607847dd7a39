/**
 * The paths of each API. The versioned path comes first and is the one to use; the others serve the oldest
 * supported version, for callers that know them from the specification.
 */

/** The three lookups: build to deployments, deployment to builds, payload to builds. */
export const apiNames = ['b2d', 'd2b', 'p2b'] as const;
export type ApiName = (typeof apiNames)[number];

/** Every path of an API; the first is the canonical one. */
export const apiPaths: Readonly<Record<ApiName, readonly [canonical: string, ...others: string[]]>> = {
  b2d: ['/b2d/v1/build2deployments', '/b2d/build2deployments', '/b2d/deployments'],
  d2b: ['/d2b/v1/deployment2build', '/d2b/deployment2build', '/d2b/builds'],
  p2b: ['/p2b/v1/builds', '/p2b/builds'],
};

/** Where the web hooks of Azure DevOps deliver. */
export const webhookPath = '/hooks/v1/events';
