import { approvalEvent } from '../../../support/changelog/events.ts';
import { read, rowIn } from '../../../support/changelog/reading.ts';

describe('an approval event', () => {
  it('gives the approval, and the environment that its stage deploys to', () => {
    const reading = read(approvalEvent('pending'));
    expect(rowIn(reading, 'ApprovalEvent')).toMatchObject({ State: 'pending', RunId: 480 });
    expect(rowIn(reading, 'StageEnvironment')).toMatchObject({
      RunId: 480,
      StageName: 'deploy',
      EnvironmentName: 'production',
    });
  });
});
