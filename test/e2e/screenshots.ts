/**
 * `npm run screenshots`: takes the pictures of the documentation and of the Marketplace page from the product
 * itself. Look at them before you commit them.
 */
import { mkdirSync } from 'node:fs';
import type { OfferedProject } from '../../devhost/server.ts';
import { builds, heading, type OpenOptions, projects, startWorld } from '../support/browser/world.ts';

interface Picture {
  readonly files: readonly string[];
  readonly open: OpenOptions;
  readonly heading: RegExp;
  /** The project whose hub is in the picture; without it, the tab is. */
  readonly hub?: OfferedProject;
  /** Opens the details of the first deployment. */
  readonly withDetails?: boolean;
}

const pictures: readonly Picture[] = [
  {
    files: ['docs/images/deployments.png', 'tab/marketplace/deployments-light.jpg'],
    // One orchestrator after the other: that brings every state into the picture.
    open: { build: builds.everyState, address: { deploymentSort: 'source' } },
    heading: /^3 of 21 deployments failed/,
  },
  {
    files: ['docs/images/deployment-details-dark.png', 'tab/marketplace/deployment-details-dark.jpg'],
    open: { build: builds.shared, theme: 'dark' },
    heading: /succeeded/,
    withDetails: true,
  },
  {
    files: ['docs/images/deployments-narrow.png'],
    open: { build: builds.sample, viewport: { width: 360, height: 640 } },
    heading: /failed/,
  },
  {
    files: ['docs/images/hub.png'],
    open: {},
    hub: projects.payments,
    heading: /^Deployments$/,
  },
];

mkdirSync('docs/images', { recursive: true });
const world = await startWorld();
for (const picture of pictures) {
  const { page, tab } = await (picture.hub
    ? world.openHub(picture.hub, picture.open)
    : world.open(picture.open));
  await heading(tab, picture.heading);
  if (picture.withDetails) {
    await tab
      .getByRole('button', { name: /^Details of/ })
      .first()
      .click();
    await tab
      .getByRole('link', { name: /^Build / })
      .first()
      .waitFor();
    await tab.locator('[data-entity]').first().waitFor();
    await page.mouse.move(0, 0);
  }
  if (picture.hub) await tab.getByRole('gridcell').first().waitFor();
  for (const path of picture.files) {
    const asJpeg = path.endsWith('.jpg') && ({ type: 'jpeg', quality: 60 } as const);
    await page.screenshot({ path, ...asJpeg });
    console.log(path);
  }
  await page.context().close();
}
await world.close();
