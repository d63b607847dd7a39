/**
 * A Kusto that knows a few builds: which deployments and payloads carry which. The ids say what they are about; the
 * same words name deployments and payloads.
 */
import { answerOf, type ReceivedQuery } from '../engine/kusto-proxy.ts';

export const own = '00000000-0000-4000-8000-000000000001';
export const foreign = '00000000-0000-4000-8000-000000000002';
export const unmapped = '00000000-0000-4000-8000-000000000003';
export const organization = 'contoso';

/** The builds of a deployment or payload, as `project/build`; empty where there are none. */
export type Table = Readonly<Record<string, readonly string[]>>;

export const usualTable: Table = {
  own: [`${own}/1`],
  foreign: [`${foreign}/2`],
  shared: [`${own}/1`, `${foreign}/2`],
  without: [],
};

/** Build ids: 1 has a deployment, 2 has one, 3 has none; all others are unknown. */
const deployed = ['1', '2'];
const known = [...deployed, '3'];

/** Answers the functions of the lookups. */
export function kustoOf(table: Table): (query: ReceivedQuery) => string {
  return ({ text, parameters }) => {
    const parameter = (name: string): string => String(parameters[name] ?? '').replace(/^["']|["']$/g, '');
    if (text.includes('GetBuild2Deployment_v1')) {
      const id = parameter('AdoBuildId');
      if (!known.includes(id)) return answerOf(['Found'], []);
      return answerOf(['Found', 'DeploymentId', 'Source'], [[deployed.includes(id), 'd', 'expressv2']]);
    }
    const id = text.includes('GetPayload2Build_v1') ? parameter('PayloadId') : parameter('DeploymentId');
    const builds = table[id];
    if (text.includes('GetDeploymentEntitiesPage_v1')) return entitiesAnswer(builds);
    const columns = ['Found', 'OrganizationName', 'ProjectId', 'Id', 'Url', 'Payload'];
    if (!builds) return answerOf(columns, []);
    if (builds.length === 0) return answerOf(columns, [[false, '', '', '', '', id]]);
    return answerOf(
      columns,
      builds.map((build) => {
        const [project, buildId] = build.split('/');
        return [true, organization, project, buildId, 'https://example.com', id];
      }),
    );
  };
}

function entitiesAnswer(builds: readonly string[] | undefined): string {
  const columns = ['Found', 'State', 'Builds', 'Payloads', 'EntityId', 'Payload'];
  if (!builds) return answerOf(columns, []);
  const payloads = builds.map((build) => `payload-${build.split('/')[1]}`);
  const named = builds.map((build, index) => ({
    OrganizationName: organization,
    ProjectId: build.split('/')[0],
    Payload: payloads[index],
  }));
  const links = payloads.map((Id) => ({ Id, ProgressionLink: `https://example.com/${Id}` }));
  return answerOf(columns, [
    [true, 'succeeded', named, links, '', ''],
    ...payloads.map((payload, index) => [true, 'succeeded', [], [], `region ${index}`, payload]),
  ]);
}
