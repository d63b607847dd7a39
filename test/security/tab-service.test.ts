/**
 * Any user of an organization can write the extension's settings. Here one of them has: the settings name a server of
 * the attacker, which records everything that the tab sends to it, in a real browser.
 */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Frame, Page } from 'playwright-core';
import { oneWorld } from '../support/browser/one-world.ts';
import { heading, type OpenedTab, type OpenOptions } from '../support/browser/world.ts';

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** A server that allows every page everything, and answers with `status`. */
async function attacker(answer: { readonly status: number; readonly location?: string } = { status: 404 }) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    received.push({ method: request.method, url: request.url, headers: request.headers });
    response.writeHead(request.method === 'OPTIONS' ? 204 : answer.status, {
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-allow-headers': '*, authorization',
      'access-control-allow-credentials': 'true',
      ...(answer.location && { location: answer.location }),
    });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

const settingsKey = 'devhost.extension-data';
/** JavaScript for the host page that stores settings with this URL. */
const storing = (serviceUrl: string) =>
  `sessionStorage.setItem('${settingsKey}', JSON.stringify({ settings: { serviceUrl: '${serviceUrl}', clientId: '' } }))`;
const tokens = /demonstration-(app|access)-token/;
const world = oneWorld();
let evil: Awaited<ReturnType<typeof attacker>>;

beforeEach(async () => {
  evil = await attacker();
});
afterEach(() => evil.close());

/** Opens the tab of an organization whose settings name the attacker's server, until a test changes them. */
function openWithHostileSettings(options: OpenOptions = {}): Promise<OpenedTab> {
  return world().open({
    ...options,
    prepare: (page) =>
      page.addInitScript(`sessionStorage.getItem('${settingsKey}') ?? ${storing(evil.origin)}`),
  });
}

async function reload(page: Page): Promise<Frame> {
  await page.reload();
  const tab = await (await page.waitForSelector('iframe')).contentFrame();
  if (!tab) throw new Error('the extension has no frame');
  return tab;
}

const unpacked: OpenOptions = { address: { service: 'settings' } };
const question = 'Is this your Deployments service?';

describe('settings that name a hostile service', () => {
  it('change nothing for an extension that was packed for a service', async () => {
    const { page, tab } = await openWithHostileSettings();
    await heading(tab, '7 of 8 deployments failed');
    expect(evil.received).toEqual([]);
    await page.context().close();
  });

  it('get no request before the user confirms the origin, and none after a refusal', async () => {
    const { page, tab } = await openWithHostileSettings(unpacked);
    await heading(tab, question);
    await tab.getByText(evil.origin, { exact: true }).waitFor();
    await tab.getByRole('button', { name: 'Do not use it' }).click();
    await heading(tab, 'The Deployments service is not used');
    await heading(await reload(page), 'The Deployments service is not used');
    expect(evil.received).toEqual([]);
    await page.context().close();
  });

  it('get no token even if the user confirms the origin', async () => {
    const { page, tab } = await openWithHostileSettings(unpacked);
    await tab.getByRole('button', { name: 'Use this service' }).click();
    await heading(tab, 'Could not load the deployments');
    expect(evil.received.map(({ method }) => method)).toContain('GET');
    for (const { headers } of evil.received) {
      expect(headers).not.toHaveProperty('authorization');
      expect(headers).not.toHaveProperty('cookie');
      expect(headers).not.toHaveProperty('referer');
    }
    expect(JSON.stringify(evil.received)).not.toMatch(tokens);
    await page.context().close();
  });

  it('cannot lead a confirmed request on to another origin', async () => {
    const elsewhere = await attacker();
    await evil.close();
    evil = await attacker({ status: 307, location: `${elsewhere.origin}/collect` });
    const { page, tab } = await openWithHostileSettings(unpacked);
    await tab.getByRole('button', { name: 'Use this service' }).click();
    await heading(tab, 'Could not load the deployments');
    expect(evil.received.length).toBeGreaterThan(0);
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
    await page.context().close();
  });

  it('are asked about again when they name another origin, whatever was confirmed before', async () => {
    const another = await attacker();
    const { page, tab } = await openWithHostileSettings(unpacked);
    await tab.getByRole('button', { name: 'Use this service' }).click();
    await heading(tab, 'Could not load the deployments');
    const confirmed = await reload(page);
    await heading(confirmed, 'Could not load the deployments');
    await page.evaluate(storing(another.origin));
    const changed = await reload(page);
    await heading(changed, question);
    await changed.getByText(another.origin, { exact: true }).waitFor();
    expect(another.received).toEqual([]);
    await another.close();
    await page.context().close();
  });
});
