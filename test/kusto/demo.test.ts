/** The demonstration data set, through the same ingestion and jobs as real data. */
import type { Row } from '../../kusto/client/rows.ts';
import {
  demoBuilds,
  deploymentWithoutBuild,
  liveBuilds,
  momentsOf,
  progressingBuild,
} from '../../kusto/demo/builds.ts';
import { createLiveBuilds } from '../../kusto/demo/live-builds.ts';
import { demoIsLoaded, loadDemo } from '../../kusto/demo/load-demo.ts';
import { progressDemo } from '../../kusto/demo/progress.ts';
import { sampleBuild, sampleRollouts } from '../../kusto/demo/specification-sample.ts';
import { type DataLayer, startDataLayer } from '../support/engine/data-layer.ts';
import { until } from '../support/until.ts';

let layer: DataLayer;

beforeAll(async () => {
  layer = await startDataLayer();
  await loadDemo(layer.database);
});
afterAll(() => layer.stop());

function demoBuild(title: string) {
  const found = demoBuilds.find((build) => build.title === title);
  if (!found) throw new Error(`no demonstration build "${title}"`);
  return found;
}

const payloadsOf = ({ Payloads }: Row) => Payloads as readonly { readonly Id: string }[];

test("the specification's example comes out as the specification has it", async () => {
  const owner = 'df36aee8-c644-400b-a0ab-fd0f1191211d';
  const newestFirst = [...sampleRollouts].sort((a, b) => (a.start < b.start ? 1 : -1));
  expect(newestFirst).toHaveLength(8);
  expect(await layer.build2Deployment(sampleBuild)).toEqual(
    newestFirst.map(({ id, start, updated, state }) => ({
      Found: true,
      DeploymentId: `ContainerApps/${id}`,
      DeploymentUrl: `https://ev2portal.azure.net/#/Rollout/ContainerApps/${id}?RolloutInfra=Prod`,
      StartTime: start,
      EndTime: start,
      LastUpdatedTime: updated,
      State: state === 'completed' ? 'succeeded' : 'failed',
      ChangeState: state,
      EntityType: 'region',
      Progress: expect.objectContaining({ Total: 2, Succeeded: state === 'completed' ? 2 : 1 }),
      Source: 'expressv2',
      ChangeOwner: owner,
      ChangeOwnerType: 'ServiceId',
      MetaData: '{"RolloutInfra":"Prod"}',
      Payloads: [
        {
          Id: `${owner}/containerapps=1.2.1450.0`,
          ProgressionLink: `https://dataexplorer.azure.com/dashboards/d0357802-00ae-48c7-85a2-5cf02d98de77?p-_entityType=all&p-_payload=${owner}%2fcontainerapps%3d1.2.1450.0#84c6c83e-687d-44a3-a599-110f700efce7`,
        },
      ],
    })),
  );
});

test.each([
  ["The specification's example", 8, ['expressv2']],
  ['Three orchestrators', 3, ['azdeployer', 'expressv2', 'pilotfish']],
  ['AzDeployer, several payloads', 1, ['azdeployer']],
  ['Pilotfish, several payloads', 1, ['pilotfish']],
])('%s: each deployment and payload leads back to the build', async (title, deployments, sources) => {
  const build = demoBuild(title);
  const rows = await layer.build2Deployment(build);
  expect(rows).toHaveLength(deployments);
  expect([...new Set(rows.map(({ Source }) => Source))].sort()).toEqual(sources);
  const itself = [{ OrganizationName: build.organization, ProjectId: build.project, Id: String(build.id) }];
  for (const row of rows) {
    expect(await layer.deployment2Build(String(row.Source), String(row.DeploymentId))).toMatchObject(itself);
    for (const { Id } of payloadsOf(row)) {
      expect(await layer.payload2Build(String(row.Source), Id)).toMatchObject(itself);
    }
  }
});

