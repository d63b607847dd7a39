/** The page of a hub under Pipelines: the whole of it below the breadcrumb is the extension's frame. */
import type { OfferedProject, PageConfig } from '../server.ts';
import { choice, element } from './elements.ts';
import { type Hosting, host } from './host-services.ts';
import { packings, setQueryParameters } from './page-address.ts';
import { applyTheme, chosenTheme, themeData, themes } from './themes.ts';

/** Draws the hub of the project that the address names, or of the first one. */
export function showHubPage(config: PageConfig): void {
  const parameters = new URLSearchParams(location.search);
  const theme = chosenTheme(parameters.get('theme'));
  const project = projectOf(config, parameters);
  const fault = parameters.get('fault') ?? '';
  document.body.classList.add('hub');
  document.title = `Deployments - ${project.name}`;
  applyTheme(themeData(theme));
  document.documentElement.dataset.theme = theme;
  drawCrumbs(project);

  const content = element('content');
  const frame = document.createElement('iframe');
  frame.title = 'Deployments';
  frame.className = 'loading';
  const service = fault === 'no-settings' ? 'settings' : (parameters.get('service') ?? '');
  frame.src = `${config.extensionOrigin}/hub.html${packings.get(service) ?? ''}`;
  frame.allow = 'clipboard-write';
  content.replaceChildren(frame);
  const hosting = host({
    frame,
    extensionOrigin: config.extensionOrigin,
    contributionId: 'deployments.deployments-for-azure-pipelines.deployments-hub',
    apiUrl: config.apiUrl,
    entra: service === 'entra' ? config.entra : undefined,
    project,
    theme: themeData(theme),
    fault,
    onLoaded: () => frame.classList.remove('loading'),
  });
  // Azure DevOps eventually shows a page that never reports that it has loaded.
  setTimeout(() => frame.classList.remove('loading'), 3000);
  fillChoices(config, project, theme, hosting);
  // Lets the demonstration begin what this project shows. A page without it is as good.
  fetch(`/hub-opened?${new URLSearchParams({ project: project.project })}`, { method: 'POST' }).catch(
    () => undefined,
  );
}

function projectOf(config: PageConfig, parameters: URLSearchParams): OfferedProject {
  const organization = parameters.get('organization')?.trim().slice(0, 200);
  const id = parameters.get('project')?.trim().slice(0, 200);
  const [first] = config.projects;
  if (!organization || !id) return first ?? { organization: 'contoso', project: '', name: 'No project' };
  const known = config.projects.find(
    (offered) => offered.organization === organization && offered.project === id,
  );
  return known ?? { organization, project: id, name: id };
}

function fillChoices(config: PageConfig, project: OfferedProject, theme: string, hosting: Hosting): void {
  const projects = config.projects.includes(project) ? config.projects : [...config.projects, project];
  const projectChoice = choice(
    'project-choice',
    projects.map(({ name }, index) => [String(index), name]),
  );
  projectChoice.selectedIndex = projects.indexOf(project);
  // An extension gets its project only once, so another project is another page.
  projectChoice.onchange = () => {
    const chosen = projects[projectChoice.selectedIndex];
    if (!chosen) return;
    const { organization, project: id } = chosen;
    const shown = element('theme-choice');
    const query = new URLSearchParams({
      organization,
      project: id,
      theme: (shown as HTMLSelectElement).value,
    });
    location.assign(`/hub?${query}`);
  };
  const themeChoice = choice(
    'theme-choice',
    Object.entries(themes).map(([key, { name }]) => [key, name]),
  );
  themeChoice.value = theme;
  themeChoice.onchange = () => {
    setQueryParameters({ theme: themeChoice.value });
    applyTheme(themeData(themeChoice.value));
    document.documentElement.dataset.theme = themeChoice.value;
    hosting.changeTheme(themeData(themeChoice.value));
  };
}

function drawCrumbs({ organization, name }: OfferedProject): void {
  element('crumbs').replaceChildren(
    ...[organization, name, 'Pipelines', 'Deployments'].map((text) => {
      const crumb = document.createElement('li');
      crumb.textContent = text;
      return crumb;
    }),
  );
}
