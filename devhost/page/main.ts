/** A build results page around the frame of the extension that looks and behaves like that of Azure DevOps. */
import type { OfferedBuild, PageConfig } from '../server.ts';
import { type HostedBuild, type Hosting, host } from './host-services.ts';
import { type PageAddress, readPageAddress, setQueryParameters } from './page-address.ts';
import { applyTheme, themeData, themes } from './themes.ts';

const tabs = [
  { id: 'summary', name: 'Summary' },
  { id: 'tests', name: 'Tests' },
  { id: 'deployments', name: 'Deployments' },
];

interface ExtensionPage {
  readonly file: string;
  readonly contribution: string;
}

const extensionPages: Readonly<Record<string, ExtensionPage>> = {
  deployments: { file: 'build-results.html', contribution: 'deployments-tab' },
  settings: { file: 'settings.html', contribution: 'deployments-settings' },
};

const config: PageConfig = await (await fetch('/config.json')).json();
const [firstBuild] = config.builds;
let place: PageAddress = readPageAddress(firstBuild?.id ?? 1);
let hosting: Hosting | undefined;

fillChoices();
draw();

function draw(): void {
  applyTheme(themeData(place.theme));
  document.documentElement.dataset.theme = place.theme;
  drawTitle();
  drawTabs();
  drawContent();
}

function fillChoices(): void {
  const builds = config.builds.some(({ id }) => id === place.buildId)
    ? config.builds
    : [...config.builds, offered(place.buildId)];
  const buildChoice = choice(
    'build-choice',
    builds.map(({ id, title }) => [String(id), `${id} · ${title}`]),
  );
  buildChoice.value = String(place.buildId);
  buildChoice.addEventListener('change', () => openBuild(Number(buildChoice.value)));
  const themeChoice = choice(
    'theme-choice',
    Object.entries(themes).map(([key, { name }]) => [key, name]),
  );
  themeChoice.value = place.theme;
  themeChoice.addEventListener('change', () => {
    move({ theme: themeChoice.value });
    applyTheme(themeData(place.theme));
    document.documentElement.dataset.theme = place.theme;
    hosting?.changeTheme(themeData(place.theme));
  });
}

/** Changes the build without reloading the frame, as Azure DevOps does when a newer run is opened. */
function openBuild(buildId: number): void {
  move({ buildId });
  drawTitle();
  if (hosting && place.view === 'deployments') hosting.changeBuild(hostedBuild());
  else drawContent();
}

function move(to: Partial<PageAddress>): void {
  place = { ...place, ...to };
  setQueryParameters({ buildId: String(place.buildId), view: place.view, theme: place.theme });
}

function drawTitle(): void {
  const build = offered(place.buildId);
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
  const page = extensionPages[place.view];
  if (page) showFrame(content, page);
  else content.replaceChildren(placeholder(place.view));
}

function showFrame(content: HTMLElement, { file, contribution }: ExtensionPage): void {
  const frame = document.createElement('iframe');
  frame.title = 'Deployments';
  frame.className = 'loading';
  frame.src = `${config.extensionOrigin}/${file}${place.service === 'settings' ? '?unpacked' : ''}`;
  frame.allow = 'clipboard-write';
  content.replaceChildren(frame);
  hosting = host({
    frame,
    extensionOrigin: config.extensionOrigin,
    contributionId: `deployments.deployments-for-azure-pipelines.${contribution}`,
    apiUrl: config.apiUrl,
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
  const { organization, project, id } = offered(place.buildId);
  return { organization, project, id, buildNumber: buildNumber(id) };
}

/** A build from the picker, or a made-up one for any other id. */
function offered(id: number): OfferedBuild {
  const known = config.builds.find((build) => build.id === id);
  const { organization = 'msazure', project = '' } = firstBuild ?? {};
  return (
    known ?? { organization, project, id, title: 'Unknown build', shows: 'Nobody has published this build.' }
  );
}

function buildNumber(id: number): string {
  return `2.4.${id % 100_000}.0`;
}

function choice(id: string, options: readonly (readonly [string, string])[]): HTMLSelectElement {
  const select = element(id);
  if (!(select instanceof HTMLSelectElement)) throw new Error(`#${id} is not a select`);
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  return select;
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}
