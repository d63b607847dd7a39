/** Which page of Azure DevOps is played: the address says it. */
import type { PageConfig } from '../server.ts';
import { showBuildPage } from './build-page.ts';
import { showHubPage } from './hub-page.ts';
import { showPullRequestPage } from './pull-request-page.ts';
import { showWorkItemPage } from './work-item-page.ts';

const pages: Readonly<Record<string, (config: PageConfig) => unknown>> = {
  '/hub': showHubPage,
  '/pull-request': showPullRequestPage,
  '/work-item': showWorkItemPage,
};

const path = location.pathname in pages ? location.pathname : '/';
for (const link of document.querySelectorAll('.pages a'))
  if (link.getAttribute('href') === path) link.setAttribute('aria-current', 'page');
const config: PageConfig = await (await fetch('/config.json')).json();
await (pages[path] ?? showBuildPage)(config);
