/** D2B: the builds that a deployment deployed. */
import type { Deployment2Build } from '../../api/contract.ts';
import type { DeploymentKey } from '../../api/keys.ts';
import { readDeploymentKey } from '../../api/parameters.ts';
import { getDeployment2Build } from '../../kusto/client/functions.ts';
import { buildOf } from './builds.ts';
import type { Lookup } from './lookup.ts';

export const deployment2Build: Lookup<DeploymentKey, Deployment2Build> = {
  api: 'd2b',
  warmUp: getDeployment2Build.call({ DeploymentSource: 'expressv2', DeploymentId: '-' }),
  read: readDeploymentKey,
  cacheKey: ({ source, id }) => `${source}-${id}`,
  call: ({ source, id }) => getDeployment2Build.call({ DeploymentSource: source, DeploymentId: id }),
  result({ source, id }, findings) {
    const deployment = `DeploymentId ${id} from DeploymentSource ${source}`;
    switch (findings.kind) {
      case 'found': {
        const body = { DeploymentSource: source, DeploymentId: id, Builds: findings.rows.map(buildOf) };
        return { kind: 'found', body };
      }
      case 'none':
        return { kind: 'none', reason: `No builds are found for ${deployment}` };
      case 'unknown':
        return { kind: 'unknown', message: `${deployment} is not found` };
    }
  },
};
