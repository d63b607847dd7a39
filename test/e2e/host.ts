/** The tab in its host: handshake, themes, settings, and a host that misbehaves. */
import { builds, heading, type World } from './world.ts';

export function describeHost(world: () => World): void {
  it('runs on three origins and sends the app token of the extension', async () => {
    const { page, tab } = await world().open({ build: builds.threeOrchestrators });
    await heading(tab, /running/);
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
    const background = () => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await background()).toBe('rgb(255, 255, 255)');
    await page.locator('#theme-choice').selectOption('dark');
    await tab.waitForFunction(() => getComputedStyle(document.body).backgroundColor === 'rgb(32, 31, 30)');
    await page.locator('#theme-choice').selectOption('high-contrast');
    await tab.waitForFunction(() => getComputedStyle(document.body).backgroundColor === 'rgb(0, 0, 0)');
    await page.context().close();
  });

  it('says why when the host refuses it', async () => {
    const { page, tab } = await world().open({ fault: 'reject' });
    await heading(tab, 'Azure DevOps does not answer');
    await tab.getByText('The contribution is not allowed on this page.').waitFor();
    await page.context().close();
  });

  it('says that a slow host is slow, and shows the deployments when it answers after all', async () => {
    const { page, tab } = await world().open({ fault: 'slow' });
    await heading(tab, 'Azure DevOps does not answer');
    await heading(tab, '7 of 8 deployments failed');
    await page.context().close();
  });

  it('shows a readable page when drawing crashes', async () => {
    const { page, tab } = await world().open({
      prepare: (opened) =>
        opened.addInitScript(() => {
          Intl.RelativeTimeFormat.prototype.format = () => {
            throw new Error('out of ink');
          };
        }),
    });
    await heading(tab, 'Something went wrong on this page');
    await tab.getByText('out of ink').waitFor();
    await page.context().close();
  });

  it('asks nobody before an administrator has entered the service, and then asks that service', async () => {
    const { page, tab } = await world().open({ fault: 'no-settings', address: { view: 'settings' } });
    const address = tab.getByRole('textbox', { name: 'Address of the Deployments service' });
    await address.fill('http://deployments.example');
    await tab.getByRole('button', { name: 'Save' }).click();
    await tab.getByText(/^Enter a full https address/).waitFor();
    await address.fill(`${world().backend.url}/`);
    await tab.getByRole('button', { name: 'Save' }).click();
    await tab.getByText('Saved.').waitFor();
    await page.getByRole('tab', { name: 'Deployments' }).click();
    const deployments = await (await page.waitForSelector('iframe[src*="build-results"]')).contentFrame();
    if (!deployments) throw new Error('the tab has no frame');
    await heading(deployments, '7 of 8 deployments failed');
    await page.context().close();
  });
}
