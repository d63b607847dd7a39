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

  describe('where something has failed in a deployment that still runs', () => {
    const progressOf = (Failed: number) => ({
      Total: 3,
      NotStarted: 0,
      InProgress: 3 - Failed,
      Blocked: 0,
      Succeeded: 0,
      Failed,
      Canceled: 0,
      Unknown: 0,
    });
    const running = (Id: string, failed: number, EntityType?: string) =>
      aRow({ Id, ChangeState: 'running', Progress: progressOf(failed), ...(EntityType && { EntityType }) });
    const line = (...rows: ReturnType<typeof aRow>[]) => summarize(rows).headline;

    it('says so first', () => {
      const others = [running('b', 0), aRow({ Id: 'c' })];
      expect(line(running('a', 1, 'region'), ...others)).toBe(
        '1 of 3 deployments has failed regions, 1 in progress',
      );
      expect(summarize([running('a', 1)]).state).toBe('blocked');
    });

    it('says so after those that have failed altogether', () => {
      const failed = aRow({ Id: 'd', ChangeState: 'failed' });
      expect(line(failed, running('a', 2, 'cluster'), running('b', 0))).toBe(
        '1 of 3 deployments failed, 1 has failed clusters, 1 in progress',
      );
    });

    it('speaks of all and of one, and of parts where they differ', () => {
      expect(line(running('a', 1, 'node'))).toBe('1 deployment has failed nodes');
      expect(line(running('a', 1, 'region'), running('b', 1, 'cluster'))).toBe(
        'All 2 deployments have failed parts',
      );
      expect(line(running('a', 1), running('b', 1), running('c', 0))).toBe(
        '2 of 3 deployments have failed parts, 1 in progress',
      );
    });
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
