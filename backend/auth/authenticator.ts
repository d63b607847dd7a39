/**
 * Tells who sent a request from its `Authorization` header: an Entra token, the token of our extension, or a static
 * token from the clients file. Tokens that were verified are remembered for minutes, by their hash, so that a caller
 * who asks often is verified once.
 */
import { hash } from 'node:crypto';
import { decodeProtectedHeader, errors } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Caller } from './caller.ts';
import { type EntraTokensOptions, type VerifiedCaller, verifyEntraToken } from './entra-tokens.ts';
import { type ExtensionTokensOptions, verifyExtensionToken } from './extension-tokens.ts';
import { TokenError } from './token-error.ts';

export interface AuthenticatorOptions {
  readonly entra: EntraTokensOptions;
  /** Undefined: tokens of the extension prove nothing. */
  readonly extension: ExtensionTokensOptions | undefined;
  /** The client whose static token has this SHA-256 (hexadecimal), if any. */
  readonly clientWithToken: (sha256: string) => string | undefined;
}

/** A caller who was verified, and until when that holds, in milliseconds of a clock that never goes back. */
interface Remembered {
  readonly caller: Caller;
  readonly until: number;
}

const mostRemembered = 10_000;
/** Keys are withdrawn, and clients removed, rarely; then it is over so soon. */
const longestRememberedMs = 5 * 60_000;
const usualScheme = 'Bearer ';
const tokenForm = /^[\w.~+/=-]+$/;
const jwtForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #verified = new LRUCache<string, Remembered>({ max: mostRemembered });

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /**
   * The caller that the values of `Authorization` prove: exactly one, of the scheme Bearer. At once, without a promise,
   * where the token is known.
   *
   * @throws TokenError if they prove none
   * @throws KeysUnavailableError if that cannot be told now
   */
  callerOf(authorizations: readonly string[]): Caller | Promise<Caller> {
    const token = tokenIn(authorizations[0] ?? '');
    if (token === undefined || authorizations.length > 1)
      throw new TokenError('there must be one bearer token');
    const sha256 = hash('sha256', token, 'hex');
    const remembered = this.#verified.get(sha256);
    if (remembered && remembered.until > performance.now()) return remembered.caller;
    if (!tokenForm.test(token)) throw new TokenError('there must be one bearer token');
    const client = this.#options.clientWithToken(sha256);
    if (client !== undefined) return { kind: 'service', id: `client/${client}`, client, roles: [] };
    return this.#verifyAndRemember(token, sha256);
  }

  async #verifyAndRemember(token: string, sha256: string): Promise<Caller> {
    const { caller, expiresAt } = await this.#verify(token);
    const validMs = Math.min(longestRememberedMs, expiresAt * 1_000 - Date.now());
    if (validMs > 0) this.#verified.set(sha256, { caller, until: performance.now() + validMs });
    return caller;
  }

  async #verify(token: string): Promise<VerifiedCaller> {
    if (!jwtForm.test(token)) throw new TokenError('it is neither a known token nor a JWT');
    const { entra, extension } = this.#options;
    try {
      if (extension && algorithmOf(token) === 'HS256') return await verifyExtensionToken(token, extension);
      return await verifyEntraToken(token, entra);
    } catch (error) {
      throw error instanceof errors.JOSEError ? new TokenError(error.message) : error;
    }
  }
}

/** What follows the scheme Bearer, in any case. Whether it has the form of a token is asked where it is not known yet. */
function tokenIn(authorization: string): string | undefined {
  if (authorization.startsWith(usualScheme) && !authorization.includes(' ', usualScheme.length))
    return authorization.slice(usualScheme.length);
  return /^bearer +([^ ]+) *$/i.exec(authorization)?.[1];
}

function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    throw new TokenError('its header cannot be read');
  }
}
