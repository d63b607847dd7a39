/** Gives a wait the results of the B2D lookup, as observations. */
import { type DeploymentEntities, deploymentSources } from '../../api/contract.ts';
import type { BuildKey, EntitiesQuery } from '../../api/keys.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { KustoError } from '../../kusto/client/errors.ts';
import { FailedEntitiesReader } from '../../wait/failed-entities.ts';
import { passesFilters } from '../../wait/filters.ts';
import type { Observation } from '../../wait/progress.ts';
import { build2Deployment } from '../lookups/build-to-deployments.ts';
import { beginning, entitiesOfDeployment } from '../lookups/entities.ts';
import { type LookupOptions, lookUp } from '../lookups/lookup.ts';
import type { WaitRequest } from './wait-request.ts';

/** A gate has more time than a page with somebody in front of it. */
const timeoutMs = 5_000;

export type ObserveOptions = Pick<LookupOptions, 'traceId' | 'interactive'>;

/**
 * Returns a function that looks at a build once, and remembers the failed entities of deployments that do not change;
 * of deployments that the criteria exclude it reads none. An outage of Kusto is an observation too.
 *
 * @throws KustoError (the returned function) for a defect of ours
 */
export function createBuildObserver(
  kusto: KustoClient,
  { build, criteria }: Pick<WaitRequest, 'build' | 'criteria'>,
): (options: ObserveOptions) => Promise<Observation> {
  let now: ObserveOptions = { traceId: '' };
  const failed = new FailedEntitiesReader(
    (query) => readEntities(kusto, query, now),
    (deployment) => passesFilters(criteria, deployment),
  );
  return (options) => {
    now = options;
    return observe(kusto, build, failed, options);
  };
}

async function observe(
  kusto: KustoClient,
  build: BuildKey,
  failed: FailedEntitiesReader,
  options: ObserveOptions,
): Promise<Observation> {
  try {
    const result = await lookUp(kusto, build2Deployment, build, { ...options, timeoutMs });
    switch (result.kind) {
      case 'unknown':
        return { kind: 'unknownBuild', message: result.details?.[0]?.message ?? result.message };
      case 'none':
      case 'invalid':
        return { kind: 'deployments', deployments: [] };
      case 'found': {
        const { Deployments: deployments } = result.body;
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
  options: ObserveOptions,
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
