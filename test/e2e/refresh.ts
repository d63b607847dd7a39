/** The page while the world changes under it: real data that changes, outages, other builds. */
import type { Frame, Page } from 'playwright-core';
import type { KustoDatabase } from '../../kusto/client.ts';
import { progressDemo } from '../../kusto/demo/progress.ts';
import { builds, heading, shownIds, type World } from './world.ts';

export function describeRefresh(world: () => World): void {
  it('shows deployments as they appear, move and end, by itself', async () => {
    const { page, tab } = await world().open({ build: builds.progressing });
    await heading(tab, 'No deployments yet');
    const progress = stepped(world().backend.database);
    await progress.step();
    await heading(tab, /^1 deployment (running|not started)$/);
    await progress.toTheEnd();
    await heading(tab, /^1 of 4 deployments failed/);
    await tab
      .getByText(/^Deployments loaded|new deployments|failed\.$/)
      .first()
      .waitFor({ state: 'attached' });
    await page.context().close();
  });

  it('moves neither focus, scroll nor an open row when a refresh brings new deployments', async () => {
    const { page, tab } = await world().open({
      build: builds.progressing,
      viewport: { width: 1280, height: 460 },
    });
    await progressedToTheEnd(world().backend.database);
    await refreshByShowing(tab);
    await heading(tab, /deployments failed/);
    const [, second, third] = await shownIds(tab);
    const row = (id: string | undefined) => tab.locator(`[data-deployment="${id}"]`);
    await row(second)
      .getByRole('button', { name: /^Details/ })
      .click();
    await tab.locator('.table-scroller').evaluate((element) => {
      element.scrollTop = 100;
    });
    await row(third).focus();
    const before = await row(third).boundingBox();
    const progress = stepped(world().backend.database);
    await progress.step();
    await refreshByShowing(tab);
    await heading(tab, /deployments failed, 1 (running|not started)/);
    expect(await tab.evaluate(() => document.activeElement?.getAttribute('data-deployment'))).toBe(third);
    expect(await row(second).getAttribute('aria-expanded')).toBe('true');
    const after = await row(third).boundingBox();
    expect(Math.abs((after?.y ?? 0) - (before?.y ?? Number.NaN))).toBeLessThan(2);
    await progress.toTheEnd();
    await page.context().close();
  });

  it('asks with the ETag, so that an unchanged answer costs nothing', async () => {
    const { page, tab } = await world().open({ build: builds.threeOrchestrators });
    await heading(tab, /running/);
    const answer = page.waitForResponse(
      (response) => response.request().method() === 'GET' && /b2d/.test(response.url()),
    );
    await tab.getByRole('button', { name: 'Refresh' }).click();
    expect((await answer).status()).toBe(304);
    await page.context().close();
  });

  it('does not ask while it is hidden, nor once all deployments have ended', async () => {
    const { page, tab } = await world().open({ build: builds.threeOrchestrators });
    await heading(tab, /running/);
    const settled = await world().open({ build: builds.sample });
    await heading(settled.tab, /failed/);
    await setHidden(tab, true);
    const askedWhileHidden = countRequests(page);
    const askedAfterTheEnd = countRequests(settled.page);
    await page.waitForTimeout(17_000);
    expect(askedWhileHidden.count).toBe(0);
    expect(askedAfterTheEnd.count).toBe(0);
    const answer = page.waitForResponse(/b2d/);
    await setHidden(tab, false);
    await answer;
    await settled.page.context().close();
    await page.context().close();
  });

  it('keeps the last good data through an outage, says so, and recovers by itself', async () => {
    const { page, tab } = await world().open({ build: builds.threeOrchestrators });
    await heading(tab, /running/);
    await page.route(/b2d/, (route) => route.abort());
    await tab.getByRole('button', { name: 'Refresh' }).click();
    await tab.getByText(/^Could not refresh\. These deployments are from/).waitFor();
    expect(await tab.locator('.deployment-line').count()).toBe(3);
    await page.unroute(/b2d/);
    await tab.getByText(/^Could not refresh/).waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('comes back by itself when the service was down from the start', async () => {
    const { page, tab } = await world().open({
      build: builds.threeOrchestrators,
      prepare: (opened) => opened.route(/b2d/, (route) => route.abort()),
    });
    await heading(tab, 'Deployments cannot be loaded right now');
    await page.unroute(/b2d/);
    await heading(tab, /running/);
    await page.context().close();
  });

  it('shows what the service remembers when its data cannot be reached', async () => {
    const { page, tab } = await world().open({ build: builds.failed });
    await heading(tab, /failed/);
    world().backend.kusto.fail({ kind: 'status', status: 503 });
    await tab.getByRole('button', { name: 'Refresh' }).click();
    await tab.getByText(/answering from its memory/).waitFor();
    world().backend.kusto.recover();
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
    await page.waitForTimeout(1_000);
    await heading(tab, 'All 3 deployments succeeded');
    expect(await tab.locator('.deployment-line').count()).toBe(3);
    await page.context().close();
  });
}

/** The demonstration of progress, one moment at a time. */
function stepped(database: KustoDatabase) {
  let proceed: () => void = () => undefined;
  let reached: () => void = () => undefined;
  let free = false;
  let ended: Promise<void> | undefined;
  const wait = () => {
    reached();
    return free ? Promise.resolve() : new Promise<void>((resolve) => (proceed = resolve));
  };
  const step = async () => {
    const moment = new Promise<void>((resolve) => (reached = resolve));
    if (ended) proceed();
    else ended = progressDemo(database, { wait });
    await moment;
  };
  return {
    step,
    async toTheEnd() {
      free = true;
      proceed();
      await ended;
    },
  };
}

async function progressedToTheEnd(database: KustoDatabase): Promise<void> {
  await progressDemo(database, { wait: () => Promise.resolve() });
}

async function setHidden(tab: Frame, hidden: boolean): Promise<void> {
  await tab.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

/** A page that is shown again asks at once. */
async function refreshByShowing(tab: Frame): Promise<void> {
  await setHidden(tab, true);
  await setHidden(tab, false);
}

function countRequests(page: Page): { count: number } {
  const requests = { count: 0 };
  page.on('request', (request) => {
    if (request.method() === 'GET' && /b2d/.test(request.url())) requests.count++;
  });
  return requests;
}
