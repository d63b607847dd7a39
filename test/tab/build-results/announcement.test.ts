import { ClientError } from '../../../api/client-error.ts';
import { announcement } from '../../../tab/build-results/announcement.ts';
import type { DeploymentRow } from '../../../tab/build-results/deployment-row.ts';
import type { Knowledge } from '../../../tab/build-results/live-deployments.ts';
import { aRow, rowsInStates } from '../builders.ts';

const shown = (rows: readonly DeploymentRow[], refreshError?: ClientError): Knowledge => ({
  kind: 'deployments',
  rows,
  unreadable: 0,
  asOf: 0,
  fromMemory: false,
  refreshError,
});
const outage = new ClientError('unavailable', 'down');

describe('what a screen reader hears', () => {
  it('is the summary when the deployments are first shown', () => {
    expect(announcement({ kind: 'loading' }, shown(rowsInStates('failed')))).toBe(
      'Deployments loaded. 1 deployment failed',
    );
  });

  it('is nothing when nothing changed', () => {
    const rows = rowsInStates('running');
    expect(announcement(shown(rows), shown(rows))).toBe('');
    expect(announcement({ kind: 'none', asOf: 0 }, { kind: 'none', asOf: 1 })).toBe('');
  });

  it.each<[Knowledge, RegExp]>([
    [{ kind: 'none', asOf: 0 }, /^No deployments yet\. /],
    [{ kind: 'unknownBuild', asOf: 0 }, /^This build is not known yet\. /],
    [{ kind: 'failed', error: outage }, /^Could not load the deployments\. /],
    [shown([]), /^Could not read the deployments of this build\. /],
  ])('is the page that stands in place of the table: %#', (after, words) => {
    expect(announcement({ kind: 'loading' }, after)).toMatch(words);
    expect(announcement(after, after)).toBe('');
  });

  it('names a deployment that changed its state and counts new ones', () => {
    const before = shown(rowsInStates('running'));
    const after = shown([...rowsInStates('Completed'), aRow({ Id: 'new' })]);
    expect(announcement(before, after)).toBe('1 new deployment. d1: Succeeded.');
  });

  it('tells what failed, or no longer does, within a deployment that goes on', () => {
    const running = (Failed: number, EntityType?: string) =>
      aRow({
        Id: 'd1',
        ChangeState: 'running',
        ...(EntityType && { EntityType }),
        Progress: {
          Total: 9,
          NotStarted: 0,
          InProgress: 9 - Failed,
          Blocked: 0,
          Succeeded: 0,
          Failed,
          Canceled: 0,
          Unknown: 0,
        },
      });
    const said = (before: DeploymentRow, after: DeploymentRow) =>
      announcement(shown([before]), shown([after]));
    expect(said(running(0), running(1, 'region'))).toBe('d1: 1 failed region.');
    expect(said(running(1), running(2))).toBe('d1: 2 failed parts.');
    expect(said(running(2), running(0, 'region'))).toBe('d1: no failed regions any more.');
    expect(said(running(2), running(2, 'region'))).toBe('');
  });

  it('sums up when many changed at once', () => {
    const before = shown(rowsInStates('running', 'running', 'running', 'running'));
    const after = shown(rowsInStates('done', 'done', 'done', 'done'));
    expect(announcement(before, after)).toBe('All 4 deployments succeeded.');
  });

  it('tells of an outage once, and of its end', () => {
    const rows = rowsInStates('running');
    expect(announcement(shown(rows), shown(rows, outage))).toMatch(/out of date/);
    expect(announcement(shown(rows, outage), shown(rows, outage))).toBe('');
    expect(announcement(shown(rows, outage), shown(rows))).toBe('Refreshing works again.');
  });
});
