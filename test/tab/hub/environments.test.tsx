import '@testing-library/jest-dom';
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { playBrowser } from '../browser.ts';
import { aCell, aChange, aPlacement, bigMatrix, changes, environments, news } from './builders.ts';
import { cellOf, openHub, Refusal } from './open-hub.tsx';

beforeEach(playBrowser);

const heads = async () => {
  const grid = await screen.findByRole('grid');
  return within(grid)
    .getAllByRole('columnheader')
    .map((head) => head.dataset.column);
};
const services = () =>
  within(screen.getByRole('grid'))
    .queryAllByRole('rowheader')
    .map((head) => head.dataset.row);

describe('the matrix', () => {
  it('says what is there, since when, who by, how far behind, and what happened since', async () => {
    openHub();
    const prod = await cellOf('cart', 'prod');
    expect(prod).toHaveTextContent(
      /^Succeeded1\.3\.2Hot fix.*by Grace Hopper12 commits behind1\.4\.0 Waiting for approval$/,
    );
    const staging = await cellOf('orders', 'staging');
    expect(staging).toHaveTextContent(/^Succeeded2\.1\.0Rollback.*3\+ commits behind2\.2\.0 Failed\+2/);
    expect(await cellOf('cart', 'staging')).not.toHaveTextContent('behind');
    expect(await cellOf('orders', 'prod')).toHaveTextContent('Never deployed here');
  });

  it('asks for the project of the page, and for nothing else', async () => {
    const { requests } = openHub();
    await screen.findByRole('grid');
    expect(requests).toEqual([
      {
        path: '/introspection/v1/environments',
        query: {
          adoOrganizationName: 'contoso',
          adoProjectId: '11111111-1111-4111-8111-111111111111',
          top: '25',
        },
      },
    ]);
  });

  it('shows the first page at once, and the other pages when they come', async () => {
    openHub(
      {},
      {
        environments: ({ top, continuationToken = '0' }: Record<string, string>) =>
          bigMatrix(60, 3, { top: Number(top), from: Number(continuationToken) }),
      },
    );
    expect(await screen.findByText(/^60 services in 3 environments/)).toBeVisible();
    expect(screen.getByRole('grid')).toHaveAttribute('aria-rowcount', '61');
  });

  it('draws only what is in sight of a large one', async () => {
    openHub(
      {},
      {
        environments: ({ top, continuationToken = '0' }: Record<string, string>) =>
          bigMatrix(100, 100, { top: Number(top), from: Number(continuationToken) }),
      },
    );
    const grid = await screen.findByRole('grid');
    await waitFor(() => expect(grid).toHaveAttribute('aria-rowcount', '101'));
    expect(grid).toHaveAttribute('aria-colcount', '101');
    expect(within(grid).getAllByRole('gridcell').length).toBeLessThan(400);
  });

  it('filters services by text and state, and keeps that in the address', async () => {
    const { written } = openHub();
    await userEvent.type(await screen.findByRole('searchbox'), 'storefront');
    expect(services()).toEqual(['s:cart', 's:cart-worker']);
    await userEvent.click(screen.getByRole('button', { name: 'State: All states' }));
    await userEvent.click(screen.getByRole('checkbox', { name: /^Blocked/ }));
    expect(services()).toEqual(['s:cart']);
    expect(screen.getByText('1 of 3 services shown')).toBeVisible();
    await waitFor(() =>
      expect(written.at(-1)).toMatchObject({ services: 'storefront', states: 'blocked', pivot: '' }),
    );
    await userEvent.type(screen.getByRole('searchbox'), ' nothing');
    expect(screen.getByRole('heading', { name: 'No service matches the filters' })).toBeVisible();
    await userEvent.click(screen.getAllByRole('button', { name: 'Clear filters' })[0] as HTMLElement);
    expect(services()).toHaveLength(3);
  });

  it('groups services by repository or by the prefix of their names', async () => {
    openHub({ group: 'repository' });
    await screen.findByRole('grid');
    expect(services()).toEqual(['g:orders', 's:orders', 'g:storefront', 's:cart', 's:cart-worker']);
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Group by' }), 'prefix');
    expect(services()).toEqual(['g:cart', 's:cart-worker', 'g:', 's:cart', 's:orders']);
  });

  it('moves and hides columns with the keyboard, and remembers that in the address', async () => {
    const { written } = openHub({ columns: 'prod' });
    expect(await heads()).toEqual(['', 'prod', 'dev', 'staging']);
    expect(within(await cellOf('cart', 'prod')).getByTitle('12 commits behind staging')).toBeVisible();
    const head = screen.getByRole('columnheader', { name: /^prod/ });
    act(() => head.focus());
    fireEvent.keyDown(head, { key: 'ArrowRight', altKey: true });
    expect(await heads()).toEqual(['', 'dev', 'prod', 'staging']);
    expect(screen.getByText('prod is column 2 of 3.')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Columns' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Move staging to the left' }));
    await userEvent.click(screen.getByRole('checkbox', { name: 'dev' }));
    expect(await heads()).toEqual(['', 'staging', 'prod']);
    await waitFor(() => expect(written.at(-1)).toMatchObject({ columns: 'dev,staging,prod', hidden: 'dev' }));
    await userEvent.click(screen.getByRole('button', { name: 'Restore the order of deployment' }));
    expect(await heads()).toEqual(['', 'dev', 'staging', 'prod']);
  });

  it('is moved through with the arrow keys, and has one cell in the tab order', async () => {
    openHub();
    const first = await cellOf('cart', 'dev');
    act(() => first.focus());
    await userEvent.keyboard('{ArrowRight}{ArrowDown}');
    expect(await cellOf('orders', 'staging')).toHaveFocus();
    await userEvent.keyboard('{End}');
    expect(await cellOf('orders', 'prod')).toHaveFocus();
    await userEvent.keyboard('{Home}');
    expect(screen.getByRole('rowheader', { name: /^orders/ })).toHaveFocus();
    await userEvent.keyboard('{Control>}{Home}{/Control}');
    expect(screen.getByRole('columnheader', { name: 'Service' })).toHaveFocus();
    await userEvent.keyboard('{Control>}{End}{/Control}');
    expect(await cellOf('cart-worker', 'prod')).toHaveFocus();
    await userEvent.keyboard('{PageUp}{ArrowLeft}');
    expect(screen.getByRole('columnheader', { name: /^staging/ })).toHaveFocus();
    expect(document.querySelectorAll('.matrix [tabindex="0"]')).toHaveLength(1);
  });

  it('says which names are guesses, which are ambiguous, and which sources are left out', async () => {
    const usual = environments();
    openHub(
      {},
      {
        environments: environments({
          LeftOut: [{ DeploymentSource: 'expressv2', Reason: 'it keeps no history' }],
          Environments: usual.Environments.map((one) => ({ ...one, Guessed: true })),
          Services: usual.Services.map((one, index) => ({
            ...one,
            Guessed: index === 0,
            Ambiguous: index === 1 ? ['shared-ci'] : [],
          })),
        }),
      },
    );
    await screen.findByText('Not included: expressv2 (it keeps no history).');
    expect(screen.getByText(/^1 service and 3 environments are guesses/)).toBeVisible();
    expect(screen.getByText(/match shared-ci; each is counted to the first service/)).toBeVisible();
  });
});

