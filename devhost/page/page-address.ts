/** The query parameters of the page: build, tab, theme, and those that an extension adds. */

export interface PageAddress {
  readonly buildId: number;
  readonly view: string;
  readonly theme: string;
  /** How the host misbehaves on purpose, to see how the extension copes. */
  readonly fault: string;
  /** Where the extension gets the URL of the service: `package`, or `settings` if it was packed without one. */
  readonly service: string;
}

export function readPageAddress(defaultBuild: number): PageAddress {
  const parameters = new URLSearchParams(location.search);
  const fault = parameters.get('fault') ?? '';
  return {
    buildId: Number(parameters.get('buildId')) || defaultBuild,
    view: parameters.get('view') ?? 'deployments',
    theme: parameters.get('theme') ?? preferredTheme(),
    fault,
    service: fault === 'no-settings' ? 'settings' : (parameters.get('service') ?? 'package'),
  };
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

function preferredTheme(): string {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
