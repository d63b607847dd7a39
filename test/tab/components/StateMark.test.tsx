import '@testing-library/jest-dom';
import { render, screen } from '@testing-library/react';
import * as React from 'react';
import { type DeploymentState, deploymentStates } from '../../../api/states.ts';
import { StateIcon, StateMark } from '../../../tab/components/StateMark.tsx';

const drawn = (state: DeploymentState) => {
  const { container } = render(<StateIcon state={state} label={state} />);
  return container.querySelector('svg');
};

describe('a state', () => {
  it.each<[DeploymentState, string, string]>([
    ['notStarted', 'neutral', 'Not started'],
    ['inProgress', 'active', 'In progress'],
    ['blocked', 'warning', 'Blocked'],
    ['succeeded', 'success', 'Succeeded'],
    ['failed', 'failed', 'Failed'],
    ['canceled', 'neutral', 'Canceled'],
  ])('%s has the colour "%s" and the word "%s"', (state, colour, word) => {
    expect(drawn(state)).toHaveClass(colour);
    render(<StateMark state={state} changeState="whatever" />);
    expect(screen.getByText(word)).toBeVisible();
    expect(screen.getByTitle('whatever')).toBeVisible();
  });

  it('that nobody here knows keeps the word of its orchestrator', () => {
    render(<StateMark state="unknown" changeState="Quarantined" />);
    expect(screen.getByText('Quarantined')).toBeVisible();
  });

  it('has an icon of its own shape, so that it is not told by colour alone', () => {
    const shapes = deploymentStates.map((state) => {
      const icon = drawn(state);
      return `${icon?.innerHTML} ${icon?.classList.contains('rotate')}`;
    });
    expect(new Set(shapes).size).toBe(deploymentStates.length);
  });
});
