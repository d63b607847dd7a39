/**
 * Both demonstration projects replayed from their events, shuffled and duplicated, on one engine: what introspection says
 * equals a model that is written down independently (model.ts), and what it says of an earlier time is what it said then.
 */

import { randomNumbers } from '../../../changelog/demo/deliveries.ts';
import { Recorder, type Run } from '../../../changelog/demo/hook-events.ts';
import { ingestRows, rowsOf } from '../../../changelog/demo/load-changelog-demo.ts';
import { moveService } from '../../../changelog/demo/moving-service.ts';
import { recordPayments } from '../../../changelog/demo/payments.ts';
import { recordStorefront } from '../../../changelog/demo/storefront.ts';
import { callFunction } from '../../../kusto/client/function-call.ts';
import {
  getCommitWhereabouts,
  getEnvironments,
  getMeasures,
  getNews,
  getPlacements,
  getPullRequestWhereabouts,
  getWorkItemWhereabouts,
} from '../../../kusto/client/functions.ts';
import type { Row } from '../../../kusto/client/rows.ts';
import { guidOf } from '../../../kusto/demo/events.ts';
import { applySchemaPlan, planSchema } from '../../../kusto/schema/apply.ts';
import { mapChangelog } from '../../support/changelog/changelog.ts';
import { type DataLayer, databaseName, startDataLayer } from '../../support/engine/data-layer.ts';
import { testHistories } from './histories.suite.ts';
import {
  attemptsAt,
  branchOrder,
  cellsOf,
  kindOf,
  largestBuild,
  type ModelPlacement,
  pathOf,
  placementsAt,
} from './model.ts';
import { testOtherSources } from './other-sources.suite.ts';

const now = new Date(Date.now() - 60_000);
const payments = recordPayments(now);
const storefront = recordStorefront(now);
/** When everything before has been delivered, and nothing after. */
const middle = new Date(now.getTime() - 20 * 60 * 60_000).toISOString();
const endOfTime = new Date('9999-12-31T00:00:00Z');

let layer: DataLayer;
const saidInTheMiddle = new Map<Recorder, Row[]>();

beforeAll(async () => {
  layer = await startDataLayer();
  const rows = [payments, storefront].flatMap((recorder) => rowsOf(recorder));
  const timeOf = ({ row }: (typeof rows)[number]) => String(row.CreatedDate ?? '');
  const random = randomNumbers(4_711);
  const shuffled = [...rows, ...rows.filter(() => random() < 0.1)]
    .map((row) => ({ row, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ row }) => row);
  // Contents of builds have no time of their own: they come first, so that the order of commits is known throughout.
  await ingestRows(
    layer.database,
    shuffled.filter((row) => timeOf(row) <= middle),
  );
  await mapChangelog(layer.database);
  for (const recorder of [payments, storefront]) saidInTheMiddle.set(recorder, await matrix(recorder));
  await ingestRows(
    layer.database,
    shuffled.filter((row) => timeOf(row) > middle),
  );
  await mapChangelog(layer.database);
}, 300_000);
afterAll(() => layer.stop());

function keyOf({ project }: Recorder) {
  return { AdoOrganizationName: project.organization, AdoProjectId: project.id };
}

function matrix(recorder: Recorder, time = endOfTime): Promise<Row[]> {
  return callFunction(layer.database, getEnvironments, {
    ...keyOf(recorder),
    Services: [],
    Environments: [],
    States: [],
    AfterService: '',
    Top: 200,
    At: time,
  });
}

function placements(
  recorder: Recorder,
  filter: {
    services?: string[];
    environments?: string[];
    measure?: string;
    at?: Date;
    after?: Row | undefined;
    top?: number;
  },
) {
  return callFunction(layer.database, getPlacements, {
    ...keyOf(recorder),
    Services: filter.services ?? [],
    Environments: filter.environments ?? [],
    States: [],
    Authors: [],
    BuildId: 0,
    CommitPrefix: '',
    ImageTag: '',
    DeploymentId: '',
    Measure: filter.measure ?? '',
    From: new Date(0),
    To: endOfTime,
    AfterTime: filter.after ? String(filter.after.StartTime) : endOfTime,
    AfterKey: String(filter.after?.Key ?? ''),
    Top: filter.top ?? 5_000,
    At: filter.at ?? endOfTime,
  });
}

const shown = ({ Service, Environment, Slot, BuildId, Version, State, EndTime }: Row) => ({
  Service,
  Environment,
  Slot,
  BuildId,
  Version,
  State,
  EndTime,
});

