/** D2B and P2B in KQL, and the way round: what one lookup gives, the next accepts. */

import { timeOf } from '../../kusto/client/rows.ts';
import {
  azDeployerAudit,
  buildDrop,
  clusterProgress,
  ev2Change,
  ev2Progress,
  guidOf,
  pilotfishAudit,
  type RawEvents,
} from '../../kusto/demo/events.ts';
import { type DataLayer, startDataLayer } from '../support/engine/data-layer.ts';

let layer: DataLayer;
let lastId = 2000;

beforeAll(async () => {
  layer = await startDataLayer();
});
afterAll(() => layer.stop());

const began = new Date('2026-03-01T08:00:00Z');
const done = [{ entity: 'one', state: 'Completed', start: began, end: began, modified: began }];

function newBuild() {
  const id = ++lastId;
  const build = { organization: 'contoso', project: guidOf('project'), id };
  const payload = { serviceTreeId: guidOf('service'), serviceGroup: 'Shop', buildNumber: `1.0.${id}` };
  const drop = { branch: 'rd_main', version: `7.0.${id}.1` };
  return { build, payload, drop, rollout: guidOf(`rollout ${id}`), rto: String(5_000_000 + id) };
}

function rowOf({ organization, project, id }: { organization: string; project: string; id: number }) {
  return {
    Found: true,
    OrganizationName: organization,
    ProjectId: project,
    Id: String(id),
    Url: `https://${organization}.visualstudio.com/${project}/_build/results?buildId=${id}`,
    Source: 'ado',
  };
}

describe('the builds of a deployment', () => {
  test('an unknown deployment has no row', async () => {
    expect(await layer.deployment2Build('expressv2', `Shop/${guidOf('nobody')}`)).toEqual([]);
  });

  test('a deployment is known by {ServiceGroup}/{RolloutId}, and with the service tree id before it, in any case', async () => {
    const { build, payload, rollout } = newBuild();
    await layer.tell(ev2Change(build, payload, rollout, began), ev2Progress(payload, rollout, done));
    for (const id of [
      `Shop/${rollout}`,
      `shop/${rollout.toUpperCase()}`,
      `${payload.serviceTreeId}/Shop/${rollout}`,
    ]) {
      expect(await layer.deployment2Build('expressv2', id)).toEqual([
        {
          ...rowOf(build),
          DeploymentId: id,
          DeploymentSource: 'expressv2',
          LastUpdatedTime: expect.any(String),
        },
      ]);
    }
    expect(await layer.deployment2Build('azdeployer', `Shop/${rollout}`)).toEqual([]);
  });

  test('a rollout that is stored under several service groups gives all of its builds', async () => {
    const [one, other] = [newBuild(), newBuild()];
    const payload = { ...other.payload, serviceGroup: 'Shop.Web' };
    const { rollout } = one;
    await layer.tell(
      ev2Change(one.build, one.payload, rollout, began),
      ev2Progress(one.payload, rollout, done),
      ev2Change(other.build, payload, rollout, began),
      ev2Progress(payload, rollout, [
        { ...done[0], entity: 'two', state: 'Completed', start: began, modified: began },
      ]),
    );
    const both = [{ Id: String(other.build.id) }, { Id: String(one.build.id) }];
    for (const { build } of [one, other]) {
      const [{ DeploymentId } = {}] = await layer.build2Deployment(build);
      expect(await layer.deployment2Build('expressv2', String(DeploymentId))).toMatchObject(both);
    }
    expect(await layer.deployment2Build('expressv2', `Other/${rollout}`)).toEqual([]);
  });

  test("a deployment's age is that of its latest event", async () => {
    const { build, payload, rollout } = newBuild();
    const later = new Date('2026-03-01T09:30:00Z');
    await layer.tell(
      ev2Change(build, payload, rollout, began),
      ev2Progress(payload, rollout, [
        ...done,
        { entity: 'two', state: 'InProgress', start: began, modified: later },
      ]),
    );
    const [row] = await layer.deployment2Build('expressv2', rollout);
    expect(timeOf(row ?? {}, 'LastUpdatedTime')).toBe('2026-03-01T09:30:00.0000000Z');
  });

  test('a deployment of AzDeployer has its link and the team that owns it', async () => {
    const { build, drop, rto } = newBuild();
    const payload = `Fabric;rd_main;${drop.version}`;
    await layer.tell(
      buildDrop(build, drop),
      azDeployerAudit(rto, [payload], drop, began),
      clusterProgress('AzDeployer', rto, payload, done),
    );
    expect(await layer.build2Deployment(build)).toMatchObject([
      {
        DeploymentUrl: `https://azdeployer.trafficmanager.net/release/${rto}`,
        ChangeOwner: 'Azure Fabric Deployment',
        ChangeOwnerType: 'ICMTeam',
      },
    ]);
  });

  const tree = guidOf('service');
  test.each([
    ['a bare GUID', (rollout: string) => rollout],
    ['{ServiceGroup}/{RolloutId}', (rollout: string) => `Shop/${rollout}`],
    ['{ServiceTreeId}/{ServiceGroup}/{RolloutId}', (rollout: string) => `${tree}/Shop/${rollout}`],
  ])(
    'a rollout of Ev2 that is stored as %s is found in all three forms, and in no wrong one',
    async (_, stored) => {
      const { build, payload, rollout } = newBuild();
      const { EntityChangeEvent = [] } = ev2Progress(payload, rollout, done);
      await layer.tell(ev2Change(build, payload, rollout, began), {
        EntityChangeEvent: EntityChangeEvent.map((event) => ({ ...event, ChangeActivity: stored(rollout) })),
      });
      for (const id of [rollout, `Shop/${rollout}`, `${tree}/Shop/${rollout}`]) {
        expect(await layer.deployment2Build('expressv2', id)).toMatchObject([{ Id: String(build.id) }]);
      }
      for (const id of [
        `Other/${rollout}`,
        `${guidOf('another service')}/Shop/${rollout}`,
        `Shop/${guidOf('nobody')}`,
      ]) {
        expect(await layer.deployment2Build('expressv2', id)).toEqual([]);
      }
      const [{ DeploymentId } = {}] = await layer.build2Deployment(build);
      expect(await layer.deployment2Build('expressv2', String(DeploymentId))).toMatchObject([
        { Id: String(build.id) },
      ]);
    },
  );

  test('a rollout that is stored in two forms is one deployment', async () => {
    const { build, payload, rollout } = newBuild();
    const { EntityChangeEvent = [] } = ev2Progress(payload, rollout, done);
    await layer.tell(ev2Change(build, payload, rollout, began), {
      EntityChangeEvent: [rollout, `${tree}/Shop/${rollout}`].flatMap((ChangeActivity, index) =>
        EntityChangeEvent.map((event) => ({ ...event, ChangeActivity, EntityId: `region ${index}` })),
      ),
    });
    expect(await layer.build2Deployment(build)).toMatchObject([
      { DeploymentId: `Shop/${rollout}`, Progress: { Total: 2, Succeeded: 2 } },
    ]);
  });

  test('a known deployment without builds has one empty row, however many payloads it has', async () => {
    const { payload, rollout } = newBuild();
    const payloads = ['a', 'b', 'c'].map((buildNumber) => ({ ...payload, buildNumber }));
    await layer.tell(...payloads.map((one) => ev2Progress(one, rollout, done)));
    expect(await layer.deployment2Build('expressv2', `Shop/${rollout}`)).toMatchObject([
      { Found: false, Id: '' },
    ]);
  });

  test('payloads without a build leave no empty row beside those with one', async () => {
    const { build, payload, rollout } = newBuild();
    const payloads = ['a', 'b', payload.buildNumber, 'c', 'd'].map((buildNumber) => ({
      ...payload,
      buildNumber,
    }));
    await layer.tell(
      ev2Change(build, payload, rollout, began),
      ...payloads.map((one) => ev2Progress(one, rollout, done)),
    );
    expect(await layer.deployment2Build('expressv2', `Shop/${rollout}`)).toMatchObject([
      { Id: String(build.id) },
    ]);
  });
});

