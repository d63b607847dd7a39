/** D2B: the builds that a deployment deployed. */
import type { Deployment2Build } from '../../api/contract.ts';
import type { DeploymentKey } from '../../api/keys.ts';
import { readDeploymentKey } from '../../api/parameters.ts';
import { found } from './answer.ts';
import { buildsOf } from './builds.ts';
import type { Lookup } from './lookup.ts';

export const deployment2Build: Lookup<DeploymentKey> = {
  api: 'd2b',
  text: `declare query_parameters(DeploymentSource: string, DeploymentId: string);
GetDeployment2Build_v1(DeploymentSource, DeploymentId)`,
  warmUp: { DeploymentSource: 'expressv2', DeploymentId: '-' },
  read: readDeploymentKey,
  cacheKey: ({ source, id }) => `${source}-${id}`,
  kustoParameters: ({ source, id }) => ({
    DeploymentSource: source,
    DeploymentId: id,
  }),
  answer({ source, id }, rows) {
    const deployment = `DeploymentId ${id} from DeploymentSource ${source}`;
    if (rows.length === 0) return { kind: 'unknown', message: `${deployment} is not found` };
    const builds = buildsOf(rows);
    if (builds.length === 0) return { kind: 'none', reason: `No builds are found for ${deployment}` };
    const body: Deployment2Build = {
      DeploymentSource: source,
      DeploymentId: id,
      Builds: builds,
    };
    return found(body);
  },
};
