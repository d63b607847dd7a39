/**
 * What comes from elsewhere than YAML stages of Azure Repos, with payloads as they really look: repositories of GitHub built by
 * Azure Pipelines, classic releases, and rollouts by Ev2, AzDeployer and Pilotfish.
 */
import { ingestRows } from '../../../changelog/demo/load-changelog-demo.ts';
import { buildChangeRows } from '../../../changelog/events/build-contents.ts';
import { eventOfObject, type JsonObject } from '../../../changelog/events/decode.ts';
import { readEvent } from '../../../changelog/events/read-event.ts';
import { callFunction } from '../../../kusto/client/function-call.ts';
import {
  getCommitWhereabouts,
  getEnvironments,
  getKeptHistory,
  getNews,
  getPlacements,
  getPullRequestWhereabouts,
} from '../../../kusto/client/functions.ts';
import type { Row } from '../../../kusto/client/rows.ts';
import {
  azDeployerAudit,
  buildDrop,
  clusterProgress,
  ev2Change,
  ev2Progress,
  pilotfishAudit,
} from '../../../kusto/demo/events.ts';
import { mapChangelog } from '../../support/changelog/changelog.ts';
import {
  buildEvent,
  organization,
  project,
  releaseDeploymentEvent,
  runEvent,
  stageEvent,
} from '../../support/changelog/events.ts';
import type { DataLayer } from '../../support/engine/data-layer.ts';

const endOfTime = new Date('9999-12-31T00:00:00Z');
const began = Date.now() - 12 * 60 * 60_000;
const at = (minutes: number): string => new Date(began + minutes * 60_000).toISOString();
const commit = (digit: string): string => digit.repeat(40);
const rolloutId = '99999999-2222-4333-8444-555555555555';
const pilotfishId = '20260901-171812-0123456789abcdef0123456789abcdef01234567_1';
const asked = { AdoOrganizationName: organization, AdoProjectId: project };

/** The events of a run of a GitHub repository, with the stages that ended. */
function gitHubRun(
  {
    id,
    minutes,
    branch = 'refs/heads/main',
    version,
    stages,
  }: {
    id: number;
    minutes: number;
    branch?: string;
    version: string;
    stages: Readonly<Record<string, string>>;
  },
  pipeline = { id: 7, name: 'web-app' },
): unknown[] {
  const run = { runId: id, runName: `20260901.${id}`, pipelineId: pipeline.id, pipelineName: pipeline.name };
  const repository = {
    repository: { fullName: 'Fabrikam/Web-App', type: 'gitHub' },
    refName: branch,
    version,
  };
  return [
    runEvent({ ...run, resources: { repositories: { self: repository } }, createdDate: at(minutes) }),
    buildEvent({
      buildId: id,
      buildNumber: run.runName,
      createdDate: at(minutes + 3),
      resource: {
        definition: { id: pipeline.id, name: pipeline.name },
        startTime: at(minutes),
        finishTime: at(minutes + 3),
        sourceGetVersion: `LG:${branch}:${version}`,
      },
    }),
    ...Object.entries(stages).flatMap(([stage, result], index) => [
      stageEvent({
        ...run,
        stageName: stage,
        stageState: 'running',
        createdDate: at(minutes + 4 + 10 * index),
      }),
      stageEvent({
        ...run,
        stageName: stage,
        stageState: 'completed',
        stageResult: result,
        createdDate: at(minutes + 9 + 10 * index),
      }),
    ]),
  ];
}

const gitHubChanges = (buildId: number, branch: string, commits: readonly (readonly [string, string])[]) =>
  buildChangeRows(
    { organization, project, buildId, pipelineId: 7, branch, repositoryId: 'fabrikam/web-app' },
    commits.map(([id, message], index) => ({
      id,
      message,
      author: 'Ada',
      time: at(-30 - index),
      url: `https://github.com/Fabrikam/Web-App/commit/${id}`,
    })),
  );