function cellRowsOfModel(recorder: Recorder, time: string) {
  return [...cellsOf(placementsAt(recorder, time)).values()].flatMap(({ current, since }) =>
    [
      ...(current ? [{ ...current, slot: 0 }] : []),
      ...since.map((one, at) => ({ ...one, slot: at + 1 })),
    ].map((one) => ({
      Service: one.service,
      Environment: one.environment,
      Slot: one.slot,
      BuildId: one.build,
      Version: one.version,
      State: one.state,
      EndTime: one.end,
    })),
  );
}

const byCell = (a: Row, b: Row) =>
  JSON.stringify([a.Service, a.Environment, a.Slot]).localeCompare(
    JSON.stringify([b.Service, b.Environment, b.Slot]),
  );

describe.each([
  ['Payments', payments],
  ['Storefront', storefront],
])('%s', (_, recorder) => {
  test('every cell is as in the model, now and at earlier times', async () => {
    for (const hours of [0, 20, 40, 24 * 20]) {
      const time = new Date(now.getTime() - hours * 60 * 60_000);
      const rows = await matrix(recorder, hours === 0 ? endOfTime : time);
      const cells = rows.filter(({ Row }) => Row === 'cell').map(shown);
      expect(cells.length).toBeGreaterThan(8);
      expect(cells.toSorted(byCell)).toEqual(cellRowsOfModel(recorder, time.toISOString()).toSorted(byCell));
    }
  });

  test('what is said of a time is what was said then', async () => {
    const then = (await matrix(recorder, new Date(middle))).filter(({ Row }) => Row === 'cell');
    const said = saidInTheMiddle.get(recorder)?.filter(({ Row }) => Row === 'cell');
    expect(then.length).toBeGreaterThan(8);
    expect(then).toEqual(said);
  });

  test('every placement has its state and its kind', async () => {
    const model = cellsOf(placementsAt(recorder, now.toISOString()));
    const expected = [...model.values()].flatMap(({ all }) =>
      all.map((one) =>
        [one.service, one.environment, one.build, one.state, one.by, kindOf(recorder, one, all)].join(' '),
      ),
    );
    const rows = await placements(recorder, {});
    const found = rows.map((row) =>
      [row.Service, row.Environment, row.BuildId, row.State, row.RequestedBy, row.Kind].join(' '),
    );
    expect(found.length).toBeGreaterThan(100);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });

  test('placements of a time have the kinds that they had then', async () => {
    const model = cellsOf(placementsAt(recorder, middle));
    const rows = await placements(recorder, { at: new Date(middle) });
    expect(
      rows
        .map((row) => [row.Service, row.Environment, row.BuildId, row.State, row.Kind].join(' '))
        .toSorted(),
    ).toEqual(
      [...model.values()]
        .flatMap(({ all }) =>
          all.map((one) =>
            [one.service, one.environment, one.build, one.state, kindOf(recorder, one, all)].join(' '),
          ),
        )
        .toSorted(),
    );
  });
});

test('every placement by GitOps has its metadata, approval, manifest and clusters', async () => {
  const rows = await placements(storefront, {});
  const shownPath = (row: Row) => {
    const bag = (name: string) => (row[name] ?? {}) as unknown as Record<string, unknown>;
    return {
      proposed: String(bag('MetadataUpdate').Key).split('/').at(-1),
      pullRequest: Number(String(bag('Approval').Title).slice(1)),
      approvedBy: bag('Approval').By,
      mergedBy: row.MergedBy,
      manifest:
        bag('ReadyToDeploy').Kind === 'manifest' ? String(bag('ReadyToDeploy').Key).split('/').at(-1) : '',
      clusters: row.SyncedClusters,
    };
  };
  const model = placementsAt(storefront, now.toISOString());
  expect(rows).toHaveLength(model.length);
  for (const row of rows) {
    const one = model.find(
      ({ service, environment, build }) =>
        service === row.Service && environment === row.Environment && build === row.BuildId,
    ) as ModelPlacement;
    expect(shownPath(row)).toEqual(pathOf(storefront, one));
    // No settings name the repositories.
    expect(row).toMatchObject({ Ring: 'main', MetadataUpdate: { Guessed: true } });
    expect(row.ReadyToDeploy).toMatchObject({ Guessed: shownPath(row).manifest !== '' });
  }
  expect(rows.filter(({ SyncedClusters }) => JSON.stringify(SyncedClusters) !== '[]').length).toBeGreaterThan(
    50,
  );
  // Nothing of it is said of what does not come by GitOps.
  const [plain] = await placements(payments, { environments: ['dev'] });
  expect(plain).toMatchObject({ Ring: '', MergedBy: '', MetadataUpdate: null, ReadyToDeploy: null });
});

