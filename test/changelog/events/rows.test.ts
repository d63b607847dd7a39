import { decodeEvent } from '../../../changelog/events/decode.ts';
import { knownEventTypes, rowsOfEvent } from '../../../changelog/events/rows.ts';
import type { EventReading } from '../../../changelog/events/table-rows.ts';
import {
  approvalEvent,
  buildEvent,
  hookEvent,
  jobEvent,
  organization,
  project,
  pullRequestEvent,
  pushEvent,
  releaseDeploymentEvent,
  runEvent,
  stageEvent,
} from '../../support/changelog/events.ts';

const received = '2019-10-02T20:11:00.0000000Z';

function read(event: unknown): EventReading {
  return rowsOfEvent(decodeEvent(JSON.stringify(event)), received);
}

function rowIn(reading: EventReading, table: string): Readonly<Record<string, unknown>> | undefined {
  return reading.rows.find((row) => row.table === table)?.row;
}

describe("the rows of the changelog's own examples", () => {
  it('of a started build have pipeline, name, id and the time to the last digit', () => {
    const event = runEvent({ message: 'Run 20191002.2 in progress.' });
    expect(rowIn(read(event), 'RunEvent')).toMatchObject({
      CreatedDate: '2019-10-02T19:54:00.3307136Z',
      Message: 'Run 20191002.2 in progress.',
      PipelineId: 7,
      RunName: '20191002.2',
      RunId: 479,
      State: 'inProgress',
    });
  });

  it('of a completed build take the result from the status of version 1.0', () => {
    const event = buildEvent({ message: 'Build 20191002.2 succeeded' });
    expect(rowIn(read(event), 'BuildEvent')).toMatchObject({
      CreatedDate: '2019-10-02T19:57:48.7584186Z',
      Message: 'Build 20191002.2 succeeded',
      PipelineId: 7,
      BuildNumber: '20191002.2',
      BuildId: 479,
      State: 'completed',
      Result: 'succeeded',
      SourceBranch: 'refs/heads/master',
      SourceVersion: '600c52d2d5b655caa111abfd863e5a9bd304bb0e',
      RequestedFor: 'ada@fabrikam.com',
    });
  });

  it('of a stage change have the stage and its run', () => {
    const event = stageEvent({
      runId: 480,
      runName: '20191002.3',
      createdDate: '2019-10-02T20:10:39.1376851Z',
      message: 'Run 20191002.3 stage build running.',
    });
    expect(rowIn(read(event), 'StageEvent')).toMatchObject({
      CreatedDate: '2019-10-02T20:10:39.1376851Z',
      Message: 'Run 20191002.3 stage build running.',
      PipelineId: 7,
      StageName: 'build',
      RunId: 480,
      Attempt: 1,
    });
  });
});

