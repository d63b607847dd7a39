import fc from 'fast-check';
import {
  groupedRows,
  movedColumn,
  orderedColumns,
  prefixOf,
  serviceRows,
} from '../../../tab/hub/environments/matrix.ts';
import { columnSpan, columnWidths } from '../../../tab/hub/environments/use-columns.ts';
import { environments } from './builders.ts';

const names = fc.uniqueArray(fc.string({ maxLength: 5 }), { minLength: 1, maxLength: 8 });

describe('columns', () => {
  it('keep all names when one moves, and put it where it was moved to', () => {
    fc.assert(
      fc.property(names, fc.nat(), fc.integer({ min: -10, max: 10 }), (all, which, by) => {
        const name = all[which % all.length] ?? '';
        const moved = movedColumn(all, name, by);
        expect([...moved].sort()).toEqual([...all].sort());
        const expected = Math.max(0, Math.min(all.length - 1, all.indexOf(name) + by));
        expect(moved.indexOf(name)).toBe(expected);
      }),
    );
    expect(movedColumn(['a'], 'b', 1)).toEqual(['a']);
  });

  it('that the user has not placed follow those that are, and names that are gone are ignored', () => {
    const { Environments } = environments();
    expect(orderedColumns(Environments, ['gone', 'prod']).map(({ Name }) => Name)).toEqual([
      'prod',
      'dev',
      'staging',
    ]);
  });

  it('fill the page, and are never too narrow to read', () => {
    expect(columnWidths(1280, 4).width).toBe(265);
    expect(columnWidths(1280, 100).width).toBe(208);
    expect(columnWidths(3840, 1).width).toBe(340);
    expect(columnWidths(320, 4)).toEqual({ headWidth: 102, width: 184 });
  });

  it('are drawn where they are in sight, and so is the one that has the focus', () => {
    const layout = { scrollLeft: 208 * 50, viewWidth: 1280, headWidth: 220, width: 208 };
    expect(columnSpan(layout, 100, -1)).toEqual([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58]);
    expect(columnSpan(layout, 100, 3)[0]).toBe(3);
    expect(columnSpan(layout, 100, 90).at(-1)).toBe(90);
    expect(columnSpan({ ...layout, scrollLeft: 0 }, 2, 1)).toEqual([0, 1]);
  });
});

describe('groups', () => {
  it('come by name, those without one last, and count their services', () => {
    const [row] = serviceRows(environments());
    if (!row) throw new Error('there is a row');
    const named = (Name: string) => ({ ...row, key: Name, service: { ...row.service, Name } });
    const rows = groupedRows([named('z-1'), named('alone'), named('a.b'), named('z-2')], 'prefix');
    expect(rows.map((one) => (one.kind === 'group' ? `${one.name} ${one.amount}` : one.key))).toEqual([
      'a 1',
      'a.b',
      'z 2',
      'z-1',
      'z-2',
      ' 1',
      'alone',
    ]);
  });

  it.each([
    ['web-cart', 'web'],
    ['web_cart', 'web'],
    ['web/cart', 'web'],
    ['web.cart.api', 'web'],
    ['Web Cart', 'Web'],
    ['cart', ''],
    ['cart-', ''],
    ['-cart', ''],
    ['', ''],
  ])('are named by what names begin with: %j', (name, prefix) => {
    expect(prefixOf(name)).toBe(prefix);
  });
});
