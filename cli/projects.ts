/** Finds the id of a project that is given by name. Only Azure DevOps knows it, and only for who has a token. */

import { isCloud, type Organization } from '../azure-devops/address.ts';
import { MissingCredentialsError } from '../azure-devops/credentials.ts';
import { isGuid } from '../net/guid.ts';
import { isSafeForTokens } from '../net/loopback.ts';
import { connect, organizationOfEnvironment, projectNamed } from './azure-devops-options.ts';
import type { Context } from './context.ts';
import { usageError } from './exit-codes.ts';
import { cliSettings } from './settings.ts';

/** Where a project was named: in an option, whose organization was chosen on purpose, or in an address. */
export interface NamedProject {
  readonly organization: Organization;
  /** Name or id. */
  readonly project: string;
  /** How errors call it, such as `option '--project'`. */
  readonly title: string;
  /** Whether the organization is only what an address says, which may come from anybody. */
  readonly isFromAddress: boolean;
}

/** The id of the project. An id is returned as it is, without asking anybody. @throws CommandError */
export async function resolveProjectId(named: NamedProject, context: Context): Promise<string> {
  const { organization, project, title } = named;
  if (isGuid(project)) return project;
  const refusal = refusalToAsk(named, context);
  if (refusal !== undefined)
    throw usageError(`${title}: ${refusal}. Or give the id (a GUID) of "${project}"`);
  try {
    return (await projectNamed(connect(organization, context), project, title)).id;
  } catch (error) {
    if (!(error instanceof MissingCredentialsError)) throw error;
    throw usageError(
      `${title} must be the id (a GUID) of a project, or credentials must be set with which the id of "${project}" can be looked up. ${error.message}`,
    );
  }
}

/** Why the token must not be sent to the organization; undefined if it may. */
function refusalToAsk({ organization, isFromAddress }: NamedProject, context: Context): string | undefined {
  const url = new URL(organization.url);
  if (!isSafeForTokens(url)) {
    return `${url.origin} is plain http on another machine, so no token is sent there to look up the project`;
  }
  const own = organizationOfEnvironment(context);
  const ownOrigin = own && new URL(own.url).origin;
  if (!isFromAddress || isCloud(url) || url.origin === ownOrigin) return undefined;
  return `to look up the project, a token would be sent to ${url.origin}. If that is your server, set ${cliSettings.organization.name}=${organization.url}`;
}
