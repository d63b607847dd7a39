import '@testing-library/jest-dom';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { playBrowser } from '../browser.ts';
import { aChange, aPlacement, aStep, changes, environments, measures, whereabouts } from './builders.ts';
import { openHub, Refusal } from './open-hub.tsx';

beforeEach(playBrowser);

const texts = (row: HTMLElement) =>
  within(row)
    .getAllByRole('cell')
    .map((cell) => cell.textContent);

describe('Changes', () => {
  const without = {
    MetadataUpdate: null,
    Approval: null,
    MergedBy: '',
    ReadyToDeploy: null,
    SyncedClusters: [],
    Author: '',
    Ring: '',
  };

  it("has Spektate's columns, and a dash where there is nothing", async () => {
    openHub(
      { pivot: 'changes' },
      {
        deployments: changes([
          aChange(),
          aChange({
            ...without,
            Placement: aPlacement({ Service: 'orders', Version: '7', Kind: 'rollback' }),
          }),
        ]),
      },
    );
    const table = await screen.findByRole('table', { name: 'Changes' });
    expect(
      within(table)
        .getAllByRole('columnheader')
        .map((head) => head.textContent),
    ).toEqual([
      'State',
      'Service',
      'Ring',
      'Author',
      'Source build',
      'Metadata update',
      'Approval',
      'Merged by',
      'Ready to deploy',
      'Last updated',
      'Synced cluster',
    ]);
    const [first, second] = within(table).getAllByRole('row').slice(1) as [HTMLElement, HTMLElement];
    expect(texts(first)).toEqual([
      'Succeeded',
      'devmain',
      'Ada Lovelace',
      '1.4.0, opens in a new tabc0ffee00',
      'Succeeded4711, opens in a new tab',
      'Succeededdev, opens in a new tabGrace Hopper',
      'Linus',
      'Succeededab12cd34, opens in a new tabAda Lovelace',
      expect.stringMatching(/ago$/),
      'east-1 (+1)',
    ]);
    expect(texts(second).filter((text) => text === '–')).toHaveLength(6);
    expect(within(second).getByText('Rollback')).toBeVisible();
  });

  it('sends its filters to the service, and keeps them in the address', async () => {
    const { requests, written } = openHub({ pivot: 'changes' }, { deployments: changes([aChange()]) });
    await screen.findByRole('table');
    await screen.findByRole('option', { name: 'cart-worker' });
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Service' }), 'cart');
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Environment' }), 'prod');
    await userEvent.click(screen.getByRole('button', { name: 'State: All states' }));
    for (const name of ['Failed', 'Canceled']) await userEvent.click(screen.getByRole('checkbox', { name }));
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Find in' }), 'imageTag');
    await userEvent.type(screen.getByRole('searchbox', { name: 'Find' }), '1.4.0{Enter}');
    await waitFor(() =>
      expect(requests.at(-1)).toEqual({
        path: '/introspection/v1/deployments',
        query: expect.objectContaining({
          service: 'cart',
          environment: 'prod',
          state: 'failed,canceled',
          imageTag: '1.4.0',
        }),
      }),
    );
    await waitFor(() =>
      expect(written.at(-1)).toMatchObject({ ofService: 'cart', findIn: 'imageTag', find: '1.4.0' }),
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Clear filters' }));
    await waitFor(() => expect(requests.at(-1)?.query).not.toHaveProperty('service'));
  });

  it('counts both days of a period', async () => {
    const { requests } = openHub({ pivot: 'changes', from: '2024-01-01', to: '2024-01-02' });
    await screen.findByRole('heading', { name: 'No change matches the filters' });
    expect(requests.find(({ path }) => path.endsWith('deployments'))?.query).toMatchObject({
      from: '2024-01-01T00:00:00.000Z',
      to: '2024-01-03T00:00:00.000Z',
    });
  });

  it('loads more when asked, without repetitions, and tries again after a failure', async () => {
    const second = aChange({ Placement: aPlacement({ Version: '1.3.0' }) });
    let refuses = true;
    openHub(
      { pivot: 'changes' },
      {
        deployments: ({ continuationToken }: Record<string, string>) => {
          if (continuationToken === undefined) return changes([aChange()], 'next');
          return refuses ? new Refusal(400) : changes([aChange(), second]);
        },
      },
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Load more' }));
    expect(await screen.findByText(/Could not load more\. Try again\./)).toBeVisible();
    refuses = false;
    await userEvent.click(screen.getByRole('button', { name: 'Load more' }));
    expect(await screen.findByText('2 changes, newest first')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Load more' })).toBeNull();
  });

  it('shows the way of a commit as a picture and as a table, with the times between', async () => {
    const { written, requests } = openHub({ pivot: 'changes' }, { deployments: changes([aChange()]) });
    await userEvent.click(await screen.findByRole('button', { name: 'Way of cart 1.4.0' }));
    const panel = await screen.findByRole('dialog');
    expect(await within(panel).findByRole('img', { name: /^The way of the commit/ })).toBeInTheDocument();
    const table = within(panel).getByRole('table', { name: 'As a table' });
    const rows = within(table).getAllByRole('row').slice(1);
    expect(rows.map((row) => within(row).getAllByRole('cell')[0]?.textContent)).toEqual([
      'Commit',
      'Build',
      'Metadata',
      'Approval',
      'Manifest',
      'Environment',
      'Environment',
    ]);
    expect(rows.map((row) => within(row).getAllByRole('cell').at(-1)?.textContent)).toEqual([
      '–',
      '5m',
      '5m',
      '10m',
      '2m',
      '5m',
      '25m',
    ]);
    expect(rows.at(-1)).toHaveTextContent(/Waiting for approval.*Not ended/);
    const commit = whereabouts().Subject;
    expect(requests.at(-1)?.path).toBe(`/introspection/v1/commits/${commit}`);
    await waitFor(() => expect(written.at(-1)).toMatchObject({ pivot: 'changes', commit }));
  });

  it('says that nothing is known of a commit, or that steps are missing', async () => {
    const { answers } = openHub(
      { pivot: 'changes', commit: 'abcdef12' },
      { deployments: changes([aChange()]), commits: new Refusal(404) },
    );
    expect(await screen.findByText('Nothing is known of this commit.')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: /close/i }));
    answers.commits = whereabouts({ AndMore: true, Steps: [aStep({ Kind: 'novelty', After: ['gone'] })] });
    await userEvent.click(await screen.findByRole('button', { name: 'Way of cart 1.4.0' }));
    expect(await screen.findByText('Steps were left out, because there are too many.')).toBeVisible();
    expect(screen.getByRole('cell', { name: 'novelty' })).toBeVisible();
  });
});

describe('Compare', () => {
  const build = aPlacement().Build;
  const cells = environments().Cells.map((cell) =>
    cell.Environment === 'prod' && cell.Current
      ? {
          ...cell,
          Current: { ...cell.Current, Build: { ...build, Id: 70, Commit: 'b0b0b0b0', Number: '1.3.2' } },
        }
      : cell,
  );
  const answers = { environments: environments({ Cells: cells }) };

  it('shows the last two environments side by side, and what differs', async () => {
    openHub({ pivot: 'compare' }, answers);
    const table = await screen.findByRole('table', { name: 'staging and prod' });
    const rows = within(table).getAllByRole('row').slice(1);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toHaveTextContent(
      /^cart.*1\.4\.0.*1\.3\.2.*Hot fix.*What differs12 commits behind staging$/,
    );
    expect(rows[1]).toHaveTextContent(/^orders.*Only in staging$/);
    expect(screen.getByText('2 of 2 services differ')).toBeVisible();
    expect(within(rows[0] as HTMLElement).getByRole('link', { name: /^1\.3\.2/ })).toHaveAttribute(
      'href',
      build.Url,
    );
  });

  it('compares any two, and can leave out what is the same', async () => {
    const { written } = openHub({ pivot: 'compare', left: 'dev', right: 'staging' }, answers);
    await screen.findByRole('table', { name: 'dev and staging' });
    expect(screen.getAllByText('Same')).toHaveLength(2);
    await userEvent.click(screen.getByRole('checkbox', { name: 'Only what differs' }));
    expect(screen.queryByText('Same')).toBeNull();
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Second environment' }), 'dev');
    await screen.findByRole('table', { name: 'staging and dev' });
    await userEvent.click(screen.getByRole('button', { name: 'Swap' }));
    await screen.findByRole('table', { name: 'dev and staging' });
    await waitFor(() =>
      expect(written.at(-1)).toMatchObject({ left: 'dev', right: 'staging', differences: 'only' }),
    );
  });

  it('opens what lies between two versions', async () => {
    const { requests } = openHub({ pivot: 'compare' }, answers);
    await userEvent.click(await screen.findByRole('button', { name: 'What differs in cart' }));
    expect(await screen.findByRole('link', { name: /^!31 Prices/ })).toBeVisible();
    expect(requests.at(-1)?.query).toMatchObject({
      service: 'cart',
      environment: 'staging',
      since: 'cart-1.3.2-prod',
    });
  });

  it('has nothing to compare with one environment', async () => {
    const [only] = environments().Environments;
    openHub({ pivot: 'compare' }, { environments: environments({ Environments: only ? [only] : [] }) });
    await screen.findByRole('heading', { name: 'There is nothing to compare' });
  });
});

describe('Measures', () => {
  const card = (name: string) => screen.findByRole('region', { name });

  it('shows five measures with their values, counts, charts and tables', async () => {
    openHub({ pivot: 'measures' });
    expect(await card('Deployment frequency')).toHaveTextContent('1.4 a day');
    expect(await card('Change lead time')).toHaveTextContent('1h 30m');
    expect(await card('Change fail rate')).toHaveTextContent('13 %');
    expect(await card('Failed deployment recovery time')).toHaveTextContent(
      'Not knownThe events of this period do not tell it.',
    );
    const rework = await card('Deployment rework rate');
    expect(rework).toHaveTextContent('5 %');
    expect(rework).toHaveTextContent('2 deployments left out, because the events do not tell it.');
    const frequency = await card('Deployment frequency');
    expect(
      await within(frequency).findByRole('img', { name: /^Deployment frequency by day/ }),
    ).toBeInTheDocument();
    const table = within(frequency).getByRole('table', { hidden: true });
    expect(table).toHaveTextContent(/2023-12-2022.*2023-12-0122/);
  });

  it('explains each of them', async () => {
    openHub({ pivot: 'measures' });
    await userEvent.click(await screen.findByRole('button', { name: 'What is change lead time?' }));
    expect(screen.getByText(/^The median time from a commit/)).toBeVisible();
  });

  it('opens the deployments that a number counts', async () => {
    const { requests } = openHub({ pivot: 'measures' }, { deployments: changes([aChange()]) });
    await userEvent.click(await screen.findByRole('button', { name: 'Show the 16 deployments counted' }));
    expect(await screen.findByText('The deployments that “Change fail rate” counts.')).toBeVisible();
    expect(requests.find(({ path }) => path.endsWith('deployments'))?.query).toMatchObject({
      measure: 'changeFailRate',
      from: '2023-10-04T00:00:00.000Z',
      to: '2024-01-03T00:00:00.000Z',
    });
  });

  it('has a table by service and environment, whose values open their deployments', async () => {
    const all = measures();
    const ofCart = all.Measures.map((one) => ({ ...one, Service: 'cart', Environment: 'prod', Value: 0.5 }));
    const { requests } = openHub(
      { pivot: 'measures' },
      { measures: { ...all, Measures: [...all.Measures, ...ofCart] }, deployments: changes([aChange()]) },
    );
    await userEvent.click(
      await screen.findByRole('button', { name: /^3\.5 a week, deployment frequency of cart in prod/ }),
    );
    await screen.findByRole('table', { name: 'Changes' });
    expect(requests.find(({ path }) => path.endsWith('deployments'))?.query).toMatchObject({
      service: 'cart',
      environment: 'prod',
      measure: 'deploymentFrequency',
    });
  });

  it('says that there is nothing to measure', async () => {
    openHub({ pivot: 'measures' }, { measures: measures({ Measures: [] }) });
    await screen.findByRole('heading', { name: 'No deployments in this period' });
  });
});

it('goes from view to view by its tabs', async () => {
  const { written } = openHub();
  await screen.findByRole('grid');
  await userEvent.click(screen.getByRole('tab', { name: 'Compare' }));
  await screen.findByRole('table');
  await waitFor(() => expect(written.at(-1)).toMatchObject({ pivot: 'compare' }));
});
