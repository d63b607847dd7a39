/**
 * The whole product for a browser test: engine, API, the page that plays Azure DevOps, the built extension,
 * each on an origin of its own, and Chromium. Answers are the API's own; only failures are injected.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Frame, type Page } from 'playwright-core';
import { paymentsProject } from '../../../changelog/demo/payments.ts';
import { storefrontProject } from '../../../changelog/demo/storefront.ts';
import { type Devhost, type OfferedProject, startDevhost } from '../../../devhost/server.ts';
import { demoBuilds } from '../../../kusto/demo/builds.ts';
import { offeredProjects } from '../../../scripts/offered-projects.ts';
import { startTestBackend, type TestBackend } from '../backend.ts';
import { freePort } from '../free-port.ts';
import { launchOptions } from './chromium.ts';

export const extensionDir = path.resolve('dist/extension');

export type Theme = 'light' | 'dark' | 'high-contrast';

export interface OpenOptions extends BrowserContextOptions {
  readonly build?: number;
  readonly theme?: Theme;
  /** What the host does wrong: see the devhost's page. */
  readonly fault?: string;
  /** More parameters of the address. */
  readonly address?: Readonly<Record<string, string>>;
  /** Is given the page before anything is loaded, for example to inject failures. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

export interface OpenedTab {
  readonly page: Page;
  /** The extension's frame. */
  readonly tab: Frame;
  /** What the browser's console said as an error. */
  readonly errors: readonly string[];
}

export interface World {
  readonly backend: TestBackend;
  readonly devhost: Devhost;
  /** Opens the Deployments tab of a build in a new window, on the page of another devhost if one is given. */
  open(options?: OpenOptions, on?: Devhost): Promise<OpenedTab>;
  /** Opens the Deployments hub of a project in a new window. */
  openHub(project: OfferedProject, options?: Omit<OpenOptions, 'build'>): Promise<OpenedTab>;
  /** Opens the newest pull request or work item of a project in a new window. */
  openItem(
    kind: 'pullRequest' | 'workItem',
    project: OfferedProject,
    options?: Omit<OpenOptions, 'build'>,
  ): Promise<OpenedTab>;
  close(): Promise<void>;
}

/** The projects of the demonstration data. */
export const projects = { storefront: offered(storefrontProject), payments: offered(paymentsProject) };

function offered({
  organization,
  id,
  name,
}: {
  organization: string;
  id: string;
  name: string;
}): OfferedProject {
  return { organization, project: id, name };
}

/** Builds of the demonstration data set by what they show. */
export const builds = {
  sample: 85084651,
  succeeded: 85084652,
  running: 85084653,
  failed: 85084654,
  none: 85084655,
  progressing: 85084656,
  threeOrchestrators: 85084657,
  manyPayloads: 85084658,
  everyState: 85084660,
  big: 85084661,
  huge: 85084662,
  shared: 85084665,
  recovering: 85084670,
  clusters: 85084671,
  unknown: 99999999,
} as const;

/**
 * Starts everything.
 *
 * @param settings of the API, as environment variables, beyond those that the browser needs
 */
export async function startWorld(settings: Readonly<Record<string, string>> = {}): Promise<World> {
  if (!existsSync(path.join(extensionDir, 'build-results.html')))
    throw new Error('The extension is not built: run `npm run build:tab` first.');
  const [port, extensionPort] = [await freePort(), await freePort()];
  const backend = await startTestBackend({
    settings: { CORS_ORIGINS: `http://127.0.0.1:${extensionPort}`, B2D_CACHE_SECONDS: '0', ...settings },
    kustoTimeoutMs: 30_000,
  });
  const devhost = await startDevhost({
    port,
    extensionPort,
    apiUrl: backend.url,
    extensionDir,
    builds: demoBuilds,
    projects: offeredProjects(),
  });
  const browser = await chromium.launch(launchOptions);
  return {
    backend,
    devhost,
    open: ({ build = builds.sample, address, ...options } = {}, on = devhost) =>
      openPage(browser, on.url, { ...options, address: { buildId: String(build), ...address } }),
    openHub: ({ organization, project }, { address, ...options } = {}) =>
      openPage(browser, devhost.hubUrl, { ...options, address: { organization, project, ...address } }),
    openItem: (kind, { organization, project }, { address, ...options } = {}) =>
      openPage(browser, kind === 'workItem' ? devhost.workItemUrl : devhost.pullRequestUrl, {
        ...options,
        address: { organization, project, ...address },
      }),
    async close() {
      await browser.close();
      await devhost.close();
      await backend.close();
    },
  };
}

async function openPage(
  browser: Browser,
  url: string,
  options: Omit<OpenOptions, 'build'>,
): Promise<OpenedTab> {
  const { theme = 'light', fault = '', address = {}, prepare, ...context } = options;
  const window = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    timezoneId: 'America/Los_Angeles',
    reducedMotion: 'reduce',
    ...context,
  });
  // On a busy machine the API may miss its own time limit, and the page then waits before it asks again.
  window.setDefaultTimeout(120_000);
  const page = await window.newPage();
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await prepare?.(page);
  const parameters = new URLSearchParams({
    theme,
    ...(fault && { fault }),
    ...address,
  });
  await page.goto(`${url}?${parameters}`);
  const element = await page.waitForSelector('iframe', { state: 'attached' });
  const tab = await element.contentFrame();
  if (!tab) throw new Error('the extension has no frame');
  return { page, tab, errors };
}

/** The heading of level 1, once it says this. */
export async function heading(tab: Frame, name: string | RegExp): Promise<void> {
  await tab.getByRole('heading', { level: 1, name }).waitFor();
}

/** Deployment ids in the order in which the table shows them; only what is drawn. */
export function shownIds(tab: Frame): Promise<string[]> {
  return tab
    .locator('.deployment-line')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-deployment') ?? ''));
}

/** Waits until a parameter of the host page's address has this value; null for none. */
export function untilAddressHas(page: Page, name: string, value: string | null): Promise<void> {
  return page.waitForURL((url) => url.searchParams.get(name) === value);
}
