/** The tab in its host: handshake, themes, settings, and a host that misbehaves. */
import { showTheme } from '../support/browser/looks.ts';
import { builds, heading, type World } from '../support/browser/world.ts';

export function hostSuite(world: () => World): void {
  describe('the host', () => {
    it('is shown on a page like that of a build: breadcrumb, title, tabs, and a choice of builds', async () => {
      const { page, tab } = await world().open();
      await heading(tab, '7 of 8 deployments failed');
      expect(
        await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('listitem').allTextContents(),
      ).toEqual(['msazure', 'One', 'Pipelines', 'StoreFront-Official', '2.4.84651.0']);
      expect(await page.getByRole('tab').allTextContents()).toEqual(['Summary', 'Tests', 'Deployments']);
      await page.getByRole('tab', { name: 'Summary' }).click();
      await page.getByText('Open Deployments to see where it is now.').waitFor();
      await page
        .getByRole('combobox', { name: 'Build' })
        .selectOption({ label: '85084656 · Progresses as you watch' });
      expect(await page.title()).toBe('2.4.84656.0 - Deployments');
      await page.getByRole('tab', { name: 'Deployments' }).click();
      await page.frameLocator('iframe').getByRole('heading', { level: 1 }).first().waitFor();
      await page.context().close();
    });

    it('opens any build that the database knows, from its form and from its address', async () => {
      const { page, tab } = await world().open();
      await heading(tab, '7 of 8 deployments failed');
      await page.getByText('Another build').click();
      await page.getByLabel('Organization').fill('contoso');
      await page.getByLabel('Project id').fill('00000000-0000-0000-0000-00000000000A');
      await page.getByLabel('Build id').fill('85084651');
      const lookup = page.waitForRequest((sent) => sent.method() === 'GET' && /b2d/.test(sent.url()));
      await page.getByRole('button', { name: 'Open' }).click();
      const parameters = new URL((await lookup).url()).searchParams;
      expect(Object.fromEntries(parameters)).toEqual({
        adoOrganizationName: 'contoso',
        adoProjectId: '00000000-0000-0000-0000-00000000000a',
        adoBuildId: '85084651',
      });
      const crumbs = page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('listitem');
      expect(await crumbs.first().textContent()).toBe('contoso');
      await page.reload();
      await page
        .frameLocator('iframe')
        .getByRole('heading', { level: 1, name: 'This build is not known yet' })
        .waitFor();
      expect(await crumbs.first().textContent()).toBe('contoso');
      await page.context().close();
    });

    it('takes hostile values in its address for text, or for missing', async () => {
      const markup = '"><img src=x onerror="window.attacked=1">';
      const { page, errors } = await world().open({
        address: {
          organization: markup,
          project: markup,
          buildId: '-1e9',
          view: 'constructor',
          theme: '__proto__',
        },
      });
      await page.frameLocator('iframe').getByRole('heading', { level: 1 }).first().waitFor();
      const crumbs = page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('listitem');
      expect(await crumbs.first().textContent()).toBe(markup);
      expect(await page.getByRole('combobox', { name: 'Theme' }).inputValue()).toBe('light');
      expect(await page.evaluate(() => 'attacked' in window)).toBe(false);
      expect(errors.filter((text) => !/status of 400/.test(text))).toEqual([]);
      await page.context().close();
    });

    it('gives one reason where it refuses the tab', async () => {
      const { page, tab } = await world().open({
        fault: 'reject',
        prepare: (opened) => opened.clock.install(),
      });
      await heading(tab, 'Azure DevOps did not load this page');
      await page.clock.fastForward('00:11');
      await heading(tab, 'Azure DevOps did not load this page');
      expect(await tab.locator('h1, p, button').allTextContents()).toEqual([
        'Azure DevOps did not load this page',
        'Reloading may help. If it does not, ask an administrator about the Deployments extension.',
        'The reason that it gave: The contribution is not allowed on this page.',
        'Reload',
      ]);
      await page.context().close();
    });

    it('runs on three origins and sends the app token of the extension', async () => {
      const { page, tab } = await world().open({ build: builds.threeOrchestrators });
      await heading(tab, /in progress/);
      const request = page.waitForRequest((sent) => sent.method() === 'GET' && /b2d/.test(sent.url()));
      await tab.getByRole('button', { name: 'Refresh' }).click();
      const sent = await request;
      expect(sent.headers().authorization).toBe('Bearer demonstration-app-token');
      const origins = [page.url(), tab.url(), sent.url()].map((url) => new URL(url).origin);
      expect(new Set(origins).size).toBe(3);
      await page.context().close();
    });

    it('follows the theme while it is shown', async () => {
      const { page, tab } = await world().open({ theme: 'light' });
      await heading(tab, /failed/);
      await showTheme(page, tab, 'dark');
      await showTheme(page, tab, 'high-contrast');
      await showTheme(page, tab, 'light');
      await page.context().close();
    });

    it('says that a slow host is slow, and shows the deployments when it answers after all', async () => {
      const { page, tab } = await world().open({
        fault: 'slow',
        prepare: (opened) => opened.clock.install(),
      });
      await tab.getByRole('heading', { name: 'Loading deployments' }).waitFor({ state: 'attached' });
      await page.clock.fastForward('00:11');
      await heading(tab, 'Azure DevOps is not responding');
      await page.clock.fastForward('00:02');
      await heading(tab, '7 of 8 deployments failed');
      await page.context().close();
    });

    it('asks nobody before an administrator has entered the service, and then asks that service once the user has confirmed it', async () => {
      const { page, tab } = await world().open({ fault: 'no-settings', address: { view: 'settings' } });
      const address = tab.getByRole('textbox', { name: 'URL of the Deployments service' });
      await address.fill('http://deployments.example');
      await tab.getByRole('button', { name: 'Save' }).click();
      await tab.getByText(/^Enter an https URL/).waitFor();
      await address.fill(`${world().backend.url}/`);
      await tab.getByRole('button', { name: 'Save' }).click();
      await tab.getByText('Saved.').waitFor();
      await page.getByRole('tab', { name: 'Deployments' }).click();
      const deployments = await (await page.waitForSelector('iframe[src*="build-results"]')).contentFrame();
      if (!deployments) throw new Error('the tab has no frame');
      await deployments.getByText(world().backend.url, { exact: true }).waitFor();
      await deployments.getByRole('button', { name: 'Use this service' }).click();
      await heading(deployments, '7 of 8 deployments failed');
      await page.context().close();
    });
  });
}
