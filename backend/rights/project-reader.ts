/**
 * Asks Azure DevOps with a user's token what the user may read: the pipelines of a project, or which projects of an
 * organization there are for the user at all. The tenant that Azure DevOps names in its answers tells a refusal from a
 * token that the organization cannot know.
 */

import { Type } from 'typebox';
import { Check } from 'typebox/value';
import type { ProjectKey } from '../../api/keys.ts';
import { isOrganizationName } from '../../azure-devops/address.ts';
import { isGuid } from '../../net/guid.ts';
import { retryAfterSeconds } from '../../net/retry-after.ts';

/**
 * - `allowed`, `refused`: what Azure DevOps says
 * - `otherTenant`: the organization belongs to another tenant than the token, so its answer says nothing about the user
 * - `notEntra`: the organization is not backed by Entra ID, so it knows no token of it
 * - `challenge`: Azure DevOps wants more of the user first
 * - `consentMissing`: nobody has allowed this service to ask Azure DevOps on behalf of users
 * - `away`: no answer, or none that can be used; `isCallersOwn` where that is about this caller alone, as throttling is
 */
export type RightsVerdict =
  | { readonly kind: 'allowed' | 'refused' | 'otherTenant' | 'notEntra' | 'consentMissing' }
  | { readonly kind: 'challenge'; readonly claims: string }
  | Away;

interface Away {
  readonly kind: 'away';
  readonly retryAfterSeconds: number;
  readonly isCallersOwn?: boolean;
}

/** The ids of a user's projects in lower case, or that Azure DevOps does not tell them. */
export type ProjectList =
  | { readonly kind: 'listed'; readonly projects: ReadonlySet<string> }
  | { readonly kind: 'unlisted' }
  | Away;

export interface ProjectReaderOptions {
  /** Where organizations are, such as `https://dev.azure.com`. */
  readonly azureDevOps: string;
  readonly token: string;
  /** The tenant of the token. */
  readonly tenant: string;
}

const timeoutMs = 5_000;
const withoutTenant = '00000000-0000-0000-0000-000000000000';
const awayFor = (seconds: number): Away => ({ kind: 'away', retryAfterSeconds: seconds });
/** An organization may have a thousand projects. */
const projectsInPage = 1_000;
const mostPages = 5;
const ListSchema = Type.Object({ value: Type.Array(Type.Unknown()) });
const ProjectsSchema = Type.Object({ value: Type.Array(Type.Object({ id: Type.String() })) });

const EvaluationsSchema = Type.Object({ evaluations: Type.Array(Type.Object({ value: Type.Boolean() })) });
/** The security namespace "Build"; its tokens begin with the project. */
const buildNamespace = '33344d9c-fc72-4d6f-aba5-fa317101a7e9';
const editBuildDefinition = 2048;

/** Asks once. What cannot be a project is refused without asking. Never throws. */
export async function readProject(
  { organization, project }: ProjectKey,
  options: ProjectReaderOptions,
): Promise<RightsVerdict> {
  if (!isOrganizationName(organization)) return { kind: 'notEntra' };
  // Ids come from events, which anybody may have written; `..` would lead elsewhere.
  if (!isGuid(project)) return { kind: 'refused' };
  try {
    const path = `${organization}/${project}/_apis/build/definitions?$top=1&api-version=7.1`;
    const response = await read(path, options);
    const verdict = response.status === 200 ? await verdictOfList(response) : verdictOfRefusal(response);
    if (response.status !== 200) await response.body?.cancel();
    return verdict.kind === 'refused' ? refusalWithin(options.tenant, response, verdict) : verdict;
  } catch {
    return awayFor(5);
  }
}

/**
 * Reads a user's projects, page by page. A user reads no pipelines of a project that is not on the list. It takes the
 * permission `vso.project`, which the token may lack. Never throws.
 */