test('a change is followed to the deployment that failed to bring it', async () => {
  const failed = placementsAt(storefront, now.toISOString()).findLast(
    ({ service, state }) => service === 'cart' && state === 'failed',
  );
  const rows = await callFunction(layer.database, getCommitWhereabouts, {
    ...keyOf(storefront),
    Commit: String(failed?.commit),
  });
  expect(rows.filter(({ Row }) => Row === 'presence').map(({ Presence }) => Presence)).toEqual([
    'here',
    'next',
    'notYet',
    'notYet',
  ]);
  const environments = rows.filter(({ StepKind }) => StepKind === 'environment');
  expect(environments.map(({ Title, State }) => [Title, State])).toEqual([
    ['dev', 'succeeded'],
    ['qa', 'failed'],
  ]);
});

test('a pull request of the metadata is where its run has been', async () => {
  const one = placementsAt(storefront, now.toISOString()).find(({ state }) => state === 'blocked');
  const rows = await callFunction(layer.database, getPullRequestWhereabouts, {
    ...keyOf(storefront),
    RepositoryId: '',
    PullRequestId: pathOf(storefront, one as ModelPlacement).pullRequest,
  });
  expect(
    rows.filter(({ Row }) => Row === 'presence').map(({ Environment, Presence }) => [Environment, Presence]),
  ).toEqual([
    ['dev', 'here'],
    ['qa', 'here'],
    ['staging', 'here'],
    ['prod', 'underWay'],
  ]);
});

test('a build of 260 commits brings all of them: pushes name those that the build does not', async () => {
  const { build, commits } = largestBuild(payments);
  expect(commits).toHaveLength(200);
  const [placement] = (
    await placements(payments, { services: [build.pipeline.name], environments: ['dev'] })
  ).filter(({ BuildId }) => BuildId === build.id);
  const news = await callFunction(layer.database, getNews, {
    ...keyOf(payments),
    Service: '',
    Environment: '',
    DeploymentSource: 'azurepipelines',
    DeploymentId: String(placement?.DeploymentId),
    SinceDeploymentId: '',
  });
  const since = news.find(({ Row }) => Row === 'since');
  const order = branchOrder(payments, build.pipeline.name, build.branch);
  const expected = order.slice(order.indexOf(String(since?.Commit)) + 1, order.indexOf(build.commit) + 1);
  expect(expected.length).toBeGreaterThan(259);
  expect(news.flatMap(({ Row, Id }) => (Row === 'commit' ? [String(Id)] : [])).toSorted()).toEqual(
    expected.toSorted(),
  );
  expect(news[0]).toMatchObject({ Row: 'placement', Direction: 'forward', AndMore: false });
  expect(new Set(news.map(({ ProjectId }) => ProjectId))).toEqual(new Set([payments.project.id]));
});

test('what a rollback took away is listed as going backward', async () => {
  const [rollback] = (await placements(payments, { environments: ['staging'] })).filter(
    ({ Kind }) => Kind === 'rollback',
  );
  const news = await callFunction(layer.database, getNews, {
    ...keyOf(payments),
    Service: '',
    Environment: '',
    DeploymentSource: 'azurepipelines',
    DeploymentId: String(rollback?.DeploymentId),
    SinceDeploymentId: '',
  });
  const since = news.find(({ Row }) => Row === 'since');
  const order = branchOrder(payments, String(rollback?.Service), 'refs/heads/main');
  const gone = order.slice(
    order.indexOf(String(rollback?.Commit)) + 1,
    order.indexOf(String(since?.Commit)) + 1,
  );
  expect(gone.length).toBeGreaterThan(0);
  expect(news[0]).toMatchObject({ Direction: 'backward', AndMore: false });
  expect(news.flatMap(({ Row, Id }) => (Row === 'commit' ? [String(Id)] : [])).toSorted()).toEqual(
    gone.toSorted(),
  );
});