describe('the past', () => {
  it('moves the whole matrix, says so, and goes back with one click', async () => {
    const { requests, written } = openHub();
    await screen.findByRole('grid');
    fireEvent.change(screen.getByLabelText('Show the time'), { target: { value: '2023-12-01T10:00' } });
    await userEvent.click(screen.getByRole('button', { name: 'Show' }));
    expect(await screen.findByText(/^This is the past: what was where on Dec 1, 2023/)).toBeVisible();
    await screen.findByRole('grid');
    const at = new Date('2023-12-01T10:00').toISOString();
    expect(requests.at(-1)?.query).toMatchObject({ at });
    await waitFor(() => expect(written.at(-1)).toMatchObject({ at }));
    await userEvent.click(screen.getByRole('button', { name: 'Back to now' }));
    await waitFor(() => expect(requests.at(-1)?.query).not.toHaveProperty('at'));
    expect(screen.queryByText(/^This is the past/)).toBeNull();
  });

  it('does not ask for a time before the horizon, or to come', async () => {
    const { requests } = openHub();
    await screen.findByRole('grid');
    const choose = async (value: string) => {
      fireEvent.change(screen.getByLabelText('Show the time'), { target: { value } });
      await userEvent.click(screen.getByRole('button', { name: 'Show' }));
    };
    await choose('2020-01-01T00:00');
    expect(screen.getByRole('alert')).toHaveTextContent(/^Nothing is known before Sep 30, 2023|Oct 1, 2023/);
    await choose('2999-01-01T00:00');
    expect(screen.getByRole('alert')).toHaveTextContent('That time has not come yet.');
    expect(requests).toHaveLength(1);
  });
});

