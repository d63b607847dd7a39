/** D2B: the builds that a deployment deployed. */
import type { Deployment2Build } from '../../api/contract.ts';
import type { DeploymentKey } from '../../api/keys.ts';
import { type KnownSource, readDeploymentKey } from '../../api/parameters.ts';
import { getDeployment2Build } from '../../kusto/client/functions.ts';
import { type Row, timeOf } from '../../kusto/client/rows.ts';
import { buildOf, buildsIn, projectsOf } from './builds.ts';
import type { Lookup } from './lookup.ts';
import { unknownDeployment } from './unknown-deployment.ts';

/** Mappings arrive up to a day after the events of a deployment. */
const mappingDelayMs = 24 * 60 * 60_000;

export const deployment2Build: Lookup<KnownSource<DeploymentKey>, Deployment2Build> = {
  name: 'd2b',
  warmUp: getDeployment2Build.call({ DeploymentSource: 'expressv2', DeploymentId: '-' }),
  read: readDeploymentKey,
  cacheKey: ({ source, id }) => `${source}-${id}`,
  call: ({ source, id }) => getDeployment2Build.call({ DeploymentSource: source, DeploymentId: id }),
  partOf: buildsIn,
  result({ source, id }, findings) {
    switch (findings.kind) {
      case 'found': {
        const body = { DeploymentSource: source, DeploymentId: id, Builds: findings.rows.map(buildOf) };
        const mayGrowUntil = lastMappingOf(findings.row);
        return { kind: 'found', body, mayGrowUntil, projects: projectsOf(body.Builds) };
      }
      case 'none':
        return {
          kind: 'none',
          reason: `No builds are found for DeploymentId ${id} from DeploymentSource ${source}`,
        };
      case 'unknown':
        return unknownDeployment({ source, id });
    }
  },
};

/** When the last mapping may arrive; a deployment without times may always get one. */
function lastMappingOf(row: Row): Date {
  const lastUpdate = timeOf(row, 'LastUpdatedTime');
  return lastUpdate === null ? new Date(8.64e15) : new Date(Date.parse(lastUpdate) + mappingDelayMs);
}