describe('the rows of an event', () => {
  it('of version 2.0 of a build take the result from its own field', () => {
    const resource = {
      status: 'completed',
      result: 'failed',
      sourceVersion: 'abc',
      sourceBranch: 'refs/heads/main',
      requestedFor: { uniqueName: 'bea@fabrikam.com' },
    };
    expect(rowIn(read(buildEvent({ resource })), 'BuildEvent')).toMatchObject({
      State: 'completed',
      Result: 'failed',
      SourceVersion: 'abc',
      RequestedFor: 'bea@fabrikam.com',
    });
  });

  it('of a build name it as completed, so that its artifacts can be read', () => {
    expect(read(buildEvent()).completedBuild).toEqual({ organization, project, buildId: 479 });
    expect(read(buildEvent({ resource: { status: 'inProgress' } })).completedBuild).toBeUndefined();
    expect(read(runEvent()).completedBuild).toBeUndefined();
  });

  it('of a build dropped to a share include its drop location', () => {
    const location = String.raw`\\reddog\builds\branches\git_web_master\1.0.0.1`;
    expect(rowIn(read(buildEvent({ resource: { drop: { location } } })), 'BuildArtifact')).toMatchObject({
      BuildArtifactName: 'BuildDropLocation',
      ResourceData: location,
      BuildId: 479,
    });
  });

  it('of a job include its stage, even one that still says running', () => {
    const reading = read(jobEvent({ jobState: 'completed', jobResult: 'succeeded', stageState: 'running' }));
    expect(rowIn(reading, 'JobEvent')).toMatchObject({ State: 'completed', Result: 'succeeded' });
    expect(rowIn(reading, 'StageEvent')).toMatchObject({ State: 'running', Result: '' });
  });

  it('of a run name the commits and the runs that it consumed', () => {
    const url = `https://dev.azure.com/${organization}/2d1dd9c1-0000-4000-8000-000000000001/_apis/pipelines/3?revision=1`;
    const resources = {
      repositories: { self: { repository: { id: 'R1' }, refName: 'refs/heads/main', version: 'c0ffee' } },
      pipelines: { upstream: { pipeline: { id: 3, name: 'images', url }, version: '20191001.9' } },
    };
    const rows = read(runEvent({ resources })).rows.filter(({ table }) => table === 'RunResource');
    expect(rows.map(({ row }) => row)).toEqual([
      expect.objectContaining({ Kind: 'repository', RepositoryId: 'r1', Version: 'c0ffee' }),
      expect.objectContaining({
        Kind: 'pipeline',
        UpstreamPipelineId: 3,
        UpstreamProjectId: '2d1dd9c1-0000-4000-8000-000000000001',
        Version: '20191001.9',
      }),
    ]);
  });

  it('of an approval name the environment that its stage deploys to', () => {
    const reading = read(approvalEvent('pending'));
    expect(rowIn(reading, 'ApprovalEvent')).toMatchObject({ State: 'pending', RunId: 480 });
    expect(rowIn(reading, 'StageEnvironment')).toMatchObject({
      RunId: 480,
      StageName: 'deploy',
      EnvironmentName: 'production',
    });
  });

  it('of a push have its branch and commits', () => {
    expect(rowIn(read(pushEvent()), 'PushEvent')).toMatchObject({
      RefName: 'refs/heads/master',
      NewCommit: '33b55f7cb7e7e245323987634f960cf4a6e6bc74',
      Commits: [
        { Id: '33b55f7cb7e7e245323987634f960cf4a6e6bc74', Comment: 'Mend it', Author: 'ada@fabrikam.com' },
      ],
    });
  });

  it('of a pull request have what was merged into what', () => {
    expect(rowIn(read(pullRequestEvent()), 'PullRequestEvent')).toMatchObject({
      PullRequestId: 31,
      State: 'completed',
      MergeCommit: 'eef717f69257a6333f221566c1c987dc94cc0d72',
    });
  });

  it('of a release deployment have release, environment, state and consumed builds', () => {
    const release = {
      artifacts: [
        {
          type: 'Build',
          definitionReference: { project: { id: project }, version: { id: '479', name: 'x' } },
        },
        { type: 'Git', definitionReference: { version: { id: 'c0ffee' } } },
      ],
    };
    expect(
      rowIn(read(releaseDeploymentEvent('started', { release })), 'ReleaseDeploymentEvent'),
    ).toMatchObject({
      ReleaseId: 12,
      EnvironmentName: 'Dev',
      State: 'inProgress',
      Result: '',
      Builds: [{ ProjectId: project, BuildId: '479' }],
    });
    expect(rowIn(read(releaseDeploymentEvent('completed')), 'ReleaseDeploymentEvent')).toMatchObject({
      State: 'completed',
      Result: 'succeeded',
    });
  });

  it("read the newer spelling of release events' types", () => {
    const event = {
      ...releaseDeploymentEvent('started'),
      eventType: 'ms.azure-devops-release.deployment-started-event',
    };
    expect(read(event).outcome).toBe('understood');
  });

  it('keep the whole event, unknown fields and all', () => {
    const event = { ...stageEvent(), somethingNew: { deep: [1, 'two'] } };
    expect(rowIn(read(event), 'StageEvent')?.Event).toEqual(event);
  });
});

