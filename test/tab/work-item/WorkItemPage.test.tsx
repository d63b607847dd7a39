import '@testing-library/jest-dom';
import { act, render, screen, waitFor } from '@testing-library/react';
import * as React from 'react';
import type { CurrentWorkItem } from '../../../tab/host/current-work-item.ts';
import { WorkItemPage } from '../../../tab/work-item/WorkItemPage.tsx';
import { playBrowser } from '../browser.ts';
import { host, inFourEnvironments, playService } from '../whereabouts/play-service.ts';

beforeEach(() => {
  playBrowser();
  localStorage.clear();
});

/** Gives what the form calls when it shows something else. */
function open(first: CurrentWorkItem): (item: CurrentWorkItem) => void {
  let show: (item: CurrentWorkItem) => void = () => undefined;
  const watchWorkItem = async (onItem: (item: CurrentWorkItem) => void) => {
    show = onItem;
    onItem(first);
  };
  render(<WorkItemPage host={{ ...host(), watchWorkItem }} />);
  return (item) => act(() => show(item));
}

const heading = (name: string) => screen.findByRole('heading', { name });

describe('the group of a work item', () => {
  it('shows where the work item of the form is, and what "partly" means for one', async () => {
    const { requests } = playService(inFourEnvironments({ Subject: '#42' }));
    open({ kind: 'saved', id: 42 });
    expect(await screen.findByText('In 1 of 4 environments, partly in 1, on its way to 1')).toBeVisible();
    expect(
      screen.getByText(/A work item counts as being where all of its pull requests and commits are/),
    ).toBeVisible();
    expect(screen.getByText('!31 Prices')).toBeVisible();
    expect(requests.map(({ path }) => path)).toEqual(['/introspection/v1/work-items/42']);
    expect(screen.getAllByRole('heading', { level: 1 })).toHaveLength(1);
  });

  it('names the weakest link of several pull requests, and what an environment lacks', async () => {
    const partly = inFourEnvironments({ Subject: '#42' });
    const lacking: Record<string, string[]> = { qa: ['!31'], staging: ['!30', '!31'], prod: ['!30', '!31'] };
    playService({
      ...partly,
      Environments: partly.Environments.map((place) => ({
        ...place,
        Missing: lacking[place.Environment] ?? [],
      })),
    });
    open({ kind: 'saved', id: 42 });
    expect(
      await screen.findByText('The weakest link is !31: it is not yet in qa, staging, prod.'),
    ).toBeVisible();
    expect(screen.getByText('without !31')).toBeVisible();
  });

  it('follows the form to another work item, and shows nothing of the one before', async () => {
    const service = playService(inFourEnvironments({ Subject: '#42' }));
    const show = open({ kind: 'saved', id: 42 });
    await screen.findByText('In 1 of 4 environments, partly in 1, on its way to 1');
    service.answer = 404;
    show({ kind: 'none' });
    expect(await heading('No work item is open')).toBeVisible();
    show({ kind: 'saved', id: 43 });
    expect(screen.queryByText('dev')).toBeNull();
    expect(await heading('No build names this work item yet')).toBeVisible();
    expect(service.requests.map(({ path }) => path)).toEqual([
      '/introspection/v1/work-items/42',
      '/introspection/v1/work-items/43',
    ]);
  });

  it('asks nothing about a new work item until it is saved, and nothing again when it is saved again', async () => {
    const { requests } = playService(inFourEnvironments({ Subject: '#42' }));
    const show = open({ kind: 'new' });
    expect(await heading('This work item is new')).toBeVisible();
    expect(requests).toEqual([]);
    show({ kind: 'saved', id: 42 });
    await screen.findByText('In 1 of 4 environments, partly in 1, on its way to 1');
    show({ kind: 'saved', id: 42 });
    await waitFor(() => expect(screen.getByText('dev')).toBeVisible());
    expect(requests).toHaveLength(1);
  });
});
