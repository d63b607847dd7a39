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

/** The counts of entities; those that are not named are 0. */
function progress(counts: Readonly<Record<string, number>>): Record<string, number> {
  const names = ['NotStarted', 'InProgress', 'Blocked', 'Succeeded', 'Failed', 'Canceled', 'Unknown'];
  const each = Object.fromEntries(names.map((name) => [name, counts[name] ?? 0]));
  return { Total: Object.values(each).reduce((sum, count) => sum + count, 0), ...each };
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

test('a deployment has the earliest start, the latest end, and what the latest event of the deciding entities says', async () => {
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
      State: 'failed',
      ChangeState: 'Failed',
      EntityType: 'region',
      Progress: progress({ Succeeded: 1, Failed: 1 }),
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

test('a blocked entity keeps the deployment from having ended', async () => {
  const { build, payload, rollout } = newBuild();
  await layer.tell(
    ev2Change(build, payload, rollout, at('08:00')),
    ev2Progress(payload, rollout, [
      region('eastus', 'Completed', '08:00', '09:00', '09:00'),
      region('westus', 'Blocked by change freeze', '08:00', '10:00', '10:00'),
    ]),
  );
  expect(await layer.build2Deployment(build)).toMatchObject([
    { State: 'blocked', ChangeState: 'Blocked by change freeze', EndTime: null },
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

describe('the state of a deployment comes from its entities', () => {
  /** The entities' words in the order of their events, and what they make together. */
  const cases: readonly [string, readonly string[], string, string][] = [
    ['all completed', ['Completed', 'Completed'], 'succeeded', 'Completed'],
    ['one failed, and another completed later', ['Failed', 'Completed'], 'failed', 'Failed'],
    ['one canceled, and another completed later', ['Cancelled', 'Completed'], 'canceled', 'Cancelled'],
    ['failed prevails over canceled', ['Failed', 'Cancelled', 'Completed'], 'failed', 'Failed'],
    ['one failed, another at work', ['InProgress', 'Failed'], 'inProgress', 'InProgress'],
    ['at work prevails over blocked', ['InProgress', 'Paused', 'Completed'], 'inProgress', 'InProgress'],
    ['blocked prevails over what has not started', ['Stopped', 'NotStarted'], 'blocked', 'Stopped'],
    ['none has started', ['NotStarted', 'Queued'], 'notStarted', 'Queued'],
    [
      'two completed, one at work, one to come',
      ['Completed', 'Completed', 'Running', 'NotStarted'],
      'inProgress',
      'Running',
    ],
    ['between two regions', ['Completed', 'NotStarted'], 'inProgress', 'NotStarted'],
    ['a word that nobody knows is not final', ['Completed', 'Quarantined'], 'unknown', 'Quarantined'],
    ['unblocked is at work', ['Unblocked'], 'inProgress', 'Unblocked'],
  ];
  test.each(cases)('%s', async (_, words, state, changeState) => {
    const { build, payload, rollout } = newBuild();
    const regions = words.map((word, index) =>
      region(`region ${index}`, word, '08:00', `09:0${index}`, '09:00'),
    );
    await layer.tell(ev2Change(build, payload, rollout, at('08:00')), ev2Progress(payload, rollout, regions));
    const isFinal = ['succeeded', 'failed', 'canceled'].includes(state);
    expect(await layer.build2Deployment(build)).toMatchObject([
      {
        State: state,
        ChangeState: changeState,
        EndTime: isFinal ? expect.any(String) : null,
        Progress: { Total: words.length },
      },
    ]);
  });

  test('a retry under another payload replaces the failure', async () => {
    const { build, payload, rollout } = newBuild();
    await layer.tell(
      ev2Change(build, payload, rollout, at('08:00')),
      ev2Progress(payload, rollout, [region('eastus', 'Failed', '08:00', '09:00', '09:00')]),
      ev2Progress({ ...payload, buildNumber: 'hotfix' }, rollout, [
        region('EastUS', 'Completed', '09:10', '09:30', '09:30'),
      ]),
    );
    expect(await layer.build2Deployment(build)).toMatchObject([
      {
        State: 'succeeded',
        StartTime: expect.stringContaining('T08:00'),
        Progress: progress({ Succeeded: 1 }),
      },
    ]);
  });

  test('entities that got another build count too', async () => {
    const { build, payload, rollout } = newBuild();
    await layer.tell(
      ev2Change(build, payload, rollout, at('08:00')),
      ev2Progress(payload, rollout, [region('eastus', 'Completed', '08:00', '09:00', '09:00')]),
      ev2Progress({ ...payload, buildNumber: 'other' }, rollout, [
        region('westus', 'Failed', '08:00', '08:30', '08:30'),
      ]),
    );
    const [row] = await layer.build2Deployment(build);
    expect(row).toMatchObject({ State: 'failed', Progress: progress({ Succeeded: 1, Failed: 1 }) });
    expect(row?.Payloads).toHaveLength(1);
  });
});
