import { pullRequestEvent } from '../../../support/changelog/events.ts';
import { read, rowIn } from '../../../support/changelog/reading.ts';

describe('the event of a merged pull request', () => {
  it('gives what was merged into what', () => {
    expect(rowIn(read(pullRequestEvent()), 'PullRequestEvent')).toMatchObject({
      PullRequestId: 31,
      State: 'completed',
      MergeCommit: 'eef717f69257a6333f221566c1c987dc94cc0d72',
    });
  });

  it('without an id is set aside', () => {
    expect(rowIn(read({ ...pullRequestEvent({ pullRequestId: null }) }), 'SetAsideEvent')).toMatchObject({
      Reason: 'no field holds the id of the pull request',
    });
  });
});
