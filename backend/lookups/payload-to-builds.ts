/** P2B: the builds that made a payload. A known payload whose build is not known has an empty list. */
import type { Payload2Build } from '../../api/contract.ts';
import { type PayloadParameters, readPayloadParameters } from '../../api/parameters.ts';
import { textOf } from '../../kusto/client/rows.ts';
import { found } from './answer.ts';
import { buildsOf } from './builds.ts';
import type { Lookup } from './lookup.ts';

export const payload2Build: Lookup<PayloadParameters> = {
  api: 'p2b',
  text: `declare query_parameters(DeploymentSourceSystem: string, PayloadId: string);
GetPayload2Build_v1(DeploymentSourceSystem, PayloadId)`,
  warmUp: { DeploymentSourceSystem: 'expressv2', PayloadId: '-' },
  read: readPayloadParameters,
  cacheKey: ({ deploymentSource, payload }) => `${deploymentSource}-${payload}`,
  kustoParameters: ({ deploymentSource, payload }) => ({
    DeploymentSourceSystem: deploymentSource,
    PayloadId: payload,
  }),
  answer({ deploymentSource, payload }, rows) {
    const [first] = rows;
    if (!first)
      return {
        kind: 'unknown',
        message: `Payload ${payload} from DeploymentSource ${deploymentSource} is not found`,
      };
    const body: Payload2Build = {
      DeploymentSource: deploymentSource,
      Payload: textOf(first, 'Payload'),
      Builds: buildsOf(rows),
    };
    return found(body);
  },
};
