import { organization, runEvent } from '../../../support/changelog/events.ts';
import { read, rowIn, rowsIn } from '../../../support/changelog/reading.ts';

describe('a run event', () => {
  it('gives pipeline, name, id and the time to the last digit', () => {
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

  it('gives the commits and the runs that the run consumed', () => {
    const url = `https://dev.azure.com/${organization}/2d1dd9c1-0000-4000-8000-000000000001/_apis/pipelines/3?revision=1`;
    const resources = {
      repositories: { self: { repository: { id: 'R1' }, refName: 'refs/heads/main', version: 'c0ffee' } },
      pipelines: { upstream: { pipeline: { id: 3, name: 'images', url }, version: '20191001.9' } },
    };
    expect(rowsIn(read(runEvent({ resources })), 'RunResource')).toEqual([
      expect.objectContaining({ Kind: 'repository', RepositoryId: 'r1', Version: 'c0ffee' }),
      expect.objectContaining({
        Kind: 'pipeline',
        UpstreamPipelineId: 3,
        UpstreamProjectId: '2d1dd9c1-0000-4000-8000-000000000001',
        Version: '20191001.9',
      }),
    ]);
  });
});
