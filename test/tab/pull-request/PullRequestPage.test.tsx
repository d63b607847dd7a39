import '@testing-library/jest-dom';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';
import { HostError } from '../../../tab/host/time-limit.ts';
import { type PullRequestHost, PullRequestPage } from '../../../tab/pull-request/PullRequestPage.tsx';
import { playBrowser } from '../browser.ts';
import { aStep, project, time, whereabouts } from '../hub/builders.ts';
import { host, inFourEnvironments, type PlayedService, playService } from '../whereabouts/play-service.ts';

beforeEach(() => {
  playBrowser();
  localStorage.clear();
});

const open = (changes: Partial<PullRequestHost> = {}) =>
  render(
    <PullRequestPage
      host={{
        ...host(changes),
        readPullRequest: async () => ({ id: 31, repositoryId: 'repository-1' }),
        ...changes,
      }}
    />,
  );
const heading = (name: string | RegExp) => screen.findByRole('heading', { name });
const environments = async () => within(await screen.findByRole('list', { name: 'Environments of cart' }));
const lineOf = async (environment: string) => {
  const line = (await environments()).getByText(environment).closest('li');
  if (!line) throw new Error(`no line of ${environment}`);
  return within(line);
};
const refresh = () => userEvent.click(screen.getByRole('button', { name: 'Refresh' }));

