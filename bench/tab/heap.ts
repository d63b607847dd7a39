/**
 * Whether the heap of an open page grows: the page refreshes about sixty times as often as usual, garbage collection is
 * forced, and a line is fitted to the sizes of the heap. The first half is warm-up, because machine code counts as heap
 * and the browser keeps compiling for a thousand refreshes.
 */
import { heading, type World } from '../../test/support/browser/world.ts';

const sampleEvery = 10_000;
const refreshEvery = 200;

/** Runs in the browser. A locator would work too, but its own memory would count as the page's. */
const pressRefresh = `document.querySelector('.refresh-button').click()`;

export async function watchHeap(world: World, build: number, minutes: number) {
  const { page, tab } = await world.open({ build });
  await heading(tab, /\d deployments/);
  const devtools = await page.context().newCDPSession(page);
  const sample = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    return usedSize / 1024;
  };
  const started = Date.now();
  const samples: { minute: number; kb: number }[] = [];
  let refreshes = 0;
  while (Date.now() - started < minutes * 60_000) {
    const sampled = Date.now();
    while (Date.now() - sampled < sampleEvery) {
      await tab.evaluate(pressRefresh);
      refreshes++;
      await page.waitForTimeout(refreshEvery);
    }
    samples.push({ minute: (Date.now() - started) / 60_000, kb: await sample() });
  }
  await page.context().close();
  const steady = samples.slice(Math.floor(samples.length / 2));
  return {
    minutes,
    refreshes,
    firstKb: Math.round(steady[0]?.kb ?? 0),
    lastKb: Math.round(steady.at(-1)?.kb ?? 0),
    slopeKbPerMinute: round(slope(steady)),
    bytesPerRefresh: round((1024 * slope(steady) * minutes) / refreshes),
  };
}

const round = (value: number) => Math.round(value * 10) / 10;

/** Fits a line by least squares. */
function slope(samples: readonly { minute: number; kb: number }[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(samples.map(({ minute }) => minute));
  const y = mean(samples.map(({ kb }) => kb));
  const covariance = samples.reduce((sum, { minute, kb }) => sum + (minute - x) * (kb - y), 0);
  const variance = samples.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0);
  return variance === 0 ? 0 : covariance / variance;
}
