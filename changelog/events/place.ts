/**
 * Where an event comes from. The organization is no field of a service hook: it is in the URLs, in either of
 * its two forms, or, on a server of one's own, the collection at the end of the collection's URL.
 */
import type { Fields } from './fields.ts';

/** Organization and project, both in lower case; the project is an id (GUID). */
export interface Place {
  readonly organization: string;
  readonly project: string;
}

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

const containerUrls = [
  'resourceContainers.collection.baseUrl',
  'resourceContainers.account.baseUrl',
  'resourceContainers.project.baseUrl',
];

const resourceUrls = [
  'resource.url',
  'resource.run.url',
  'resource.run._links.self.href',
  'resource.run._links.web.href',
  'resource.stage._links.web.href',
  'resource.job._links.web.href',
  'resource.runUrl',
  'resource.pipeline.url',
  'resource.run.pipeline.url',
  'resource.definition.url',
  'resource.repository.url',
  'resource.repository.remoteUrl',
  'resource.environment.release._links.web.href',
  'resource.release._links.web.href',
  'resource.deployment.release._links.web.href',
];

const projectIds = [
  'resourceContainers.project.id',
  'resource.projectId',
  'resource.project.id',
  'resource.definition.project.id',
  'resource.repository.project.id',
  'resource.deployment.release.project.id',
];

/** The event's place, or what of it cannot be found. */
export function placeOf(fields: Fields): Place | { readonly missing: string } {
  const organization =
    firstOf(urlsAt(fields, containerUrls), organizationOfUrl) ??
    firstOf(urlsAt(fields, containerUrls), collectionOfServer) ??
    firstOf(urlsAt(fields, resourceUrls), organizationOfUrl);
  if (organization === undefined) return { missing: 'no URL names the organization' };
  const project =
    firstOf(projectIds, (path) => validId(fields.text(path))) ??
    firstOf(urlsAt(fields, [...containerUrls, ...resourceUrls]), projectOfUrl);
  if (project === undefined) return { missing: 'nothing names the id of the project' };
  return { organization: organization.toLowerCase(), project: project.toLowerCase() };
}

/** The organization in `https://dev.azure.com/{org}/…` or `https://{org}.visualstudio.com/…`. */
export function organizationOfUrl(url: URL): string | undefined {
  const [first] = segments(url);
  const host = url.hostname.toLowerCase();
  if (host === 'dev.azure.com' || host.endsWith('.dev.azure.com')) return validName(first);
  if (host.endsWith('.visualstudio.com')) return validName(host.split('.')[0]);
  return undefined;
}

/** The project's id where it is in the path, as in `…/{project}/_apis/…`. */
function projectOfUrl(url: URL): string | undefined {
  const path = segments(url);
  return path.find((segment, i) => guid.test(segment) && path[i + 1]?.startsWith('_'));
}

/** `https://server/tfs/{collection}/` */
function collectionOfServer(url: URL): string | undefined {
  return validName(segments(url).at(-1));
}

/** One after another, since the first mostly tells. */
function* urlsAt(fields: Fields, paths: readonly string[]): Generator<URL> {
  for (const path of paths) {
    const text = fields.text(path);
    if (URL.canParse(text)) yield new URL(text);
  }
}

function segments(url: URL): string[] {
  return url.pathname.split('/').filter((segment) => segment !== '');
}

function validName(text: string | undefined): string | undefined {
  return text !== undefined && /^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$/i.test(text) ? text : undefined;
}

function validId(text: string): string | undefined {
  return guid.test(text) ? text : undefined;
}

function firstOf<T, R>(values: Iterable<T>, read: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const found = read(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