/** @param dataLayer one that has started when tests run */
export function testOtherSources(dataLayer: () => DataLayer): void {
  const events: unknown[] = [
    ...gitHubRun({
      id: 701,
      minutes: 0,
      version: commit('1'),
      stages: { deploy_dev: 'succeeded', deploy_prod: 'succeeded' },
    }),
    ...gitHubRun({ id: 702, minutes: 60, branch: 'refs/pull/12/merge', version: commit('2'), stages: {} }),
    ...gitHubRun({ id: 703, minutes: 120, version: commit('4'), stages: { deploy_dev: 'succeeded' } }),
    ...releaseEvents(),
  ];
  let rolledOut: string;
  beforeAll(async () => {
    const { database, tell } = dataLayer();
    await tell(...rollouts());
    const [row] = await database.query('print Now = now()');
    rolledOut = String(row?.Now);
    await ingestRows(database, [
      ...events.flatMap((event) => readEvent(eventOfObject(event as JsonObject), at(0)).rows),
      ...gitHubChanges(701, 'refs/heads/main', [[commit('1'), 'Begin']]),
      ...gitHubChanges(703, 'refs/heads/main', [
        [commit('4'), 'Merge pull request #12 from ada/limits'],
        [commit('3'), 'Read limits'],
      ]),
    ]);
    await mapChangelog(database);
  }, 300_000);

  function matrix(time: Date): Promise<Row[]> {
    const all = { Services: [], Environments: [], States: [], AfterService: '', Top: 200, At: time };
    return callFunction(dataLayer().database, getEnvironments, { ...asked, ...all });
  }

  const cellsIn = (rows: readonly Row[]) =>
    rows
      .filter((row) => row.Row === 'cell')
      .map(
        ({
          Service,
          Environment,
          Slot,
          DeploymentSource,
          Version,
          State,
          RequestedBy,
          Repository,
          Behind,
        }) => [
          [Service, Environment, Slot, DeploymentSource, Version, State].join(' '),
          `by ${RequestedBy}`,
          `from ${Repository}`,
          `behind ${Behind}`,
        ],
      );

  test('every source has its cells', async () => {
    const rows = await matrix(endOfTime);
    expect(rows.filter((row) => row.Row === 'service')).toMatchObject([
      { Service: 'web-app', Pipelines: ['web-app'], Repositories: ['fabrikam/web-app'] },
    ]);
    const [ada, repository] = ['by ada@fabrikam.com', 'from fabrikam/web-app'];
    expect(cellsIn(rows)).toEqual([
      ['web-app deploy_dev 0 azurepipelines 20260901.703 succeeded', ada, repository, 'behind null'],
      ['web-app Test 0 azurepipelines 20260901.703 succeeded', ada, repository, 'behind 0'],
      [
        'web-app Test 1 expressv2 20260901.701 inProgress',
        'by service 11111111-2222-4333-8444-555555555555',
        repository,
        'behind 0',
      ],
      [
        'web-app Live 1 azurepipelines 20260901.703 inProgress',
        'by release pipeline Shop CD',
        repository,
        'behind null',
      ],
      ['web-app Prod 0 azdeployer 1.0.701 succeeded', 'by Azure Fabric Deployment', repository, 'behind 0'],
      ['web-app Prod 1 pilotfish label-703 failed', 'by Xstore Deployment', repository, 'behind 0'],
      ['web-app deploy_prod 0 azurepipelines 20260901.701 succeeded', ada, repository, 'behind 2'],
    ]);
  });

  test('every source has its changes, newest first', async () => {
    const none = { Services: [], Environments: [], States: [], Authors: [], BuildId: 0, CommitPrefix: '' };
    const some = { ImageTag: '', DeploymentId: '', Measure: '', From: new Date(0), To: endOfTime };
    const page = { AfterTime: endOfTime, AfterKey: '', Top: 100, At: endOfTime };
    const rows = await callFunction(dataLayer().database, getPlacements, {
      ...asked,
      ...none,
      ...some,
      ...page,
    });
    expect(
      rows.map(({ Environment, DeploymentSource, DeploymentId, BuildId, Author }) =>
        [
          Environment,
          DeploymentSource,
          String(DeploymentId).split('/').slice(-2).join('/'),
          BuildId,
          Author,
        ].join(' '),
      ),
    ).toEqual([
      'Live azurepipelines release-40/Live 703 ada@fabrikam.com',
      'Test azurepipelines release-40/Test 703 ada@fabrikam.com',
      `Prod pilotfish ${pilotfishId} 703 ada@fabrikam.com`,
      'Prod azdeployer 4711 703 ada@fabrikam.com',
      'deploy_dev azurepipelines 703/deploy_dev 703 ada@fabrikam.com',
      `Test expressv2 Microsoft.Web.App/${rolloutId} 701 ada@fabrikam.com`,
      'deploy_prod azurepipelines 701/deploy_prod 701 ada@fabrikam.com',
      'deploy_dev azurepipelines 701/deploy_dev 701 ada@fabrikam.com',
    ]);
  });

  test('the past leaves out and names the sources whose states are not all kept', async () => {
    const rows = await matrix(new Date(at(170)));
    expect(cellsIn(rows).map(([cell]) => cell)).toEqual([
      'web-app deploy_dev 0 azurepipelines 20260901.703 succeeded',
      'web-app deploy_prod 0 azurepipelines 20260901.701 succeeded',
    ]);
    expect(
      rows.filter((row) => row.Row === 'leftOut').map(({ DeploymentSource }) => DeploymentSource),
    ).toEqual(['azdeployer', 'expressv2', 'pilotfish']);
    const history = await callFunction(dataLayer().database, getKeptHistory, asked);
    const reason = 'Only what was seen of its states is kept.';
    expect(
      history.map(({ DeploymentSource, Horizon, Reason }) => [DeploymentSource, Horizon !== null, Reason]),
    ).toEqual([
      ['azdeployer', false, reason],
      ['azurepipelines', true, ''],
      ['expressv2', false, reason],
      ['pilotfish', false, reason],
    ]);
  });

  test('a build that becomes known after its rollouts gives them its pipeline and commit', async () => {
    const rows = await dataLayer().database.query(
      `MapPlacementByOrchestrator(datetime(${rolledOut}), now() + 1m)
       | where ProjectId == '${project}'
       | distinct DeploymentSource, PipelineName, BuildNumber, SourceVersion, RepositoryId
       | order by DeploymentSource asc`,
    );
    const names = { PipelineName: 'web-app', RepositoryId: 'fabrikam/web-app' };
    expect(rows).toEqual([
      { DeploymentSource: 'azdeployer', BuildNumber: '20260901.703', SourceVersion: commit('4'), ...names },
      { DeploymentSource: 'expressv2', BuildNumber: '20260901.701', SourceVersion: commit('1'), ...names },
      { DeploymentSource: 'pilotfish', BuildNumber: '20260901.703', SourceVersion: commit('4'), ...names },
    ]);
  });

  test('a build is touched by an event of its own, by one of its run, and by the repository of its run', async () => {
    const { database } = dataLayer();
    for (const [table, changes] of [
      ['BuildEvent', 'BuildId = 1'],
      ['RunEvent', 'RunId = 2'],
      ['RunResource', "RunId = 3, Kind = 'repository'"],
      ['RunResource', "RunId = 4, Kind = 'pipeline'"],
    ])
      await database.command(
        `.append ${table} <| ${table} | take 1 | extend OrganizationName = 'touching', ${changes}`,
      );
    const touched = (from: string, to: string) =>
      database.query(
        `TouchedBuilds(${from}, ${to}) | where OrganizationName == 'touching' | order by Id asc | project Id`,
      );
    expect(await touched('ago(1h)', 'now() + 1m')).toEqual([{ Id: '1' }, { Id: '2' }, { Id: '3' }]);
    expect(await touched('now() + 1m', 'now() + 2m')).toEqual([]);
  });

  test('what builds carry tells the commits and pull requests of GitHub', async () => {
    const news = await callFunction(dataLayer().database, getNews, {
      ...asked,
      ...{ Service: '', Environment: '', DeploymentSource: 'azurepipelines', SinceDeploymentId: '' },
      DeploymentId: `${organization}/${project}/703/deploy_dev`,
    });
    expect(news.filter((row) => row.Row === 'commit').map(({ Url }) => Url)).toEqual([
      `https://github.com/Fabrikam/Web-App/commit/${commit('4')}`,
      `https://github.com/Fabrikam/Web-App/commit/${commit('3')}`,
    ]);
    expect(news.filter((row) => row.Row === 'pullRequest')).toMatchObject([
      { Number: 12, Repository: 'fabrikam/web-app', Url: 'https://github.com/fabrikam/web-app/pull/12' },
    ]);
    const presencesIn = (rows: readonly Row[]) =>
      rows.flatMap((row) => (row.Row === 'presence' ? [`${row.Environment} ${row.Presence}`] : []));
    const presences = ['deploy_dev here', 'Test here', 'Live underWay', 'Prod here', 'deploy_prod notYet'];
    const pullRequest = await callFunction(dataLayer().database, getPullRequestWhereabouts, {
      ...asked,
      RepositoryId: '',
      PullRequestId: 12,
    });
    expect(pullRequest[0]).toMatchObject({ Row: 'subject', Id: '!12', Repository: 'fabrikam/web-app' });
    expect(presencesIn(pullRequest)).toEqual(presences);
    const ofCommit = await callFunction(dataLayer().database, getCommitWhereabouts, {
      ...asked,
      Commit: commit('3'),
    });
    expect(presencesIn(ofCommit)).toEqual(presences);
  });
}

