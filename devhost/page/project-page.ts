/** What the pages of a project have in common: its choice, the theme, and the frame of the extension. */
import type { OfferedProject, PageConfig } from '../server.ts';
import { choice, element } from './elements.ts';
import { type HostedPage, type Hosting, host } from './host-services.ts';
import { packings, setQueryParameters } from './page-address.ts';
import { applyTheme, chosenTheme, themeData, themes } from './themes.ts';

export interface ProjectPage {
  readonly config: PageConfig;
  readonly project: OfferedProject;
  readonly parameters: URLSearchParams;
  readonly theme: string;
}

/** Reads the address of a page of a project, and draws its bar. `places` follow organization and project there. */
export function openProjectPage(config: PageConfig, ...places: readonly string[]): ProjectPage {
  const parameters = new URLSearchParams(location.search);
  const theme = chosenTheme(parameters.get('theme'));
  const project = projectOf(config, parameters);
  document.body.classList.add('project-page');
  document.title = `Deployments - ${project.name}`;
  showTheme(theme);
  element('crumbs').replaceChildren(
    ...[project.organization, project.name, ...places].map((text) => {
      const crumb = document.createElement('li');
      crumb.textContent = text;
      return crumb;
    }),
  );
  fillProjectChoice(config, project);
  return { config, project, parameters, theme };
}

interface ExtensionFrame extends Pick<HostedPage, 'pullRequest' | 'workItem'> {
  /** Name of the page of the extension, without `.html`. */
  readonly page: string;
  readonly contribution: string;
  readonly title: string;
  readonly into: HTMLElement;
}

/** Shows a page of the extension in a frame at the end of an element. */
export function showFrame(
  { config, project, parameters, theme }: ProjectPage,
  { page, contribution, title, into, ...item }: ExtensionFrame,
): { readonly frame: HTMLIFrameElement; readonly hosting: Hosting } {
  const fault = parameters.get('fault') ?? '';
  const frame = document.createElement('iframe');
  frame.title = title;
  frame.className = 'loading';
  const service = fault === 'no-settings' ? 'settings' : (parameters.get('service') ?? '');
  frame.src = `${config.extensionOrigin}/${page}.html${packings.get(service) ?? ''}`;
  frame.allow = 'clipboard-write';
  into.append(frame);
  const hosting = host({
    frame,
    extensionOrigin: config.extensionOrigin,
    contributionId: `deployments.deployments-for-azure-pipelines.${contribution}`,
    apiUrl: config.apiUrl,
    entra: service === 'entra' ? config.entra : undefined,
    project,
    ...item,
    theme: themeData(theme),
    fault,
    onLoaded: () => frame.classList.remove('loading'),
  });
  // Azure DevOps eventually shows a page that never reports that it has loaded.
  setTimeout(() => frame.classList.remove('loading'), 3000);
  fillThemeChoice(theme, hosting);
  return { frame, hosting };
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

function fillProjectChoice(config: PageConfig, project: OfferedProject): void {
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
    location.assign(`${location.pathname}?${query}`);
  };
}

function fillThemeChoice(theme: string, hosting: Hosting): void {
  const themeChoice = choice(
    'theme-choice',
    Object.entries(themes).map(([key, { name }]) => [key, name]),
  );
  themeChoice.value = theme;
  themeChoice.onchange = () => {
    setQueryParameters({ theme: themeChoice.value });
    showTheme(themeChoice.value);
    hosting.changeTheme(themeData(themeChoice.value));
  };
}

function showTheme(theme: string): void {
  applyTheme(themeData(theme));
  document.documentElement.dataset.theme = theme;
}
