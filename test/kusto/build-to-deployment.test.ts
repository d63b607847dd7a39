/** B2D in KQL: GetBuild2Deployment_v1 over raw events. */
import { type EntityProgress, ev2Change, ev2Progress, guidOf, together } from '../../kusto/demo/events.ts';
import { type DataLayer, startDataLayer } from '../support/engine/data-layer.ts';

let layer: DataLayer;
let lastId = 1000;

beforeAll(async () => {
  layer = await startDataLayer();
});
afterAll(() => layer.stop());

const at = (time: string) => `2026-03-01T${time}:00.0000000Z`;

/** A build of its own for a test, its payload, and a rollout of it. */
function newBuild() {
  const id = ++lastId;
  const build = { organization: 'contoso', project: guidOf('project'), id };
  const payload = { serviceTreeId: guidOf('service'), serviceGroup: 'Shop', buildNumber: `1.0.${id}` };
  return { build, payload, rollout: guidOf(`rollout ${id}`) };
}

function region(
  entity: string,
  state: string,
  start: string,
  modified: string,
  end?: string,
): EntityProgress {
  return { entity, state, start: at(start), modified: at(modified), ...(end && { end: at(end) }) };
}

test('an unknown build has no row', async () => {
  const { build } = newBuild();
  expect(await layer.build2Deployment(build)).toEqual([]);
});

test('a known build without deployments has one row that says so', async () => {
  const { build, payload, rollout } = newBuild();
  await layer.tell(ev2Change(build, payload, rollout, at('08:00')));
  expect(await layer.build2Deployment(build)).toMatchObject([
    { Found: false, DeploymentId: '', DeploymentUrl: '', StartTime: null },
  ]);
});

test('a deployment has the earliest start and the latest end, and state, owner and update of its latest event', async () => {
  const { build, payload, rollout } = newBuild();
  await layer.tell(
    ev2Change(build, payload, rollout, at('08:00')),
    ev2Progress(payload, rollout, [
      region('eastus', 'Completed', '08:00', '09:00', '08:50'),
      region('westus', 'Failed', '08:30', '10:00', '08:45'),
    ]),
  );
  expect(await layer.build2Deployment(build)).toEqual([
    {
      Found: true,
      DeploymentId: `Shop/${rollout}`,
      DeploymentUrl: `https://ev2portal.azure.net/#/Rollout/Shop/${rollout}?RolloutInfra=Prod`,
      StartTime: expect.stringMatching(/^2026-03-01T08:00:00(\.0+)?Z$/),
      EndTime: expect.stringMatching(/^2026-03-01T08:50:00(\.0+)?Z$/),
      LastUpdatedTime: expect.stringMatching(/^2026-03-01T10:00:00(\.0+)?Z$/),
      ChangeState: 'Failed',
      Source: 'expressv2',
      ChangeOwner: payload.serviceTreeId,
      ChangeOwnerType: 'ServiceId',
      MetaData: '{"RolloutInfra":"Prod"}',
      Payloads: expect.anything(),
    },
  ]);
});

test('an entity counts as its latest event says, whatever order the events come in', async () => {
  const { build, payload, rollout } = newBuild();
  await layer.tell(
    ev2Change(build, payload, rollout, at('08:00')),
    ev2Progress(payload, rollout, [region('eastus', 'Completed', '08:00', '09:00', '09:00')]),
  );
  await layer.ingest(ev2Progress(payload, rollout, [region('eastus', 'InProgress', '08:00', '08:10')]));
  expect(await layer.build2Deployment(build)).toMatchObject([
    { ChangeState: 'Completed', EndTime: expect.stringContaining('T09:00:00') },
  ]);
});

test('while an entity is at work there is no end, and the state is not that of one that is done', async () => {
  const { build, payload, rollout } = newBuild();
  await layer.tell(
    ev2Change(build, payload, rollout, at('08:00')),
    ev2Progress(payload, rollout, [
      region('eastus', 'Completed', '08:00', '09:30', '09:30'),
      region('westus', 'InProgress', '08:00', '09:00'),
    ]),
  );
  expect(await layer.build2Deployment(build)).toMatchObject([
    { ChangeState: 'InProgress', EndTime: null, LastUpdatedTime: expect.stringContaining('T09:30:00') },
  ]);
});

test('a word that nobody knows is no end', async () => {
  const { build, payload, rollout } = newBuild();
  await layer.tell(
    ev2Change(build, payload, rollout, at('08:00')),
    ev2Progress(payload, rollout, [region('eastus', 'Quarantined', '08:00', '09:00', '09:00')]),
  );
  expect(await layer.build2Deployment(build)).toMatchObject([{ ChangeState: 'Quarantined', EndTime: null }]);
});

