/**
 * Reads organization, project and build from the URLs of Azure DevOps. The service has two forms for an
 * organization and separate hosts for some of its parts; Azure DevOps Server has collections instead, below
 * any host and path. Names come out decoded, in the case in which they were written.
 */

/** An organization of Azure DevOps, or a collection of Azure DevOps Server. */
export interface Organization {
  /**
   * Such as `contoso`. A collection is named with its server, such as `tfs.example.com:8080/tfs/Main Collection`,
   * because two servers may have collections of one name.
   */
  readonly name: string;
  /** Where its REST API begins, without a slash at the end. */
  readonly url: string;
}

/** A place below an organization. */
export interface Address {
  readonly organization: Organization;
  /** Name or id. */
  readonly project?: string;
  readonly buildId?: number;
}

/**
 * Reads the URL of a page or of a REST resource. Undefined if it does not belong to Azure DevOps. A URL of
 * Azure DevOps Server is recognised by its area (`_apis`, `_build`, `_git`, …), since its host can be any.
 */
export function parseAddress(url: URL): Address | undefined {
  const path = segmentsOf(url);
  if (path === undefined) return undefined;
  const area = path.findIndex(({ name }) => name.startsWith('_'));
  const before = area < 0 ? path : path.slice(0, area);
  const place = isCloud(url) ? placeInCloud(url, before) : area >= 0 && placeOnServer(url, before);
  if (!place) return undefined;
  const buildId = buildIdOf(url);
  return { ...place, ...(buildId !== undefined && { buildId }) };
}

/**
 * Reads the URL of an organization or a collection itself, such as `https://dev.azure.com/contoso` or
 * `https://tfs.example.com/tfs/Main%20Collection`. Undefined if it is none, or leads to something below.
 */
export function parseOrganizationUrl(url: URL): Organization | undefined {
  const path = segmentsOf(url);
  if (path === undefined || path.some(({ name }) => name.startsWith('_'))) return undefined;
  if (!isCloud(url)) return collection(url, path);
  const place = placeInCloud(url, path);
  return place?.project === undefined ? place?.organization : undefined;
}

interface Segment {
  readonly name: string;
  /** As it is in the URL. */
  readonly raw: string;
}

/** The parts of the path, decoded; undefined if they cannot be. */
function segmentsOf({ protocol, pathname }: URL): Segment[] | undefined {
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  const raw = pathname.split('/').filter((segment) => segment !== '');
  try {
    return raw.map((segment) => ({ name: decodeURIComponent(segment), raw: segment }));
  } catch {
    return undefined;
  }
}

/** Whether a URL belongs to Azure DevOps Services, and not to a server. */
export function isCloud({ hostname }: URL): boolean {
  return /(^|\.)(dev\.azure\.com|visualstudio\.com)$/.test(hostname);
}

type Place = Pick<Address, 'organization' | 'project'>;

function placeInCloud({ protocol, hostname }: URL, path: readonly Segment[]): Place | undefined {
  // Releases have hosts of their own: vsrm.dev.azure.com and {organization}.vsrm.visualstudio.com.
  const older = /^([^.]+)(?:\.vsrm)?\.visualstudio\.com$/.exec(hostname)?.[1];
  if (older !== undefined) {
    const [project] = path[0]?.name.toLowerCase() === 'defaultcollection' ? path.slice(1) : path;
    return placeAt({ name: older, url: `${protocol}//${older}.visualstudio.com` }, project);
  }
  if (hostname.endsWith('visualstudio.com')) return undefined;
  const [organization, project] = path;
  if (organization === undefined || !isOrganizationName(organization.name)) return undefined;
  return placeAt({ name: organization.name, url: `${protocol}//dev.azure.com/${organization.raw}` }, project);
}

/**
 * Before the area is a collection, perhaps a path above it, and perhaps a project below it. The URL does not
 * say which: a path of several parts is taken to end in a project, except `tfs/{collection}`.
 */
function placeOnServer(url: URL, path: readonly Segment[]): Place | undefined {
  const last = path.at(-1);
  const isBelowTfs = path.length === 2 && path[0]?.name.toLowerCase() === 'tfs';
  const isProject = path.length > 1 && !isBelowTfs;
  const organization = collection(url, isProject ? path.slice(0, -1) : path);
  return organization && placeAt(organization, isProject ? last : undefined);
}

function placeAt(organization: Organization, project: Segment | undefined): Place | undefined {
  if (project === undefined) return { organization };
  return isName(project.name) ? { organization, project: project.name } : undefined;
}

function collection({ host, origin }: URL, path: readonly Segment[]): Organization | undefined {
  if (path.length === 0 || !path.every(({ name }) => isName(name))) return undefined;
  const name = [host, ...path.map((segment) => segment.name)].join('/');
  if (name.length > longestOrganizationName) return undefined;
  return { name, url: [origin, ...path.map(({ raw }) => raw)].join('/') };
}

/** Together with the rest of a deployment's id, it must fit into that parameter of the API. */
const longestOrganizationName = 200;

/** By the rules of Azure DevOps Services. */
export function isOrganizationName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$/i.test(name);
}

/** By the rules of Azure DevOps for names of projects and collections. */
function isName(name: string): boolean {
  return name.length <= 64 && !/[\p{Cc}/:\\~&%;@'"?<>|#$*{},+=[\]]/u.test(name) && name.trim() !== '';
}

const largestBuildId = 2 ** 31 - 1;

/** From the query of a page (`buildId=`), or from the path of a REST resource (`builds/{id}`, `runs/{id}`). */
function buildIdOf({ pathname, searchParams }: URL): number | undefined {
  const [, inQuery] = [...searchParams].find(([name]) => name.toLowerCase() === 'buildid') ?? [];
  const text = inQuery ?? idInResource(pathname) ?? '';
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
  return id > 0 && id <= largestBuildId ? id : undefined;
}

/** What follows `builds` or `runs` in the path of a REST resource. */
function idInResource(pathname: string): string | undefined {
  const parts = pathname.toLowerCase().split('/');
  const area = parts.indexOf('_apis');
  const last = parts.findLastIndex((part) => part === 'builds' || part === 'runs');
  return area >= 0 && last > area ? parts[last + 1] : undefined;
}
