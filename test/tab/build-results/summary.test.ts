import { statePhrases } from '../../../api/names.ts';
import { deploymentStates } from '../../../api/states.ts';
import { summarize } from '../../../tab/build-results/summary.ts';
import { strings } from '../../../tab/strings.ts';
import { aRow, rowsInStates } from '../builders.ts';

const headlineOf = (...words: string[]) => summarize(rowsInStates(...words)).headline;

describe('the summary line', () => {
  it.each([
    ['1 deployment succeeded', ['Completed']],
    ['1 deployment failed', ['failed']],
    ['All 3 deployments succeeded', ['Completed', 'succeeded', 'done']],
    ['6 of 8 deployments failed, 1 in progress', [...Array(6).fill('Failed'), 'InProgress', 'Completed']],
    ['1 of 3 deployments in progress, 2 succeeded', ['Completed', 'InProgress', 'Completed']],
    ['1 of 2 deployments blocked, 1 in progress', ['running', 'Blocked by policy']],
    [
      '1 of 4 deployments in an unknown state, 1 not started, 1 canceled, 1 succeeded',
      ['done', 'Canceled', 'queued', 'Quarantined'],
    ],
  ])('reads "%s"', (headline, words) => {
    expect(headlineOf(...words)).toBe(headline);
  });

  it('has the words of the wait task and the command line for every state', () => {
    for (const state of deploymentStates)
      expect(strings.summary.part(1, state)).toBe(`1 ${statePhrases[state]}`);
  });

  it('leaves the successes out after a failure', () => {
    expect(headlineOf('failed', 'Completed', 'Completed')).toBe('1 of 3 deployments failed');
  });

  it('takes the most urgent state for its icon', () => {
    expect(summarize(rowsInStates('Completed', 'running', 'Blocked')).state).toBe('blocked');
    expect(summarize(rowsInStates('running', 'failed')).state).toBe('failed');
  });

  it('dates the last change by the latest update of any deployment', () => {
    const rows = [
      aRow({ Id: 'a', LastUpdateTime: '2024-01-02T10:00:00.0000000Z' }),
      aRow({ Id: 'b', LastUpdateTime: '2024-01-02T12:00:00.0000000Z' }),
    ];
    expect(summarize(rows).lastChange).toBe(Date.parse('2024-01-02T12:00:00Z'));
  });

  it('is settled only when every deployment has ended, and an unknown word is no end', () => {
    expect(summarize(rowsInStates('Completed', 'failed', 'Canceled')).allFinal).toBe(true);
    expect(summarize(rowsInStates('Completed', 'Quarantined')).allFinal).toBe(false);
  });
});
