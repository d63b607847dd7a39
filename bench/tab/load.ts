/** How long users wait for rows: from the start of loading the frame until a row is rendered. */
import { heading, type World } from '../../test/support/browser/world.ts';

const rounds = 7;

/** Records when the first row is rendered. Runs in the browser, before anything else. */
const noteFirstRow = `
  new MutationObserver((_, observer) => {
    if (!document.querySelector('.deployment-line')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.firstRowAt = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
`;

/** The time from the request to the end of the API's answer. Runs in the browser. */
const apiTime = `
  performance.getEntriesByType('resource').filter((entry) => entry.name.includes('/b2d/'))
    .map((entry) => entry.responseEnd - entry.startTime)[0] ?? 0
`;

/** Medians of several loads with a warm API: the time to rows, and the part of the API. */
export async function measureLoad(world: World, build: number) {
  const times: { rows: number; api: number }[] = [];
  let rowsInDom = 0;
  await warmUp(world, build);
  for (let round = 0; round < rounds; round++) {
    const { page, tab } = await world.open({
      build,
      prepare: (opened) => opened.addInitScript(noteFirstRow),
    });
    await tab.waitForFunction('window.firstRowAt > 0', undefined, { timeout: 60_000 });
    const rows = Number(await tab.evaluate('window.firstRowAt'));
    const api = Number(await tab.evaluate(apiTime));
    times.push({ rows, api });
    rowsInDom = await tab.locator('.deployment-line').count();
    await page.context().close();
  }
  const rowsMs = median(times.map(({ rows }) => rows));
  const apiMs = median(times.map(({ api }) => api));
  return { rowsMs, apiMs, pageMs: rowsMs - apiMs, rowsInDom };
}

/** The first answer about a build may exceed the time limit of the API, and then the page would retry. */
async function warmUp(world: World, build: number): Promise<void> {
  const { page, tab } = await world.open({ build });
  await heading(tab, /\d deployments/);
  await page.context().close();
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN);
}
