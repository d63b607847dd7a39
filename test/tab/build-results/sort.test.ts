import { duration, type SortColumn, sortRows } from '../../../tab/build-results/sort.ts';
import { aRow } from '../builders.ts';

const now = Date.parse('2024-01-02T12:00:00Z');
const at = (hour: number) => `2024-01-02T${String(hour).padStart(2, '0')}:00:00.0000000Z`;
const rows = [
  aRow({
    Id: 'app10',
    Source: 'pilotfish',
    ChangeState: 'failed',
    StartTime: at(1),
    EndTime: at(5),
    ChangeOwner: 'b',
  }),
  aRow({
    Id: 'app9',
    Source: 'azdeployer',
    ChangeState: 'running',
    StartTime: at(3),
    EndTime: null,
    ChangeOwner: '',
  }),
  aRow({
    Id: 'App1',
    Source: 'expressv2',
    ChangeState: 'canceled',
    StartTime: at(2),
    EndTime: at(3),
    ChangeOwner: 'A',
  }),
];
const sorted = (column: SortColumn, descending = false) =>
  sortRows(rows, { column, descending }, now).map(({ id }) => id);

describe('sorting', () => {
  it.each<[SortColumn, string[]]>([
    ['deployment', ['App1', 'app9', 'app10']],
    ['start', ['app10', 'App1', 'app9']],
    ['state', ['app9', 'app10', 'App1']],
    ['source', ['app9', 'App1', 'app10']],
    ['duration', ['App1', 'app10', 'app9']],
  ])('by %s', (column, ids) => {
    expect(sorted(column)).toEqual(ids);
    expect(sorted(column, true)).toEqual([...ids].reverse());
  });

  it('puts rows without a value last in either direction', () => {
    expect(sorted('owner')).toEqual(['App1', 'app10', 'app9']);
    expect(sorted('owner', true)).toEqual(['app10', 'App1', 'app9']);
  });

  it('keeps the order of ties', () => {
    expect(sorted('payloads')).toEqual(['app10', 'app9', 'App1']);
    expect(sorted('lastUpdate', true)).toEqual(['app10', 'app9', 'App1']);
  });

  it('lets the duration of a running deployment grow until now', () => {
    expect(duration(aRow({ StartTime: at(3), EndTime: null }), now)).toBe(9 * 3_600_000);
    expect(duration(aRow({ StartTime: at(13), EndTime: null }), now)).toBe(0);
  });

  it('gives a deployment that has not started no duration', () => {
    expect(
      duration(aRow({ ChangeState: 'NotStarted', StartTime: at(3), EndTime: null }), now),
    ).toBeUndefined();
  });
});