test('a payload that two orchestrators use leads to the deployments and builds of its own one', async () => {
  const [fabric, storage] = [newBuild(), newBuild()];
  const payload = `shared=${fabric.build.id}`;
  // Even the ids of the deployments are equal.
  const { rto } = fabric;
  await layer.tell(
    buildDrop(fabric.build, fabric.drop),
    buildDrop(storage.build, storage.drop),
    azDeployerAudit(rto, [payload], fabric.drop, began),
    pilotfishAudit(rto, [{ payload, drop: storage.drop }], began),
    clusterProgress('AzDeployer', rto, payload, done),
    clusterProgress('Pilotfish', rto, payload.toUpperCase(), [{ ...done[0], state: 'Failed' } as never]),
  );
  for (const [{ build }, source, state] of [
    [fabric, 'azdeployer', 'succeeded'],
    [storage, 'pilotfish', 'failed'],
  ] as const) {
    expect(await layer.build2Deployment(build)).toMatchObject([
      { DeploymentId: rto, Source: source, State: state, Payloads: [{ Id: payload }] },
    ]);
    expect(await layer.deployment2Build(source, rto)).toMatchObject([{ Id: String(build.id) }]);
    expect(await layer.payload2Build(source, payload)).toMatchObject([{ Id: String(build.id) }]);
  }
});

