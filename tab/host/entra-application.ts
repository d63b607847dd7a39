/** The Entra application that users sign in to. Also used by the script that writes one into the package. */
import { readScope } from '../../api/access.ts';
import { isGuid } from '../../net/guid.ts';

export interface EntraApplication {
  /** Of the application that pages sign in with: a GUID, in lower case. */
  readonly clientId: string;
  /** The tenant whose users sign in: a GUID, in lower case. */
  readonly tenant: string;
  /** Application id URI of the service, which is all that a token is good for. */
  readonly audience: string;
}

/** Whether a text can be an application id URI, such as `api://deployments`. */
export function isAudience(text: string): boolean {
  return /^(?:api|https):\/\/[\w.~-]+(?:[/:][\w.~-]+)*$/.test(text) && text.length <= 255;
}

/** The application with these ids; undefined if any is not valid. Without an audience, it is `api://` and the client. */
export function parseEntraApplication(
  clientId: string,
  tenant: string,
  audience: string,
): EntraApplication | undefined {
  if (!isGuid(clientId) || !isGuid(tenant)) return undefined;
  const named = audience || `api://${clientId.toLowerCase()}`;
  if (!isAudience(named)) return undefined;
  return { clientId: clientId.toLowerCase(), tenant: tenant.toLowerCase(), audience: named };
}

/** The permission that pages ask for. */
export function scopeOf({ audience }: EntraApplication): string {
  return `${audience}/${readScope}`;
}

/** All permissions of the application, those to ask others on behalf of users included: for consent. */
export function everyScopeOf({ audience }: EntraApplication): string {
  return `${audience}/.default`;
}
