/** B2D: the deployments of a build. */
import type { Build2Deployment, Deployment, Payload } from '../../api/contract.ts';
import type { BuildKey } from '../../api/keys.ts';
import { readBuildKey } from '../../api/parameters.ts';
import { objectsOf, type Row, textOf, timeOf } from '../../kusto/client/rows.ts';
import { found } from './answer.ts';
import type { Lookup } from './lookup.ts';

/** What the contract's required times say where no event has one. */
const neverRecorded = '0001-01-01T00:00:00.0000000Z';

export const build2Deployment: Lookup<BuildKey> = {
  api: 'b2d',
  text: `declare query_parameters(AdoOrganizationName: string, AdoProjectId: string, AdoBuildId: string);
GetBuild2Deployment_v1(AdoOrganizationName, AdoProjectId, AdoBuildId)`,
  warmUp: { AdoOrganizationName: '-', AdoProjectId: '-', AdoBuildId: '0' },
  read: readBuildKey,
  cacheKey: ({ organization, project, buildId }) => `${organization}/${project}/${buildId}`,
  kustoParameters: ({ organization, project, buildId }) => ({
    AdoOrganizationName: organization,
    AdoProjectId: project,
    AdoBuildId: String(buildId),
  }),
  answer({ organization, project, buildId }, rows) {
    const build = `build ${buildId} of project ${project} in organization ${organization}`;
    if (rows.length === 0) {
      const message = `Nothing is known of ${build}.`;
      return { kind: 'unknown', message: 'Not Found', details: [{ target: 'adoBuildId', message }] };
    }
    const deployments = rows.filter((row) => textOf(row, 'DeploymentId') !== '');
    if (deployments.length === 0) return { kind: 'none', reason: `No deployments are found for ${build}` };
    const body: Build2Deployment = {
      ADOOrganizationName: organization,
      ADOProjectId: project,
      ADOBuildId: buildId,
      Deployments: deployments.map(deployment),
    };
    return found(body);
  },
};

function deployment(row: Row): Deployment {
  const lastUpdate = timeOf(row, 'LastUpdatedTime') ?? neverRecorded;
  const metadata = textOf(row, 'MetaData');
  return {
    Id: textOf(row, 'DeploymentId'),
    // What has not been started has no start: the last that was heard of it stands in.
    StartTime: timeOf(row, 'StartTime') ?? lastUpdate,
    EndTime: timeOf(row, 'EndTime'),
    DeploymentUrl: textOf(row, 'DeploymentUrl'),
    Source: textOf(row, 'Source'),
    ChangeOwner: textOf(row, 'ChangeOwner'),
    ChangeOwnerType: textOf(row, 'ChangeOwnerType'),
    ChangeState: textOf(row, 'ChangeState'),
    Payloads: objectsOf(row, 'Payloads').map(payload),
    LastUpdateTime: lastUpdate,
    ...(metadata !== '' && { Metadata: metadata }),
  };
}

function payload(row: Row): Payload {
  return { Id: textOf(row, 'Id'), ProgressionLink: textOf(row, 'ProgressionLink') };
}
