/**
 * Asks Azure DevOps with a user's token whether the user may read the pipelines of a project. The tenant that
 * Azure DevOps names in its answers tells a refusal from a token that the organization cannot know.
 */

import type { ProjectKey } from '../../api/keys.ts';
import { isOrganizationName } from '../../azure-devops/address.ts';
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
  | { readonly kind: 'away'; readonly retryAfterSeconds: number; readonly isCallersOwn?: boolean };

export interface ProjectReaderOptions {
  /** Where organizations are, such as `https://dev.azure.com`. */
  readonly azureDevOps: string;
  readonly token: string;
  /** The tenant of the token. */
  readonly tenant: string;
}

const timeoutMs = 5_000;
const withoutTenant = '00000000-0000-0000-0000-000000000000';
const awayFor = (seconds: number): RightsVerdict => ({ kind: 'away', retryAfterSeconds: seconds });

/** Asks once. Never throws. */
export async function readProject(
  { organization, project }: ProjectKey,
  { azureDevOps, token, tenant }: ProjectReaderOptions,
): Promise<RightsVerdict> {
  if (!isOrganizationName(organization)) return { kind: 'notEntra' };
  const path = `${encodeURIComponent(organization)}/${encodeURIComponent(project)}`;
  try {
    const response = await fetch(`${azureDevOps}/${path}/_apis/build/definitions?$top=1&api-version=7.1`, {
      headers: { accept: 'application/json', authorization: `Bearer ${token}` },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const verdict = response.status === 200 ? await verdictOfList(response) : verdictOfRefusal(response);
    if (response.status !== 200) await response.body?.cancel();
    return verdict.kind === 'refused' ? refusalWithin(tenant, response, verdict) : verdict;
  } catch {
    return awayFor(5);
  }
}

async function verdictOfList(response: Response): Promise<RightsVerdict> {
  const { value } = Object(await response.json()) as { readonly value?: unknown };
  if (!Array.isArray(value)) return awayFor(5);
  return { kind: value.length > 0 ? 'allowed' : 'refused' };
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
function refusalWithin(tenant: string, { headers }: Response, refusal: RightsVerdict): RightsVerdict {
  const owner = headers.get('x-vss-resourcetenant')?.toLowerCase();
  if (owner === undefined || owner === tenant) return refusal;
  return { kind: owner === withoutTenant ? 'notEntra' : 'otherTenant' };
}

/** Azure DevOps sends claims in base64, Entra ID as JSON. */
function decodedClaims(claims: string): string {
  return claims.startsWith('{') ? claims : Buffer.from(claims, 'base64').toString('utf8');
}