function releaseEvents(): unknown[] {
  const release = { id: 40, name: 'Release-40' };
  const releaseDefinition = { id: 362, name: 'Shop CD' };
  const artifact = {
    type: 'Build',
    definitionReference: { project: { id: project }, version: { id: '703', name: '20260901.703' } },
  };
  const ended = (name: string, minutes: number, deploymentStatus: string) =>
    releaseDeploymentEvent(
      'completed',
      {
        environment: undefined,
        release: undefined,
        deployment: {
          id: minutes,
          release: { ...release, artifacts: [artifact] },
          releaseDefinition,
          releaseEnvironment: { id: minutes, name },
          attempt: 1,
          deploymentStatus,
          requestedFor: { displayName: 'Ada', uniqueName: 'ada@fabrikam.com' },
          startedOn: at(minutes - 5),
          completedOn: at(minutes),
        },
      },
      { createdDate: at(minutes) },
    );
  const started = (name: string, minutes: number) =>
    releaseDeploymentEvent(
      'started',
      {
        environment: {
          id: minutes,
          releaseId: 40,
          name,
          status: 'inProgress',
          deploySteps: [{ id: 1, attempt: 1, status: 'inProgress', queuedOn: at(minutes) }],
          release,
          releaseDefinition,
        },
        release: { id: 0, name: null, releaseDefinition: null, artifacts: [] },
      },
      { createdDate: at(minutes) },
    );
  return [started('Test', 200), ended('Test', 205, 'partiallySucceeded'), started('Live', 210)];
}

