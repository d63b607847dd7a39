/** Gets all entities of a deployment, page after page. */
import type { DeploymentsClient, LookupAnswer } from '../../api/client.ts';
import type { DeploymentEntities } from '../../api/contract.ts';
import type { DeploymentKey } from '../../api/keys.ts';

const pageSize = 5_000;

/** The first answer, with the entities of all pages. @throws ClientError */
export async function allEntities(
  client: DeploymentsClient,
  deployment: DeploymentKey,
  signal: AbortSignal,
): Promise<LookupAnswer<DeploymentEntities>> {
  const first = await client.getEntities({ ...deployment, top: pageSize }, { signal });
  if (first.kind !== 'found') return first;
  const { ContinuationToken: begun, ...body } = first.body;
  const entities = [...body.Entities];
  let continuationToken = begun;
  while (continuationToken !== undefined) {
    const page = await client.getEntities({ ...deployment, top: pageSize, continuationToken }, { signal });
    if (page.kind !== 'found') break;
    entities.push(...page.body.Entities);
    continuationToken = page.body.ContinuationToken;
  }
  return { ...first, body: { ...body, Entities: entities } };
}
