/** P2B: the builds that made a payload. A known payload whose build is not known has an empty list. */
import type { Payload2Build } from '../../api/contract.ts';
import { payloadForms } from '../../api/identifier-forms.ts';
import type { PayloadKey } from '../../api/keys.ts';
import { type KnownSource, readPayloadKey } from '../../api/parameters.ts';
import { getPayload2Build } from '../../kusto/client/functions.ts';
import { type Row, textOf } from '../../kusto/client/rows.ts';
import { buildOf, buildsIn, projectsOf } from './builds.ts';
import type { Lookup } from './lookup.ts';

export const payload2Build: Lookup<KnownSource<PayloadKey>, Payload2Build> = {
  name: 'p2b',
  warmUp: getPayload2Build.call({ DeploymentSourceSystem: 'expressv2', PayloadId: '-' }),
  read: readPayloadKey,
  cacheKey: ({ source, payload }) => `${source}-${payload}`,
  call: ({ source, payload }) =>
    getPayload2Build.call({ DeploymentSourceSystem: source, PayloadId: payload }),
  partOf: buildsIn,
  result({ source, payload }, findings) {
    switch (findings.kind) {
      case 'found': {
        const body = bodyOf(source, findings.row, findings.rows);
        return { kind: 'found', body, projects: projectsOf(body.Builds) };
      }
      case 'none':
        return { kind: 'found', body: bodyOf(source, findings.row, []) };
      case 'unknown':
        return {
          kind: 'unknown',
          message: `Payload ${payload} from DeploymentSource ${source} is not found`,
          details: [
            {
              target: 'payload',
              message: `There is no record of payload ${payload} of ${source}. A payload usually is ${payloadForms[source]}.`,
            },
          ],
        };
    }
  },
};

/** Every row has the payload in its standardised form. */
function bodyOf(source: string, row: Row, builds: readonly Row[]): Payload2Build {
  return { DeploymentSource: source, Payload: textOf(row, 'Payload'), Builds: builds.map(buildOf) };
}