describe('Pilotfish, which AzDeployer reported until 20 February 2024', () => {
  const metaData = { PilotfishBuildVersion: 'x' };
  const reported = (
    source: 'AzDeployer' | 'Pilotfish',
    rto: string,
    time: string,
    payload: string,
  ): RawEvents =>
    clusterProgress(
      source,
      rto,
      payload,
      [{ ...done[0], modified: time } as never],
      source === 'AzDeployer' ? metaData : {},
    );

  test.each([
    ['AzDeployer', '2024-02-19T23:59:59Z', 'pilotfish'],
    ['Pilotfish', '2024-02-20T00:00:00Z', 'pilotfish'],
  ] as const)('what %s said at %s is a deployment of %s', async (reporter, time, source) => {
    const { build, drop, rto } = newBuild();
    const payload = `frontend=${build.id}`;
    await layer.tell(
      buildDrop(build, drop),
      pilotfishAudit(rto, [{ payload, drop }], began),
      reported(reporter, rto, time, payload),
    );
    expect(await layer.deployment2Build(source, rto)).toMatchObject([{ Id: String(build.id) }]);
    expect(await layer.deployment2Build('azdeployer', rto)).toEqual([]);
    expect(await layer.build2Deployment(build)).toMatchObject([{ DeploymentId: rto, Source: source }]);
  });

  test.each([
    ['AzDeployer', '2024-02-20T00:00:00Z'],
    ['Pilotfish', '2024-02-19T23:59:59Z'],
  ] as const)('what %s said at %s is a copy, and no deployment', async (reporter, time) => {
    const { build, drop, rto } = newBuild();
    const payload = `frontend=${build.id}`;
    await layer.tell(
      buildDrop(build, drop),
      pilotfishAudit(rto, [{ payload, drop }], began),
      reported(reporter, rto, time, payload),
    );
    expect(await layer.deployment2Build('pilotfish', rto)).toEqual([]);
    expect(await layer.build2Deployment(build)).toMatchObject([{ Found: false, DeploymentId: '' }]);
  });
});

describe('the builds of a payload', () => {
  test.each(['expressv2', 'azdeployer', 'pilotfish'])(
    'an unknown payload of %s has no row',
    async (source) => {
      expect(await layer.payload2Build(source, 'nobody=1')).toEqual([]);
    },
  );

  test("an Ev2 payload is known in any case, by Ev2's name alone", async () => {
    const { build, payload, rollout } = newBuild();
    await layer.tell(ev2Change(build, payload, rollout, began));
    const id = `${payload.serviceTreeId}/Shop=${payload.buildNumber}`;
    expect(await layer.payload2Build('ExpressV2', id.toUpperCase())).toEqual([
      { ...rowOf(build), Payload: id.toLowerCase(), DeploymentSource: 'expressv2' },
    ]);
    expect(await layer.payload2Build('pilotfish', id)).toEqual([]);
  });

  test('an AzDeployer payload is known by its trimmed form and by the whole', async () => {
    const { build, drop, rto } = newBuild();
    const trimmed = `hostagent;${drop.branch};${drop.version}`;
    await layer.tell(
      buildDrop(build, drop),
      azDeployerAudit(rto, [`HostAgent;${drop.branch};${drop.version};retail-amd64`], drop, began),
    );
    for (const payload of [
      trimmed,
      `HostAgent; ${drop.branch} ;${drop.version}`,
      `${trimmed};retail-amd64`,
    ]) {
      expect(await layer.payload2Build('azdeployer', payload)).toEqual([
        { ...rowOf(build), Payload: trimmed, DeploymentSource: 'azdeployer' },
      ]);
    }
  });

  test('a known AzDeployer payload without a build has one empty row', async () => {
    const { drop, rto } = newBuild();
    const payload = `hostagent;${drop.branch};${drop.version}`;
    await layer.tell(azDeployerAudit(rto, [`${payload};a`, `${payload};b`], drop, began));
    expect(await layer.payload2Build('azdeployer', payload)).toMatchObject([
      { Found: false, Id: '', Payload: payload },
    ]);
  });

  test('a payload that a deployment carried is known, even if no build is', async () => {
    const { payload, rollout } = newBuild();
    await layer.tell(ev2Progress(payload, rollout, done));
    const id = `${payload.serviceTreeId}/shop=${payload.buildNumber}`;
    expect(await layer.payload2Build('expressv2', id)).toMatchObject([{ Found: false, Id: '', Payload: id }]);
    expect(await layer.payload2Build('azdeployer', id)).toEqual([]);
  });

  test('two builds with one payload are both there', async () => {
    const { build, payload, rollout } = newBuild();
    const again = newBuild().build;
    await layer.tell(
      ev2Change(build, payload, rollout, began),
      ev2Change(again, payload, guidOf('again'), began),
    );
    const rows = await layer.payload2Build(
      'expressv2',
      `${payload.serviceTreeId}/Shop=${payload.buildNumber}`,
    );
    expect(rows.map(({ Id }) => Id).sort()).toEqual([String(build.id), String(again.id)]);
  });
});
