/** How long users wait for the entities in the details: from the press of the button until a row is rendered. */
import { demoBuilds } from '../../kusto/demo/builds.ts';
import { progressDemo } from '../../kusto/demo/progress.ts';
import { builds, type World } from '../../test/support/browser/world.ts';

const rounds = 7;

/** Presses the button, and gives the milliseconds until an entity is rendered. Runs in the browser. */
const openAndTime = `new Promise((resolve) => {
  const began = performance.now();
  new MutationObserver((_, observer) => {
    if (!document.querySelector('[data-entity]')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
  }).observe(document, { childList: true, subtree: true });
  document.querySelector('.toggle-button').click();
})`;

/** Medians for a deployment over 18 regions and one over 2,000 clusters. */
export async function measureDetails(world: World) {
  const recovering = demoBuilds.find(({ id }) => id === builds.recovering);
  await progressDemo(world.backend.database, {
    ...(recovering && { build: recovering }),
    wait: () => Promise.resolve(),
  });
  const rows = [];
  for (const { entities, build } of [
    { entities: 18, build: builds.recovering },
    { entities: 2_000, build: builds.clusters },
  ]) {
    const times: number[] = [];
    let rowsInDom = 0;
    for (let round = 0; round <= rounds; round++) {
      const { page, tab } = await world.open({ build });
      await tab.locator('.toggle-button').first().waitFor();
      const time = Number(await tab.evaluate(openAndTime));
      if (round > 0) times.push(time);
      rowsInDom = await tab.locator('[data-entity]').count();
      await page.context().close();
    }
    times.sort((a, b) => a - b);
    rows.push({ entities, openMs: Math.round(times[Math.floor(times.length / 2)] ?? Number.NaN), rowsInDom });
  }
  return rows;
}
