/** Gives a wait the result of the B2D lookup, as an observation. */
import { type DeploymentEntities, deploymentSources } from '../../api/contract.ts';
import type { BuildKey, EntitiesQuery } from '../../api/keys.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { KustoError } from '../../kusto/client/errors.ts';
import { FailedEntitiesReader } from '../../wait/failed-entities.ts';
import type { Observation } from '../../wait/progress.ts';
import { build2Deployment } from '../lookups/build-to-deployments.ts';
import { beginning } from '../lookups/continuation-token.ts';
import { entitiesOfDeployment } from '../lookups/entities.ts';
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
      case 'found': {
        const { Deployments: deployments } = result.body;
        const failed = new FailedEntitiesReader((query) => readEntities(kusto, query, options));
        return { kind: 'deployments', deployments, failedEntities: await failed.read(deployments) };
      }
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

/** The first page alone: agentless tasks name a few entities, and list none. */
async function readEntities(
  kusto: KustoClient,
  { source: given, id, states = [], top = 1 }: EntitiesQuery,
  options: Pick<LookupOptions, 'traceId' | 'interactive'>,
): Promise<DeploymentEntities | undefined> {
  const source = deploymentSources.find((known) => known === given);
  if (source === undefined) return undefined;
  const key = { source, id, states, type: undefined, top, continuationToken: undefined, after: beginning };
  try {
    const result = await lookUp(kusto, entitiesOfDeployment, key, { ...options, timeoutMs });
    if (result.kind !== 'found') return undefined;
    const { ContinuationToken: _more, ...page } = result.body;
    return page;
  } catch (error) {
    if (error instanceof KustoError && error.kind !== 'defect') return undefined;
    throw error;
  }
}