describe('the tab of a pull request', () => {
  it('asks for the pull request of the page, in its repository, with the token of the extension', async () => {
    const { requests } = playService();
    open();
    expect(await screen.findByText('In 1 of 4 environments, partly in 1, on its way to 1')).toBeVisible();
    expect(requests).toEqual([
      {
        path: '/introspection/v1/pull-requests/31',
        query: {
          adoOrganizationName: project.organization,
          adoProjectId: project.project,
          repositoryId: 'repository-1',
        },
        token: 'Bearer token-1',
      },
    ]);
  });

  it('says of each environment whether it holds the change, and by which deployment or what it has instead', async () => {
    playService();
    open();
    const dev = await lineOf('dev');
    expect(dev.getByText('Here')).toBeVisible();
    expect(dev.getByRole('link', { name: /^1\.4\.0 ?, opens in a new tab$/ })).toHaveAttribute(
      'rel',
      'noopener noreferrer',
    );
    expect(dev.getByText(/by Ada Lovelace/)).toBeVisible();
    expect((await lineOf('qa')).getByText('Partly here')).toBeVisible();
    expect((await lineOf('staging')).getByText('Waiting for approval')).toBeVisible();
    const prod = await lineOf('prod');
    expect(prod.getByText('Not yet')).toBeVisible();
    expect(prod.getByRole('link', { name: /^has 1\.3\.2/ })).toBeVisible();
    expect(prod.getByText('Rollback')).toBeVisible();
    expect(screen.getByText('Some environments hold only some of its commits.')).toBeVisible();
  });

  it('keeps services apart, and words and places that this version does not know', async () => {
    const [dev] = inFourEnvironments().Environments;
    if (!dev) throw new Error('no environment');
    playService(
      inFourEnvironments({
        Environments: [
          dev,
          { ...dev, Service: 'orders' },
          { ...dev, Service: 'orders', Environment: 'moon', Presence: 'orbiting', Placement: null },
        ],
        Steps: [],
      }),
    );
    open();
    expect(await screen.findByText('In 2 of 3 environments of 2 services')).toBeVisible();
    const orders = within(screen.getByRole('list', { name: 'Environments of orders' }));
    expect(orders.getAllByRole('listitem')).toHaveLength(2);
    expect(orders.getByText('orbiting')).toBeVisible();
    expect(orders.getByText('nothing is there yet')).toBeVisible();
  });

  it('lists what is on the way, and what failed unless it succeeded later or is there anyway', async () => {
    const failed = { State: 'failed', ChangeState: 'failed' } as const;
    playService(
      inFourEnvironments({
        Steps: [
          aStep({ Key: 'p', Kind: 'pullRequest', Title: '!31', State: 'inProgress' }),
          aStep({ Key: 'b', Title: 'cart-ci 1', State: 'inProgress', EndTime: null }),
          aStep({ Key: 'f', Title: 'cart-ci 2', ...failed }),
          aStep({ Key: 'f2', Title: 'cart-ci 3', ...failed }),
          aStep({ Key: 'f3', Title: 'cart-ci 3', StartTime: time(9) }),
          aStep({ Key: 'd', Kind: 'environment', Title: 'dev', ...failed }),
          aStep({ Key: 'q', Kind: 'environment', Title: 'qa', ...failed }),
        ],
      }),
    );
    open();
    const onTheWay = within(await screen.findByRole('list', { name: 'On the way' }));
    expect(onTheWay.getAllByRole('link').map(({ title }) => title)).toEqual(['Build cart-ci 1']);
    const failures = within(screen.getByRole('list', { name: 'Did not arrive' }));
    expect(failures.getAllByRole('link').map(({ title }) => title)).toEqual([
      'Build cart-ci 2',
      'Environment qa',
    ]);
    expect(screen.getByText(/, 2 failures$/)).toBeVisible();
  });

  it('shows what it consists of without itself, and the whole way when asked', async () => {
    playService();
    open();
    expect(await screen.findByRole('link', { name: /^c0ffee00/ })).toBeVisible();
    expect(screen.queryByText('!31 Prices')).toBeNull();
    expect(screen.queryByRole('table')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Show the whole way' }));
    expect(await screen.findByRole('table', { name: 'As a table' })).toBeVisible();
    const button = screen.getByRole('button', { name: 'Hide the whole way' });
    expect(button).toHaveAttribute('aria-expanded', 'true');
    await userEvent.click(button);
    expect(screen.queryByRole('table')).toBeNull();
  });

  it('never makes a link of an address that is not of the web', async () => {
    const step = aStep({ Url: 'javascript:alert(1)', State: 'inProgress', Title: '<b>x</b>', EndTime: null });
    playService(inFourEnvironments({ Steps: [step] }));
    const { container } = open();
    expect(await screen.findByText('Build <b>x</b>')).toBeVisible();
    expect(container.innerHTML).not.toContain('javascript:');
  });

  it('refreshes, and screen readers hear the environments that have changed', async () => {
    const service = playService();
    open();
    await lineOf('staging');
    const said = screen.getByRole('status');
    expect(said).toHaveTextContent('In 1 of 4 environments, partly in 1, on its way to 1.');
    const arrived = inFourEnvironments();
    service.answer = {
      ...arrived,
      Environments: arrived.Environments.map((place) =>
        place.Environment === 'staging' ? { ...place, Presence: 'here' } : place,
      ),
    };
    await refresh();
    await waitFor(() => expect(said).toHaveTextContent(/^staging: Here\.$/));
    expect(screen.getByText('In 2 of 4 environments, partly in 1')).toBeVisible();
    await refresh();
    await waitFor(() => expect(said).toHaveTextContent('Nothing has changed.'));
  });

  it('keeps what it shows while the service is offline, and says from when it is', async () => {
    const service = playService();
    open();
    await lineOf('dev');
    service.answer = 'offline';
    await refresh();
    // The client tries again first.
    expect(
      await screen.findByText(/^Could not refresh\. This is from/, {}, { timeout: 20_000 }),
    ).toBeVisible();
    expect((await lineOf('dev')).getByText('Here')).toBeVisible();
  }, 30_000);

  it.each<[string, PlayedService['answer'], RegExp]>([
    ['No build contains this pull request yet', 404, /once it has been merged and a build/],
    ['You do not have access to these deployments', 403, /permission to view builds/],
    ['Your session has ended', 401, /Sign in to Azure DevOps again/],
    [
      'Not built yet',
      whereabouts({ Subject: '!31', Steps: [aStep({ Kind: 'commit' })] }),
      /No build that contains it/,
    ],
    [
      'Not deployed yet',
      whereabouts({ Subject: '!31', Steps: [aStep({ State: 'inProgress', EndTime: null })] }),
      /is under way/,
    ],
    [
      'Built, and not deployed yet',
      whereabouts({ Subject: '!31', Steps: [aStep()] }),
      /no deployment of their services/,
    ],
  ])('says why there is nothing: %s', async (title, answer, text) => {
    playService(answer);
    open();
    expect(await heading(title)).toBeVisible();
    expect(screen.getByText(text)).toBeVisible();
  });

  it.each<[string, Partial<PullRequestHost>]>([
    ['No pull request is open', { readPullRequest: async () => undefined }],
    ['No project is open', { connect: async () => ({ organization: 'contoso', projectId: '' }) }],
    ['Deployments is not set up for this organization', { readService: async () => undefined }],
    [
      'Azure DevOps is not responding',
      { readPullRequest: () => Promise.reject(new HostError('noAnswer', 'x')) },
    ],
  ])('asks nobody, and says: %s', async (title, changes) => {
    const { requests } = playService();
    open(changes);
    expect(await heading(title)).toBeVisible();
    expect(requests).toEqual([]);
  });

  it('sends no token to a service that the user has only confirmed', async () => {
    const { requests } = playService();
    open({ readService: async () => ({ url: 'https://suggested.example', trust: 'suggested' }) });
    await userEvent.click(await screen.findByRole('button', { name: 'Use this service' }));
    await lineOf('dev');
    expect(requests.map(({ token }) => token)).toEqual([null]);
  });
});
