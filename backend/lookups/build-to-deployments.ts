/** B2D: the deployments of a build. */
import type { Build2Deployment, Deployment } from '../../api/contract.ts';
import type { BuildKey } from '../../api/keys.ts';
import { readBuildKey } from '../../api/parameters.ts';
import { getBuild2Deployment } from '../../kusto/client/functions.ts';
import { objectsOf, type Row, textOf, timeOf } from '../../kusto/client/rows.ts';
import { neverRecorded, payloadOf, progressOf } from './deployment-parts.ts';
import type { Lookup } from './lookup.ts';

export const build2Deployment: Lookup<BuildKey, Build2Deployment> = {
  name: 'b2d',
  warmUp: getBuild2Deployment.call({ AdoOrganizationName: '-', AdoProjectId: '-', AdoBuildId: '0' }),
  read: readBuildKey,
  cacheKey: ({ organization, project, buildId }) => `${organization}/${project}/${buildId}`,
  call: ({ organization, project, buildId }) =>
    getBuild2Deployment.call({
      AdoOrganizationName: organization,
      AdoProjectId: project,
      AdoBuildId: String(buildId),
    }),
  projectOf: (key) => key,
  result({ organization, project, buildId }, findings) {
    const build = `build ${buildId} of project ${project} in organization ${organization}`;
    switch (findings.kind) {
      case 'found':
        return {
          kind: 'found',
          body: {
            ADOOrganizationName: organization,
            ADOProjectId: project,
            ADOBuildId: buildId,
            Deployments: findings.rows.map(deploymentOf),
          },
        };
      case 'none':
        return { kind: 'none', reason: `No deployments are found for ${build}` };
      case 'unknown': {
        const message = `There is no record of ${build}.`;
        return { kind: 'unknown', message: 'Not Found', details: [{ target: 'adoBuildId', message }] };
      }
    }
  },
};

function deploymentOf(row: Row): Deployment {
  const lastUpdate = timeOf(row, 'LastUpdatedTime') ?? neverRecorded;
  const metadata = textOf(row, 'MetaData');
  const entityType = textOf(row, 'EntityType');
  return {
    Id: textOf(row, 'DeploymentId'),
    // A deployment that has not started has no start: its last update stands in.
    StartTime: timeOf(row, 'StartTime') ?? lastUpdate,
    EndTime: timeOf(row, 'EndTime'),
    DeploymentUrl: textOf(row, 'DeploymentUrl'),
    Source: textOf(row, 'Source'),
    ChangeOwner: textOf(row, 'ChangeOwner'),
    ChangeOwnerType: textOf(row, 'ChangeOwnerType'),
    State: textOf(row, 'State'),
    ChangeState: textOf(row, 'ChangeState'),
    ...(entityType !== '' && { EntityType: entityType }),
    Progress: progressOf(row),
    Payloads: objectsOf(row, 'Payloads').map(payloadOf),
    LastUpdateTime: lastUpdate,
    ...(metadata !== '' && { Metadata: metadata }),
  };
}
