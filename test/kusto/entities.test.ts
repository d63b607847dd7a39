/** The entities of a deployment in KQL: GetDeploymentEntities_v1, and its pages as the API asks for them. */
import fc from 'fast-check';
import type { Row } from '../../kusto/client/rows.ts';
import {
  clusterProgress,
  type EntityProgress,
  ev2Change,
  ev2Progress,
  guidOf,
  type RawEvents,
} from '../../kusto/demo/events.ts';
import { type DataLayer, startDataLayer } from '../support/engine/data-layer.ts';

let layer: DataLayer;
let lastId = 5000;

beforeAll(async () => {
  layer = await startDataLayer();
});
afterAll(() => layer.stop());

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 8, minute)).toISOString();

/** A build of its own for a test, its payload, and a rollout of it. */
function newBuild() {
  const id = ++lastId;
  const build = { organization: 'contoso', project: guidOf('project'), id };
  const payload = { serviceTreeId: guidOf('service'), serviceGroup: 'Shop', buildNumber: `1.0.${id}` };
  return { build, payload, rollout: guidOf(`rollout ${id}`) };
}

function region(entity: string, state: string, minute: number, end?: number): EntityProgress {
  return { entity, state, start: at(0), modified: at(minute), ...(end !== undefined && { end: at(end) }) };
}

const names = (rows: readonly Row[]): unknown[] => rows.map(({ EntityId, State }) => `${EntityId} ${State}`);

test('an unknown deployment has no row', async () => {
  expect(await layer.entities('expressv2', guidOf('never heard of'))).toEqual([]);
  expect(await layer.entitiesPage('expressv2', guidOf('never heard of'))).toEqual([]);
  expect(await layer.entities('azdeployer', '')).toEqual([]);
});

test('an entity is told with its state, its times, its payload and what it means for customers', async () => {
  const { build, payload, rollout } = newBuild();
  const events = ev2Progress(payload, rollout, [region('EastUS', 'Completed', 9, 8)]);
  await layer.tell(ev2Change(build, payload, rollout, at(0)), withImpact(events, 'VM pause', '00:00:09'));
  expect(await layer.entities('expressv2', `Shop/${rollout}`)).toEqual([
    {
      EntityType: 'Region',
      EntityId: 'EastUS',
      Payload: `${payload.serviceTreeId}/shop=${payload.buildNumber}`,
      State: 'succeeded',
      ChangeState: 'Completed',
      StartTime: '2026-03-01T08:00:00.0000000Z',
      EndTime: '2026-03-01T08:08:00.0000000Z',
      LastUpdatedTime: '2026-03-01T08:09:00.0000000Z',
      PlannedInterruption: 'VM pause',
      ImpactDuration: '00:00:09',
    },
  ]);
});

test('what failed comes first and what succeeded last; then the id decides, in any case', async () => {
  const { payload, rollout } = newBuild();
  const words = ['Completed', 'Cancelled', 'Quarantined', 'NotStarted', 'Paused', 'Running', 'Failed'];
  const regions = words.flatMap((word) => [region(`b ${word}`, word, 1), region(`A ${word}`, word, 2)]);
  await layer.ingest(ev2Progress(payload, rollout, regions));
  expect(names(await layer.entities('expressv2', rollout))).toEqual([
    'A Failed failed',
    'b Failed failed',
    'A Running inProgress',
    'b Running inProgress',
    'A Paused blocked',
    'b Paused blocked',
    'A NotStarted notStarted',
    'b NotStarted notStarted',
    'A Quarantined unknown',
    'b Quarantined unknown',
    'A Cancelled canceled',
    'b Cancelled canceled',
    'A Completed succeeded',
    'b Completed succeeded',
  ]);
});

test('a retry replaces a failure, under whichever payload it is reported', async () => {
  const { payload, rollout } = newBuild();
  await layer.ingest(ev2Progress(payload, rollout, [region('eastus', 'Failed', 9, 9)]));
  const retry = { ...payload, buildNumber: 'hotfix' };
  await layer.ingest(ev2Progress(retry, rollout, [region('EastUS', 'Completed', 20, 20)]));
  expect(await layer.entities('expressv2', rollout)).toMatchObject([
    { EntityId: 'EastUS', State: 'succeeded', Payload: expect.stringContaining('hotfix') },
  ]);
});

