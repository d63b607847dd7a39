/** Every state of the page has its own words, in the real browser, with the real API behind it. */
import type { Page } from 'playwright-core';
import { type LookOptions, problemsInEveryLook } from '../support/browser/looks.ts';
import { oneWorld } from '../support/browser/one-world.ts';
import { builds, heading, type OpenedTab, type OpenOptions, type World } from '../support/browser/world.ts';

interface State extends LookOptions {
  readonly name: string;
  readonly heading: string | RegExp;
  readonly open: OpenOptions;
  /** What happens before the page is in this state. */
  readonly act?: (opened: OpenedTab, world: World) => Promise<unknown>;
  /** Undoes what `act` did to the world. */
  readonly after?: (world: World) => void;
}

const everyState = { build: builds.everyState };
const everyStateFailed = /^3 of 21 deployments failed, 3 blocked/;

const states: readonly State[] = [
  { name: 'sample', heading: '7 of 8 deployments failed, last change', open: {} },
  { name: 'every-state', heading: everyStateFailed, open: everyState, wide: true },
  {
    name: 'grouped',
    heading: everyStateFailed,
    open: { ...everyState, address: { deploymentGroups: 'source' } },
  },
  {
    name: 'filtered',
    heading: everyStateFailed,
    open: { ...everyState, address: { deploymentState: 'failed,blocked', deploymentText: 'hostagent' } },
    act: ({ tab }) => tab.getByText('2 of 21 deployments shown').waitFor(),
  },
  {
    name: 'choosing-a-filter',
    heading: everyStateFailed,
    open: everyState,
    act: async ({ tab }) => {
      await tab.getByRole('button', { name: 'State' }).first().click();
      await tab.getByRole('option', { name: 'Blocked' }).click();
    },
  },
  {
    name: 'filtered-to-nothing',
    heading: '7 of 8 deployments failed',
    open: { address: { deploymentText: 'nothing has this' } },
    act: ({ tab }) => tab.getByRole('heading', { name: 'No deployment matches the filters' }).waitFor(),
  },
  {
    name: 'expanded',
    heading: '1 deployment succeeded',
    open: { build: builds.manyPayloads },
    wide: true,
    act: (opened) => openDetails(opened, 'Only this build is part of this deployment.'),
  },
  {
    name: 'expanded-with-other-builds',
    heading: '1 deployment succeeded',
    open: { build: builds.shared },
    act: (opened) => openDetails(opened, 'Build 85084666'),
  },
  {
    name: 'focused-row',
    heading: everyStateFailed,
    open: everyState,
    settle: async ({ page, tab }) => {
      await tab.locator('.deployment-line').first().focus();
      await page.keyboard.press('ArrowDown');
    },
  },
  {
    name: 'two-thousand',
    heading: /of 2,000 deployments failed, 1 in progress/,
    open: { build: builds.huge },
  },
  { name: 'no-deployments-yet', heading: 'No deployments yet', open: { build: builds.none } },
  { name: 'unknown-build', heading: 'This build is not known yet', open: { build: builds.unknown } },
  {
    name: 'loading',
    heading: 'Loading deployments',
    open: { prepare: (page) => page.route(/b2d/, () => undefined) },
  },
  {
    name: 'no-access',
    heading: 'You do not have access to these deployments',
    open: { prepare: (page) => failing(page, 403, 'You have no right to see this build.') },
  },
  {
    name: 'signed-out',
    heading: 'Your session has ended',
    open: { prepare: (page) => failing(page, 401, 'The token has expired.') },
  },
  {
    name: 'backend-down',
    heading: 'Could not load the deployments',
    open: { prepare: (page) => failing(page, 503, 'The data cannot be reached.') },
    act: ({ tab }) => tab.getByRole('button', { name: 'Try again' }).waitFor(),
  },
  {
    name: 'partial-data',
    heading: /deployments failed/,
    open: { prepare: breakOneRow },
    act: ({ tab }) =>
      tab.getByText('1 deployment of this build could not be read and is not shown.').waitFor(),
  },
  {
    name: 'offline',
    heading: /in progress/,
    open: { build: builds.threeOrchestrators },
    act: async ({ page, tab }) => {
      await heading(tab, /in progress/);
      await page.route(/b2d/, (route) => route.abort());
      await tab.getByRole('button', { name: 'Refresh' }).click();
      await tab.getByText(/^Could not refresh\. These deployments are from/).waitFor();
    },
  },
  {
    name: 'from-memory',
    heading: /failed/,
    open: { build: builds.failed },
    act: async ({ tab }, world) => {
      await heading(tab, /failed/);
      world.backend.kusto.fail({ kind: 'status', status: 503 });
      await tab.getByRole('button', { name: 'Refresh' }).click();
      await tab.getByText(/this is an older answer/).waitFor();
    },
    after: (world) => world.backend.kusto.recover(),
  },
  {
    name: 'not-configured',
    heading: 'Deployments is not set up for this organization',
    open: { fault: 'no-settings' },
  },
  {
    name: 'confirm-service',
    heading: 'Is this your Deployments service?',
    open: { address: { service: 'settings' } },
  },
  {
    name: 'refused-service',
    heading: 'The Deployments service is not used',
    open: { address: { service: 'settings' } },
    act: ({ tab }) => tab.getByRole('button', { name: 'Do not use it' }).click(),
  },
  {
    name: 'sign-in-required',
    heading: 'Sign in to see the deployments',
    open: { fault: 'sign-in-required', address: { service: 'entra' } },
  },
  {
    name: 'no-nested-app-auth',
    heading: 'You cannot sign in from this page',
    open: { fault: 'no-nested-app-auth', address: { service: 'entra' } },
  },
  { name: 'no-build', heading: 'No build is open', open: { fault: 'no-build' } },
  {
    name: 'rejected-handshake',
    heading: 'Azure DevOps did not load this page',
    open: { fault: 'reject' },
    themed: false,
    act: ({ tab }) => tab.getByText('The contribution is not allowed on this page.').waitFor(),
  },
  {
    name: 'slow-host',
    heading: 'Azure DevOps is not responding',
    open: { fault: 'silent', prepare: (page) => page.clock.install() },
    themed: false,
    act: ({ page }) => page.clock.fastForward('00:11'),
  },
  {
    name: 'render-crash',
    heading: 'Something went wrong on this page',
    open: { prepare: crashWhileDrawing },
    act: ({ tab }) => tab.getByText('out of ink').waitFor(),
  },
  {
    name: 'settings',
    heading: 'Deployments settings',
    open: { address: { view: 'settings', service: 'settings' } },
  },
  {
    name: 'settings-packed',
    heading: 'Deployments settings',
    open: { address: { view: 'settings' } },
    act: ({ tab }) => tab.getByText(/^This extension was packed for the service at/).waitFor(),
  },
  {
    name: 'settings-refused',
    heading: 'Deployments settings',
    open: { address: { view: 'settings' }, fault: 'no-settings' },
    act: async ({ tab }) => {
      await tab.getByRole('textbox', { name: 'URL of the Deployments service' }).fill('http://x.example');
      await tab.getByRole('button', { name: 'Save' }).click();
      await tab.getByText(/^Enter an https URL/).waitFor();
    },
  },
];

