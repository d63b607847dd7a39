/** D2B: the builds that a deployment deployed. */
import type { Deployment2Build } from '../../api/contract.ts';
import { type DeploymentParameters, readDeploymentParameters } from '../../api/parameters.ts';
import { found } from './answer.ts';
import { buildsOf } from './builds.ts';
import type { Lookup } from './lookup.ts';

export const deployment2Build: Lookup<DeploymentParameters> = {
  api: 'd2b',
  text: `declare query_parameters(DeploymentSource: string, DeploymentId: string);
GetDeployment2Build_v1(DeploymentSource, DeploymentId)`,
  warmUp: { DeploymentSource: 'expressv2', DeploymentId: '-' },
  read: readDeploymentParameters,
  cacheKey: ({ deploymentSource, deploymentId }) => `${deploymentSource}-${deploymentId}`,
  kustoParameters: ({ deploymentSource, deploymentId }) => ({
    DeploymentSource: deploymentSource,
    DeploymentId: deploymentId,
  }),
  answer({ deploymentSource, deploymentId }, rows) {
    const deployment = `DeploymentId ${deploymentId} from DeploymentSource ${deploymentSource}`;
    if (rows.length === 0) return { kind: 'unknown', message: `${deployment} is not found` };
    const builds = buildsOf(rows);
    if (builds.length === 0) return { kind: 'none', reason: `No builds are found for ${deployment}` };
    const body: Deployment2Build = {
      DeploymentSource: deploymentSource,
      DeploymentId: deploymentId,
      Builds: builds,
    };
    return found(body);
  },
};