test.each([
  ['AzDeployer, several payloads', 3],
  ['Pilotfish, several payloads', 2],
])('%s: they are all there', async (title, count) => {
  const [deployment] = await layer.build2Deployment(demoBuild(title));
  expect(deployment && payloadsOf(deployment)).toHaveLength(count);
});

test('each orchestrator is there in each state', async () => {
  const rows = await layer.build2Deployment(demoBuild('Every state'));
  const states = (source: string) =>
    rows.filter(({ Source }) => Source === source).map((row) => row.ChangeState);
  const all = [
    'Blocked by change freeze',
    'Canceled',
    'Completed',
    'Failed',
    'InProgress',
    'NotStarted',
    'Quarantined',
  ];
  for (const source of ['expressv2', 'azdeployer', 'pilotfish']) expect(states(source).sort()).toEqual(all);
});

test.each([
  ['None yet', 0],
  ['Big: 200 deployments', 200],
  ['Huge: 2,000 deployments', 2_000],
  ['Many entities', 1],
])('%s: %d deployments', async (title, count) => {
  const rows = await layer.build2Deployment(demoBuild(title));
  expect(rows.filter(({ DeploymentId }) => DeploymentId !== '')).toHaveLength(count);
});

test('a deployment without a build is known', async () => {
  const { source, id } = deploymentWithoutBuild;
  expect(await layer.deployment2Build(source, id)).toMatchObject([{ Found: false, Id: '' }]);
});

test('loaded again it gives the same answers', async () => {
  expect(await demoIsLoaded(layer.database)).toBe(true);
  const before = await layer.build2Deployment(sampleBuild);
  await loadDemo(layer.database);
  expect(await layer.build2Deployment(sampleBuild)).toEqual(before);
});

describe('the build that progresses', () => {
  test('goes from nothing to the ends of all its deployments, running in between', async () => {
    const began = Date.now();
    const seen: Row[][] = [];
    await progressDemo(layer.database, {
      now: () => new Date(began + seen.length * 1000),
      wait: async () => {
        seen.push(await layer.build2Deployment(progressingBuild));
      },
    });
    expect(seen).toHaveLength(momentsOf(progressingBuild.id).length);
    expect(seen.map((rows) => rows.length)).toEqual(expect.arrayContaining([1, 2, 3, 4]));
    expect(seen[0]).toMatchObject([{ ChangeState: 'NotStarted', EndTime: null }]);
    expect(seen[1]).toMatchObject([{ ChangeState: 'InProgress', EndTime: null }]);
    const last = seen.at(-1) ?? [];
    expect(last.map(({ ChangeState }) => ChangeState).sort()).toEqual([
      'Completed',
      'Completed',
      'Completed',
      'Failed',
    ]);
    expect(last.every(({ EndTime }) => EndTime !== null)).toBe(true);
  });

  test.each(liveBuilds.map(({ id, title }) => [title, id] as const))(
    'never looks completed before it is: %s',
    (_, id) => {
      const lastMoment = new Map<number, number>();
      momentsOf(id).forEach((moment, index) => {
        for (const { rollout } of moment) lastMoment.set(rollout, index);
      });
      const open = new Map<string, string>();
      momentsOf(id).forEach((moment, index) => {
        for (const { rollout, region, state } of moment) open.set(`${rollout}/${region}`, state);
        for (const [rollout, last] of lastMoment) {
          const states = [...open].filter(([key]) => key.startsWith(`${rollout}/`)).map(([, state]) => state);
          const ended =
            states.length > 0 && states.every((state) => state === 'Completed' || state === 'Failed');
          expect(ended).toBe(index >= last);
        }
      });
    },
  );

  test('ends early when asked to', async () => {
    const asked = new AbortController();
    let waits = 0;
    await progressDemo(layer.database, {
      signal: asked.signal,
      wait: async () => {
        if (++waits === 2) asked.abort();
      },
    });
    expect(waits).toBe(2);
  });
});

