/**
 * Verifies access tokens of Microsoft Entra ID: signed by a tenant on the list (RS256), issued by that same tenant in
 * either form, for this API, and in time. An application is told from a user by what only its tokens have.
 */
import { decodeJwt, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Caller, ServiceCaller, User } from './caller.ts';
import type { SigningKeys } from './signing-keys.ts';
import { TokenError } from './token-error.ts';

/** Clocks may differ by so much. */
export const clockToleranceSeconds = 60;

export interface EntraTokensOptions {
  /** The keys of each tenant whose callers are accepted, by its id in lower case. */
  readonly keysOf: ReadonlyMap<string, Pick<SigningKeys, 'keyFor'>>;
  /** Where Entra issues tokens, such as `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** What a token may be for. */
  readonly audiences: readonly string[];
}

/** A caller, and how long its token is valid, in seconds since 1970. */
export interface VerifiedCaller {
  readonly caller: Caller;
  readonly expiresAt: number;
}

/** Verifies a token. @throws TokenError, KeysUnavailableError, JOSEError */
export async function verifyEntraToken(
  token: string,
  { keysOf, authority, audiences }: EntraTokensOptions,
): Promise<VerifiedCaller> {
  const { tid, iss } = decodeJwt(token);
  const tenant = typeof tid === 'string' ? tid.toLowerCase() : '';
  const keys = keysOf.get(tenant);
  if (!keys) throw new TokenError('its tenant is not accepted');
  if (iss !== `${authority}/${tenant}/v2.0` && iss !== `https://sts.windows.net/${tenant}/`)
    throw new TokenError('its issuer is not its tenant');
  const { payload } = await jwtVerify(token, keyNamedIn(keys), {
    algorithms: ['RS256'],
    issuer: iss,
    audience: [...audiences],
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ['exp', 'oid'],
  });
  idIn(payload.oid);
  const caller =
    typeof payload.scp === 'string' ? userOf(token, tenant, payload) : serviceOf(tenant, payload);
  return { caller, expiresAt: payload.exp ?? 0 };
}

function keyNamedIn(keys: Pick<SigningKeys, 'keyFor'>): JWTVerifyGetKey {
  return (header) => {
    if (header.kid === undefined) throw new TokenError('it names no key');
    return keys.keyFor(header);
  };
}

function userOf(token: string, tenant: string, { oid, scp }: JWTPayload): User {
  const scopes = String(scp).split(' ');
  return { kind: 'user', id: `${tenant}/${idIn(oid)}`, tenant, scopes, assertion: () => token };
}

/** An ID token, which proves a user to a page, names no client, and has different subjects and object ids. */
function serviceOf(tenant: string, { azp, appid, oid, sub, idtyp, roles }: JWTPayload): ServiceCaller {
  if (idtyp === undefined ? oid !== sub : idtyp !== 'app')
    throw new TokenError('it is neither of a user, with a scope, nor of an application');
  const client = idIn(azp ?? appid);
  const named = Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
  return { kind: 'service', id: `${tenant}/${client}`, client, roles: named };
}

function idIn(claim: unknown): string {
  if (typeof claim !== 'string' || !/^[\w-]{1,64}$/.test(claim)) throw new TokenError('an id is missing');
  return claim.toLowerCase();
}
