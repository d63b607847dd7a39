import fc from 'fast-check';
import { deploymentState, deploymentStates, isFinal } from '../../api/states.ts';

describe('the state of a deployment', () => {
  it.each([
    ['notStarted', ['NotStarted', 'queued', 'Not Ready', 'pending']],
    [
      'inProgress',
      ['InProgress', 'in progress', 'IN_PROGRESS', 'Running', 'canceling', 'Rolling-Back', 'Unblocked'],
    ],
    [
      'blocked',
      [
        'Blocked',
        'Blocked by policy',
        'stageBlocked',
        'Paused',
        'on hold',
        'Stopped',
        'Waiting for approval',
      ],
    ],
    ['succeeded', ['Succeeded', 'completed', 'SUCCESS', 'succeededWithIssues', 'PartiallySucceeded']],
    ['failed', ['failed', 'Timed Out', 'RolledBack', 'Rejected']],
    ['canceled', ['canceled', 'Cancelled', 'Superseded', 'skipped']],
    ['unknown', ['', 'Pondering', 'not succeeded', 'completedish', '成功']],
  ])('is %s for %j', (state, words) => {
    expect(words.map((word) => deploymentState(word))).toEqual(words.map(() => state));
  });

  it('is final when it will not change by itself; an unknown one may', () => {
    expect(deploymentStates.filter((state) => isFinal(state))).toEqual(['succeeded', 'failed', 'canceled']);
  });

  it('is success only for words that mean it', () => {
    const known = new Set([
      'succeeded',
      'success',
      'completed',
      'complete',
      'done',
      'finished',
      'deployed',
      'successful',
      'succeededwithissues',
      'partiallysucceeded',
    ]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (word) => {
        const letters = word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
        return deploymentState(word) !== 'succeeded' || known.has(letters);
      }),
    );
  });
});
