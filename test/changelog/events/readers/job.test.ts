import { jobEvent } from '../../../support/changelog/events.ts';
import { read, rowIn } from '../../../support/changelog/reading.ts';

describe('a job event', () => {
  it('gives the job and its stage, even one that still says running', () => {
    const reading = read(jobEvent({ jobState: 'completed', jobResult: 'succeeded', stageState: 'running' }));
    expect(rowIn(reading, 'JobEvent')).toMatchObject({ State: 'completed', Result: 'succeeded' });
    expect(rowIn(reading, 'StageEvent')).toMatchObject({ State: 'running', Result: '' });
  });
});
