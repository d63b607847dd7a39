import { stageEvent } from '../../../support/changelog/events.ts';
import { read, received, rowIn } from '../../../support/changelog/reading.ts';

describe('a stage event', () => {
  it('gives the stage and its run', () => {
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

  it('is stored without the fields that could not be understood, which the row names', () => {
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
});
