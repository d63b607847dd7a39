/** The page of a hub under Pipelines: the whole of it below the breadcrumb is the extension's frame. */
import type { PageConfig } from '../server.ts';
import { element } from './elements.ts';
import { openProjectPage, showFrame } from './project-page.ts';

/** Draws the hub of the project that the address names, or of the first one. */
export function showHubPage(config: PageConfig): void {
  const page = openProjectPage(config, 'Pipelines', 'Deployments');
  const into = element('content');
  into.replaceChildren();
  showFrame(page, { page: 'hub', contribution: 'deployments-hub', title: 'Deployments', into });
  // Lets the demonstration begin what this project shows. A page without it is as good.
  fetch(`/hub-opened?${new URLSearchParams({ project: page.project.project })}`, { method: 'POST' }).catch(
    () => undefined,
  );
}
