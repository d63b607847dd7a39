/** The page of a pull request, with the extension in one of its tabs. */
import type { OfferedPullRequest, PageConfig } from '../server.ts';
import { choice, element } from './elements.ts';
import { buildIdIn } from './page-address.ts';
import { openProjectPage, showFrame } from './project-page.ts';

/** Draws the pull request that the address names, or the first one of the project. */
export function showPullRequestPage(config: PageConfig): void {
  const page = openProjectPage(config, 'Repos', 'Pull requests');
  document.body.classList.add('item-page');
  const { pullRequests: offered = [] } = page.project;
  const shown = pullRequestOf(offered, page.parameters);
  const pullRequests = offered.includes(shown) ? offered : [...offered, shown];
  element('item-label').textContent = 'Pull request';
  const pullRequestChoice = choice(
    'item-choice',
    pullRequests.map(({ id, title }) => [String(id), `!${id} · ${title}`]),
  );
  pullRequestChoice.selectedIndex = pullRequests.indexOf(shown);
  pullRequestChoice.onchange = () => {
    const chosen = pullRequests[pullRequestChoice.selectedIndex];
    if (chosen) openPullRequest(chosen);
  };
  const title = document.createElement('p');
  title.className = 'item-title';
  title.textContent = `!${shown.id} ${shown.title}`;
  const tab = document.createElement('p');
  tab.className = 'item-tab';
  tab.textContent = 'Deployments';
  const content = element('content');
  content.replaceChildren(title, tab);
  showFrame(page, {
    page: 'pull-request',
    contribution: 'pull-request-deployments',
    title: 'Deployments',
    into: content,
    // A host of another version that names none.
    ...(page.parameters.get('fault') !== 'no-item' && {
      pullRequest: { pullRequestId: shown.id, repositoryId: shown.repositoryId },
    }),
  });
}

/** As in Azure DevOps, another pull request is another page. */
function openPullRequest({ id, repositoryId }: OfferedPullRequest): void {
  const query = new URLSearchParams(location.search);
  query.set('id', String(id));
  query.set('repository', repositoryId);
  location.assign(`${location.pathname}?${query}`);
}

function pullRequestOf(
  offered: readonly OfferedPullRequest[],
  parameters: URLSearchParams,
): OfferedPullRequest {
  const id = buildIdIn(parameters.get('id'));
  const repositoryId = parameters.get('repository')?.trim().slice(0, 200) ?? '';
  const [first = { id: 1, repositoryId: '', title: 'A pull request' }] = offered;
  if (id === undefined) return first;
  const known = offered.find((one) => one.id === id && (!repositoryId || one.repositoryId === repositoryId));
  return known ?? { id, repositoryId, title: 'Another pull request' };
}
