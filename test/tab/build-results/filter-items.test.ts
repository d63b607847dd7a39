import { render } from '@testing-library/react';
import { sourceItems, stateItems } from '../../../tab/build-results/filter-items.tsx';
import { aRow, rowsInStates } from '../builders.ts';

const shown = (items: ReturnType<typeof stateItems>) =>
  items.map(({ textNode }) => render(textNode as JSX.Element).container.textContent);

describe('the choices of the filters', () => {
  it("have counts and the orchestrators' own words, where these are others than ours, once each", () => {
    const rows = rowsInStates('Failed', 'failed', 'Paused', 'PAUSED', 'on hold', 'Quarantined', 'Completed');
    expect(shown(stateItems(rows))).toEqual([
      'Not started (0)',
      'In progress (0)',
      'Blocked (3): Paused, on hold',
      'Succeeded (1): Completed',
      'Failed (2)',
      'Canceled (0)',
      'Unknown (1): Quarantined',
    ]);
  });

  it('count the deployments of each source', () => {
    const rows = ['pilotfish', 'expressv2', 'pilotfish'].map((Source, index) =>
      aRow({ Source, Id: `${index}` }),
    );
    expect(shown(sourceItems(rows))).toEqual(['Ev2 (1)', 'Pilotfish (2)']);
  });

  it('keep their plain names for the closed filter', () => {
    expect(stateItems(rowsInStates('Quarantined')).map(({ text }) => text)).toContain('Unknown');
  });
});