test('a commit delivered by GitOps is followed through the metadata and the approval to its environments', async () => {
  const waiting = placementsAt(storefront, now.toISOString()).find(({ state }) => state === 'blocked');
  const rows = await callFunction(layer.database, getCommitWhereabouts, {
    ...keyOf(storefront),
    Commit: String(waiting?.commit),
  });
  const presences = rows.filter(({ Row }) => Row === 'presence');
  expect(presences.map(({ Service, Environment, Presence }) => [Service, Environment, Presence])).toEqual([
    ['checkout', 'dev', 'here'],
    ['checkout', 'qa', 'here'],
    ['checkout', 'staging', 'here'],
    ['checkout', 'prod', 'underWay'],
  ]);
  const steps = rows.filter(({ Row }) => Row === 'step');
  expect(steps.map(({ StepKind }) => StepKind)).toEqual([
    'commit',
    'build',
    'metadata',
    'approval',
    'approval',
    'manifest',
    'manifest',
    'manifest',
    'environment',
    'environment',
    'environment',
    'environment',
  ]);
  const keys = new Set<unknown>();
  for (const { Key, After } of steps) {
    for (const key of After as unknown as readonly string[]) expect(keys).toContain(key);
    keys.add(Key);
  }
});

test('a pull request and a work item are where their last build is', async () => {
  const bad = placementsAt(payments, now.toISOString()).find(
    ({ service, environment, version }) =>
      service === 'card-gateway' && environment === 'dev' && version === latestVersion('card-gateway'),
  );
  const contents = payments.contents.find(({ build }) => build.id === bad?.build);
  const [item] = contents?.workItems ?? [];
  if (item !== undefined) {
    const rows = await callFunction(layer.database, getWorkItemWhereabouts, {
      ...keyOf(payments),
      WorkItemId: item,
    });
    // Production was rolled back.
    expect(rows.filter(({ Row }) => Row === 'presence').map(({ Presence }) => Presence)).toEqual([
      'here',
      'here',
      'here',
      'next',
    ]);
  }
  const merge = payments.events.find(({ eventType }) => eventType === 'git.pullrequest.merged');
  const pullRequestId = Number((merge?.resource as { pullRequestId: number } | undefined)?.pullRequestId);
  const rows = await callFunction(layer.database, getPullRequestWhereabouts, {
    ...keyOf(payments),
    RepositoryId: '',
    PullRequestId: pullRequestId,
  });
  expect(rows[0]).toMatchObject({ Row: 'subject', Id: `!${pullRequestId}` });
  expect(new Set(rows.filter(({ Row }) => Row === 'presence').map(({ Presence }) => Presence))).toEqual(
    new Set(['here']),
  );
  expect(
    await callFunction(layer.database, getPullRequestWhereabouts, {
      ...keyOf(payments),
      RepositoryId: '',
      PullRequestId: 999_999,
    }),
  ).toEqual([]);
});

function latestVersion(service: string): string {
  return placementsAt(payments, now.toISOString())
    .filter((one) => one.service === service && one.environment === 'dev')
    .toSorted((a, b) => b.build - a.build)[0]?.version as string;
}

test('a commit that was built again, by a later build, brings what came after it to no environment', async () => {
  const [older, newer] = ['a'.repeat(40), 'b'.repeat(40)];
  const row = (table: string, columns: string) =>
    layer.database.command(
      `.set-or-append ${table} <| ${table} | take 0 | union (print OrganizationName = 'rebuilt', ProjectId = 'p', ${columns})`,
    );
  const built = (build: number, commit: string) =>
    row(
      'BuildChange',
      `BuildId = long(${build}), PipelineId = 1, SourceBranch = 'main', Position = 0, CommitId = '${commit}'`,
    );
  await built(10, older);
  await built(11, newer);
  await row(
    'Placement',
    `PlacementKey = 'k', StateDate = now(), StateOrder = now(), DeploymentId = 'd', EnvironmentName = 'prod', State = 'succeeded', ChangeState = 'succeeded', StartTime = now(), EndTime = now(), ServiceKey = '1/', BuildId = 12, PipelineId = 1, PipelineName = 'p', SourceBranch = 'main', SourceVersion = '${older}', IsLeftOut = false`,
  );
  await row('PlacementKind', "MappedAt = now(), PlacementKey = 'k', Kind = 'first', CommitOrder = 10999");
  await row(
    'EnvironmentLabel',
    "MappedAt = now(), EnvironmentName = 'prod', Environment = 'prod', Place = 0",
  );
  const presenceOf = async (Commit: string) => {
    const key = { AdoOrganizationName: 'rebuilt', AdoProjectId: 'p', Commit };
    const rows = await callFunction(layer.database, getCommitWhereabouts, key);
    return rows.filter(({ Row }) => Row === 'presence').map(({ Presence }) => Presence);
  };
  expect(await presenceOf(older)).toEqual(['here']);
  expect(await presenceOf(newer)).toEqual(['next']);
});

