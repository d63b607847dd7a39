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

  it('gives who approved and merged it', () => {
    const reviewers = [
      { uniqueName: 'ada@fabrikam.com', vote: 10 },
      { displayName: 'Grace', vote: 5 },
      { uniqueName: 'waits@fabrikam.com', vote: -5 },
      { uniqueName: 'quiet@fabrikam.com', vote: 0 },
      { uniqueName: 'team', vote: 10, isContainer: true },
      { uniqueName: { deep: true }, vote: 10 },
    ];
    const resource = {
      reviewers,
      closedBy: { uniqueName: 'ada@fabrikam.com' },
      creationDate: '2025-09-05T17:20:29Z',
    };
    expect(rowIn(read(pullRequestEvent(resource)), 'PullRequestEvent')).toMatchObject({
      ApprovedBy: 'ada@fabrikam.com, Grace',
      ClosedBy: 'ada@fabrikam.com',
      OpenedDate: '2025-09-05T17:20:29.0000000Z',
    });
  });

  it('without an id is set aside', () => {
    expect(rowIn(read({ ...pullRequestEvent({ pullRequestId: null }) }), 'SetAsideEvent')).toMatchObject({
      Reason: 'no field holds the id of the pull request',
    });
  });
});