describe('a cell', () => {
  const older = aPlacement({ Version: '1.3.0', DeploymentId: 'older', Kind: 'rollback' });
  const history = () => changes([aChange(), aChange({ Placement: older })]);

  it('opens its history and what is new in it, with links', async () => {
    const { requests, written } = openHub({}, { deployments: history() });
    await userEvent.click(await cellOf('cart', 'dev'));
    const panel = await screen.findByRole('dialog');
    expect(await within(panel).findByRole('heading', { name: 'New in 1.4.0 since 1.3.0' })).toBeVisible();
    expect(within(panel).getByRole('link', { name: /^!31 Prices/ })).toHaveAttribute(
      'href',
      expect.stringContaining('/pullrequest/31'),
    );
    expect(within(panel).getByRole('link', { name: /^#4242/ })).toBeVisible();
    expect(within(panel).getByRole('link', { name: /^c0ffee00/ })).toBeVisible();
    expect(requests.at(-1)).toEqual({
      path: '/introspection/v1/news',
      query: expect.objectContaining({
        service: 'cart',
        environment: 'dev',
        deploymentSource: 'azurepipelines',
        deploymentId: 'cart-1.4.0-dev',
      }),
    });
    await userEvent.click(within(panel).getByRole('button', { name: 'Show what is new in 1.3.0' }));
    await waitFor(() => expect(requests.at(-1)?.query).toMatchObject({ deploymentId: 'older' }));
    await waitFor(() => expect(written.at(-1)).toMatchObject({ cell: 'cart,dev' }));
  });

  it('opens with Enter, closes with Escape, and is named in the address', async () => {
    openHub({ cell: 'orders,staging' }, { deployments: history() });
    expect(await screen.findByRole('dialog', { name: /orders in staging/ })).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: /close/i }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    act(() => document.querySelector<HTMLElement>('[data-active="true"]')?.focus());
    await userEvent.keyboard('{Enter}');
    expect(await screen.findByRole('dialog', { name: /cart in dev/ })).toBeVisible();
  });

  it('draws no link to an address that is not one of the web', async () => {
    openHub(
      { cell: 'cart,dev' },
      {
        deployments: history(),
        news: news({
          WorkItems: [{ ...news().WorkItems[0], Id: 7, Url: 'javascript:alert(1)' }] as never,
        }),
      },
    );
    const panel = await screen.findByRole('dialog');
    expect(await within(panel).findByText('#7')).toBeVisible();
    expect(within(panel).queryByRole('link', { name: /#7/ })).toBeNull();
  });

  it('says what a rollback took away, and that there is more', async () => {
    openHub(
      { cell: 'cart,dev' },
      { deployments: history(), news: news({ Direction: 'backward', AndMore: true }) },
    );
    expect(await screen.findByText('What the rollback from 1.3.0 to 1.4.0 took away')).toBeVisible();
    expect(screen.getByText('And more that no event has named.')).toBeVisible();
  });

  it('says that it could not be loaded, and tries again', async () => {
    const { answers } = openHub({ cell: 'cart,dev' }, { deployments: new Refusal(400) });
    const again = await screen.findByRole('button', { name: 'Try again' });
    answers.deployments = history();
    await userEvent.click(again);
    expect(await screen.findByRole('heading', { name: 'History' })).toBeVisible();
  });
});

describe('without an answer', () => {
  const says = (name: string) => screen.findByRole('heading', { level: 2, name });

  it('says why nothing is known yet, and what to do', async () => {
    openHub({}, { environments: environments({ Environments: [], Services: [], Cells: [] }) });
    await says('No deployments are known yet');
    expect(screen.getByText('deployments hooks create')).toBeVisible();
  });

  it.each([
    [403, 'You do not have access to these deployments'],
    [401, 'Your session has ended'],
    [404, 'Nothing is known of this project'],
    [400, 'The service rejected the request'],
  ])('has a page for status %i', async (status, title) => {
    openHub({}, { environments: new Refusal(status) });
    await says(title);
    expect(screen.getByText('trace-1')).toBeVisible();
  });

  it('keeps what it shows while the service is away, and says how old it is', async () => {
    const { answers } = openHub();
    await screen.findByRole('grid');
    answers.environments = new Refusal(400);
    answers.environments = () => {
      throw new TypeError('offline');
    };
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'performance'] });
    await act(async () => screen.getByRole('button', { name: 'Refresh' }).click());
    for (let second = 0; second < 20; second++) await act(() => jest.advanceTimersByTimeAsync(1000));
    jest.useRealTimers();
    expect(screen.getByText(/^Could not refresh\. This is from /)).toBeVisible();
    expect(screen.getByRole('grid')).toBeVisible();
  });

  it('needs a project', async () => {
    openHub({}, {}, { connect: async () => ({ organization: 'contoso', projectId: '' }) });
    expect(await screen.findByRole('heading', { name: 'No project is open' })).toBeVisible();
  });

  it('announces what a refresh has changed', async () => {
    const { answers } = openHub();
    await screen.findByRole('grid');
    const arrived = aPlacement({ Environment: 'staging', Version: '1.5.0', DeploymentId: 'new' });
    answers.environments = environments({
      Cells: environments().Cells.map((cell) =>
        cell.Service === 'cart' && cell.Environment === 'staging'
          ? aCell({ ...cell, Current: arrived })
          : cell,
      ),
    });
    await userEvent.click(screen.getByRole('button', { name: 'Refresh' }));
    expect(await screen.findByText('cart: 1.5.0 is in staging now.')).toBeInTheDocument();
  });
});
