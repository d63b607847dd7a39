/**
 * Finds the project that an event belongs to. Service hooks have no field for the organization: it is part of their
 * URLs, those of the containers first.
 */
import type { BuildKey } from '../../api/keys.ts';
import { parseAddress, parseOrganizationUrl } from '../../azure-devops/address.ts';
import type { Fields } from './fields.ts';

/** A project of an organization. In events and rows both are in lower case. */
export type ProjectKey = Pick<BuildKey, 'organization' | 'project'>;

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

/** The project of an event, or which part of it no field holds. */
export function projectOf(fields: Fields): ProjectKey | { readonly missing: string } {
  const organization =
    firstOf(urlsAt(fields, containerUrls), organizationOfContainer) ??
    firstOf(urlsAt(fields, resourceUrls), (url) => parseAddress(url)?.organization.name);
  if (organization === undefined) return { missing: 'no URL names the organization' };
  const project =
    firstOf(projectIds, (path) => validId(fields.text(path))) ??
    firstOf(urlsAt(fields, [...containerUrls, ...resourceUrls]), projectInUrl);
  if (project === undefined) return { missing: 'no field holds the id of the project' };
  return { organization: organization.toLowerCase(), project: project.toLowerCase() };
}

/** The URL of an organization or collection, or of something below it. */
function organizationOfContainer(url: URL): string | undefined {
  return (parseOrganizationUrl(url) ?? parseAddress(url)?.organization)?.name;
}

/** The project's id in a URL that has one. */
function projectInUrl(url: URL): string | undefined {
  return validId(parseAddress(url)?.project ?? '');
}

/** Lazily, because the first URL is usually enough. */
function* urlsAt(fields: Fields, paths: readonly string[]): Generator<URL> {
  for (const path of paths) {
    const text = fields.text(path);
    if (URL.canParse(text)) yield new URL(text);
  }
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
