/** Signing in, from the page through Microsoft's library and the host to an API with `AUTH=entra`. */
import type { Page } from 'playwright-core';
import { type Devhost, startDevhost } from '../../devhost/server.ts';
import { demoBuilds } from '../../kusto/demo/builds.ts';
import { DEFAULT_DATABASE } from '../../kusto/engine/engine.ts';
import { accessSettings, apiClientId, type Entra, startEntra } from '../support/access/entra.ts';
import { type Organizations, startOrganizations } from '../support/access/organizations.ts';
import { startTestApp } from '../support/backend.ts';
import { extensionDir, heading, type OpenOptions, type World } from '../support/browser/world.ts';
import { freePort } from '../support/free-port.ts';

const tenant = '11111111-1111-4111-8111-111111111111';
const rows = '7 of 8 deployments failed, last change';
/** What the library asks for besides is about the ID token. */
const challengeIn = (claims = '{}') => JSON.parse(claims).access_token;

export function signInSuite(world: () => World): void {
  describe('signing in to a service that asks who its users are', () => {
    let entra: Entra;
    let organizations: Organizations;
    let app: Awaited<ReturnType<typeof startTestApp>>;
    let devhost: Devhost;
    const asked: { scope: string; challenge: unknown }[] = [];
    const issued: string[] = [];
    /** Another one in each test: the API remembers what Azure DevOps allows. */
    let person = 'person-0';

    beforeAll(async () => {
      const [port, extensionPort] = [await freePort(), await freePort()];
      entra = await startEntra([tenant]);
      organizations = await startOrganizations({ msazure: tenant });
      app = await startTestApp(
        world().backend.kusto.url,
        DEFAULT_DATABASE,
        {
          ...accessSettings(entra, [tenant], organizations),
          CORS_ORIGINS: `http://127.0.0.1:${extensionPort}`,
        },
        30_000,
      );
      devhost = await startDevhost({
        port,
        extensionPort,
        apiUrl: app.url,
        extensionDir,
        builds: demoBuilds,
        entra: { clientId: apiClientId, tenant, audience: `api://${apiClientId}` },
        async signIn(scope, wanted) {
          asked.push({ scope, challenge: challengeIn(wanted) });
          const granted = scope.endsWith('/.default') ? 'Deployments.Read' : scope.split('/').at(-1);
          const token = await entra.token(tenant, { claims: entra.user(person, granted) });
          issued.push(token);
          return token;
        },
      });
    });
    afterAll(async () => {
      await devhost?.close();
      await app?.close();
      await organizations?.close();
      await entra?.close();
    });
    beforeEach(() => {
      asked.length = 0;
      person = `${person}0`;
      const [build] = demoBuilds;
      organizations.readers.add(`${person} ${build?.organization}/${build?.project}`);
      issued.length = 0;
      organizations.conduct = { kind: 'up' };
    });

    const open = (options: OpenOptions = {}) =>
      world().open({ ...options, address: { service: 'entra', ...options.address } }, devhost);

    it('shows the deployments with one token of Entra ID, which is nowhere but in memory', async () => {
      const sent: string[] = [];
      const { page, tab, errors } = await open({
        prepare: async (opened) =>
          opened.on('request', async (request) => {
            if (/\/b2d\//.test(request.url()) && request.method() === 'GET')
              sent.push(`${request.url()} ${(await request.allHeaders()).authorization}`);
          }),
      });
      await heading(tab, rows);
      await tab.getByRole('button', { name: 'Refresh' }).click();
      await tab.getByText('Nothing has changed.').waitFor({ state: 'attached' });
      expect(asked).toEqual([{ scope: `api://${apiClientId}/Deployments.Read`, challenge: undefined }]);
      expect(sent.length).toBeGreaterThan(1);
      for (const request of sent) expect(request.split(' ').slice(1)).toEqual(['Bearer', issued[0]]);
      const kept = await tab.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
      const [token = ''] = issued;
      expect(
        [kept, page.url(), tab.url(), ...sent.map((request) => request.split(' ')[0])].join(),
      ).not.toContain(token);
      expect(kept).not.toMatch(/eyJ/);
      expect(errors).toEqual([]);
      await page.context().close();
    });

    it('asks for a click where the user has to sign in, and shows the deployments afterwards', async () => {
      const { page, tab } = await open({ fault: 'sign-in-required' });
      await heading(tab, 'Sign in to see the deployments');
      expect(asked).toEqual([]);
      const opening = page.waitForEvent('popup');
      await tab.getByRole('button', { name: 'Sign in' }).click();
      await clickLast(await opening, 'Cancel');
      await heading(tab, 'You are not signed in yet');
      const again = page.waitForEvent('popup');
      await tab.getByRole('button', { name: 'Sign in' }).click();
      await clickLast(await again, 'Continue as Demo');
      await heading(tab, rows);
      await page.context().close();
    });

    it('passes a challenge of Azure DevOps on to Entra ID, first without and then with the user', async () => {
      organizations.conduct = { kind: 'challenging' };
      const { page, tab } = await open();
      await heading(tab, 'The service needs more proof that it is you');
      expect(asked.map(({ challenge }) => challenge)).toEqual([undefined, {}]);
      organizations.conduct = { kind: 'up' };
      const opening = page.waitForEvent('popup');
      await tab.getByRole('button', { name: 'Sign in again' }).click();
      await clickLast(await opening, 'Continue as Demo');
      await heading(tab, rows);
      expect(asked.map(({ challenge }) => challenge)).toEqual([undefined, {}, {}]);
      await page.context().close();
    });

    it('asks for consent where Entra ID does not let the service ask Azure DevOps', async () => {
      entra.conduct.exchangeFailure = { error: 'invalid_grant', suberror: 'consent_required' };
      const { page, tab } = await open();
      await heading(tab, 'The service needs your permission');
      entra.conduct.exchangeFailure = undefined;
      const opening = page.waitForEvent('popup');
      await tab.getByRole('button', { name: 'Review permissions' }).click();
      await clickLast(await opening, 'Continue as Demo');
      await heading(tab, rows);
      expect(asked.at(-1)?.scope).toBe(`api://${apiClientId}/.default`);
      await page.context().close();
    });
  });

  it('loads nothing to sign in where no token is sent, and no library where none of Entra ID is', async () => {
    const scripts = async (options: OpenOptions, shown: string) => {
      const loaded: string[] = [];
      const { page, tab } = await world().open({
        ...options,
        prepare: async (opened) =>
          opened.on('request', (request) => loaded.push(new URL(request.url()).pathname)),
      });
      if (options.address) await tab.getByRole('button', { name: 'Use this service' }).click();
      await heading(tab, shown);
      await page.context().close();
      return loaded.filter((file) => /sign-in|msal/.test(file));
    };
    expect(await scripts({ address: { service: 'settings' } }, rows)).toEqual([]);
    expect(await scripts({}, rows)).toEqual(['/shared-sign-in.js']);
  });
}

/** Clicks a button that closes its window, which may be gone before the click has been acknowledged. */
async function clickLast(popup: Page, name: string): Promise<void> {
  const closed = popup.waitForEvent('close');
  await popup
    .getByRole('button', { name })
    .click()
    .catch(() => undefined);
  await closed;
}
