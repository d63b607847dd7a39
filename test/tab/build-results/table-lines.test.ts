import { type OpenLines, tableLines } from '../../../tab/build-results/table-lines.ts';
import { defaultOptions, type ViewOptions } from '../../../tab/build-results/view-options.ts';
import { aRow } from '../builders.ts';

const rows = [
  aRow({ Id: 'p', Source: 'pilotfish' }),
  aRow({ Id: 'e1', Source: 'expressv2' }),
  aRow({ Id: 'e2', Source: 'expressv2' }),
  aRow({ Id: 'n', Source: 'newcomer' }),
];
const closed: OpenLines = { deployments: new Set(), foldedGroups: new Set() };
const linesOf = (options: Partial<ViewOptions>, open: Partial<OpenLines> = {}) =>
  tableLines(rows, { ...defaultOptions, ...options }, { ...closed, ...open }, 0).map((line) =>
    line.kind === 'group'
      ? `[${line.source} ${line.rows.length}]`
      : `${line.level} ${line.kind} ${line.row.id}`,
  );

describe('the lines of the table', () => {
  it('are the deployments when nothing is grouped or open', () => {
    expect(linesOf({})).toEqual(['1 deployment p', '1 deployment e1', '1 deployment e2', '1 deployment n']);
  });

  it('show details right below an open deployment', () => {
    expect(
      linesOf({ text: 'e', sources: ['expressv2'] }, { deployments: new Set(['expressv2|e1']) }),
    ).toEqual(['1 deployment e1', '2 details e1', '1 deployment e2']);
  });

  it('group by source, under the names that people read', () => {
    expect(linesOf({ grouped: true })).toEqual([
      '[expressv2 2]',
      '2 deployment e1',
      '2 deployment e2',
      '[newcomer 1]',
      '2 deployment n',
      '[pilotfish 1]',
      '2 deployment p',
    ]);
  });

  it('leave out the deployments of a folded group, not its heading', () => {
    expect(linesOf({ grouped: true }, { foldedGroups: new Set(['expressv2', 'newcomer']) })).toEqual([
      '[expressv2 2]',
      '[newcomer 1]',
      '[pilotfish 1]',
      '2 deployment p',
    ]);
  });

  it('keep details one level below their deployment in a group', () => {
    expect(
      linesOf({ grouped: true, sources: ['pilotfish'] }, { deployments: new Set(['pilotfish|p']) }),
    ).toEqual(['[pilotfish 1]', '2 deployment p', '3 details p']);
  });
});
