/** The table and its filters, as a reader uses them. */
import type { Frame, Page } from 'playwright-core';
import { builds, heading, shownIds, untilAddressHas, type World } from '../support/browser/world.ts';

const rows = (tab: Frame) => tab.locator('.deployment-line');
const parameterOf = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);

export function tableSuite(world: () => World): void {
  describe('the table', () => {
    it('shows each deployment with its state, links, owner and times', async () => {
      const { page, tab, errors } = await world().open();
      await heading(tab, '7 of 8 deployments failed');
      const row = rows(tab).filter({ hasText: '0220d503-93eb-4d5a-8ebd-5f45dbda5d75' });
      expect(await row.textContent()).toMatch(/Succeeded.*Ev2.*ContainerApps\/0220d503/);
      const link = row.getByRole('link', { name: /0220d503/ });
      expect(await link.getAttribute('href')).toContain(
        'https://ev2portal.azure.net/#/Rollout/ContainerApps/0220d503',
      );
      expect(await link.getAttribute('target')).toBe('_blank');
      expect(await link.getAttribute('rel')).toContain('noopener');
      expect(
        await row.getByRole('link', { name: /containerapps=1\.2\.1450\.0/ }).getAttribute('href'),
      ).toContain('https://dataexplorer.azure.com/dashboards/');
      expect(await row.locator('time').allTextContents()).toEqual([
        'Jan 2, 2024, 5:29 AM',
        expect.stringMatching(/ago$/),
      ]);
      expect(await row.locator('.elapsed').textContent()).toMatch(/^\d/);
      await row.getByTitle('ServiceId: df36aee8-c644-400b-a0ab-fd0f1191211d').waitFor();
      expect(errors).toEqual([]);
      await page.context().close();
    });

    it('folds the payloads of a deployment and shows all of them in its details', async () => {
      const { page, tab } = await world().open({ build: builds.manyPayloads });
      await tab.getByRole('button', { name: '2 more payloads, show details' }).click();
      const details = tab.locator('.details');
      for (const payload of ['hostagent', 'networkagent', 'guestagent'])
        await details.getByRole('link', { name: new RegExp(payload, 'i') }).waitFor();
      await page.context().close();
    });

    it('shows times to the second in the zone of the reader and in UTC, and the state in its own word', async () => {
      const { page, tab } = await world().open();
      await rows(tab)
        .filter({ hasText: '0220d503' })
        .getByRole('button', { name: /^Details/ })
        .click();
      const details = await tab.locator('.details').textContent();
      expect(details).toMatch(/Jan 2, 2024, 5:29:45.AM PST/);
      expect(details).toMatch(/Jan 2, 2024, 1:29:45.PM UTC/);
      expect(details).toContain('completed');
      expect(await tab.locator('.metadata pre').textContent()).toBe('{\n  "RolloutInfra": "Prod"\n}');
      await page.context().close();
    });

    it("shows times in the reader's language", async () => {
      const { page, tab } = await world().open({ locale: 'de-DE', timezoneId: 'Europe/Berlin' });
      const row = rows(tab).filter({ hasText: '0220d503' });
      expect(await row.locator('time').first().textContent()).toBe('2. Jan. 2024, 14:29');
      await page.context().close();
    });

    it('lets the duration of a running deployment grow', async () => {
      const { page, tab } = await world().open({
        build: builds.big,
        prepare: (opened) => opened.clock.install(),
      });
      const elapsed = rows(tab).filter({ hasText: 'Running' }).locator('.elapsed');
      const before = await elapsed.textContent();
      await page.clock.runFor('01:00');
      const after = await elapsed.textContent();
      const minutes = (text: string | null) => Number(/^(\d+)m/.exec(text ?? '')?.[1]);
      expect(minutes(after)).toBeGreaterThan(minutes(before));
      await page.context().close();
    });

    it('leads to the other builds of a deployment', async () => {
      const { page, tab } = await world().open({ build: builds.shared });
      await tab.getByRole('button', { name: /^Details/ }).click();
      const others = tab.locator('.details').getByRole('link', { name: /^Build / });
      await others.first().waitFor();
      const addresses = await others.evaluateAll((links) => links.map((link) => link.getAttribute('href')));
      expect(addresses.sort()).toEqual([
        expect.stringContaining('buildId=85084666'),
        expect.stringContaining('buildId=85084667'),
      ]);
      await page.context().close();
    });

    it('copies the id of a deployment, and its link', async () => {
      const { page, tab } = await world().open({ permissions: ['clipboard-read', 'clipboard-write'] });
      await rows(tab)
        .first()
        .getByRole('button', { name: /^Details/ })
        .click();
      await tab.getByRole('button', { name: 'Copy id' }).click();
      await tab.getByRole('button', { name: 'Copied' }).waitFor();
      const [first] = await shownIds(tab);
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(first);
      await tab.getByRole('button', { name: 'Copy link' }).click();
      await tab.getByRole('button', { name: 'Copied' }).nth(1).waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
        /^https:\/\/ev2portal\.azure\.net\//,
      );
      await page.context().close();
    });

    it('keeps the filters in the address, so that a link shows the same rows, and clears them with one press', async () => {
      const { page, tab } = await world().open({ build: builds.everyState });
      await heading(tab, /^3 of 21/);
      await tab.getByRole('button', { name: 'State' }).first().click();
      await tab.getByRole('option', { name: 'Failed' }).click();
      await page.keyboard.press('Escape');
      await untilAddressHas(page, 'deploymentState', 'failed');
      await tab.getByRole('button', { name: 'Source' }).first().click();
      await tab.getByRole('option', { name: 'AzDeployer' }).click();
      await page.keyboard.press('Escape');
      await untilAddressHas(page, 'deploymentSource', 'azdeployer');
      await tab.getByRole('searchbox').fill('hostagent');
      await untilAddressHas(page, 'deploymentText', 'hostagent');
      await tab.getByText('1 of 21 deployments shown').waitFor();
      const filtered = await shownIds(tab);

      const again = await world().open({
        build: builds.everyState,
        address: Object.fromEntries(new URL(page.url()).searchParams),
      });
      await again.tab.getByText('1 of 21 deployments shown').waitFor();
      expect(await shownIds(again.tab)).toEqual(filtered);
      await again.page.context().close();

      await tab.getByRole('button', { name: 'Clear filters' }).click();
      await untilAddressHas(page, 'deploymentState', null);
      expect(parameterOf(page, 'deploymentText')).toBeNull();
      expect(parameterOf(page, 'deploymentSource')).toBeNull();
      expect(await tab.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('searchbox');
      expect(await rows(tab).count()).toBeGreaterThan(10);
      await page.context().close();
    });

    it('sorts by a column and turns the order, and keeps that in the address', async () => {
      const { page, tab } = await world().open();
      await heading(tab, '7 of 8 deployments failed');
      const newestFirst = await shownIds(tab);
      await tab.getByRole('button', { name: 'Started' }).click();
      expect(await shownIds(tab)).toEqual([...newestFirst].reverse());
      await tab.getByRole('button', { name: 'Deployment', exact: true }).click();
      expect(await shownIds(tab)).toEqual(
        [...newestFirst].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })),
      );
      expect(await tab.getByRole('columnheader', { name: 'Deployment' }).getAttribute('aria-sort')).toBe(
        'ascending',
      );
      await untilAddressHas(page, 'deploymentSort', 'deployment');
      await page.context().close();
    });

    it('groups by source and folds a group', async () => {
      const { page, tab } = await world().open({ build: builds.threeOrchestrators });
      await tab.getByRole('checkbox', { name: 'Group by source' }).click();
      const group = tab.getByRole('row', { name: /^Pilotfish 1 deployment/ });
      await group.click();
      expect(await group.getAttribute('aria-expanded')).toBe('false');
      expect(await rows(tab).count()).toBe(2);
      await page.context().close();
    });

    it('shows 2,000 deployments by drawing only those in sight, and keeps the focused row', async () => {
      const { page, tab } = await world().open({ build: builds.huge });
      await heading(tab, /2,000 deployments/);
      expect(await rows(tab).count()).toBeLessThanOrEqual(60);
      await rows(tab).first().focus();
      const [first] = await shownIds(tab);
      await tab.locator('.table-scroller').evaluate((element) => {
        element.scrollTop = element.scrollHeight / 2;
      });
      await tab.waitForFunction(
        (id) => document.querySelectorAll('.deployment-line')[1]?.getAttribute('data-deployment') !== id,
        first,
      );
      expect(await rows(tab).count()).toBeLessThanOrEqual(60);
      expect(await tab.evaluate(() => document.activeElement?.getAttribute('data-deployment'))).toBe(first);
      await page.keyboard.press('End');
      const last = await tab.evaluate(() => document.activeElement?.getAttribute('aria-rowindex'));
      expect(last).toBe('2001');
      await page.context().close();
    });
  });
}