test('measures count what the model counts, and each opens the deployments that it counts', async () => {
  const from = new Date(now.getTime() - 90 * 24 * 60 * 60_000);
  const rows = await callFunction(layer.database, getMeasures, {
    ...keyOf(payments),
    Services: [],
    Environments: ['production'],
    From: from,
    To: now,
  });
  const total = (name: string) =>
    rows.find(
      ({ Row, Name, Service, Environment }) =>
        Row === 'measure' && Name === name && Service === '' && Environment === '',
    );
  const cells = [...cellsOf(attemptsAt(payments, now.toISOString()).flat()).values()].filter(
    ({ all }) => all[0]?.environment === 'production',
  );
  const kindIn = (one: ModelPlacement, all: readonly ModelPlacement[]) =>
    kindOf(
      payments,
      one,
      all.filter(({ build }) => build !== one.build),
    );
  const judged = cells.flatMap(({ all }) => {
    const ended = all
      .filter(({ end }) => end !== null)
      .toSorted((a, b) => String(a.end).localeCompare(String(b.end)));
    const marked = ended.map((one, at) => {
      const [before, next] = [ended[at - 1], ended[at + 1]];
      const undone = next !== undefined && ['rollback', 'hotFix'].includes(kindIn(next, all));
      const isRerun = before?.state === 'failed' && before.build === one.build;
      const rework = isRerun || ['rollback', 'hotFix'].includes(kindIn(one, all));
      return { one, failed: one.state === 'failed' || undone, rework };
    });
    return marked.map((each, at) => ({
      ...each,
      recovered: each.failed && !marked[at - 1]?.failed && marked.slice(at).some(({ failed }) => !failed),
    }));
  });
  // Reruns that fixed a failure are there.
  expect(judged.filter(({ one, rework }) => rework && one.state === 'succeeded').length).toBeGreaterThan(3);
  const inRange = judged.filter(({ one }) => String(one.end) >= from.toISOString());
  const share = (of: (each: (typeof inRange)[number]) => boolean) =>
    inRange.filter(of).length / inRange.length;
  expect(inRange.length).toBeGreaterThan(20);
  expect(total('changeFailRate')?.Value).toBeCloseTo(
    share(({ failed }) => failed),
    9,
  );
  expect(total('deploymentReworkRate')?.Value).toBeCloseTo(
    share(({ rework }) => rework),
    9,
  );
  const succeeded = inRange.filter(({ one }) => one.state === 'succeeded');
  expect(total('deploymentFrequency')).toMatchObject({ Counted: succeeded.length });
  expect(total('deploymentFrequency')?.Value).toBeCloseTo(succeeded.length / 90, 9);
  const recovered = await placements(payments, {
    environments: ['production'],
    measure: 'failedDeploymentRecoveryTime',
  });
  expect(recovered.map(({ Service }) => Service).toSorted()).toEqual(
    judged
      .filter(({ recovered }) => recovered)
      .map(({ one }) => one.service)
      .toSorted(),
  );
});

test('an open pull request of metadata is a step of the build that it names, before anything runs', async () => {
  const recorder = new Recorder({ organization: 'contoso', id: guidOf('contoso open'), name: 'Open' });
  const { contents, events } = recorder;
  const created = new Date(now.getTime() - 60 * 60_000);
  // Both pipelines number their runs alike.
  for (const [id, name] of [
    [1, 'shop'],
    [2, 'news'],
  ] as const) {
    const commit = { id: recorder.commitId(name), message: name, author: 'ada@contoso.com', time: created };
    const run: Run = {
      ...{ id, number: '20261127.1', pipeline: { id, name }, repository: recorder.repository(name), created },
      ...{ branch: 'refs/heads/main', commit: commit.id, requestedFor: 'ada@contoso.com' },
    };
    recorder.runChanged(run, 'inProgress', created);
    recorder.built(run, 'succeeded', created, { commits: [commit], workItems: [] });
  }
  const pullRequest = {
    ...{ repository: recorder.repository('open-hld'), pullRequest: 5, source: 'refs/heads/deploy/shop' },
    ...{ sourceCommit: recorder.commitId('change'), targetCommit: recorder.commitId('root') },
    ...{
      mergeCommit: recorder.commitId('merge'),
      createdBy: 'bot@contoso.com',
      closedBy: '',
      opened: created,
    },
  };
  recorder.merged({ ...pullRequest, title: 'Deploy shop 20261127.1', time: created });
  Object.assign(events.at(-1)?.resource ?? {}, { status: 'active', closedDate: undefined });
  await ingestRows(layer.database, rowsOf(recorder));
  await mapChangelog(layer.database);
  const stepsOf = async (commit = '') => {
    const key = { ...keyOf(recorder), Commit: commit };
    const rows = await callFunction(layer.database, getCommitWhereabouts, key);
    return rows
      .filter(({ Row }) => Row === 'step')
      .map(({ StepKind, Title, State }) => [StepKind, Title, State]);
  };
  const [shop, news] = contents.map(({ build }) => build.commit);
  expect(await stepsOf(shop)).toEqual([
    ['commit', shop?.slice(0, 8), 'succeeded'],
    ['build', 'shop 20261127.1', 'succeeded'],
    ['metadata', `open-hld ${pullRequest.sourceCommit.slice(0, 8)}`, 'succeeded'],
    ['approval', '!5', 'blocked'],
  ]);
  expect((await stepsOf(news)).map(([kind]) => kind)).toEqual(['commit', 'build']);
});

