/**
 * The paths of each API. The versioned path comes first and is the one to use; the others serve the oldest
 * supported version, for callers that know them from the specification.
 */

/**
 * The APIs, each of which a host may serve alone: build to deployments, deployment to builds, payload to builds, and
 * where everything is.
 */
export const apiNames = ['b2d', 'd2b', 'p2b', 'introspection'] as const;
export type ApiName = (typeof apiNames)[number];

/** The lookups of builds, deployments and payloads; entities are a part of B2D. */
export const buildLookupNames = ['b2d', 'd2b', 'p2b', 'entities'] as const;
export type BuildLookupName = (typeof buildLookupNames)[number];

/** Every path of a lookup; the first is the canonical one. Those of introspection: `introspection/paths.ts`. */
export const apiPaths: Readonly<Record<BuildLookupName, readonly [canonical: string, ...others: string[]]>> =
  {
    b2d: ['/b2d/v1/build2deployments', '/b2d/build2deployments', '/b2d/deployments'],
    d2b: ['/d2b/v1/deployment2build', '/d2b/deployment2build', '/d2b/builds'],
    p2b: ['/p2b/v1/builds', '/p2b/builds'],
    entities: ['/b2d/v1/entities'],
  };

/** Where the web hooks of Azure DevOps deliver. */
export const webhookPath = '/hooks/v1/events';
