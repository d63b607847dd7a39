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

    it('is in progress while two regions are done, one is in progress and one has not started', async () => {
      const { page, tab } = await world().open({ build: builds.running });
      await heading(tab, /^1 of 3 deployments in progress, 1 not started, 1 succeeded/);
      const answer = await fetch(
        `${world().backend.url}/b2d/v1/build2deployments?adoOrganizationName=msazure&adoProjectId=b32aa71e-8ed2-41b2-9d77-5bc261222004&adoBuildId=${builds.running}`,
      );
      const { Deployments } = await answer.json();
      const inProgress = Deployments.find(({ State }: { State: string }) => State === 'inProgress');
      expect(inProgress).toMatchObject({
        EndTime: null,
        Progress: { Total: 4, Succeeded: 2, InProgress: 1, NotStarted: 1 },
      });
      const row = tab.locator(`[data-deployment="${inProgress.Id}"]`);
      expect(await row.locator('.column-state').textContent()).toBe('In progress2 of 4 so far');
      expect(await row.locator('.elapsed').textContent()).toMatch(/^1h (29|[34]\d)m$/);
      expect(await row.locator('.column-start').textContent()).toMatch(/^(Today|Yesterday) at /);
      const waiting = rows(tab).filter({ hasText: 'Not started' });
      expect(await waiting.locator('.elapsed').textContent()).toBe('–');
      await row.getByRole('button', { name: /^Details/ }).click();
      await tab
        .getByText('2 of 4 regions seen so far succeeded, 1 in progress, 1 not started.')
        .last()
        .waitFor();
      await page.context().close();
    });

    it('shortens ids in the middle, and gives them whole to whoever copies or hears them', async () => {
      const { page, tab } = await world().open({ viewport: { width: 1280, height: 800 } });
      await heading(tab, '7 of 8 deployments failed');
      const [id = ''] = await shownIds(tab);
      const link = rows(tab)
        .first()
        .getByRole('link', { name: `${id}, opens in a new tab` });
      const head = link.locator('.middle-text-head');
      expect(await head.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(true);
      const box = await link.evaluate((element) => {
        const range = document.createRange();
        range.selectNodeContents(element.childNodes[1] as Node);
        const tail = range.getBoundingClientRect();
        return { tail: tail.right, cell: element.getBoundingClientRect().right, text: range.toString() };
      });
      expect(box.text).toBe(id.slice(-6));
      expect(box.tail).toBeLessThanOrEqual(box.cell + 0.5);
      const copied = await link.evaluate((element) => {
        const range = document.createRange();
        range.setStart(element.firstChild as Node, 0);
        range.setEndAfter(element.childNodes[1] as Node);
        const selection = getSelection();
        selection?.removeAllRanges();
        selection?.addRange(range);
        return selection?.toString();
      });
      expect(copied).toBe(id);
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

    it("shows times in the language of its texts, in the reader's own way of writing it if there is one", async () => {
      for (const [locale, time] of [
        ['de-DE', 'Jan 2, 2024, 2:29 PM'],
        ['en-GB', '2 Jan 2024, 14:29'],
      ] as const) {
        const { page, tab } = await world().open({ locale, timezoneId: 'Europe/Berlin' });
        const row = rows(tab).filter({ hasText: '0220d503' });
        expect(await row.locator('time').first().textContent()).toBe(time);
        expect(await tab.locator('h1').textContent()).toMatch(/last change \d+ yr\.? ago$/);
        await page.context().close();
      }
    });

    it('shows a time in UTC once to a reader who lives in UTC', async () => {
      const { page, tab } = await world().open({ timezoneId: 'UTC' });
      await rows(tab)
        .filter({ hasText: '0220d503' })
        .getByRole('button', { name: /^Details/ })
        .click();
      const times = await tab.locator('.details .times').textContent();
      expect(times).toMatch(/Jan 2, 2024, 1:29:45.PM UTC/);
      expect(await tab.locator('.details .times .secondary-text').count()).toBe(0);
      await page.context().close();
    });

    it('lets the duration of a running deployment grow', async () => {
      const { page, tab } = await world().open({
        build: builds.big,
        prepare: (opened) => opened.clock.install(),
      });
      const elapsed = rows(tab).filter({ hasText: 'In progress' }).locator('.elapsed');
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
      await tab.getByRole('option', { name: 'Unknown (3): Quarantined' }).waitFor();
      await tab.getByRole('option', { name: 'Failed (3)' }).click();
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
