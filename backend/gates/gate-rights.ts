/**
 * Who may wait for a build: the client of the service connection, if the build's project is granted to it; or else the
 * plan that asks, if its own token can read the build in the organization of its verified address. Nothing else can
 * verify such a token, so Azure DevOps is asked.
 */
import type { FastifyRequest } from 'fastify';
import type { BuildKey } from '../../api/keys.ts';
import { InvalidOrganizationError, parseOrganization } from '../../azure-devops/organization.ts';
import type { Problem } from '../errors.ts';
import { type Rights, seesNothing } from '../rights/rights.ts';
import { readPlanTask } from './plan-task.ts';

export interface GateRights {
  readonly rights: Rights;
  /** Hosts that may be asked with the token of a plan; see `callback-host.ts`. */
  readonly hosts: readonly string[];
}

/** Of three seconds; the rest is for registering the wait. */
const longestSightMs = 900;
const longestReadMs = 1_500;
/** With it Azure DevOps asks to sign in. */
const signInStatus = 203;
const unauthorized: Problem = { status: 401, message: 'Unauthorized', challenge: 'Bearer' };

/** Why the sender of a request may not wait for a build; undefined if it may. @throws RightsError */
export async function gateRefusal(
  { caller, headers }: FastifyRequest,
  build: BuildKey,
  { rights, hosts }: GateRights,
): Promise<Problem | undefined> {
  const hasGrant = rights.refusal(caller) === undefined;
  const sight = hasGrant ? await rights.sight(caller, { named: build }, longestSightMs) : seesNothing;
  if (sight.kind === 'all') return undefined;
  const hasPlan = headers.authtoken !== undefined;
  if (!hasPlan && caller.kind === 'anonymous') return unauthorized;
  if (!hasPlan) return forbidden(`this client may not see builds of project ${build.project}`);
  const plan = readPlanTask(headers, hosts);
  if (plan.mistakes) return forbidden('the headers of the plan are wrong');
  const { task, token } = plan.value;
  if (!isIn(task.url, build)) return forbidden('a plan may wait for builds of its own organization only');
  return refusalOfRead(await statusOfRead(task.url, build, token));
}

function isIn(url: string, { organization }: BuildKey): boolean {
  try {
    return parseOrganization(url).name.toLowerCase() === organization.toLowerCase();
  } catch (error) {
    if (error instanceof InvalidOrganizationError) return false;
    throw error;
  }
}

/** The status of reading the build with the plan's token; undefined without an answer in time. */
async function statusOfRead(
  url: string,
  { project, buildId }: BuildKey,
  token: string,
): Promise<number | undefined> {
  try {
    const response = await fetch(
      `${url}/${encodeURIComponent(project)}/_apis/build/builds/${buildId}?api-version=7.1`,
      {
        headers: { accept: 'application/json', authorization: `Bearer ${token}` },
        redirect: 'manual',
        signal: AbortSignal.timeout(longestReadMs),
      },
    );
    await response.body?.cancel();
    // A page to sign in may come with success.
    return response.ok && isPage(response) ? signInStatus : response.status;
  } catch {
    return undefined;
  }
}

function isPage({ headers }: Response): boolean {
  return /^text\/html/i.test(headers.get('content-type') ?? '');
}

function refusalOfRead(status: number | undefined): Problem | undefined {
  if (status === 200) return undefined;
  if (status === undefined || status === 429 || status >= 500)
    return { status: 503, message: 'Service Unavailable', retryAfterSeconds: 5 };
  return forbidden("the plan's token may not read this build");
}

function forbidden(reason: string): Problem {
  return { status: 403, message: `Forbidden: ${reason}.` };
}
