/** Every column that is read from events that people received, and not only from those in the documentation. */
import { buildEvent, pushEvent, runEvent } from '../../support/changelog/events.ts';
import { read, rowIn } from '../../support/changelog/reading.ts';
import {
  ofServer,
  receivedBuild,
  receivedJob,
  receivedOldStage,
  receivedReleaseCompleted,
  receivedReleaseStarted,
  receivedRun,
  receivedStage,
  serverProject,
} from '../../support/changelog/received-events.ts';

const projectId = '5a9cc47d-0000-4000-8000-db0a28f4e08f';
const inProject = { OrganizationName: 'fabrikam', ProjectId: projectId };

describe('an event that people received', () => {
  it('of a run is read whole', () => {
    const reading = read(receivedRun);
    expect(rowIn(reading, 'RunEvent')).toMatchObject({
      ...inProject,
      EventType: 'ms.vss-pipelines.run-state-changed-event',
      CreatedDate: '2025-09-03T17:39:35.0428261Z',
      PipelineId: 377,
      PipelineName: 'Flywheel',
      RunId: 5152,
      RunName: '20250903.1',
      RunUrl: `https://dev.azure.com/fabrikam/${projectId}/_build/results?buildId=5152`,
      RequestedFor: 'ada@fabrikam.com',
      State: 'inProgress',
      RunCreatedDate: '2025-09-05T17:20:29.0104512Z',
      Message: 'Run 20250903.1 in progress.',
    });
    expect(rowIn(reading, 'RunResource')).toMatchObject({
      Kind: 'repository',
      RepositoryId: 'fabrikam/azure-pipelines',
      Version: '9c33bac1de43b87371817868501d6ee7b56bf3a9',
    });
  });

  it('of a stage is read whole', () => {
    expect(rowIn(read(receivedStage), 'StageEvent')).toMatchObject({
      ...inProject,
      PipelineName: 'Flywheel',
      RunId: 5168,
      RunName: '20250905.4',
      StageName: 'Deploy',
      StageDisplayName: 'Deployment Stage',
      Attempt: 1,
      State: 'completed',
      Result: 'succeeded',
      StartTime: '2025-09-05T17:21:50.5066667Z',
      FinishTime: '2025-09-05T17:22:17.2733333Z',
    });
  });

  it('of a stage without containers is read from its URLs', () => {
    expect(rowIn(read(receivedOldStage), 'StageEvent')).toMatchObject({
      ...inProject,
      PipelineId: 7,
      RunId: 480,
      RunName: '20191002.3',
      StageName: 'build',
      State: 'running',
    });
  });

  it('of a job is read whole', () => {
    expect(rowIn(read(receivedJob), 'JobEvent')).toMatchObject({
      ...inProject,
      RunId: 5168,
      StageName: 'Deploy',
      JobName: 'Deploy to Production',
      State: 'completed',
      Result: 'succeeded',
      StartTime: '2025-09-05T17:22:08.5966667Z',
      FinishTime: '2025-09-05T17:22:14.1266667Z',
    });
  });

  it('of a build is read whole', () => {
    expect(rowIn(read(receivedBuild), 'BuildEvent')).toMatchObject({
      ...inProject,
      PipelineId: 7,
      BuildId: 479,
      BuildNumber: '20191002.2',
      State: 'completed',
      Result: 'succeeded',
      StartTime: '2019-10-02T19:54:05.5251454Z',
      FinishTime: '2019-10-02T19:57:36.4530107Z',
      SourceBranch: 'refs/heads/master',
      SourceVersion: '0ffb2ba5cefa3facdbb2c30df42fdb40afd294d8',
      RequestedFor: String.raw`GitHub App\1`,
    });
  });

  it('of a classic release that started is read whole', () => {
    expect(rowIn(read(receivedReleaseStarted), 'ReleaseDeploymentEvent')).toMatchObject({
      ...inProject,
      CollectionUrl: 'https://dev.azure.com/fabrikam',
      CreatedDate: '2020-01-29T14:20:35.1270000Z',
      ReleaseId: 2214,
      ReleaseName: 'Release-430',
      DefinitionId: 362,
      DefinitionName: 'Shop CD',
      EnvironmentId: 9731,
      EnvironmentName: 'Test',
      Attempt: 2,
      State: 'inProgress',
      Result: '',
      StartTime: '2020-01-29T14:20:31.0533333Z',
      RequestedFor: 'ada@fabrikam.com',
    });
  });

  it('of a classic release that completed is read whole', () => {
    expect(rowIn(read(receivedReleaseCompleted), 'ReleaseDeploymentEvent')).toMatchObject({
      ...inProject,
      ReleaseId: 2214,
      ReleaseName: 'Release-430',
      DefinitionId: 362,
      DefinitionName: 'Shop CD',
      EnvironmentId: 9731,
      EnvironmentName: 'Test',
      Attempt: 2,
      State: 'completed',
      Result: 'partiallySucceeded',
      StartTime: '2020-01-29T14:20:35.0133330Z',
      FinishTime: '2020-01-29T14:31:02.9700000Z',
      RequestedFor: 'ada@fabrikam.com',
      Url: `https://dev.azure.com/fabrikam/${projectId}/_releaseProgress?releaseId=2214&_a=release-pipeline-progress`,
      Builds: [{ ProjectId: projectId, BuildId: '479' }],
    });
  });
});

describe('an event of Azure DevOps Server', () => {
  const collection = 'https://devops.example.cn/NewSoftCollection';

  it.each([
    ['RunEvent', 'RunUrl', receivedRun, `${collection}/${serverProject}/_build/results?buildId=5152`],
    ['BuildEvent', 'BuildUrl', buildEvent(), `${collection}/${serverProject}/_build/results?buildId=479`],
    [
      'StageEvent',
      'StageUrl',
      receivedStage,
      `${collection}/${serverProject}/_build/results?buildId=5168&view=logs&s=d4a9a205-d52e-57fb-7b17-15a9d984af62`,
    ],
    [
      'ReleaseDeploymentEvent',
      'Url',
      receivedReleaseCompleted,
      `${collection}/${serverProject}/_release?releaseId=2214&_a=release-summary`,
    ],
  ])('has links that lead to the server: %s', (table, column, event, link) => {
    const row = rowIn(read(ofServer(event)), table);
    expect(row).toMatchObject({
      OrganizationName: 'devops.example.cn/newsoftcollection',
      ProjectId: serverProject,
      CollectionUrl: collection,
      [column]: link,
    });
  });

  it('is of another organization than one of a collection of that name elsewhere', () => {
    const names = ['https://one.example.com/Main', 'https://two.example.com/Main'].map(
      (url) => rowIn(read(ofServer(pushEvent(), url)), 'PushEvent')?.OrganizationName,
    );
    expect(names).toEqual(['one.example.com/main', 'two.example.com/main']);
  });

  it.each(['http://tfs.example.com:8080/tfs/My Team_1', 'http://tfs.example.com:8080/tfs/My%20Team_1'])(
    'may have a collection with spaces and underscores: %s',
    (url) => {
      expect(rowIn(read(ofServer(runEvent(), url)), 'RunEvent')).toMatchObject({
        OrganizationName: 'tfs.example.com:8080/tfs/my team_1',
        RunUrl: `http://tfs.example.com:8080/tfs/My%20Team_1/${serverProject}/_build/results?buildId=479`,
      });
    },
  );
});