test('the end of a blocked entity is not the end of the deployment', async () => {
  const { build, payload, rollout } = newBuild();
  await layer.tell(
    ev2Change(build, payload, rollout, at('08:00')),
    ev2Progress(payload, rollout, [
      region('eastus', 'Completed', '08:00', '09:00', '09:00'),
      region('westus', 'Blocked by change freeze', '08:00', '10:00', '10:00'),
    ]),
  );
  expect(await layer.build2Deployment(build)).toMatchObject([
    { ChangeState: 'Blocked by change freeze', EndTime: expect.stringContaining('T09:00:00') },
  ]);
});

test('every payload of the build in a deployment is listed once, in order, with its link', async () => {
  const { build, payload, rollout } = newBuild();
  const second = { ...payload, buildNumber: `${payload.buildNumber} b` };
  await layer.tell(
    ev2Change(build, payload, rollout, at('08:00')),
    ev2Change(build, second, rollout, at('08:00')),
    ...[second, payload].map((one) =>
      ev2Progress(one, rollout, [
        region('eastus', 'Completed', '08:00', '09:00', '09:00'),
        region('westus', 'Completed', '08:00', '09:00', '09:00'),
      ]),
    ),
  );
  const rows = await layer.build2Deployment(build);
  expect(rows).toHaveLength(1);
  const progression = 'https://dataexplorer.azure.com/dashboards/d0357802-00ae-48c7-85a2-5cf02d98de77';
  const dashboard = `${progression}?p-_entityType=all&p-_payload=`;
  expect(rows[0]?.Payloads).toEqual([
    {
      Id: `${payload.serviceTreeId}/shop=${payload.buildNumber}`,
      ProgressionLink: `${dashboard}${payload.serviceTreeId}%2fshop%3d${payload.buildNumber}#84c6c83e-687d-44a3-a599-110f700efce7`,
    },
    {
      Id: `${payload.serviceTreeId}/shop=${second.buildNumber}`,
      ProgressionLink: `${dashboard}${payload.serviceTreeId}%2fshop%3d${payload.buildNumber}+b#84c6c83e-687d-44a3-a599-110f700efce7`,
    },
  ]);
});

test('the newest start comes first, then the id', async () => {
  const { build, payload } = newBuild();
  const rollouts = [guidOf('order a'), guidOf('order b'), guidOf('order c')].sort();
  const start = (index: number) => (index === 2 ? '09:00' : '08:00');
  await layer.tell(
    ...rollouts.map((id, index) =>
      together([
        ev2Change(build, payload, id, at('08:00')),
        ev2Progress(payload, id, [region('eastus', 'Completed', start(index), '10:00', '10:00')]),
      ]),
    ),
  );
  const ids = (await layer.build2Deployment(build)).map(({ DeploymentId }) => DeploymentId);
  expect(ids).toEqual([rollouts[2], rollouts[0], rollouts[1]].map((id) => `Shop/${id}`));
});

test('the rollout infrastructure in the link is what the metadata says, and Prod where it says nothing', async () => {
  const { build, payload, rollout } = newBuild();
  const other = guidOf(`other ${rollout}`);
  const done = [region('eastus', 'Completed', '08:00', '09:00', '09:00')];
  await layer.tell(
    ev2Change(build, payload, rollout, at('08:00')),
    ev2Progress(payload, rollout, done, { RolloutInfra: 'Mooncake' }),
    ev2Progress(payload, other, done, {}),
  );
  const urls = (await layer.build2Deployment(build)).map(({ DeploymentUrl }) => String(DeploymentUrl));
  expect(urls.map((url) => url.replace(/^.*\?/, '')).sort()).toEqual([
    'RolloutInfra=Mooncake',
    'RolloutInfra=Prod',
  ]);
});

test('an activity of Ev2 that is no rollout is not a deployment', async () => {
  const { build, payload, rollout } = newBuild();
  await layer.tell(
    ev2Change(build, payload, rollout, at('08:00')),
    ev2Progress(payload, 'registration', [region('eastus', 'Completed', '08:00', '09:00', '09:00')]),
  );
  expect(await layer.build2Deployment(build)).toMatchObject([{ Found: false, DeploymentId: '' }]);
});

test('case does not matter, neither in the question nor in the events', async () => {
  const { build, payload, rollout } = newBuild();
  await layer.tell(
    ev2Change({ ...build, organization: 'ConToso' }, payload, rollout, at('08:00')),
    ev2Progress({ ...payload, serviceGroup: 'SHOP' }, rollout, [
      region('eastus', 'Completed', '08:00', '09:00', '09:00'),
    ]),
  );
  const question = { ...build, organization: 'CONTOSO', project: build.project.toUpperCase() };
  expect(await layer.build2Deployment(question)).toMatchObject([{ DeploymentId: `SHOP/${rollout}` }]);
});
