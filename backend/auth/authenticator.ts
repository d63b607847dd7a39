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

const mostRemembered = 10_000;
/** Keys are withdrawn, and clients removed, rarely; then it is over so soon. */
const longestRememberedMs = 5 * 60_000;
const jwtForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #verified = new LRUCache<string, Caller>({ max: mostRemembered });

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
    const [given = '', ...others] = authorizations;
    const token = /^bearer +([\w.~+/=-]+) *$/i.exec(given)?.[1];
    if (token === undefined || others.length > 0) throw new TokenError('there must be one bearer token');
    const sha256 = hash('sha256', token, 'hex');
    const remembered = this.#verified.get(sha256);
    if (remembered) return remembered;
    const client = this.#options.clientWithToken(sha256);
    if (client !== undefined) return { kind: 'service', id: `client/${client}`, client, roles: [] };
    return this.#verifyAndRemember(token, sha256);
  }

  async #verifyAndRemember(token: string, sha256: string): Promise<Caller> {
    const { caller, expiresAt } = await this.#verify(token);
    const ttl = Math.min(longestRememberedMs, expiresAt * 1_000 - Date.now());
    if (ttl > 0) this.#verified.set(sha256, caller, { ttl });
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

function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    throw new TokenError('its header cannot be read');
  }
}
