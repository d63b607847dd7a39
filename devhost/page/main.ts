/** Which page of Azure DevOps is played: the address says it. */
import type { PageConfig } from '../server.ts';
import { showBuildPage } from './build-page.ts';
import { showHubPage } from './hub-page.ts';

const config: PageConfig = await (await fetch('/config.json')).json();
if (location.pathname === '/hub') showHubPage(config);
else await showBuildPage(config);