export async function listProjects(
  organization: string,
  options: ProjectReaderOptions,
): Promise<ProjectList> {
  if (!isOrganizationName(organization)) return { kind: 'unlisted' };
  const projects = new Set<string>();
  try {
    let next = '';
    for (let page = 0; page < mostPages; page++) {
      const path = `${organization}/_apis/projects?$top=${projectsInPage}${next}&api-version=7.1`;
      const response = await read(path, options);
      if (response.status !== 200) {
        await response.body?.cancel();
        const verdict = verdictOfRefusal(response);
        return verdict.kind === 'away' ? verdict : { kind: 'unlisted' };
      }
      const body: unknown = await response.json();
      if (!Check(ProjectsSchema, body)) return { kind: 'unlisted' };
      for (const { id } of body.value) projects.add(id.toLowerCase());
      // An organization says nothing about users whom it does not know: it lists nothing to them, or what is public.
      const isKnown = tenantOf(response) === options.tenant || (!tenantOf(response) && projects.size > 0);
      if (!isKnown) return { kind: 'unlisted' };
      const token = response.headers.get('x-ms-continuationtoken');
      if (!token) return { kind: 'listed', projects };
      next = `&continuationToken=${encodeURIComponent(token)}`;
    }
    return { kind: 'unlisted' };
  } catch {
    return awayFor(5);
  }
}

/**
 * Asks whether a user may edit the pipelines of a project: its permission `EditBuildDefinition`. The question changes
 * nothing. Never throws.
 */
export async function readEditPermission(
  { organization, project }: ProjectKey,
  options: ProjectReaderOptions,
): Promise<RightsVerdict> {
  if (!isOrganizationName(organization)) return { kind: 'notEntra' };
  if (!isGuid(project)) return { kind: 'refused' };
  const question = {
    alwaysAllowAdministrators: true,
    evaluations: [
      { securityNamespaceId: buildNamespace, token: project.toLowerCase(), permissions: editBuildDefinition },
    ],
  };
  try {
    const path = `${organization}/_apis/security/permissionevaluationbatch?api-version=7.1`;
    const response = await read(path, options, question);
    const verdict = response.status === 200 ? await verdictOfBatch(response) : verdictOfRefusal(response);
    if (response.status !== 200) await response.body?.cancel();
    return verdict.kind === 'refused' ? refusalWithin(options.tenant, response, verdict) : verdict;
  } catch {
    return awayFor(5);
  }
}

function read(
  path: string,
  { azureDevOps, token }: ProjectReaderOptions,
  question?: object,
): Promise<Response> {
  return fetch(`${azureDevOps}/${path}`, {
    ...(question && { method: 'POST', body: JSON.stringify(question) }),
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      ...(question && { 'content-type': 'application/json' }),
    },
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
}

async function verdictOfList(response: Response): Promise<RightsVerdict> {
  const body: unknown = await response.json();
  if (!Check(ListSchema, body)) return awayFor(5);
  return { kind: body.value.length > 0 ? 'allowed' : 'refused' };
}

async function verdictOfBatch(response: Response): Promise<RightsVerdict> {
  const body: unknown = await response.json();
  if (!Check(EvaluationsSchema, body)) return awayFor(5);
  return { kind: body.evaluations.length === 1 && body.evaluations[0]?.value ? 'allowed' : 'refused' };
}

/** For a token that it does not accept, the service may ask to sign in with 203 or a redirect instead of 401. */
function verdictOfRefusal({ status, headers }: Response): RightsVerdict {
  const claims = /\bclaims="([^"]+)"/.exec(headers.get('www-authenticate') ?? '')?.[1];
  if (status === 401 && claims !== undefined) return { kind: 'challenge', claims: decodedClaims(claims) };
  if (status === 429 || status >= 500) {
    const seconds = Math.min(60, Math.max(1, retryAfterSeconds(headers.get('retry-after'), Date.now()) ?? 5));
    return { kind: 'away', retryAfterSeconds: seconds, isCallersOwn: status === 429 };
  }
  return { kind: 'refused' };
}

/** A refusal counts only from an organization that knows tokens of this tenant. */
function refusalWithin(tenant: string, response: Response, refusal: RightsVerdict): RightsVerdict {
  const owner = tenantOf(response);
  if (owner === undefined || owner === tenant) return refusal;
  return { kind: owner === withoutTenant ? 'notEntra' : 'otherTenant' };
}

/** The tenant that the organization belongs to. */
function tenantOf({ headers }: Response): string | undefined {
  return headers.get('x-vss-resourcetenant')?.toLowerCase();
}

/** Azure DevOps sends claims in base64, Entra ID as JSON. */
function decodedClaims(claims: string): string {
  return claims.startsWith('{') ? claims : Buffer.from(claims, 'base64').toString('utf8');
}
