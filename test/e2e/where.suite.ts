/** Where a pull request and a work item are, in the pages that show them, on the real backend. */
import { problemsInEveryLook } from '../support/browser/looks.ts';
import { projects, type World } from '../support/browser/world.ts';

export function whereSuite(world: () => World): void {
  describe('where a change is', () => {
    it('is in the tab of a pull request, and can be read in every theme and width', async () => {
      const { page, tab, errors } = await world().openItem('pullRequest', projects.payments);
      await tab.locator('.where-summary', { hasText: /^In / }).waitFor();
      await tab.getByRole('button', { name: 'Show the whole way' }).click();
      await tab.getByRole('table', { name: 'As a table' }).waitFor();
      await tab.locator('svg.chain-picture').waitFor();
      expect(await problemsInEveryLook({ page, tab, errors }, 'pull-request', {})).toEqual([]);
      expect(errors).toEqual([]);
      await page.context().close();
    });

    it('is in the form of a work item, which keeps its frame for others and for new ones', async () => {
      const { page, tab, errors } = await world().openItem('workItem', projects.payments);
      const summary = tab.locator('.where-summary', { hasText: /^In / });
      await summary.waitFor();
      const form = page.getByRole('combobox', { name: 'Work item' });
      await form.selectOption({ label: 'New work item' });
      await tab.getByRole('heading', { name: 'This work item is new' }).waitFor();
      await page.getByRole('button', { name: 'Save' }).click();
      await summary.waitFor();
      expect(await problemsInEveryLook({ page, tab, errors }, 'work-item', { isPart: true })).toEqual([]);
      expect(errors).toEqual([]);
      await page.context().close();
    });
  });
}
