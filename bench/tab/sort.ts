/** How long sorting takes. React renders within the click, so the click is timed. */
import { heading, type World } from '../../test/support/browser/world.ts';

const columns = ['Deployment', 'State', 'Started', 'Owner', 'Duration'];

/** Clicks a header, and returns the milliseconds until it is rendered, including layout. Runs in the browser. */
const timeClick = (column: string) => `
  (() => {
    const button = [...document.querySelectorAll('.sort-button')].find((one) => one.textContent.trim() === '${column}');
    const before = performance.now();
    button.click();
    document.body.getBoundingClientRect();
    return performance.now() - before;
  })()
`;

/** The slowest time and the median for sorting by several columns in both directions. */
export async function measureSort(world: World, build: number) {
  const { page, tab } = await world.open({ build });
  await heading(tab, /\d deployments/);
  const times: number[] = [];
  for (const column of columns) {
    for (let direction = 0; direction < 2; direction++) {
      times.push(Number(await tab.evaluate(timeClick(column))));
      await page.waitForTimeout(300);
    }
  }
  const rowsInDom = await tab.locator('.deployment-line').count();
  await page.context().close();
  const sorted = times.sort((a, b) => a - b);
  return {
    medianMs: round(sorted[Math.floor(sorted.length / 2)]),
    slowestMs: round(sorted.at(-1)),
    rowsInDom,
  };
}

function round(milliseconds = Number.NaN): number {
  return Math.round(milliseconds * 10) / 10;
}
