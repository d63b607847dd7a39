/**
 * Whom a token is for, as it says itself. Nobody has verified it here: it is text from outside, only fit to be shown.
 */
import { decodeJwt } from 'jose';

export interface TokenOwner {
  /** A person's name, or an application's client id. */
  readonly name?: string;
  readonly tenant?: string;
  readonly audience?: string;
  /** Delegated permissions of a person, roles of an application. */
  readonly permissions: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
}

const longestClaim = 200;

/** Reads the claims of a token; undefined for a token that says nothing, such as a static one. */
export function ownerOf(token: string): TokenOwner | undefined {
  try {
    return ownerIn(decodeJwt(token));
  } catch {
    return undefined;
  }
}

function ownerIn(claims: Readonly<Record<string, unknown>>): TokenOwner {
  const first = (...names: readonly string[]): string | undefined => {
    const found = names
      .map((name) => claims[name])
      .find((claim) => typeof claim === 'string' && claim !== '');
    return typeof found === 'string' ? found.slice(0, longestClaim) : undefined;
  };
  const person = [first('name'), first('preferred_username', 'upn', 'unique_name')];
  const application = first('azp', 'appid');
  const name =
    person.filter((part) => part !== undefined).join(', ') ||
    (typeof claims.scp !== 'string' && application !== undefined
      ? `application ${application}`
      : first('oid', 'sub'));
  const tenant = first('tid');
  const audience = first('aud');
  return {
    ...(name !== undefined && { name }),
    ...(tenant !== undefined && { tenant }),
    ...(audience !== undefined && { audience }),
    permissions: [...(first('scp')?.split(' ') ?? []), ...rolesIn(claims.roles)],
    ...(isTime(claims.exp) && { expiresAt: claims.exp * 1_000 }),
  };
}

function rolesIn(roles: unknown): string[] {
  if (!Array.isArray(roles)) return [];
  return roles.filter((role) => typeof role === 'string').map((role) => role.slice(0, longestClaim));
}

/** A number of seconds that is a date. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(new Date(value * 1_000).getTime());
}
