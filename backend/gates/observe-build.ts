/** Looks at a build the way the B2D route does, and gives what a wait can use. */
import type { Build2Deployment } from '../../api/contract.ts';
import type { BuildKey } from '../../api/keys.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { KustoError } from '../../kusto/client/errors.ts';
import type { Observation } from '../../wait/progress.ts';
import { build2Deployment } from '../lookups/build-to-deployments.ts';

/** Nobody looks at a page while a gate asks, so it may take longer than a lookup. */
const timeoutMs = 5_000;

/** One look. Kusto's absence is an observation; a defect of ours is thrown. */
export async function observeBuild(
  kusto: KustoClient,
  build: BuildKey,
  traceId: string,
): Promise<Observation> {
  try {
    const parameters = build2Deployment.kustoParameters(build);
    const rows = await kusto.query(build2Deployment.text, parameters, {
      interactive: true,
      traceId,
      timeoutMs,
    });
    const answer = build2Deployment.answer(build, rows);
    switch (answer.kind) {
      case 'unknown':
        return { kind: 'unknownBuild', message: answer.details?.[0]?.message ?? answer.message };
      case 'none':
        return { kind: 'deployments', deployments: [] };
      case 'found':
        return {
          kind: 'deployments',
          deployments: (JSON.parse(answer.body) as Build2Deployment).Deployments,
        };
    }
  } catch (error) {
    if (!(error instanceof KustoError) || error.kind === 'defect') throw error;
    const retryAfterMs = error.retryAfterSeconds === undefined ? undefined : error.retryAfterSeconds * 1_000;
    return {
      kind: 'away',
      message: 'its data cannot be reached',
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
  }
}
