/**
 * The page while the world changes under it: real data that changes, outages, other builds. The browser's
 * clock is moved on by hand, so that nobody waits for the next refresh.
 */
import type { Frame, Page } from 'playwright-core';
import { progressDemo } from '../../kusto/demo/progress.ts';
import { refreshByShowing, setHidden, stepped } from '../support/browser/live.ts';
import { builds, heading, shownIds, type World } from '../support/browser/world.ts';

const withClock = (page: Page) => page.clock.install();
const refreshButton = (tab: Frame) => tab.getByRole('button', { name: 'Refresh' });
const said = (tab: Frame, words: RegExp) =>
  tab.getByRole('status').filter({ hasText: words }).first().waitFor({ state: 'attached' });
const rowOf = (tab: Frame, id: string | undefined) => tab.locator(`[data-deployment="${id}"]`);
const focusedText = (tab: Frame) => tab.evaluate(() => document.activeElement?.textContent);

export function refreshSuite(world: () => World): void {
  describe('refreshing', () => {
    it('shows deployments as they appear, move and end, by itself, and tells a screen reader', async () => {
      const { page, tab } = await world().open({ build: builds.progressing, prepare: withClock });
      await heading(tab, 'No deployments yet');
      await said(tab, /^No deployments yet/);
      const progress = stepped(world().backend.database);
      await progress.step();
      await page.clock.fastForward('00:17');
      await heading(tab, /^1 deployment not started/);
      await said(tab, /^Deployments loaded\. 1 deployment not started/);
      await progress.step();
      await page.clock.fastForward('00:17');
      await heading(tab, /^1 deployment in progress/);
      await said(tab, /^StoreFront\/.*: In progress\.$/);
      await progress.toTheEnd();
      await page.clock.fastForward('00:17');
      await heading(tab, /^1 of 4 deployments failed/);
      await said(tab, /^3 new deployments\. /);
      await page.context().close();
    });

    it('moves neither focus, scroll, selection nor an open row when a refresh brings new deployments', async () => {
      const { page, tab } = await world().open({
        build: builds.progressing,
        viewport: { width: 1280, height: 560 },
      });
      await progressDemo(world().backend.database, { wait: () => Promise.resolve() });
      await refreshByShowing(tab);
      await heading(tab, /deployments failed/);
      const [, second, third] = await shownIds(tab);
      await rowOf(tab, second)
        .getByRole('button', { name: /^Details/ })
        .click();
      await tab.getByText('Only this build is part of this deployment.').waitFor();
      await tab.locator('.table-scroller').evaluate((element) => {
        element.scrollTop = 100;
      });
      await rowOf(tab, third).focus();
      await selectText(tab, '.details code');
      const before = await rowOf(tab, third).boundingBox();

      const progress = stepped(world().backend.database);
      await progress.step();
      await refreshByShowing(tab);
      await heading(tab, /deployments failed, 1 (in progress|not started)/);

      expect(await tab.evaluate(() => document.activeElement?.getAttribute('data-deployment'))).toBe(third);
      expect(await rowOf(tab, second).getAttribute('aria-expanded')).toBe('true');
      expect(await tab.evaluate(() => getSelection()?.toString())).toBe(second);
      const after = await rowOf(tab, third).boundingBox();
      expect(Math.abs((after?.y ?? 0) - (before?.y ?? Number.NaN))).toBeLessThan(2);

      await tab.getByRole('button', { name: 'Copy link' }).focus();
      await progress.toTheEnd();
      await refreshByShowing(tab);
      await heading(tab, /^\d+ of \d+ deployments failed, last change/);
      expect(await focusedText(tab)).toBe('Copy link');
      await page.context().close();
    });

    it('asks with the ETag, so that an unchanged answer costs nothing', async () => {
      const { page, tab } = await world().open({ build: builds.threeOrchestrators });
      await heading(tab, /in progress/);
      const answer = page.waitForResponse(isAnswer);
      await refreshButton(tab).click();
      expect((await answer).status()).toBe(304);
      await said(tab, /^Nothing has changed\.$/);
      await page.context().close();
    });

    it('asks every 15 seconds at first and less often while nothing changes', async () => {
      const { page, tab } = await world().open({ build: builds.threeOrchestrators, prepare: withClock });
      await heading(tab, /in progress/);
      for (let times = 0; times < 9; times++) {
        const answer = page.waitForResponse(isAnswer);
        await page.clock.fastForward('00:17');
        await answer;
        await idle(tab);
      }
      const requests = countRequests(page);
      await page.clock.fastForward('00:17');
      await idle(tab);
      expect(requests.count).toBe(0);
      const answer = page.waitForResponse(isAnswer);
      await page.clock.fastForward('00:17');
      await answer;
      await page.context().close();
    });

    it('asks nothing while it is hidden, and at once when it is shown', async () => {
      const { page, tab } = await world().open({ build: builds.threeOrchestrators, prepare: withClock });
      await heading(tab, /in progress/);
      await idle(tab);
      await setHidden(tab, true);
      const requests = countRequests(page);
      await page.clock.runFor('10:00');
      expect(requests.count).toBe(0);
      const answer = page.waitForResponse(isAnswer);
      await setHidden(tab, false);
      await answer;
      await page.context().close();
    });

    it('goes on slowly once all deployments have ended, says so, and shows a rollout that starts later', async () => {
      const progress = stepped(world().backend.database);
      const { page, tab } = await world().open({ build: builds.progressing, prepare: withClock });
      await heading(tab, /deployments failed/);
      const before = await tab.locator('.deployment-line').count();
      await tab.getByText(/All deployments have ended\. This page still looks for new ones/).waitFor();
      const requests = countRequests(page);
      await page.clock.runFor('00:50');
      expect(requests.count).toBe(0);
      await progress.step();
      await page.clock.runFor('00:20');
      await heading(tab, /deployments failed, 1 (in progress|not started)/);
      expect(await tab.locator('.deployment-line').count()).toBe(before + 1);
      await tab.getByText(/All deployments have ended/).waitFor({ state: 'detached' });
      await progress.toTheEnd();
      await page.context().close();
    });

    it('asks less and less often once all deployments have ended, but at once when it is shown', async () => {
      const { page, tab } = await world().open({ build: builds.sample, prepare: withClock });
      await heading(tab, /failed/);
      const requests = countRequests(page);
      for (let minutes = 0; minutes < 62; minutes++) {
        await page.clock.fastForward('01:00');
        await idle(tab);
      }
      expect(requests.count).toBeGreaterThanOrEqual(4);
      expect(requests.count).toBeLessThanOrEqual(6);
      const answer = page.waitForResponse(isAnswer);
      await refreshByShowing(tab);
      await answer;
      await page.context().close();
    });

    it('keeps the last good data through an outage, says so, and recovers by itself', async () => {
      const { page, tab } = await world().open({ build: builds.threeOrchestrators, prepare: withClock });
      await heading(tab, /in progress/);
      await page.route(/b2d/, (route) => route.abort());
      await page.clock.fastForward('00:17');
      await page.clock.runFor('00:02');
      await tab.getByText(/^Could not refresh\. These deployments are from/).waitFor();
      await said(tab, /^Refreshing failed/);
      expect(await tab.locator('.deployment-line').count()).toBe(3);
      await page.unroute(/b2d/);
      await page.clock.runFor('00:10');
      await tab.getByText(/^Could not refresh/).waitFor({ state: 'detached' });
      await said(tab, /^Refreshing works again\./);
      await page.context().close();
    });

    it('comes back by itself when the service was down from the start', async () => {
      const { page, tab } = await world().open({
        build: builds.threeOrchestrators,
        prepare: async (opened) => {
          await opened.clock.install();
          await opened.route(/b2d/, (route) => route.abort());
        },
      });
      await tab.getByRole('heading', { name: 'Loading deployments' }).waitFor({ state: 'attached' });
      await page.clock.runFor('00:02');
      await heading(tab, 'Could not load the deployments');
      await page.unroute(/b2d/);
      await page.clock.runFor('00:10');
      await heading(tab, /in progress/);
      await page.context().close();
    });

    it('shows the build that was opened last, and drops a late answer for the one before', async () => {
      let answerLate: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        answerLate = resolve;
      });
      const { page, tab } = await world().open({
        build: builds.sample,
        prepare: (opened) =>
          opened.route(new RegExp(`adoBuildId=${builds.sample}`), async (route) => {
            await held;
            await route.continue().catch(() => undefined);
          }),
      });
      await heading(tab, 'Loading deployments');
      await page.locator('#build-choice').selectOption(String(builds.succeeded));
      await heading(tab, 'All 3 deployments succeeded');
      answerLate();
      await refreshButton(tab).click();
      await said(tab, /^Nothing has changed\.$/);
      await heading(tab, 'All 3 deployments succeeded');
      expect(await tab.locator('.deployment-line').count()).toBe(3);
      await page.context().close();
    });

    it('keeps the filters when another build is opened', async () => {
      const { page, tab } = await world().open({
        build: builds.failed,
        address: { deploymentState: 'failed' },
      });
      await heading(tab, /^All 2 deployments failed/);
      await page.locator('#build-choice').selectOption(String(builds.everyState));
      await tab.getByText('3 of 21 deployments shown').waitFor();
      expect(new URL(page.url()).searchParams.get('deploymentState')).toBe('failed');
      await page.context().close();
    });
  });
}

/** Waits until no request is under way. */
async function idle(tab: Frame): Promise<void> {
  await tab.getByRole('button', { name: 'Refresh', exact: true }).waitFor();
}

async function selectText(tab: Frame, selector: string): Promise<void> {
  await tab
    .locator(selector)
    .first()
    .evaluate((element) => getSelection()?.selectAllChildren(element));
}

function isAnswer(response: { url(): string; request(): { method(): string } }): boolean {
  return /b2d/.test(response.url()) && response.request().method() === 'GET';
}

function countRequests(page: Page): { count: number } {
  const requests = { count: 0 };
  page.on('request', (request) => {
    if (request.method() === 'GET' && /b2d/.test(request.url())) requests.count++;
  });
  return requests;
}
