/** Where inside a deployment: the bar in its row, and the list of its entities in the details. */
import type { Frame } from 'playwright-core';
import { demoBuilds } from '../../kusto/demo/builds.ts';
import { refreshByShowing, stepped } from '../support/browser/live.ts';
import { problemsInEveryLook } from '../support/browser/looks.ts';
import { builds, heading, type World } from '../support/browser/world.ts';

const entities = (tab: Frame) => tab.locator('[data-entity]');
const statesOf = (tab: Frame) =>
  entities(tab).evaluateAll((rows) =>
    rows
      .sort((a, b) => Number(a.getAttribute('data-line')) - Number(b.getAttribute('data-line')))
      .map((row) => row.getAttribute('data-state')),
  );
const barOf = (tab: Frame) =>
  tab
    .locator('.state-bar')
    .first()
    .locator('.state-bar-part')
    .evaluateAll((parts) =>
      parts.map((part) => `${part.className.split(' ')[1]} ${part.getAttribute('data-count')}`),
    );

async function openDetails(tab: Frame): Promise<void> {
  await tab
    .getByRole('button', { name: /^Details of/ })
    .first()
    .click();
  await entities(tab).first().waitFor();
}

export function entitySuite(world: () => World): void {
  describe('a deployment over two thousand clusters', () => {
    it('says how far it is in its row, in a bar and in words', async () => {
      const { page, tab } = await world().open({ build: builds.clusters });
      await heading(tab, /^1 deployment has failed clusters, last change/);
      expect(await barOf(tab)).toEqual([
        'succeeded 1496',
        'failed 3',
        'blocked 1',
        'inProgress 40',
        'notStarted 460',
      ]);
      await tab.getByText('1,496 of 2,000 so far, 3 failed').waitFor();
      const widths = await tab
        .locator('.state-bar-part')
        .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().width));
      expect(Math.min(...widths)).toBeGreaterThanOrEqual(3);
      await page.context().close();
    });

    it('lists them in its details, failed and running ones first, and draws only those in sight', async () => {
      const { page, tab, errors } = await world().open({ build: builds.clusters });
      await openDetails(tab);
      const table = tab.getByRole('table', { name: /^clusters of / });
      expect(await table.getAttribute('aria-rowcount')).toBe('2001');
      expect((await statesOf(tab)).slice(0, 5)).toEqual([
        'failed',
        'failed',
        'failed',
        'inProgress',
        'inProgress',
      ]);
      expect(await entities(tab).count()).toBeLessThanOrEqual(80);
      const first = entities(tab).first();
      expect(await first.getByRole('link', { name: /^Progress/ }).getAttribute('href')).toContain(
        'https://dataexplorer.azure.com/dashboards/',
      );

      await first.focus();
      await page.keyboard.press('End');
      await tab.waitForFunction(() => document.activeElement?.getAttribute('aria-rowindex') === '2001');
      expect(await entities(tab).count()).toBeLessThanOrEqual(80);
      await page.keyboard.press('ArrowUp');
      await tab.waitForFunction(() => document.activeElement?.getAttribute('aria-rowindex') === '2000');
      await page.keyboard.press('Home');
      await tab.waitForFunction(() => document.activeElement?.getAttribute('aria-rowindex') === '2');

      await tab.getByRole('combobox', { name: 'State' }).selectOption('failed');
      await tab.getByText('3 of 2,000 shown').waitFor();
      expect(await statesOf(tab)).toEqual(['failed', 'failed', 'failed']);
      await tab.getByRole('combobox', { name: 'State' }).selectOption('');
      await tab.getByRole('searchbox', { name: 'Filter by name' }).fill('pf02-30');
      await tab.getByText(/^\d+ of 2,000 shown$/).waitFor();
      await tab.getByRole('searchbox', { name: 'Filter by name' }).fill('nothing has this');
      await tab.getByText('Nothing matches the filter.').waitFor();
      expect(errors).toEqual([]);
      await page.context().close();
    });

    it('looks right in every theme and on a narrow page', async () => {
      const opened = await world().open({ build: builds.clusters });
      await openDetails(opened.tab);
      const settle = async () => {
        await opened.tab.locator('.entity-table').scrollIntoViewIfNeeded();
      };
      expect(await problemsInEveryLook(opened, 'entities', { settle })).toEqual([]);
      await opened.page.context().close();
    });
  });

  describe('a retry', () => {
    it('turns failed regions into succeeded ones before the eyes of the reader', async () => {
      const build = demoBuilds.find(({ id }) => id === builds.recovering);
      const progress = stepped(world().backend.database, build);
      for (let steps = 0; steps < 6; steps++) await progress.step();
      const { page, tab } = await world().open({ build: builds.recovering });
      await heading(tab, /^1 deployment has failed regions/);
      await openDetails(tab);
      expect((await statesOf(tab)).slice(0, 2)).toEqual(['failed', 'failed']);
      expect(await entities(tab).count()).toBe(18);
      await tab
        .getByText(/ of 18 so far, 2 failed/)
        .first()
        .waitFor();
      await entities(tab).first().focus();
      const focused = await tab.evaluate(() => document.activeElement?.getAttribute('data-entity'));

      await progress.step();
      await progress.step();
      await refreshByShowing(tab);
      await heading(tab, /^1 deployment in progress/);
      await tab
        .getByRole('status')
        .filter({ hasText: /no failed regions any more\.$/ })
        .first()
        .waitFor({ state: 'attached' });
      await tab.waitForFunction(() => document.querySelector('[data-state="failed"]') === null);

      await progress.toTheEnd();
      await refreshByShowing(tab);
      await heading(tab, /^1 deployment succeeded/);
      await tab.getByText('18 of 18 regions').first().waitFor();
      await tab.waitForFunction(() => document.querySelectorAll('[data-state="succeeded"]').length === 18);
      expect(await tab.evaluate(() => document.activeElement?.getAttribute('data-entity'))).toBe(focused);
      await page.context().close();
    });
  });
}