const world = oneWorld();

describe('every state of the tab', () => {
  it.each(states)('$name: is readable and accessible in every look', async (state) => {
    const opened = await world().open(state.open);
    try {
      await state.act?.(opened, world());
      await heading(opened.tab, state.heading);
      expect(await problemsInEveryLook(opened, state.name, state)).toEqual([]);
    } finally {
      state.after?.(world());
      await opened.page.context().close();
    }
  });
});

async function openDetails({ tab }: OpenedTab, shown: string): Promise<void> {
  await tab.getByRole('button', { name: /^Details of/ }).click();
  await tab.getByText(shown).waitFor();
}

/** Answers every request to the API like this instead: a failure of the service. */
async function failing(page: Page, status: number, message: string): Promise<void> {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await page.route(/b2d/, (route) =>
    route.request().method() === 'OPTIONS'
      ? route.continue()
      : route.fulfill({
          status,
          headers: {
            'access-control-allow-origin': '*',
            'access-control-expose-headers': 'x-trace-id',
            'x-trace-id': traceId,
          },
          json: { code: String(status), message, traceId },
        }),
  );
}

/** Passes the real answer on, but for one deployment that has lost all but its id. */
async function breakOneRow(page: Page): Promise<void> {
  await page.route(/b2d/, async (route) => {
    if (route.request().method() === 'OPTIONS') return route.continue();
    const response = await route.fetch();
    const { Deployments, ...rest } = await response.json();
    const [{ Id }, ...others] = Deployments;
    return route.fulfill({ response, json: { ...rest, Deployments: [{ Id }, ...others] } });
  });
}

async function crashWhileDrawing(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Intl.RelativeTimeFormat.prototype.format = () => {
      throw new Error('out of ink');
    };
  });
}
