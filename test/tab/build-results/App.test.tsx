import '@testing-library/jest-dom';
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HostError } from '../../../tab/host/time-limit.ts';
import { playBrowser } from '../browser.ts';
import { aDeployment, build, found } from '../builders.ts';
import { type Answer, heading, openTab } from '../open-tab.tsx';

beforeEach(playBrowser);

describe('the Deployments tab', () => {
  it('asks for the deployments of the open build in the name of the user', async () => {
    const { requests } = openTab();
    await heading(/^1 deployment succeeded ?, last change 2 yr. ago/);
    expect(Object.fromEntries(requests[0]?.url.searchParams ?? [])).toEqual({
      adoOrganizationName: 'msazure',
      adoProjectId: build.project,
      adoBuildId: '85084651',
    });
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer token-1');
  });

  it.each<[number, unknown, string]>([
    [204, undefined, 'No deployments yet'],
    [404, { code: '404', message: 'Unknown build.' }, 'This build is not known yet'],
    [403, { code: '403', message: 'No.' }, 'You do not have access to these deployments'],
    [401, { code: '401', message: 'No.' }, 'Your session has ended'],
    [400, { code: '400', message: 'adoBuildId is missing.' }, 'The service rejected the request'],
    [500, { code: '500', message: 'Internal error.' }, 'Could not load the deployments'],
    [200, { Deployments: [{}] }, 'Could not read the deployments of this build'],
  ])('has a page for an answer of %d', async (status, body, title) => {
    openTab({}, { status, body });
    expect(await heading(title)).toBeVisible();
  });

  it('shows the trace id of a failure, to be copied', async () => {
    openTab({}, { status: 500, body: { code: '500', message: 'Internal error.' } });
    expect(await screen.findByText('trace-1')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Copy trace id' })).toBeVisible();
  });

  it('sends nothing before an administrator has set it up', async () => {
    const { requests } = openTab({ readService: async () => undefined });
    await heading('Deployments is not set up for this organization');
    expect(requests).toHaveLength(0);
  });

  it('sends nothing while no build is open', async () => {
    const { requests } = openTab({ watchBuild: async (onBuild) => onBuild(undefined) });
    await heading('No build is open');
    expect(requests).toHaveLength(0);
  });

  it.each([
    ['noAnswer', 'Azure DevOps is not responding'],
    ['failed', 'Azure DevOps returned an error'],
    ['refused', 'Azure DevOps did not load this page'],
  ] as const)('says what is wrong with the host, once, and why: %s', async (kind, title) => {
    openTab({ connect: () => Promise.reject(new HostError(kind, 'The contribution is not allowed.')) });
    await heading(title);
    expect(screen.getByText('The contribution is not allowed.')).toBeVisible();
    if (kind !== 'noAnswer') expect(document.body).not.toHaveTextContent(/respond/);
  });

  it('shows the build that is opened in its place', async () => {
    const { requests, openBuild } = openTab();
    await heading(/^1 deployment succeeded ?, last change 2 yr. ago/);
    openBuild(7);
    await waitFor(() => expect(requests.at(-1)?.url.searchParams.get('adoBuildId')).toBe('7'));
  });

  it('keeps what the reader chose to see when another build is opened, as the address does', async () => {
    const { openBuild, written } = openTab();
    await userEvent.click(await screen.findByRole('checkbox', { name: 'Group by source' }));
    await waitFor(() => expect(written.at(-1)).toMatchObject({ deploymentGroups: 'source' }));
    openBuild(7);
    expect(await screen.findByRole('row', { name: /^Ev2 1 deployment/ })).toBeVisible();
    expect(screen.getByRole('checkbox', { name: 'Group by source' })).toBeChecked();
  });

  it('says that it tries again, and hands the focus to the page that comes of it', async () => {
    const { service } = openTab({}, { status: 403, body: { code: '403', message: 'No.' } });
    const again = await screen.findByRole('button', { name: 'Try again' });
    again.focus();
    Object.assign(service, { status: 200, body: found([aDeployment()]).body });
    fireEvent.click(again);
    expect(again).toHaveTextContent('Trying again');
    expect(await heading(/^1 deployment succeeded/)).toHaveFocus();
  });

  it('says that it refreshes while it does, beside the time, without a word to screen readers', async () => {
    openTab();
    await heading(/^1 deployment succeeded/);
    const answer = globalThis.fetch;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    globalThis.fetch = async (...request) => {
      await held;
      return answer(...request);
    };
    expect(screen.queryByText(/Refreshing…/)).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Refresh' }));
    const says = screen.getByText(/^As of .* Refreshing…$/);
    expect(says).toBeVisible();
    expect(says.closest('[role=status], [aria-live]')).toBeNull();
    release();
    await waitFor(() => expect(screen.queryByText(/Refreshing…/)).toBeNull());
  });

  it('keeps the focus on every button when Escape is pressed', async () => {
    openTab();
    const row = await screen.findByRole('row', { name: /ContainerApps/ });
    await userEvent.click(within(row).getByRole('button', { name: /^Details of/ }));
    for (const name of ['Copy id', 'Copy link', 'Refresh', 'State', /^Details of/]) {
      const [button] = screen.getAllByRole('button', { name });
      act(() => button?.focus());
      await userEvent.keyboard('{Escape}');
      expect(button).toHaveFocus();
    }
  });

  it('has one language, whatever that of the reader is', async () => {
    openTab({
      connect: async () => ({ organization: 'o', projectId: build.project, locale: 'de-DE' }),
    });
    await heading(/^1 deployment succeeded ?, last change 2 yr. ago/);
    expect(screen.getByText('Jan 2, 2024, 7:00 AM')).toBeVisible();
  });

  it('leaves the focus alone when it was somewhere else', async () => {
    openTab();
    await heading(/^1 deployment succeeded/);
    expect(document.body).toHaveFocus();
  });

  it('tells a screen reader what there is, and that a refresh which it asked for brought nothing', async () => {
    openTab();
    const said = () => screen.getAllByRole('status')[0]?.textContent;
    await waitFor(() => expect(said()).toBe('Deployments loaded. 1 deployment succeeded'));
    const refresh = screen.getByRole('button', { name: 'Refresh' });
    await userEvent.click(refresh);
    await waitFor(() => expect(said()).toBe('Nothing has changed.'));
    await userEvent.click(refresh);
    await waitFor(() => expect(said()).toBe('Nothing has changed.\u00a0'));
  });

  it('tells the owner with the type on hovering', async () => {
    openTab(
      {},
      {
        status: 200,
        body: found([aDeployment({ ChangeOwner: 'Storage Team', ChangeOwnerType: 'ICMTeam' })]).body,
      },
    );
    expect(await screen.findByText('Storage Team')).toHaveAttribute('title', 'ICMTeam: Storage Team');
  });

  it('calls the sources what people call them, and keeps the name of one that it does not know', async () => {
    const deployments = ['expressv2', 'azurepipelines', 'rocket'].map((Source) => aDeployment({ Source }));
    openTab({}, { status: 200, body: found(deployments).body });
    for (const name of ['Ev2', 'Azure Pipelines', 'rocket'])
      expect(await screen.findByRole('cell', { name })).toBeVisible();
  });

  it('says how many deployments could not be read beside those that could', async () => {
    const body = { ...found([]).body, Deployments: [aDeployment(), { Id: 'half' }] };
    openTab({}, { status: 200, body });
    await heading(/^1 deployment succeeded ?, last change 2 yr. ago/);
    expect(screen.getByText('1 deployment of this build could not be read and is not shown.')).toBeVisible();
  });

  it('filters by what the address asks for, and clears the filters with one press', async () => {
    const deployments = [aDeployment({ Id: 'a' }), aDeployment({ Id: 'b', ChangeState: 'failed' })];
    const { written } = openTab(
      { readAddress: async () => ({ deploymentState: 'blocked' }) },
      { status: 200, body: found(deployments).body },
    );
    await userEvent.click(await screen.findByText('Clear filters'));
    expect(await screen.findAllByRole('link', { name: /^[ab] ?,/ })).toHaveLength(2);
    await waitFor(() => expect(written.at(-1)).toMatchObject({ deploymentState: '' }));
  });

  it('sorts by a column, and turns the order with a second press', async () => {
    const deployments = ['b', 'a', 'c'].map((Id) => aDeployment({ Id }));
    openTab({}, { status: 200, body: found(deployments).body });
    const sort = await screen.findByRole('button', { name: 'Deployment' });
    const names = () =>
      screen.getAllByRole('link', { name: /^[abc] ?,/ }).map((link) => link.textContent?.[0]);
    await userEvent.click(sort);
    expect(names()).toEqual(['a', 'b', 'c']);
    await userEvent.click(sort);
    expect(names()).toEqual(['c', 'b', 'a']);
  });

  it('opens the details of a row, with everything in full', async () => {
    const service: Answer = {
      status: 200,
      body: found([aDeployment({ Metadata: '{"infra":"Prod"}' })]).body,
    };
    openTab({}, service);
    const row = await screen.findByRole('row', { name: /ContainerApps/ });
    service.body = {
      DeploymentSource: 'expressv2',
      DeploymentId: 'ContainerApps/one',
      Builds: [85084651, 7].map((id) => ({
        OrganizationName: 'msazure',
        ProjectId: 'p',
        Id: String(id),
        Url: `https://dev.azure.com/${id}`,
        Source: 'ADO',
      })),
    };
    await userEvent.click(within(row).getByRole('button', { name: /^Details of/ }));
    const details = await screen.findByRole('region', { name: 'Details of ContainerApps/one' });
    expect(within(details).getByText(/"infra": "Prod"/)).toBeVisible();
    expect(within(details).getByText('Jan 2, 2024, 7:44:36 AM UTC')).toBeVisible();
    expect(await within(details).findByRole('link', { name: /Build 7/ })).toHaveAttribute(
      'href',
      'https://dev.azure.com/7',
    );
    expect(within(details).queryByText(/Build 85084651/)).toBeNull();
  });

  it('says so when the other builds cannot be read, and tries again when asked', async () => {
    const service: Answer = { status: 200, body: found([aDeployment()]).body };
    openTab({}, service);
    const row = await screen.findByRole('row', { name: /ContainerApps/ });
    Object.assign(service, { status: 400, body: { code: '400', message: 'No.' } });
    await userEvent.click(within(row).getByRole('button', { name: /^Details of/ }));
    const again = await screen.findByRole('button', { name: 'Try again' });
    Object.assign(service, { status: 204, body: undefined });
    await userEvent.click(again);
    expect(await screen.findByText('Only this build is part of this deployment.')).toBeVisible();
  });

  it('groups by source', async () => {
    const deployments = [aDeployment({ Id: 'a' }), aDeployment({ Id: 'b', Source: 'pilotfish' })];
    openTab({}, { status: 200, body: found(deployments).body });
    await userEvent.click(await screen.findByRole('checkbox', { name: 'Group by source' }));
    const group = await screen.findByRole('row', { name: /^Pilotfish 1 deployment/ });
    await userEvent.click(group);
    expect(group).toHaveAttribute('aria-expanded', 'false');
    expect(screen.queryByRole('link', { name: /^b ?,/ })).toBeNull();
  });

  it('is moved through with the keyboard alone', async () => {
    const deployments = ['a', 'b', 'c'].map((Id) => aDeployment({ Id }));
    openTab({}, { status: 200, body: found(deployments).body });
    const rowOf = (id: string) =>
      screen.getByRole('link', { name: new RegExp(`^${id} ?, opens in a new tab`) }).closest('tr');
    await screen.findByRole('row', { name: /a ?, opens/ });
    act(() => rowOf('a')?.focus());
    await userEvent.keyboard('{ArrowDown}');
    expect(rowOf('b')).toHaveFocus();
    await userEvent.keyboard('{End}');
    expect(rowOf('c')).toHaveFocus();
    await userEvent.keyboard('{ArrowRight}');
    expect(rowOf('c')).toHaveAttribute('aria-expanded', 'true');
    await userEvent.keyboard('{ArrowLeft}');
    expect(rowOf('c')).toHaveAttribute('aria-expanded', 'false');
  });

  it('shows a readable page when drawing crashes', async () => {
    const quiet = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    jest.spyOn(Intl.RelativeTimeFormat.prototype, 'format').mockImplementation(() => {
      throw new Error('out of ink');
    });
    openTab();
    await heading('Something went wrong on this page');
    expect(screen.getByText('out of ink')).toBeVisible();
    jest.restoreAllMocks();
    quiet.mockRestore();
  });
});