// The last tests: what they add stays.
test('settings say which repositories are metadata and manifests, and only those count then', async () => {
  const save = async (version: number, metadata: string, manifests: string) => {
    const row = {
      OrganizationName: storefront.project.organization,
      ProjectId: storefront.project.id,
      Version: version,
      SavedBy: 'tester',
      SavedTime: now.toISOString(),
      Settings: {
        Services: [],
        Environments: [],
        MetadataRepositories: [metadata],
        ManifestRepositories: [manifests],
      },
    };
    await layer.database.ingest('ProjectSettings', Object.keys(row), [row]);
    await mapChangelog(layer.database);
    return (await placements(storefront, { environments: ['dev'], services: ['cart'] }))[0];
  };
  const named = await save(1, 'Storefront-*', 'storefront-manifests');
  expect(named).toMatchObject({ MetadataUpdate: { Guessed: false }, SyncedClusters: ['dev'] });
  expect(named?.ReadyToDeploy).toMatchObject({ Kind: 'manifest', Guessed: false });
  const otherManifests = await save(2, 'storefront-hld', 'elsewhere');
  expect(otherManifests).toMatchObject({ MetadataUpdate: { Guessed: false }, SyncedClusters: [] });
  expect(otherManifests?.ReadyToDeploy).toMatchObject({ Kind: 'build' });
  expect(await save(3, 'elsewhere', '*')).toMatchObject({
    Ring: '',
    MergedBy: '',
    MetadataUpdate: null,
    ReadyToDeploy: null,
    SyncedClusters: [],
  });
});

test('a page stays where it is when placements arrive before it', async () => {
  const first = await placements(payments, { top: 10 });
  const after = first.at(-1);
  const second = await placements(payments, { top: 10, after });
  await moveService(layer.database, { wait: async () => undefined });
  await mapChangelog(layer.database);
  expect((await placements(payments, { top: 10 }))[0]?.BuildId).not.toBe(first[0]?.BuildId);
  expect(await placements(payments, { top: 10, after })).toEqual(second);
});

test('a filled database from before these views gets them with its rows', async () => {
  const answers = async () => [
    await matrix(payments),
    await matrix(storefront, new Date(middle)),
    await placements(storefront, {}),
    await placements(payments, { measure: 'changeFailRate' }),
  ];
  const { database } = layer;
  const before = await answers();
  for (const view of ['PlacementAttempt', 'PlacementPathState', 'PlacementState'])
    await database.command(`.drop materialized-view ${view}`);
  await database.command('.drop table PlacementPath');
  await database.command(`.create materialized-view with (backfill = true) PlacementState on table Placement
{ Placement | summarize arg_max(StateOrder, *) by OrganizationName, ProjectId, PlacementKey }`);
  const plan = await planSchema(database, databaseName);
  expect(plan.steps.map(({ action, title }) => `${action} ${title}`)).toEqual(
    expect.arrayContaining([
      'create table PlacementPath',
      'change materialized view PlacementState',
      'create materialized view PlacementAttempt',
      'create materialized view PlacementPathState',
    ]),
  );
  await applySchemaPlan(database, plan);
  await mapChangelog(database);
  expect((await planSchema(database, databaseName)).steps).toEqual([]);
  expect(await answers()).toEqual(before);
});

describe('random histories', () => testHistories(() => layer));
describe('other sources', () => testOtherSources(() => layer));
