/** The reference of the API in a real browser: it shows every operation, and needs nothing from elsewhere. */
import { chromium } from 'playwright-core';
import { startTestApp } from '../support/backend.ts';
import { launchOptions } from '../support/browser/chromium.ts';

test.each(['light', 'dark'] as const)(
  '/docs works under its own policy, in %s colors',
  async (colorScheme) => {
    const api = await startTestApp('http://127.0.0.1:9', 'D');
    const browser = await chromium.launch(launchOptions);
    try {
      const page = await browser.newPage({ colorScheme });
      const elsewhere: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(`${api.url}/`) && !request.url().startsWith('data:'))
          elsewhere.push(request.url());
      });
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${api.url}/docs`);
      const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as {
        paths: Record<string, object>;
      };
      const operations = page.locator('.opblock');
      await operations.first().waitFor();
      expect(await operations.count()).toBe(
        Object.values(document.paths).flatMap((methods) => Object.keys(methods)).length,
      );
      await operations.first().getByRole('button').first().click();
      await page.getByText('send it as').first().waitFor();
      expect(await page.locator('body').textContent()).not.toContain('`');
      expect(await page.locator('html').getAttribute('class')).toEqual(
        colorScheme === 'dark' ? 'dark-mode' : null,
      );
      expect({ elsewhere, complaints }).toEqual({ elsewhere: [], complaints: [] });
    } finally {
      await browser.close();
      await api.close();
    }
  },
);
