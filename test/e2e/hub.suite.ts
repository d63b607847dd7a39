/** The Deployments hub in its host: every view on the real API, in every look, by mouse and by keyboard. */
import type { Frame } from 'playwright-core';
import { problemsInEveryLook } from '../support/browser/looks.ts';
import { heading, type OpenedTab, projects, untilAddressHas, type World } from '../support/browser/world.ts';

const cells = (tab: Frame) => tab.getByRole('gridcell');
const cellOf = (tab: Frame, service: string, environment: string) =>
  tab.locator(`[role="gridcell"][data-row="s:${service}"][data-column="${environment}"]`);
const panelOf = (tab: Frame) => tab.getByRole('dialog');

const columns = (tab: Frame) =>
  tab.getByRole('columnheader').evaluateAll((heads) => heads.map((head) => head.dataset.column));

async function matrix({ tab }: OpenedTab): Promise<void> {
  await cells(tab).first().waitFor();
}

export function hubSuite(world: () => World): void {
  describe('the hub', () => {
    it('shows the environments of both projects, with what waits, failed or went back', async () => {
      const opened = await world().openHub(projects.payments);
      const { page, tab, errors } = opened;
      await heading(tab, /^Deployments$/);
      await matrix(opened);
      expect(await columns(tab)).toEqual(['', 'dev', 'test', 'staging', 'production']);
      expect(await cellOf(tab, 'ledger-api', 'production').textContent()).toMatch(/Waiting for approval/);
      expect(await cellOf(tab, 'statement-web', 'staging').textContent()).toMatch(/Failed/);
      expect(await cellOf(tab, 'card-gateway', 'production').textContent()).toMatch(/Rollback/);
      expect(await cellOf(tab, 'fraud-scoring', 'production').textContent()).toMatch(/Hot fix/);
      await page.getByRole('combobox', { name: 'Project' }).selectOption({ label: 'Storefront' });
      const storefront = page.frameLocator('iframe');
      await storefront.getByRole('columnheader', { name: /^qa/ }).waitFor();
      expect(await storefront.getByText(/Waiting for approval/).count()).toBeGreaterThan(0);
      // On a busy machine the API may miss its own time limit once, and the page then asks again.
      expect(errors.filter((text) => !/status of 503/.test(text))).toEqual([]);
      await page.context().close();
    });

    it('opens a cell with the keyboard alone, and gives the focus back', async () => {
      const opened = await world().openHub(projects.payments);
      const { page, tab } = opened;
      await matrix(opened);
      await cellOf(tab, 'ledger-api', 'dev').focus();
      await page.keyboard.press('ArrowRight');
      const place = await tab.evaluate(() => document.activeElement?.getAttribute('data-column'));
      await page.keyboard.press('Enter');
      await panelOf(tab).getByRole('heading', { name: 'History' }).waitFor();
      await panelOf(tab)
        .getByRole('heading', { name: /^New in / })
        .waitFor();
      await panelOf(tab)
        .getByRole('link', { name: /^[0-9a-f]{8} ?, / })
        .first()
        .waitFor();
      await untilAddressHas(page, 'cell', `ledger-api,${place}`);
      await page.keyboard.press('Escape');
      await panelOf(tab).waitFor({ state: 'detached' });
      await tab.waitForFunction(
        (column) => document.activeElement?.getAttribute('data-column') === column,
        place,
      );
      await page.context().close();
    });

    it('moves columns by dragging their heads, and keeps that in the address for a colleague', async () => {
      const opened = await world().openHub(projects.storefront);
      const { page, tab } = opened;
      await matrix(opened);
      await tab
        .getByRole('columnheader', { name: /^prod/ })
        .dragTo(tab.getByRole('columnheader', { name: /^dev/ }));
      await untilAddressHas(page, 'columns', 'prod,dev,qa,staging');
      await page.reload();
      const again = page.frameLocator('iframe');
      await again.getByRole('gridcell').first().waitFor();
      expect(await again.getByRole('columnheader').nth(1).getAttribute('data-column')).toBe('prod');
      await page.context().close();
    });

    it('moves the whole matrix to another time, and back', async () => {
      const opened = await world().openHub(projects.payments);
      const { page, tab } = opened;
      await matrix(opened);
      const now = await cellOf(tab, 'ledger-api', 'dev').textContent();
      const past = new Date(Date.now() - 30 * 24 * 60 * 60 * 1000).toISOString().slice(0, 16);
      await tab.getByLabel('Show the time').fill(past);
      await tab.getByRole('button', { name: 'Show', exact: true }).click();
      await tab.getByText(/^This is the past/).waitFor();
      await matrix(opened);
      expect(await cellOf(tab, 'ledger-api', 'dev').textContent()).not.toBe(now);
      await tab.getByRole('button', { name: 'Back to now' }).click();
      await matrix(opened);
      await tab.getByText(/^This is the past/).waitFor({ state: 'detached' });
      await page.context().close();
    });

    it('goes from a measure to the deployments that it counts, and to the way of a commit', async () => {
      const { page, tab, errors } = await world().openHub(projects.payments, {
        address: { pivot: 'measures' },
      });
      await tab
        .getByRole('region', { name: 'Deployment frequency' })
        .getByRole('button', { name: /^Show the / })
        .click();
      await tab.getByText('The deployments that “Deployment frequency” counts.').waitFor();
      await tab
        .getByRole('button', { name: /^Way of / })
        .first()
        .click();
      await panelOf(tab)
        .getByRole('img', { name: /^The way of the commit/ })
        .waitFor();
      const kinds = await panelOf(tab).locator('.plain-table tbody td:first-child').allTextContents();
      expect(kinds[0]).toBe('Commit');
      expect(kinds).toEqual(expect.arrayContaining(['Build', 'Environment']));
      expect(errors).toEqual([]);
      await page.context().close();
    });

    it('keeps what it shows while the service is away, and says so', async () => {
      const opened = await world().openHub(projects.payments);
      const { page, tab } = opened;
      await matrix(opened);
      await page.route(/\/introspection\//, (route) => route.abort());
      await tab.getByRole('button', { name: 'Refresh' }).click();
      await tab.getByText(/^Could not refresh\. This is from/).waitFor();
      expect(await cells(tab).count()).toBeGreaterThan(0);
      await page.context().close();
    });
  });

  interface HubState {
    readonly name: string;
    readonly address?: Readonly<Record<string, string>>;
    readonly act?: (opened: OpenedTab) => Promise<unknown>;
    readonly shown: (tab: Frame) => Promise<unknown>;
    /** Done in every look, before it is judged. */
    readonly settle?: (opened: OpenedTab) => Promise<void>;
  }

  const states: readonly HubState[] = [
    { name: 'hub-environments', shown: (tab) => cells(tab).first().waitFor() },
    {
      name: 'hub-cell-in-the-past',
      address: { cell: 'ledger-api,dev', at: new Date(Date.now() - 5 * 24 * 60 * 60 * 1000).toISOString() },
      shown: (tab) =>
        panelOf(tab)
          .getByRole('heading', { name: /^New in / })
          .waitFor(),
    },
    {
      name: 'hub-changes',
      address: { pivot: 'changes' },
      shown: (tab) => tab.getByRole('table').waitFor(),
      // Choosing a theme takes the focus, which closes the list.
      settle: async ({ tab }) => {
        const list = tab.getByRole('group', { name: 'State' });
        const button = tab.getByRole('button', { name: /^State/ });
        if (!(await button.isVisible())) await tab.getByRole('button', { name: 'Filters' }).click();
        if (!(await list.isVisible())) await button.click();
        await list.getByRole('checkbox').first().focus();
      },
    },
    {
      name: 'hub-chain',
      address: { pivot: 'changes' },
      act: ({ tab }) =>
        tab
          .getByRole('button', { name: /^Way of ledger-api / })
          .first()
          .click(),
      shown: (tab) => panelOf(tab).getByRole('img').waitFor(),
    },
    { name: 'hub-compare', address: { pivot: 'compare' }, shown: (tab) => tab.getByRole('table').waitFor() },
    {
      name: 'hub-measures',
      address: { pivot: 'measures' },
      shown: (tab) => tab.getByRole('img', { name: /^Deployment frequency by day/ }).waitFor(),
    },
    {
      name: 'hub-settings',
      address: { pivot: 'settings' },
      act: ({ tab }) => tab.getByRole('button', { name: 'Preview' }).click(),
      shown: (tab) => tab.getByRole('heading', { name: 'What these settings match' }).waitFor(),
    },
  ];

  describe('every view of the hub', () => {
    it.each(states)('$name: is readable and accessible in every look', async (state) => {
      const opened = await world().openHub(projects.payments, {
        address: state.address,
      });
      await state.act?.(opened);
      await state.shown(opened.tab);
      expect(
        await problemsInEveryLook(opened, state.name, { ...(state.settle && { settle: state.settle }) }),
      ).toEqual([]);
      await opened.page.context().close();
    });
  });

  describe('a project without events', () => {
    it('says why there is nothing to see, and what to do', async () => {
      const { page, tab } = await world().openHub({
        organization: 'contoso',
        project: '00000000-0000-4000-8000-00000000000a',
        name: 'Empty',
      });
      await tab
        .getByRole('heading', { name: /^(No deployments are known yet|Nothing is known of this project)$/ })
        .waitFor();
      await page.context().close();
    });
  });
}