describe('the organization', () => {
  it.each([
    ['https://dev.azure.com/Contoso/', 'contoso'],
    ['https://contoso.visualstudio.com/', 'contoso'],
    ['https://contoso.visualstudio.com/DefaultCollection/', 'contoso'],
    ['https://vsrm.dev.azure.com/contoso/', 'contoso'],
    ['https://tfs.example.com/tfs/Contoso/', 'contoso'],
    ['https://contoso.vsrm.visualstudio.com/', 'contoso'],
    ['https://devops.example.com/New_Main%20Collection/', 'new_main collection'],
  ])('comes from the containers: %s', (organizationUrl, expected) => {
    expect(rowIn(read(runEvent({ organizationUrl })), 'RunEvent')?.OrganizationName).toBe(expected);
  });

  it.each([
    ['the current form', `https://dev.azure.com/contoso/${project}/_apis/pipelines/7/runs/479`],
    ['the older form', `https://contoso.visualstudio.com/${project}/_apis/pipelines/7/runs/479`],
  ])('and the project come from the URL of the run where containers are missing: %s', (_form, url) => {
    const { resourceContainers: _, ...event } = runEvent();
    const run = { id: 479, name: 'x', state: 'completed', url };
    expect(rowIn(read({ ...event, resource: { run } }), 'RunEvent')).toMatchObject({
      OrganizationName: 'contoso',
      ProjectId: project,
    });
  });
});

describe('what no row can be made of', () => {
  it.each([
    ['an unknown type', hookEvent('workitem.created', { id: 1 }), 'unknown event type'],
    ['a type that every object has', hookEvent('constructor', {}), 'unknown event type'],
    ['no type', { id: 'x' }, 'it has no eventType'],
    ['no run', { ...runEvent(), resource: {} }, 'nothing names the id of the run'],
    [
      'no state',
      { ...runEvent(), resource: { run: { id: 4 } } },
      'nothing names a state of a run, stage or job',
    ],
    ['no build', { ...buildEvent(), resource: {} }, 'nothing names the id of the build'],
    ['no repository', { ...pushEvent(), resource: {} }, 'nothing names the id of the repository'],
    [
      'no release',
      { ...releaseDeploymentEvent('started'), resource: {} },
      'nothing names the id of the release',
    ],
    ['no approval', { ...approvalEvent('pending'), resource: {} }, 'nothing names the id of the approval'],
    [
      'no containers and no URL',
      { ...buildEvent(), resourceContainers: null, resource: { id: 4 } },
      'no URL names the organization',
    ],
    [
      'no project',
      {
        ...buildEvent({
          organizationUrl: 'https://dev.azure.com/x/',
          containers: { collection: { baseUrl: 'https://dev.azure.com/x/' } },
        }),
        resource: { id: 4 },
      },
      'nothing names the id of the project',
    ],
  ])('is set aside whole, with the reason: %s', (_what, event, reason) => {
    const reading = read(event);
    expect(reading.outcome).toBe('setAside');
    expect(reading.rows).toHaveLength(1);
    expect(rowIn(reading, 'SetAsideEvent')).toMatchObject({ Reason: reason, Body: JSON.stringify(event) });
  });
});

describe('what is understood only in part', () => {
  it('is stored without what is not, which the row names', () => {
    const event = stageEvent();
    const resource = {
      stage: { name: 'deploy', state: 'running', attempt: 'second', startTime: 'soon', displayName: 7 },
      run: { id: '480', name: ['x'] },
      pipeline: 'none',
    };
    expect(rowIn(read({ ...event, resource, createdDate: 5 }), 'StageEvent')).toMatchObject({
      StageName: 'deploy',
      StageDisplayName: '7',
      Attempt: 1,
      RunId: 480,
      CreatedDate: received,
      Problems: [
        'createdDate is not a time',
        'createdDate is missing; the time of receipt is taken',
        'resource.run.name is not text',
        'resource.stage.attempt is not a whole number',
        'resource.stage.startTime is not a time',
      ],
    });
  });

  it('has an id made of its content where it has none of its own', () => {
    const { id: _, ...event } = runEvent();
    const first = rowIn(read(event), 'RunEvent')?.EventId;
    expect(first).toMatch(/^sha256-[0-9a-f]{64}$/);
    expect(rowIn(read(event), 'RunEvent')?.EventId).toBe(first);
  });

  it('has long texts cut, broken characters replaced, and a very large event not kept whole', () => {
    const event = runEvent({ runName: `a\u0000b\uD800${'c'.repeat(300_000)}` });
    const row = rowIn(read(event), 'RunEvent');
    expect(row?.RunName).toMatch(/^a\uFFFDb\uFFFDc{8188}$/);
    expect(row?.Event).toBeUndefined();
    expect(row?.Problems).toEqual([
      'the event is larger than 262144 bytes and not kept whole',
      'resource.run.name is cut to 8192 characters',
    ]);
  });
});

it('knows the ten event types that subscriptions ask for', () => {
  expect(knownEventTypes).toHaveLength(10);
});
