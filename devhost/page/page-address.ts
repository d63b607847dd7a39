/**
 * The query parameters of the page: build, tab, theme, and those that an extension adds. Anybody can write them, so
 * values that make no sense count as missing.
 */
import { chosenTheme } from './themes.ts';

/** The tabs of the page, and the page of settings, which has none. */
export const views = ['summary', 'tests', 'deployments', 'settings'] as const;

/** The extension's files as they are packed in each way, by `service` of the address. */
export const packings: ReadonlyMap<string, string> = new Map([
  ['settings', '?unpacked'],
  ['entra', '?entra'],
]);

export interface PageAddress {
  /** Of the build; absent for the organization and project of the builds in the picker. */
  readonly organization?: string;
  readonly project?: string;
  readonly buildId: number;
  readonly view: (typeof views)[number];
  readonly theme: string;
  /** How the host misbehaves on purpose, to see how the extension copes. */
  readonly fault: string;
  /**
   * How the extension was packed: `package` for the service, `entra` for the service and a sign-in to Entra ID, `settings`
   * without a service.
   */
  readonly service: string;
}

export function readPageAddress(defaultBuild: number): PageAddress {
  const parameters = new URLSearchParams(location.search);
  const fault = parameters.get('fault') ?? '';
  return {
    ...namedPlace(parameters.get('organization'), parameters.get('project')),
    buildId: buildIdIn(parameters.get('buildId')) ?? defaultBuild,
    view: views.find((view) => view === parameters.get('view')) ?? 'deployments',
    theme: chosenTheme(parameters.get('theme')),
    fault,
    service: fault === 'no-settings' ? 'settings' : (parameters.get('service') ?? 'package'),
  };
}

/** The build id that a text stands for; undefined if it is none. */
export function buildIdIn(text: string | null): number | undefined {
  const id = /^[1-9]\d{0,9}$/.test(text ?? '') ? Number(text) : 0;
  return id > 0 && id < 2 ** 31 ? id : undefined;
}

/** Both or neither, since a project belongs to an organization. */
function namedPlace(organization: string | null, project: string | null): Partial<PageAddress> {
  return organization?.trim() && project?.trim()
    ? { organization: organization.trim().slice(0, 200), project: project.trim().slice(0, 200) }
    : {};
}

export function queryParameters(): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(location.search));
}

/** Adds or changes parameters; an empty value removes one. */
export function setQueryParameters(changes: Readonly<Record<string, string>>): void {
  const parameters = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) parameters.set(name, value);
    else parameters.delete(name);
  }
  history.replaceState(null, '', `${location.pathname}?${parameters}`);
}
