/**
 * Exchanges a user's token for this API for the same user's token for Azure DevOps (OAuth on-behalf-of). Exchanged
 * tokens are remembered until shortly before they expire, by the hash of the user's token; they are never stored
 * or logged.
 */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { azureDevOpsResource } from '../../azure-devops/credentials.ts';
import type { User } from '../auth/caller.ts';
import { type ClientCredential, credentialParameters } from './client-credential.ts';
import type { RightsVerdict } from './project-reader.ts';

export interface OnBehalfOfOptions {
  /** Where Entra issues tokens, such as `https://login.microsoftonline.com`. */
  readonly authority: string;
  readonly clientId: string;
  readonly credential: ClientCredential;
  /** Called when the exchange fails for a reason of ours or of Entra ID. */
  readonly onFailure: (message: string) => void;
}

const TokenSchema = Type.Object({ access_token: Type.String(), expires_in: Type.Number() });
const FailureSchema = Type.Object({
  error: Type.String(),
  claims: Type.Optional(Type.String()),
  suberror: Type.Optional(Type.String()),
});

/** A token, or why there is none. */
export type Exchange =
  | { readonly kind: 'token'; readonly token: string }
  | Extract<RightsVerdict, { kind: 'challenge' | 'away' }>
  | { readonly kind: 'consentMissing' };

const mostRemembered = 10_000;
const timeoutMs = 5_000;
const earlierMs = 60_000;
const away = { kind: 'away', retryAfterSeconds: 5 } as const;

export class OnBehalfOf {
  readonly #options: OnBehalfOfOptions;
  readonly #tokens = new LRUCache<string, string>({ max: mostRemembered });
  readonly #asking = new Map<string, Promise<Exchange>>();

  constructor(options: OnBehalfOfOptions) {
    this.#options = options;
  }

  /** The user's token for Azure DevOps. Never throws. */
  tokenOf(user: User): Promise<Exchange> {
    const key = hash('sha256', user.assertion(), 'hex');
    const token = this.#tokens.get(key);
    if (token !== undefined) return Promise.resolve({ kind: 'token', token });
    const asking = this.#asking.get(key) ?? this.#exchange(key, user).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #exchange(key: string, user: User): Promise<Exchange> {
    const { authority, onFailure } = this.#options;
    try {
      const response = await fetch(`${authority}/${user.tenant}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams(await this.#parameters(user)),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const body: unknown = await response.json();
      if (!response.ok || !Check(TokenSchema, body)) return this.#failure(response.status, body);
      const ttl = body.expires_in * 1_000 - earlierMs;
      if (ttl > 0) this.#tokens.set(key, body.access_token, { ttl });
      return { kind: 'token', token: body.access_token };
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown error';
      onFailure(`the token of a user could not be exchanged: ${reason}`);
      return away;
    }
  }

  async #parameters(user: User): Promise<Record<string, string>> {
    const { clientId, credential } = this.#options;
    return {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      requested_token_use: 'on_behalf_of',
      scope: `${azureDevOpsResource}/.default`,
      client_id: clientId,
      assertion: user.assertion(),
      ...(await credentialParameters(credential)),
    };
  }

  #failure(status: number, body: unknown): Exchange {
    const { error, claims, suberror } = Check(FailureSchema, body) ? body : { error: `status ${status}` };
    if (claims !== undefined) return { kind: 'challenge', claims };
    if (suberror === 'consent_required' || error === 'interaction_required')
      return { kind: 'consentMissing' };
    this.#options.onFailure(`Entra ID does not exchange the token of a user: ${error}`);
    return { ...away, isCallersOwn: error === 'invalid_grant' };
  }
}
