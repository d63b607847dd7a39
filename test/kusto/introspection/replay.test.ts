/**
 * Both demonstration projects replayed from their events, shuffled and duplicated, on one engine: what introspection says
 * equals a model that is written down independently (model.ts), and what it says of an earlier time is what it said then.
 */

import { randomNumbers } from '../../../changelog/demo/deliveries.ts';
import type { Recorder } from '../../../changelog/demo/hook-events.ts';
import { ingestRows, rowsOf } from '../../../changelog/demo/load-changelog-demo.ts';
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
import { mapChangelog } from '../../support/changelog/changelog.ts';
import { type DataLayer, startDataLayer } from '../../support/engine/data-layer.ts';
import { branchOrder, cellsOf, kindOf, largestBuild, placementsAt } from './model.ts';

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
  filter: { services?: string[]; environments?: string[]; measure?: string },
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
    AfterTime: endOfTime,
    AfterKey: '',
    Top: 5_000,
    At: endOfTime,
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
        [one.service, one.environment, one.build, one.state, kindOf(recorder, one, all)].join(' '),
      ),
    );
    const rows = await placements(recorder, {});
    const found = rows.map((row) =>
      [row.Service, row.Environment, row.BuildId, row.State, row.Kind].join(' '),
    );
    expect(found.length).toBeGreaterThan(100);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });
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
  const cells = [...cellsOf(placementsAt(payments, now.toISOString())).values()].filter(
    ({ all }) => all[0]?.environment === 'production',
  );
  const judged = cells.flatMap(({ all }) => {
    const ended = all
      .filter(({ end }) => end !== null)
      .toSorted((a, b) => String(a.end).localeCompare(String(b.end)));
    return ended.map((one, at) => {
      const next = ended[at + 1];
      const undone = next !== undefined && ['rollback', 'hotFix'].includes(kindOf(payments, next, all));
      return { one, failed: one.state === 'failed' || undone, kind: kindOf(payments, one, all) };
    });
  });
  const inRange = judged.filter(({ one }) => String(one.end) >= from.toISOString());
  const share = (of: (each: (typeof inRange)[number]) => boolean) =>
    inRange.filter(of).length / inRange.length;
  expect(inRange.length).toBeGreaterThan(20);
  expect(total('changeFailRate')?.Value).toBeCloseTo(
    share(({ failed }) => failed),
    9,
  );
  expect(total('deploymentReworkRate')?.Value).toBeCloseTo(
    share(({ kind }) => ['rollback', 'hotFix'].includes(kind)),
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
      .filter(({ failed }) => failed)
      .map(({ one }) => one.service)
      .toSorted(),
  );
});
