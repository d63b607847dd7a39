/**
 * Tokens of Entra ID for the service's own application. Requests at the same time share one, and it is renewed before it
 * expires, so that a page can stay open for hours.
 */
import { type EntraApplication, everyScopeOf, scopeOf } from '../host/entra-application.ts';
import type { InteractiveRequest, SignIn } from '../host/sign-in.ts';
import { withTimeLimit } from '../host/time-limit.ts';
import type { IPublicClientApplication } from './msal.ts';
import { SignInError } from './sign-in-error.ts';
import { signInStrings } from './strings.ts';

interface KeptToken {
  readonly token: string;
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
}

interface SilentRequest {
  readonly claims?: string | undefined;
  readonly forceRefresh?: boolean;
}

interface Library {
  readonly client: IPublicClientApplication;
  readonly errorOf: (error: unknown) => SignInError;
}

/** Renewed so long before it expires, a token is good for a request that takes its time. */
const earlierMs = 5 * 60_000;

export class EntraSignIn implements SignIn {
  readonly #application: EntraApplication;
  readonly #now: () => number;
  #library: Promise<Library> | undefined;
  #kept: KeptToken | undefined;
  /** Requests under way, by what they ask for. */
  readonly #asking = new Map<string, Promise<KeptToken>>();

  constructor(application: EntraApplication, now: () => number = Date.now) {
    this.#application = application;
    this.#now = now;
  }

  async token(): Promise<string> {
    const kept = this.#kept;
    if (kept && this.#now() < kept.expiresAt - earlierMs) return kept.token;
    try {
      return (await this.#askOnce({})).token;
    } catch (error) {
      const isValid = kept !== undefined && this.#now() < kept.expiresAt;
      if (isValid && error instanceof SignInError && error.isTransient) return kept.token;
      throw error;
    }
  }

  async azureDevOpsToken(): Promise<undefined> {
    return undefined;
  }

  async renew(refused: string, claims?: string): Promise<string> {
    const kept = this.#kept;
    // Another request has renewed it already.
    if (kept && kept.token !== refused) return kept.token;
    return (await this.#askOnce({ claims, forceRefresh: true })).token;
  }

  async interact({ claims, consent }: InteractiveRequest): Promise<void> {
    const { client, errorOf } = await this.#open();
    const request = this.#request(claims);
    try {
      this.#keep(
        await client.acquireTokenPopup(
          consent ? { ...request, scopes: [everyScopeOf(this.#application)] } : request,
        ),
      );
    } catch (error) {
      throw errorOf(error);
    }
  }

  #askOnce(request: SilentRequest): Promise<KeptToken> {
    const key = `${request.forceRefresh} ${request.claims}`;
    const asking = this.#asking.get(key) ?? this.#ask(request).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #ask({ claims, forceRefresh = false }: SilentRequest): Promise<KeptToken> {
    const { client, errorOf } = await this.#open();
    // The time limit takes what rejects for an answer of the host, and would show its words.
    const answer = client.acquireTokenSilent({ ...this.#request(claims), forceRefresh }).then(
      (result) => ({ result }),
      (error: unknown) => ({ error: errorOf(error) }),
    );
    const outcome = await withTimeLimit(signInStrings.call, answer).catch((error: unknown) => ({
      error: errorOf(error),
    }));
    if ('error' in outcome) throw outcome.error;
    return this.#keep(outcome.result);
  }

  #request(claims: string | undefined) {
    return {
      scopes: [scopeOf(this.#application)],
      authority: authorityOf(this.#application),
      ...(claims !== undefined && { claims }),
    };
  }

  /** A token of another tenant is not sent: the service would only refuse it. */
  #keep(result: { tenantId: string; accessToken: string; expiresOn: Date | null }): KeptToken {
    if (result.tenantId.toLowerCase() !== this.#application.tenant) throw new SignInError('wrongTenant');
    const expiresAt = result.expiresOn?.getTime() ?? this.#now();
    this.#kept = { token: result.accessToken, expiresAt };
    return this.#kept;
  }

  #open(): Promise<Library> {
    this.#library ??= openLibrary(this.#application).catch((error: unknown) => {
      this.#library = undefined;
      throw error;
    });
    return this.#library;
  }
}

async function openLibrary(application: EntraApplication): Promise<Library> {
  const msal = await import(/* webpackChunkName: "msal" */ './msal.ts').catch((error: Error) => {
    throw new SignInError(navigator.onLine ? 'failed' : 'offline', error.name);
  });
  const client = await msal.openLibrary(application.clientId, authorityOf(application));
  return { client, errorOf: msal.signInErrorOf };
}

function authorityOf({ tenant }: EntraApplication): string {
  return `https://login.microsoftonline.com/${tenant}`;
}
