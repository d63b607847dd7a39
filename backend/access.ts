/** Who may ask, and what they may see, from the configuration: puts `auth/` and `rights/` together. */
import type { FastifyBaseLogger } from 'fastify';
import { Authenticator } from './auth/authenticator.ts';
import type { PageUser, User } from './auth/caller.ts';
import { watchClients } from './auth/clients.ts';
import type { AuthConfig, EntraConfig } from './auth/config.ts';
import { SigningKeys } from './auth/signing-keys.ts';
import type { RightsConfig } from './rights/config.ts';
import { entraRights } from './rights/entra-rights.ts';
import { type Exchange, OnBehalfOf } from './rights/on-behalf-of.ts';
import {
  listProjects,
  type ProjectList,
  type ProjectReaderOptions,
  type RightsVerdict,
  readEditPermission,
  readProject,
} from './rights/project-reader.ts';
import { openToAnyoneHere, type Rights } from './rights/rights.ts';
import { UserRights, type UserRightsOptions } from './rights/user-rights.ts';

export interface AccessControl {
  /** Undefined with `AUTH=none`. */
  readonly authenticator: Authenticator | undefined;
  readonly rights: Rights;
  /** Ends what runs in the background. */
  stop(): void;
}

/** Opens it, and fetches the keys that tokens are checked with. @throws ClientsFileError */
export function openAccess(
  { auth, rights }: { readonly auth: AuthConfig; readonly rights: RightsConfig },
  log: FastifyBaseLogger,
): AccessControl {
  if (auth.mode === 'none')
    return { authenticator: undefined, rights: openToAnyoneHere, stop: () => undefined };
  const warn = (message: string): void => log.warn(`access: ${message}`);
  const clients = watchClients(auth.clientsFile, { onProblem: warn });
  const keysOf = keysOfTenants(auth, warn);
  const { authority, audiences, tenants, extension } = auth;
  const asking = askingAzureDevOps(auth, rights, warn);
  return {
    authenticator: new Authenticator({
      entra: { keysOf, authority, audiences },
      extension: extension && { ...extension, tenants },
      clientWithToken: (sha256) => clients.current.nameByToken.get(sha256),
    }),
    rights: entraRights({
      clients: () => clients.current,
      users: new UserRights({ ...rights, ...asking, ask: asking.mayRead }),
      // What was allowed before is not allowed again while Azure DevOps is away: changes can wait.
      editors: new UserRights({ ask: asking.mayEdit, outageMs: 0, unmappedProject: undefined }),
      servesUsers: rights.credential !== undefined,
    }),
    stop() {
      clients.stop();
      for (const keys of keysOf.values()) keys.stop();
    },
  };
}

function keysOfTenants(
  { tenants, authority }: EntraConfig,
  onFailure: (message: string) => void,
): ReadonlyMap<string, SigningKeys> {
  const keysOf = new Map<string, SigningKeys>();
  for (const tenant of tenants) {
    const keys = new SigningKeys({ url: `${authority}/${tenant}/discovery/v2.0/keys`, onFailure });
    keys.start();
    keysOf.set(tenant, keys);
  }
  return keysOf;
}

/** Asks on behalf of a user, or with the token that the user's page sent. */
function askingAzureDevOps(
  { authority, clientId }: EntraConfig,
  { credential, azureDevOps }: RightsConfig,
  onFailure: (message: string) => void,
): Pick<UserRightsOptions, 'list' | 'obstacleOf'> & Record<'mayRead' | 'mayEdit', UserRightsOptions['ask']> {
  const onBehalfOf = credential && new OnBehalfOf({ authority, clientId, credential, onFailure });
  const tokenOf = async (caller: User | PageUser): Promise<Exchange | { readonly kind: 'refused' }> => {
    if (caller.kind === 'user') return (await onBehalfOf?.tokenOf(caller)) ?? { kind: 'refused' };
    const token = caller.azureDevOpsToken();
    return token === undefined ? { kind: 'refused' } : { kind: 'token', token };
  };
  type Refused = Exclude<Exchange, { readonly kind: 'token' }> | { readonly kind: 'refused' };
  const withToken = async <T>(
    caller: User | PageUser,
    ask: (options: ProjectReaderOptions) => Promise<T>,
    otherwise: (obstacle: Refused) => T,
  ): Promise<T> => {
    const exchange = await tokenOf(caller);
    if (exchange.kind !== 'token') return otherwise(exchange);
    return ask({ azureDevOps, token: exchange.token, tenant: caller.tenant });
  };
  return {
    mayEdit: (caller, project) =>
      withToken<RightsVerdict>(
        caller,
        (options) => readEditPermission(project, options),
        (obstacle) => obstacle,
      ),
    mayRead: (caller, project) =>
      withToken<RightsVerdict>(
        caller,
        (options) => readProject(project, options),
        (obstacle) => obstacle,
      ),
    list: (caller, organization) =>
      withToken<ProjectList>(
        caller,
        (options) => listProjects(organization, options),
        (obstacle) => (obstacle.kind === 'away' ? obstacle : { kind: 'unlisted' }),
      ),
    obstacleOf: (caller) =>
      withToken<RightsVerdict | undefined>(
        caller,
        async () => undefined,
        (obstacle) => obstacle,
      ),
  };
}