function rollouts() {
  const build = (id: number) => ({ organization, project, id });
  const ev2 = {
    serviceTreeId: '11111111-2222-4333-8444-555555555555',
    serviceGroup: 'Microsoft.Web.App',
    buildNumber: '20260901.701',
  };
  const drop = { branch: 'main', version: '1.0.701' };
  const region = (entity: string, state: string, from: number, to?: number) => ({
    entity,
    state,
    start: at(from),
    modified: at(to ?? from),
    ...(to !== undefined && { end: at(to) }),
  });
  return [
    ev2Change(build(701), ev2, rolloutId, at(20)),
    ev2Progress(ev2, rolloutId, [region('westus', 'Completed', 21, 40), region('eastus', 'InProgress', 41)], {
      RolloutInfra: 'Test',
    }),
    buildDrop(build(703), drop),
    azDeployerAudit('4711', ['Web.xml;main;1.0.701'], drop, new Date(at(130))),
    clusterProgress('AzDeployer', '4711', 'Web.xml;main;1.0.701', [
      region('cluster1', 'Succeeded', 131, 150),
    ]),
    pilotfishAudit(pilotfishId, [{ payload: 'webapp=label-703', drop }], new Date(at(140))),
    clusterProgress('Pilotfish', pilotfishId, 'webapp=label-703', [region('cluster2', 'Failed', 141, 160)]),
  ];
}
