/** The tab without a mouse, and on pages that are narrow or zoomed in. */
import type { Frame, Page } from 'playwright-core';
import { builds, heading, shownIds, untilAddressHas, type World } from '../support/browser/world.ts';

const rows = (tab: Frame) => tab.locator('.deployment-line');

export function reachSuite(world: () => World): void {
  describe('keyboard and narrow pages', () => {
    it('is worked with the keyboard alone, from filter to link', async () => {
      const { page, tab } = await world().open();
      await heading(tab, '7 of 8 deployments failed');
      await tab.getByRole('searchbox').focus();
      await tabUntil(page, tab, 'tr.deployment-line');
      const focused = () => tab.evaluate(() => document.activeElement?.getAttribute('data-deployment'));
      const ids = await shownIds(tab);
      expect(await focused()).toBe(ids[0]);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      expect(await focused()).toBe(ids[2]);
      await page.keyboard.press('Enter');
      await tab.locator('.details').waitFor();
      await page.keyboard.press('Tab');
      expect(await tab.evaluate(() => document.activeElement?.getAttribute('href'))).toContain('ev2portal');
      await page.keyboard.press('ArrowDown');
      expect(await focused()).toBe(ids[3]);
      await page.keyboard.press('End');
      expect(await focused()).toBe(ids.at(-1));
      await page.context().close();
    });

    it('filters, sorts and groups with the keyboard alone, and shows where the focus is at every stop', async () => {
      const { page, tab } = await world().open({ build: builds.everyState });
      await heading(tab, /^3 of 21/);
      await tab.getByRole('heading', { level: 1 }).focus();
      await page.keyboard.press('Tab');
      const stops: string[] = [];
      const hidden: string[] = [];
      await tabUntil(page, tab, 'tr[data-line]', async () => {
        const stop = await focusedStop(tab);
        stops.push(stop.name);
        if (!stop.visible) hidden.push(stop.name);
        if (stop.name === 'Group by source') await page.keyboard.press('Space');
        if (stop.name === 'Deployment') await page.keyboard.press('Enter');
      });
      expect(stops.slice(0, 5)).toEqual([
        'Refresh',
        'Filter by deployment, payload or owner',
        'State',
        'Source',
        'Group by source',
      ]);
      expect(hidden).toEqual([]);
      expect((await focusedStop(tab)).visible).toBe(true);
      await untilAddressHas(page, 'deploymentSort', 'deployment');
      await untilAddressHas(page, 'deploymentGroups', 'source');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowLeft');
      await tab.getByRole('row', { name: /^AzDeployer/, expanded: false }).waitFor();
      await page.context().close();
    });

    it('tells each deployment in two lines on a narrow page, where it can still be sorted', async () => {
      const { page, tab } = await world().open({
        build: builds.everyState,
        viewport: { width: 320, height: 640 },
      });
      await heading(tab, /^3 of 21/);
      const failed = rows(tab).filter({ hasText: 'Failed' }).first();
      expect(await failed.locator('.line-two').textContent()).toMatch(/^FailedPilotfish18m(?! 0s)/);
      await tab.getByRole('button', { name: /^Started ?, sorted descending/ }).waitFor();
      await tab.getByRole('button', { name: 'State' }).last().click();
      await rows(tab).first().getByText('Not started').waitFor();
      await page.context().close();
    });

    it('cuts off no heading and no time, whatever the width', async () => {
      const { page, tab } = await world().open({ build: builds.everyState });
      await heading(tab, /^3 of 21/);
      for (const width of [320, 360, 719, 720, 959, 960, 1199, 1200, 1280, 1440, 1920]) {
        await page.setViewportSize({ width, height: 800 });
        await tab.waitForFunction((wanted) => window.innerWidth === wanted, width);
        for (const sorted of ['State', 'Duration', 'Started', 'Deployment']) {
          await tab.locator('.sort-button', { hasText: sorted }).click();
          await tab.locator('td.column-start time').evaluateAll((times) => {
            for (const time of times) time.textContent = 'Sep 28, 2024, 12:32 AM';
          });
          expect([width, sorted, await cutOff(tab)]).toEqual([width, sorted, []]);
        }
      }
      await page.context().close();
    });

    it('keeps the focus where it is when Escape is pressed', async () => {
      const { page, tab } = await world().open();
      await heading(tab, '7 of 8 deployments failed');
      await tab
        .getByRole('button', { name: /^Details of/ })
        .first()
        .click();
      for (const name of ['Copy id', 'Refresh', 'Source']) {
        await tab.getByRole('button', { name }).first().focus();
        await page.keyboard.press('Escape');
        expect(
          await tab.evaluate(() => document.activeElement?.textContent || document.activeElement?.ariaLabel),
        ).toBe(name);
      }
      await page.context().close();
    });

    it('lets everything be reached on a page that is zoomed in to four times its size', async () => {
      const { page, tab } = await world().open({
        build: builds.everyState,
        viewport: { width: 320, height: 400 },
      });
      await heading(tab, /^3 of 21/);
      await rows(tab).first().focus();
      await page.keyboard.press('End');
      const last = tab.locator('[aria-rowindex="22"]');
      await last.scrollIntoViewIfNeeded();
      const box = await tab.evaluate(() => {
        const { top, bottom } = document.activeElement?.getBoundingClientRect() ?? { top: -1, bottom: -1 };
        return { top, bottom, height: window.innerHeight };
      });
      expect(box.top).toBeGreaterThanOrEqual(0);
      expect(box.bottom).toBeLessThanOrEqual(box.height);
      await page.context().close();
    });
  });
}

/** Presses Tab until an element that matches has the focus; `visit` is called at every stop before it. */
async function tabUntil(
  page: Page,
  tab: Frame,
  selector: string,
  visit: () => Promise<void> = async () => undefined,
): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    if (await tab.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await visit();
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${selector}`);
}

/** The headings and times that do not fit into their places, or whose places are not on the page. */
function cutOff(tab: Frame): Promise<string[]> {
  return tab.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        '.sort-button, .sort-button .text-ellipsis, td time, .elapsed',
      ),
    ]
      .filter((element) => {
        const cell = element.closest('td, th') ?? element;
        const { right } = element.getBoundingClientRect();
        const place = cell.getBoundingClientRect();
        const hidden = element.closest('.line-two') !== null;
        const overflows = element.scrollWidth > element.clientWidth && element.clientWidth > 0;
        return !hidden && (overflows || right > place.right + 0.5 || right > window.innerWidth + 0.5);
      })
      .map((element) => element.textContent ?? ''),
  );
}

/** What has the focus, by the name that it says or shows, and whether anything around it is drawn for that. */
function focusedStop(tab: Frame): Promise<{ name: string; visible: boolean }> {
  return tab.evaluate(() => {
    const focused = document.activeElement ?? document.body;
    const label = focused.getAttribute('aria-labelledby');
    const name =
      focused.getAttribute('aria-label') ||
      (label && document.getElementById(label)?.textContent) ||
      focused.textContent?.trim();
    const isDrawn = (element: Element) => {
      const { outlineStyle, boxShadow } = getComputedStyle(element);
      return outlineStyle !== 'none' || boxShadow !== 'none';
    };
    const around = [focused, focused.closest('.bolt-textfield'), ...focused.children];
    return { name: name || focused.outerHTML, visible: around.some((one) => one !== null && isDrawn(one)) };
  });
}
