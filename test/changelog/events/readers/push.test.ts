import { pushEvent } from '../../../support/changelog/events.ts';
import { read, rowIn } from '../../../support/changelog/reading.ts';

describe('a push event', () => {
  it('gives its branch and commits', () => {
    expect(rowIn(read(pushEvent()), 'PushEvent')).toMatchObject({
      RefName: 'refs/heads/master',
      NewCommit: '33b55f7cb7e7e245323987634f960cf4a6e6bc74',
      Commits: [
        { Id: '33b55f7cb7e7e245323987634f960cf4a6e6bc74', Comment: 'Fix it', Author: 'ada@fabrikam.com' },
      ],
    });
  });
});
