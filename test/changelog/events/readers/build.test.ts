import { buildEvent, organization, project, runEvent } from '../../../support/changelog/events.ts';
import { read, rowIn } from '../../../support/changelog/reading.ts';

describe('a build event', () => {
  it('of version 1.0 takes the result from the status', () => {
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

  it('of version 2.0 takes the result from its own field', () => {
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

  it('names a completed build, so that its artifacts can be read', () => {
    expect(read(buildEvent()).completedBuild).toEqual({ organization, project, buildId: 479 });
    expect(read(buildEvent({ resource: { status: 'inProgress' } })).completedBuild).toBeUndefined();
    expect(read(runEvent()).completedBuild).toBeUndefined();
  });

  it('of a build dropped to a share includes its drop location', () => {
    const location = String.raw`\\reddog\builds\branches\git_web_master\1.0.0.1`;
    expect(rowIn(read(buildEvent({ resource: { drop: { location } } })), 'BuildArtifact')).toMatchObject({
      BuildArtifactName: 'BuildDropLocation',
      ResourceData: location,
      BuildId: 479,
    });
  });

  it('of a build that another one triggered names that one', () => {
    const triggeredByBuild = { id: 470, definition: { id: 3 }, buildNumber: '20191002.1' };
    expect(rowIn(read(buildEvent({ resource: { triggeredByBuild } })), 'RunResource')).toMatchObject({
      RunId: 479,
      Kind: 'pipeline',
      UpstreamProjectId: project,
      UpstreamPipelineId: 3,
      UpstreamRunId: 470,
      Version: '20191002.1',
    });
  });
});
