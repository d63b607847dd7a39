/**
 * Finds the project that an event belongs to. Service hooks have no field for the organization: it is part of their
 * URLs, those of the containers first. A collection of Azure DevOps Server counts as an organization, and its name
 * includes the server's.
 */

import type { ProjectKey } from '../../api/keys.ts';
import {
  isCloud,
  type Organization,
  parseAddress,
  parseOrganizationUrl,
} from '../../azure-devops/address.ts';
import { isGuid } from '../../net/guid.ts';
import type { Fields } from './fields.ts';

/** The project of an event, in lower case as in rows, and where its pages are. */
export interface EventProject extends ProjectKey {
  /** The URL of the organization or collection, without a slash at the end. */
  readonly collectionUrl: string;
}

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
  'resource.environment.releaseDefinition.url',
  'resource.release._links.web.href',
  'resource.release.url',
  'resource.deployment.release._links.web.href',
  'resource.deployment.release.url',
  'resource.deployment.releaseDefinition.url',
];

const projectIds = [
  'resourceContainers.project.id',
  'resource.projectId',
  'resource.project.id',
  'resource.definition.project.id',
  'resource.repository.project.id',
  'resource.deployment.projectReference.id',
  'resource.deployment.release.project.id',
];

/** The project of an event, or which part of it no field holds. */
export function projectOf(fields: Fields): EventProject | { readonly missing: string } {
  const organization =
    firstOf(urlsAt(fields, containerUrls), organizationOfContainer) ??
    firstOf(urlsAt(fields, resourceUrls), (url) => parseAddress(url)?.organization);
  if (organization === undefined) return { missing: 'no URL names the organization' };
  const project =
    firstOf(projectIds, (path) => validId(fields.text(path))) ??
    firstOf(urlsAt(fields, [...containerUrls, ...resourceUrls]), projectInUrl);
  if (project === undefined) return { missing: 'no field holds the id of the project' };
  return {
    organization: organization.name.toLowerCase(),
    project: project.toLowerCase(),
    collectionUrl: collectionUrl(organization),
  };
}

/** A server's URL stays as it was written. In the cloud there are two forms, and one is enough for links. */
function collectionUrl({ name, url }: Organization): string {
  return isCloud(new URL(url)) ? `https://dev.azure.com/${name.toLowerCase()}` : url;
}

/** The URL of an organization or collection, or of something below it. */
function organizationOfContainer(url: URL): Organization | undefined {
  return parseOrganizationUrl(url) ?? parseAddress(url)?.organization;
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
  return isGuid(text) ? text : undefined;
}

function firstOf<T, R>(values: Iterable<T>, read: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const found = read(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