test.each([
  ['the rollout alone', (rollout: string) => rollout],
  ['with its service group', (rollout: string) => `Shop/${rollout}`],
  ['with service tree and group', (rollout: string) => `${guidOf('service')}/Shop/${rollout}`],
  ['in capitals', (rollout: string) => `SHOP/${rollout.toUpperCase()}`],
])('takes the id %s', async (_, form) => {
  const { payload, rollout } = newBuild();
  await layer.ingest(ev2Progress(payload, rollout, [region('eastus', 'Running', 1)]));
  expect(await layer.entities('ExpressV2', form(rollout))).toHaveLength(1);
  expect(await layer.entities('expressv2', `${guidOf('other')}/Shop/${rollout}`)).toEqual([]);
});

test('the same id of another orchestrator is another deployment', async () => {
  const rto = `2026-${lastId}`;
  await layer.ingest(clusterProgress('AzDeployer', rto, 'Host;rd;1', [region('Bn1', 'Running', 1)]));
  await layer.ingest(clusterProgress('Pilotfish', rto, 'Store=1', [region('Db5', 'Failed', 1)]));
  expect(names(await layer.entities('azdeployer', rto))).toEqual(['Bn1 inProgress']);
  expect(names(await layer.entities('pilotfish', rto))).toEqual(['Db5 failed']);
});

describe('a page', () => {
  test('follows a row about the whole deployment, with its payloads and builds', async () => {
    const { build, payload, rollout } = newBuild();
    const regions = [region('eastus', 'Completed', 9, 9), region('westus', 'Running', 9)];
    await layer.tell(ev2Change(build, payload, rollout, at(0)), ev2Progress(payload, rollout, regions));
    const [whole, ...entities] = await layer.entitiesPage('expressv2', rollout);
    expect(whole).toMatchObject({
      Found: true,
      State: 'inProgress',
      Progress: { Total: 2, Succeeded: 1, InProgress: 1 },
      Payloads: [{ Id: `${payload.serviceTreeId}/shop=${payload.buildNumber}` }],
      Builds: [{ OrganizationName: 'contoso', ProjectId: build.project }],
    });
    expect(names(entities)).toEqual(['westus inProgress', 'eastus succeeded']);
  });

  test('has the states and types that were asked for', async () => {
    const rto = `2026-${lastId++}`;
    const clusters = [region('Bn1', 'Running', 1), region('Db5', 'Failed', 1), region('Sn2', 'Completed', 1)];
    await layer.ingest(clusterProgress('Pilotfish', rto, 'Store=1', clusters));
    const page = async (states: readonly string[], types: readonly string[] = []) =>
      names((await layer.entitiesPage('pilotfish', rto, { states, types })).slice(1));
    expect(await page(['failed', 'succeeded'])).toEqual(['Db5 failed', 'Sn2 succeeded']);
    expect(await page([], ['cluster'])).toHaveLength(3);
    expect(await page([], ['node'])).toEqual([]);
  });

  test('page after page gives every entity once, whatever its type and id contain', async () => {
    const text = fc.oneof(
      fc.constantFrom('a', 'A', 'b', 'a b', '\u0001', 'é', 'Z'),
      fc.string({ maxLength: 5 }),
    );
    const word = fc.constantFrom('Failed', 'Running', 'Completed', 'NotStarted');
    const entity = fc.tuple(text, word).map(([id, state]) => region(`${id}.`, state, 1));
    const [entities = []] = fc.sample(
      fc.uniqueArray(entity, {
        minLength: 40,
        maxLength: 60,
        selector: ({ entity }) => entity.toLowerCase(),
      }),
      { numRuns: 1, seed: 13 },
    );
    const { payload, rollout } = newBuild();
    await layer.ingest(ev2Progress(payload, rollout, entities));
    const all = (await layer.entities('expressv2', rollout)).map(({ EntityId }) => EntityId);
    expect(all).toHaveLength(entities.length);
    const paged: unknown[] = [];
    let after: readonly [number, string, string] = [0, '', ''];
    for (let pages = 0; pages < 30; pages++) {
      const [, ...page] = await layer.entitiesPage('expressv2', rollout, { after, top: 7 });
      const last = page.at(-1);
      if (!last) break;
      paged.push(...page.map(({ EntityId }) => EntityId));
      after = [Number(last.Order), String(last.EntityType), String(last.EntityId)];
    }
    expect(paged).toEqual(all);
  });
});

function withImpact(
  { EntityChangeEvent = [] }: RawEvents,
  PlannedInterruption: string,
  ImpactDuration: string,
): RawEvents {
  return {
    EntityChangeEvent: EntityChangeEvent.map((row) => ({ ...row, PlannedInterruption, ImpactDuration })),
  };
}
