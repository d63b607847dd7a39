/** What the API says of deployments of AzDeployer and Pilotfish, told apart even where their payloads are equal. */
import type { Build2Deployment, Deployment2Build, Payload2Build } from '../../../api/contract.ts';
import {
  azDeployerAudit,
  buildDrop,
  clusterProgress,
  guidOf,
  pilotfishAudit,
} from '../../../kusto/demo/events.ts';
import { startTestApp } from '../../support/backend.ts';
import { type DataLayer, databaseName, startDataLayer } from '../../support/engine/data-layer.ts';

let layer: DataLayer;
let api: Awaited<ReturnType<typeof startTestApp>>;

const began = new Date('2026-03-01T08:00:00Z');
const done = [{ entity: 'one', state: 'Completed', start: began, end: began, modified: began }];
const build = (id: number) => ({ organization: 'contoso', project: guidOf('project'), id });
const drop = (version: string) => ({ branch: 'rd_main', version });
/** AzDeployer's build and Pilotfish's build have this payload in common. */
const shared = 'fabric;rd_main;9.1=9.1';

beforeAll(async () => {
  layer = await startDataLayer();
  api = await startTestApp(layer.url, databaseName, {}, 30_000);
  await layer.tell(
    buildDrop(build(41), drop('9.1')),
    azDeployerAudit('7001', [shared], drop('9.1'), began),
    clusterProgress('AzDeployer', '7001', shared, done),
    buildDrop(build(42), drop('9.2')),
    pilotfishAudit('20260301-080000-a_1', [{ payload: shared, drop: drop('9.2') }], began),
    clusterProgress('Pilotfish', '20260301-080000-a_1', shared, done),
  );
});
afterAll(async () => {
  await api.close();
  await layer.stop();
});

async function get<Body>(path: string, parameters: Record<string, string>): Promise<Body> {
  const response = await fetch(`${api.url}${path}?${new URLSearchParams(parameters)}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Body;
}

async function deploymentsOf(id: number): Promise<Build2Deployment['Deployments']> {
  const { organization, project } = build(id);
  const { Deployments } = await get<Build2Deployment>('/b2d/v1/build2deployments', {
    adoOrganizationName: organization,
    adoProjectId: project,
    adoBuildId: String(id),
  });
  return Deployments;
}

test('a deployment of AzDeployer has its link, and the team that owns it', async () => {
  expect(await deploymentsOf(41)).toMatchObject([
    {
      Id: '7001',
      Source: 'azdeployer',
      DeploymentUrl: 'https://azdeployer.trafficmanager.net/release/7001',
      ChangeOwner: 'Azure Fabric Deployment',
      ChangeOwnerType: 'ICMTeam',
    },
  ]);
});

test('a deployment of Pilotfish has the team that owns it', async () => {
  expect(await deploymentsOf(42)).toMatchObject([
    {
      Id: '20260301-080000-a_1',
      Source: 'pilotfish',
      ChangeOwner: 'Xstore Deployment',
      ChangeOwnerType: 'ICMTeam',
    },
  ]);
});

test.each([
  ['azdeployer', '7001', '41'],
  ['pilotfish', '20260301-080000-a_1', '42'],
])('a payload that two orchestrators use leads in %s to its own build only', async (source, id, buildId) => {
  const { Builds } = await get<Deployment2Build>('/d2b/v1/deployment2build', {
    deploymentSource: source,
    deploymentId: id,
  });
  expect(Builds).toMatchObject([{ Id: buildId }]);
  const found = await get<Payload2Build>('/p2b/v1/builds', { deploymentSource: source, payload: shared });
  expect(found.Builds).toMatchObject([{ Id: buildId }]);
});
