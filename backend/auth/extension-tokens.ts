/**
 * Verifies the token that Azure DevOps gives to a page of our extension: signed with the extension's certificate
 * (HS256), for the extension. It proves a user and a tenant, but not what that user may see, so the page sends the
 * user's own token for Azure DevOps too.
 */
import { errors, jwtVerify } from 'jose';
import { clockToleranceSeconds, type VerifiedCaller } from './entra-tokens.ts';
import { TokenError } from './token-error.ts';

export interface ExtensionTokensOptions {
  /** The extension's id (GUID). */
  readonly audience: string;
  /** Certificates as the Marketplace shows them: two while one is being replaced. */
  readonly keys: readonly string[];
  readonly tenants: readonly string[];
}

/** Verifies a token. The caller has no token for Azure DevOps yet. @throws TokenError, JOSEError */
export async function verifyExtensionToken(
  token: string,
  { audience, keys, tenants }: ExtensionTokensOptions,
): Promise<VerifiedCaller> {
  for (const key of keys) {
    const payload = await payloadSignedWith(key, token, audience);
    if (!payload) continue;
    const { tid, nameid, exp = 0 } = payload;
    const tenant = typeof tid === 'string' ? tid.toLowerCase() : '';
    if (!tenants.includes(tenant)) throw new TokenError('its tenant is not accepted');
    if (typeof nameid !== 'string' || !/^[\w.-]{1,100}$/.test(nameid))
      throw new TokenError('it names no user');
    const id = `${tenant}/${nameid.toLowerCase()}`;
    return { caller: { kind: 'page', id, tenant, azureDevOpsToken: () => undefined }, expiresAt: exp };
  }
  throw new TokenError('no key of the extension signed it');
}

async function payloadSignedWith(key: string, token: string, audience: string) {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(key), {
      algorithms: ['HS256'],
      issuer: 'app.vstoken.visualstudio.com',
      audience,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp'],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return undefined;
    throw error;
  }
}
