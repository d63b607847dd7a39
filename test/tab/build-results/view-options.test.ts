import fc from 'fast-check';
import { deploymentStates } from '../../../api/states.ts';
import { sortColumns } from '../../../tab/build-results/sort.ts';
import {
  defaultOptions,
  filterRows,
  fromAddress,
  isFiltered,
  toAddress,
  type ViewOptions,
} from '../../../tab/build-results/view-options.ts';
import { aRow, rowsInStates } from '../builders.ts';

const idsWith = (changes: Partial<ViewOptions>, rows = rowsInStates('failed', 'running', 'Completed')) =>
  filterRows(rows, { ...defaultOptions, ...changes }).map(({ id }) => id);

describe('filters', () => {
  it('show everything by default', () => {
    expect(idsWith({})).toEqual(['d1', 'd2', 'd3']);
    expect(isFiltered(defaultOptions)).toBe(false);
  });

  it('keep the chosen states', () => {
    expect(idsWith({ states: ['failed', 'inProgress'] })).toEqual(['d1', 'd2']);
  });

  it('find sources and states by the words that the table shows', () => {
    expect(idsWith({ text: 'succeeded' })).toEqual(['d3']);
    expect(idsWith({ text: 'Ev2 progress' })).toEqual(['d2']);
  });

  it('keep the chosen sources', () => {
    const rows = [aRow({ Id: 'a', Source: 'pilotfish' }), aRow({ Id: 'b', Source: 'expressv2' })];
    expect(idsWith({ sources: ['pilotfish'] }, rows)).toEqual(['a']);
  });

  it('find every word somewhere in id, payload, owner, source or state, in any case', () => {
    const rows = [
      aRow({ Id: 'StoreFront/1', ChangeOwner: 'Team Blue' }),
      aRow({ Id: 'other', Payloads: [{ Id: 'StoreFront=2', ProgressionLink: '' }] }),
      aRow({ Id: 'third' }),
    ];
    expect(idsWith({ text: 'storefront' }, rows)).toEqual(['StoreFront/1', 'other']);
    expect(idsWith({ text: ' STOREFRONT  blue ' }, rows)).toEqual(['StoreFront/1']);
  });
});

describe('the address', () => {
  it('holds nothing of the defaults, and every name so that old values go away', () => {
    expect(new Set(Object.values(toAddress(defaultOptions)))).toEqual(new Set(['']));
    expect(Object.keys(toAddress(defaultOptions))).toHaveLength(5);
  });

  it('ignores what means nothing', () => {
    const options = fromAddress({ deploymentState: 'failed,nonsense', deploymentSort: '-nonsense' });
    expect(options).toEqual({ ...defaultOptions, states: ['failed'] });
  });

  it('gives back whatever was chosen', () => {
    const options: fc.Arbitrary<ViewOptions> = fc.record({
      text: fc.string().map((text) => text.trim()),
      states: fc.uniqueArray(fc.constantFrom(...deploymentStates)),
      sources: fc.uniqueArray(fc.constantFrom('expressv2', 'azdeployer', 'pilotfish', 'newcomer')),
      grouped: fc.boolean(),
      sort: fc.record({ column: fc.constantFrom(...sortColumns), descending: fc.boolean() }),
    });
    fc.assert(
      fc.property(options, (chosen) => {
        expect(fromAddress(toAddress(chosen))).toEqual(chosen);
      }),
    );
  });
});
