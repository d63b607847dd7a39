/** Gives a wait the result of the B2D lookup, as an observation. */
import type { BuildKey } from '../../api/keys.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { KustoError } from '../../kusto/client/errors.ts';
import type { Observation } from '../../wait/progress.ts';
import { build2Deployment } from '../lookups/build-to-deployments.ts';
import { type LookupOptions, lookUp } from '../lookups/lookup.ts';

/** A gate has more time than a page with somebody in front of it. */
const timeoutMs = 5_000;

/** Looks at a build once. An outage of Kusto is an observation too. @throws KustoError for a defect of ours */
export async function observeBuild(
  kusto: KustoClient,
  build: BuildKey,
  options: Pick<LookupOptions, 'traceId' | 'interactive'>,
): Promise<Observation> {
  try {
    const result = await lookUp(kusto, build2Deployment, build, { ...options, timeoutMs });
    switch (result.kind) {
      case 'unknown':
        return { kind: 'unknownBuild', message: result.details?.[0]?.message ?? result.message };
      case 'none':
        return { kind: 'deployments', deployments: [] };
      case 'found':
        return { kind: 'deployments', deployments: result.body.Deployments };
    }
  } catch (error) {
    if (!(error instanceof KustoError) || error.kind === 'defect') throw error;
    const retryAfterMs = error.retryAfterSeconds === undefined ? undefined : error.retryAfterSeconds * 1_000;
    return {
      kind: 'away',
      problem: 'uselessAnswer',
      message: 'its data cannot be reached',
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
  }
}
