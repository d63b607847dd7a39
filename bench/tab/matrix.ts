/**
 * The hub's matrix at its smallest and its largest: how long until cells are drawn, and how long the page is busy while
 * somebody scrolls. Answers come from a server of ready texts, so that only the page is measured.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Frame } from 'playwright-core';
import { type Devhost, startDevhost } from '../../devhost/server.ts';
import { launchOptions } from '../../test/support/browser/chromium.ts';
import { extensionDir } from '../../test/support/browser/world.ts';
import { bigMatrix, project } from '../../test/tab/hub/builders.ts';

const rounds = 7;
const sizes = [
  { services: 10, environments: 5 },
  { services: 1_000, environments: 100 },
];

type Size = (typeof sizes)[number];

/** Records when the first cell is drawn, and every task of 50 ms or more. Runs in the browser, before anything else. */
const observe = `
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask' });
  new MutationObserver((_, observer) => {
    if (!document.querySelector('[role="gridcell"]')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.firstCellAt = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
`;

/** Scrolls down and to the right for two seconds or so. Runs in the browser. */
const scroll = `(async () => {
  window.longTasks = [];
  const scroller = document.querySelector('.matrix-scroller');
  for (let frame = 0; frame < 120; frame++) {
    scroller.scrollTop += 100;
    if (frame % 3 === 0) scroller.scrollLeft += 50;
    await new Promise(requestAnimationFrame);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  return window.longTasks;
})()`;

/** Medians for both sizes. */
export async function measureMatrix() {
  const browser = await chromium.launch(launchOptions);
  const rows = [];
  for (const size of sizes) rows.push(await measured(browser, size));
  await browser.close();
  return rows;
}

async function measured(browser: Browser, size: Size) {
  const api = await serve(size);
  const { port } = api.address() as AddressInfo;
  const devhost = await startDevhost({
    port: 0,
    extensionPort: 0,
    apiUrl: `http://127.0.0.1:${port}`,
    extensionDir,
    builds: [],
    projects: [{ ...project, name: 'Large' }],
  });
  const times: number[] = [];
  let scrolling = { longTasks: 0, longestMs: 0, cellsInDom: 0 };
  for (let round = 0; round <= rounds; round++) {
    const { frame, close } = await open(browser, devhost);
    const time = Number(await frame.evaluate('window.firstCellAt'));
    // The first one warms up.
    if (round > 0) times.push(time);
    if (round === rounds) scrolling = await scrolled(frame, size);
    await close();
  }
  await devhost.close();
  await new Promise((resolve) => api.close(resolve));
  times.sort((a, b) => a - b);
  return {
    ...size,
    firstCellsMs: Math.round(times[Math.floor(times.length / 2)] ?? Number.NaN),
    ...scrolling,
  };
}

async function open(browser: Browser, devhost: Devhost) {
  const window = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await window.newPage();
  await page.addInitScript(observe);
  await page.goto(devhost.hubUrl);
  const element = await page.waitForSelector('iframe', { state: 'attached' });
  const frame = await element.contentFrame();
  if (!frame) throw new Error('the extension has no frame');
  await frame.waitForFunction('window.firstCellAt > 0', undefined, { timeout: 60_000 });
  return { frame, close: () => window.close() };
}

async function scrolled(frame: Frame, { services }: Size) {
  await frame.waitForSelector(`[role="grid"][aria-rowcount="${services + 1}"]`, { timeout: 120_000 });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const tasks = (await frame.evaluate(scroll)) as number[];
  return {
    longTasks: tasks.length,
    longestMs: Math.round(Math.max(0, ...tasks)),
    cellsInDom: await frame.locator('[role="gridcell"]').count(),
  };
}

/** Answers with the pages of a matrix, each made once. */
async function serve({ services, environments }: Size): Promise<Server> {
  const pages = new Map<string, string>();
  const server = createServer((request, response) => {
    const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
    if (request.method === 'OPTIONS') {
      response.writeHead(204, headers).end();
      return;
    }
    const { searchParams, search } = new URL(request.url ?? '', 'http://localhost');
    const page =
      pages.get(search) ??
      JSON.stringify(
        bigMatrix(services, environments, {
          top: Number(searchParams.get('top')),
          from: Number(searchParams.get('continuationToken') ?? 0),
        }),
      );
    pages.set(search, page);
    response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
