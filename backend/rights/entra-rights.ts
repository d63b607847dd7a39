/** The rights of everybody who proves themselves with `AUTH=entra`: programs by grants, users by Azure DevOps. */
import { readScope } from '../../api/access.ts';
import type { Caller, PageUser, User } from '../auth/caller.ts';
import type { Clients } from '../auth/clients-file.ts';
import { type AskedProjects, type Rights, type Sight, seesNothing } from './rights.ts';
import { hasGrant, mayServiceEdit, sightOfService } from './service-rights.ts';
import type { UserRights } from './user-rights.ts';

export interface EntraRightsOptions {
  /** The clients as they are now. */
  readonly clients: () => Clients;
  readonly users: Pick<UserRights, 'remembered' | 'sight'>;
  /** What users may edit, as what they may see of it. */
  readonly editors: Pick<UserRights, 'sight'>;
  /** Whether users with Entra tokens are served. */
  readonly servesUsers: boolean;
}

/** Builds the rights. */
export function entraRights({ clients, users, editors, servesUsers }: EntraRightsOptions): Rights {
  return {
    refusal(caller: Caller): string | undefined {
      switch (caller.kind) {
        case 'service':
          return hasGrant(caller, clients()) ? undefined : 'Forbidden: this client is granted nothing.';
        case 'user':
          return refusalOfUser(caller, servesUsers);
        case 'page':
          return refusalOfPage(caller);
        default:
          return 'Forbidden';
      }
    },
    sight(caller: Caller, asked: AskedProjects, withinMs: number): Sight | Promise<Sight> {
      switch (caller.kind) {
        case 'service':
          return sightOfService(caller, asked, clients());
        case 'user':
        case 'page':
          return users.remembered(caller, asked) ?? users.sight(caller, asked, withinMs);
        default:
          return seesNothing;
      }
    },
    async mayEdit(caller, project, withinMs) {
      switch (caller.kind) {
        case 'service':
          return mayServiceEdit(caller, project, clients());
        case 'user':
        case 'page':
          return (await editors.sight(caller, { named: project }, withinMs)).kind === 'all';
        default:
          return false;
      }
    },
  };
}

function refusalOfUser({ scopes }: User, servesUsers: boolean): string | undefined {
  if (!scopes.includes(readScope)) return `Forbidden: the token lacks the scope ${readScope}.`;
  return servesUsers ? undefined : 'Forbidden: this service answers to programs only.';
}

function refusalOfPage({ azureDevOpsToken }: PageUser): string | undefined {
  return azureDevOpsToken() === undefined
    ? 'Forbidden: the page sends no token for Azure DevOps.'
    : undefined;
}
