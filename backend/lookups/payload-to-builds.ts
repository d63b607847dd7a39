/** P2B: the builds that made a payload. A known payload whose build is not known has an empty list. */
import type { Payload2Build } from '../../api/contract.ts';
import type { PayloadKey } from '../../api/keys.ts';
import { readPayloadKey } from '../../api/parameters.ts';
import { textOf } from '../../kusto/client/rows.ts';
import { found } from './answer.ts';
import { buildsOf } from './builds.ts';
import type { Lookup } from './lookup.ts';

export const payload2Build: Lookup<PayloadKey> = {
  api: 'p2b',
  text: `declare query_parameters(DeploymentSourceSystem: string, PayloadId: string);
GetPayload2Build_v1(DeploymentSourceSystem, PayloadId)`,
  warmUp: { DeploymentSourceSystem: 'expressv2', PayloadId: '-' },
  read: readPayloadKey,
  cacheKey: ({ source, payload }) => `${source}-${payload}`,
  kustoParameters: ({ source, payload }) => ({
    DeploymentSourceSystem: source,
    PayloadId: payload,
  }),
  answer({ source, payload }, rows) {
    const [first] = rows;
    if (!first)
      return {
        kind: 'unknown',
        message: `Payload ${payload} from DeploymentSource ${source} is not found`,
      };
    const body: Payload2Build = {
      DeploymentSource: source,
      Payload: textOf(first, 'Payload'),
      Builds: buildsOf(rows),
    };
    return found(body);
  },
};
