/** A build results page around the frame of the extension that looks and behaves like that of Azure DevOps. */
import type { OfferedBuild, PageConfig } from '../server.ts';
import { choice, element } from './elements.ts';
import { type HostedBuild, type Hosting, host } from './host-services.ts';
import { fillOtherBuildForm } from './other-build.ts';
import { type PageAddress, packings, readPageAddress, setQueryParameters } from './page-address.ts';
import { applyTheme, themeData, themes } from './themes.ts';

const tabs = [
  { id: 'summary', name: 'Summary' },
  { id: 'tests', name: 'Tests' },
  { id: 'deployments', name: 'Deployments' },
] as const;

interface ExtensionPage {
  readonly file: string;
  readonly contribution: string;
}

const extensionPages: ReadonlyMap<PageAddress['view'], ExtensionPage> = new Map([
  ['deployments', { file: 'build-results.html', contribution: 'deployments-tab' }],
  ['settings', { file: 'settings.html', contribution: 'deployments-settings' }],
]);

let config: PageConfig;
let firstBuild: OfferedBuild | undefined;
let place: PageAddress;
let hosting: Hosting | undefined;

/** Draws the page of the build that the address names. */
export async function showBuildPage(pageConfig: PageConfig): Promise<void> {
  config = pageConfig;
  [firstBuild] = config.builds;
  place = readPageAddress(firstBuild?.id ?? 1);
  fillChoices();
  fillOtherBuildForm(openBuild);
  drawTitle();
  applyTheme(themeData(place.theme));
  await tellOpened();
  draw();
}

function draw(): void {
  applyTheme(themeData(place.theme));
  document.documentElement.dataset.theme = place.theme;
  drawTitle();
  drawTabs();
  drawContent();
}

function fillChoices(): void {
  const shown = shownBuild();
  const builds = config.builds.includes(shown) ? config.builds : [...config.builds, shown];
  const buildChoice = choice(
    'build-choice',
    builds.map(({ id, title }) => [String(id), `${id} · ${title}`]),
  );
  buildChoice.selectedIndex = builds.indexOf(shown);
  buildChoice.onchange = () => {
    const chosen = builds[buildChoice.selectedIndex];
    if (chosen) void openBuild(chosen);
  };
  const themeChoice = choice(
    'theme-choice',
    Object.entries(themes).map(([key, { name }]) => [key, name]),
  );
  themeChoice.value = place.theme;
  themeChoice.onchange = () => {
    move({ theme: themeChoice.value });
    applyTheme(themeData(place.theme));
    document.documentElement.dataset.theme = place.theme;
    hosting?.changeTheme(themeData(place.theme));
  };
}

/**
 * Changes the build without reloading the frame, as Azure DevOps does when a newer run is opened. A build of
 * another project gets a new frame, because an extension gets its project only once.
 */
async function openBuild({
  organization,
  project,
  id,
}: Pick<OfferedBuild, 'organization' | 'project' | 'id'>) {
  const before = shownBuild();
  const isFirstPlace = organization === firstBuild?.organization && project === firstBuild.project;
  const { organization: _, project: __, ...rest } = place;
  place = { ...rest, buildId: id, ...(!isFirstPlace && { organization, project }) };
  move({});
  fillChoices();
  drawTitle();
  await tellOpened();
  const isSamePlace = before.organization === organization && before.project === project;
  if (hosting && place.view === 'deployments' && isSamePlace) hosting.changeBuild(hostedBuild());
  else drawContent();
}

/** Lets the demonstration begin what this build shows. A page without it is as good. */
async function tellOpened(): Promise<void> {
  const told = fetch(`/opened?buildId=${place.buildId}`, {
    method: 'POST',
    signal: AbortSignal.timeout(3_000),
  });
  await told.catch(() => undefined);
}

function move(to: Partial<PageAddress>): void {
  place = { ...place, ...to };
  const { organization = '', project = '', buildId, view, theme } = place;
  setQueryParameters({ organization, project, buildId: String(buildId), view, theme });
}

function drawTitle(): void {
  const build = shownBuild();
  const number = buildNumber(build.id);
  document.title = `${number} - Deployments`;
  element('title').textContent = `#${number} • ${build.title}`;
  element('subtitle').textContent = build.shows;
  element('crumbs').replaceChildren(
    ...[build.organization, 'One', 'Pipelines', 'StoreFront-Official', number].map((text) => {
      const crumb = document.createElement('li');
      crumb.textContent = text;
      return crumb;
    }),
  );
}

function drawTabs(): void {
  element('tabs').replaceChildren(
    ...tabs.map(({ id, name }) => {
      const tab = document.createElement('button');
      tab.type = 'button';
      tab.role = 'tab';
      tab.id = `tab-${id}`;
      tab.textContent = name;
      tab.ariaSelected = String(id === place.view);
      tab.setAttribute('aria-controls', 'content');
      tab.addEventListener('click', () => {
        move({ view: id });
        drawTabs();
        drawContent();
        element(`tab-${id}`).focus();
      });
      return tab;
    }),
  );
}

function drawContent(): void {
  hosting?.end();
  hosting = undefined;
  const content = element('content');
  content.role = 'tabpanel';
  content.setAttribute('aria-labelledby', `tab-${place.view}`);
  const page = extensionPages.get(place.view);
  if (page) showFrame(content, page);
  else content.replaceChildren(placeholder(place.view));
}

function showFrame(content: HTMLElement, { file, contribution }: ExtensionPage): void {
  const frame = document.createElement('iframe');
  frame.title = 'Deployments';
  frame.className = 'loading';
  frame.src = `${config.extensionOrigin}/${file}${packings.get(place.service) ?? ''}`;
  frame.allow = 'clipboard-write';
  content.replaceChildren(frame);
  hosting = host({
    frame,
    extensionOrigin: config.extensionOrigin,
    contributionId: `deployments.deployments-for-azure-pipelines.${contribution}`,
    apiUrl: config.apiUrl,
    entra: place.service === 'entra' ? config.entra : undefined,
    project: shownBuild(),
    build: hostedBuild(),
    theme: themeData(place.theme),
    fault: place.fault,
    onLoaded: () => frame.classList.remove('loading'),
  });
  // Azure DevOps eventually shows a page that never reports that it has loaded.
  setTimeout(() => frame.classList.remove('loading'), 3000);
}

function placeholder(view: string): HTMLElement {
  const text = document.createElement('p');
  text.className = 'placeholder';
  text.textContent =
    view === 'tests'
      ? 'No test results in the demonstration.'
      : 'This build succeeded. Open Deployments to see where it is now.';
  return text;
}

function hostedBuild(): HostedBuild {
  const { organization, project, id } = shownBuild();
  return { organization, project, id, buildNumber: buildNumber(id) };
}

/** The build of the address: one of the picker, or any other, which the database may know. */
function shownBuild(): OfferedBuild {
  const {
    organization = firstBuild?.organization ?? '',
    project = firstBuild?.project ?? '',
    buildId,
  } = place;
  const known = config.builds.find(
    (build) => build.id === buildId && build.organization === organization && build.project === project,
  );
  return (
    known ?? {
      organization,
      project,
      id: buildId,
      title: 'Another build',
      shows: `Build ${buildId} of project ${project}: not one of the demonstration, but the database may know it.`,
    }
  );
}

function buildNumber(id: number): string {
  return `2.4.${id % 100_000}.0`;
}