describe('a rollout over many entities', () => {
  /** The deployment of a live build after each of its steps. */
  async function stepsOf(title: string): Promise<Row[]> {
    const build = demoBuild(title);
    const began = Date.now();
    const seen: Row[] = [];
    await progressDemo(layer.database, {
      build,
      now: () => new Date(began + seen.length * 1000),
      wait: async () => {
        seen.push(...(await layer.build2Deployment(build)));
      },
    });
    return seen;
  }

  test('works through sixty regions in stages', async () => {
    const seen = await stepsOf('Sixty regions');
    expect(seen[0]).toMatchObject({ State: 'notStarted', Progress: { Total: 60, NotStarted: 60 } });
    expect(seen[2]).toMatchObject({ State: 'inProgress', EntityType: 'region' });
    expect(seen.at(-1)).toMatchObject({ State: 'succeeded', Progress: { Total: 60, Succeeded: 60 } });
  });

  test('has two failed regions that recover', async () => {
    const seen = await stepsOf('Failed regions that recover');
    const failed = seen.map(({ Progress }) => (Progress as { readonly Failed: number }).Failed);
    expect([...new Set(failed)]).toEqual([0, 2]);
    expect(seen.filter(({ State }) => State === 'failed')).toEqual([]);
    expect(seen.at(-1)).toMatchObject({ State: 'succeeded', Progress: { Total: 18, Succeeded: 18 } });
  });

  test('is on its way through two thousand clusters', async () => {
    const [deployment] = await layer.build2Deployment(demoBuild('2,000 clusters'));
    expect(deployment).toMatchObject({ State: 'inProgress', Progress: { Total: 2_000, Failed: 3 } });
    const entities = await layer.entities('pilotfish', String(deployment?.DeploymentId));
    expect(entities).toHaveLength(2_000);
    expect(entities.slice(0, 4).map(({ State }) => State)).toEqual([
      'failed',
      'failed',
      'failed',
      'inProgress',
    ]);
  });
});

describe('the live builds', () => {
  test('the first build that is shown is one of them, with deployments of the last days beside those to come', async () => {
    const [first] = demoBuilds;
    expect(liveBuilds.map(({ id }) => id)).toContain(first?.id);
    const rows = await layer.build2Deployment(first as (typeof demoBuilds)[number]);
    expect(new Set(rows.map(({ State }) => State))).toEqual(new Set(['succeeded', 'failed', 'inProgress']));
    for (const { StartTime } of rows) {
      expect(Date.parse(String(StartTime))).toBeGreaterThan(Date.now() - 3 * 24 * 3_600_000);
    }
  });

  test('progress from when they are opened, each opening anew once the last progress has ended', async () => {
    const [live] = liveBuilds;
    if (!live) throw new Error('no live build');
    const before = (await layer.build2Deployment(live)).length;
    const steps: (() => void)[] = [];
    const wait = () => new Promise<void>((resolve) => steps.push(resolve));
    const { opened } = createLiveBuilds(
      layer.database,
      (error) => {
        throw error;
      },
      { wait },
    );
    await Promise.all([opened(live.id), opened(live.id), opened(demoBuilds[1]?.id ?? 0), opened(Number.NaN)]);
    expect(await layer.build2Deployment(live)).toHaveLength(before + 1);
    for (const _ of momentsOf(live.id)) {
      await until(() => steps.length > 0);
      steps.shift()?.();
    }
    await until(async () => {
      await opened(live.id);
      return steps.length > 0 && (await layer.build2Deployment(live)).length === before + 5;
    });
    for (const _ of momentsOf(live.id)) {
      await until(() => steps.length > 0);
      steps.shift()?.();
    }
  });

  test('report a failure, and can be opened again', async () => {
    const failures: unknown[] = [];
    const broken = { ...layer.database, ingest: () => Promise.reject(new Error('the disk is full')) };
    const { opened } = createLiveBuilds(broken, (error) => failures.push(error));
    await opened(progressingBuild.id);
    await opened(progressingBuild.id);
    expect(failures).toEqual([new Error('the disk is full'), new Error('the disk is full')]);
  });
});
