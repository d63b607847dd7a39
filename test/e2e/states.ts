/** Every state of the page has its own words, in the real browser, with the real API behind it. */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame, Page } from 'playwright-core';
import { builds, heading, type OpenOptions, type World } from './world.ts';

const pictures = 'artifacts/screenshots';
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface State {
  readonly name: string;
  readonly heading: string | RegExp;
  readonly open: OpenOptions;
  /** What to do before the page is in this state. */
  readonly act?: (tab: Frame) => Promise<void>;
}

/** Answers every request to the API like this instead: a failure of the service. */
const failing = (status: number, message: string) => async (page: Page) => {
  await page.route(/build2deployments/, (route) =>
    route.request().method() === 'OPTIONS'
      ? route.continue()
      : route.fulfill({
          status,
          headers: {
            'access-control-allow-origin': '*',
            'access-control-expose-headers': 'x-trace-id',
            'x-trace-id': '0af7651916cd43dd8448eb211c80319c',
          },
          json: { code: String(status), message, traceId: '0af7651916cd43dd8448eb211c80319c' },
        }),
  );
};
const neverAnswering = async (page: Page) => {
  await page.route(/build2deployments/, () => undefined);
};

const states: readonly State[] = [
  { name: 'sample', heading: '7 of 8 deployments failed', open: {} },
  {
    name: 'every-state',
    heading: /^3 of 21 deployments failed, 3 blocked/,
    open: { build: builds.everyState },
  },
  {
    name: 'grouped',
    heading: /^3 of 21 deployments failed/,
    open: { build: builds.everyState, address: { deploymentGroups: 'source' } },
  },
  {
    name: 'details',
    heading: '1 deployment succeeded',
    open: { build: builds.manyPayloads },
    async act(tab) {
      await tab.getByRole('button', { name: /^Details of/ }).click();
      await tab.getByText('Only this build is part of this deployment.').waitFor();
    },
  },
  { name: 'none', heading: 'No deployments yet', open: { build: builds.none } },
  { name: 'unknown-build', heading: 'This build is not known yet', open: { build: builds.unknown } },
  {
    name: 'filtered-out',
    heading: '7 of 8 deployments failed',
    open: { address: { deploymentText: 'nothing has this' } },
    act: (tab) => tab.getByRole('heading', { name: 'No deployment matches the filters' }).waitFor(),
  },
  { name: 'loading', heading: 'Loading deployments', open: { prepare: neverAnswering } },
  {
    name: 'no-access',
    heading: 'You may not see these deployments',
    open: { prepare: failing(403, 'You have no right to see this build.') },
  },
  {
    name: 'signed-out',
    heading: 'Your session has ended',
    open: { prepare: failing(401, 'The token has expired.') },
  },
  {
    name: 'backend-down',
    heading: 'Deployments cannot be loaded right now',
    open: { prepare: failing(503, 'The data cannot be reached.') },
  },
  {
    name: 'not-configured',
    heading: 'Deployments is not set up for this organization',
    open: { fault: 'no-settings' },
  },
  { name: 'no-build', heading: 'No build is open', open: { fault: 'no-build' } },
  { name: 'rejected', heading: 'Azure DevOps does not answer', open: { fault: 'reject' } },
];

const looks = [
  { look: 'light', theme: 'light' },
  { look: 'dark', theme: 'dark' },
  { look: '320', theme: 'light', viewport: { width: 320, height: 640 } },
] as const;

/** Opens each state in each look, keeps a picture of it, and lets axe look at it. */
export function describeStates(world: () => World): void {
  describe.each(states)('$name', (state) => {
    it.each(looks)('is readable and accessible: $look', async ({ look, ...context }) => {
      const { page, tab } = await world().open({ ...state.open, ...context });
      await heading(tab, state.heading);
      await state.act?.(tab);
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: `${pictures}/${state.name}-${look}.png` });
      expect(await violations(tab)).toEqual([]);
      expect(await tab.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      await page.context().close();
    });
  });
}

/** What axe finds, as "rule: element". */
async function violations(tab: Frame): Promise<string[]> {
  await tab.evaluate(axeSource);
  return tab.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations: found } = await axe.run();
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  });
}
