/**
 * Gets tokens through `@azure/identity`: from Azure CLI or a managed identity, which keep their own, or from a person
 * with a device code, which is the one way that works over SSH and in containers.
 */
import type { AccessToken, TokenCredential } from '@azure/identity';
import { TokenRefusedError } from '../../wait/observe.ts';
import type { Login } from './kept-login.ts';

/** The authority of the public cloud. */
export const publicAuthority = 'https://login.microsoftonline.com';

export interface DeviceCodePrompt {
  /** Where Microsoft Entra ID is. */
  readonly authority: string;
  /** Shows a person where to enter which code. */
  readonly show: (prompt: { readonly userCode: string; readonly verificationUri: string }) => void;
  readonly signal: AbortSignal;
}

/** Waits for a person to sign in. @throws Error with the reason, such as a code that has expired or was declined */
export async function signIn(
  { tenant, client, audience }: Pick<Login, 'tenant' | 'client' | 'audience'>,
  { authority, show, signal }: DeviceCodePrompt,
): Promise<AccessToken> {
  const { DeviceCodeCredential } = await import('@azure/identity');
  const credential = new DeviceCodeCredential({
    authorityHost: authority,
    // What the public cloud does not know about other authorities, whoever names one does.
    disableInstanceDiscovery: authority !== publicAuthority,
    ...(tenant !== undefined && { tenantId: tenant }),
    ...(client !== undefined && { clientId: client }),
    userPromptCallback: show,
  });
  return credential.getToken(`${audience}/.default`, { abortSignal: signal });
}

/** Time before its end at which a token is replaced. */
const renewBeforeExpiryMs = 5 * 60_000;

/**
 * Supplies the tokens of a login. A token is kept in memory until shortly before it expires.
 *
 * The supplier rejects with {@link TokenRefusedError} if trying again will not help.
 */
export function tokensOf(login: Login): () => Promise<string> {
  if (login.method === 'deviceCode') return async () => personalToken(login);
  let credential: Promise<TokenCredential> | undefined;
  let held: AccessToken | undefined;
  return async () => {
    if (held && held.expiresOnTimestamp - renewBeforeExpiryMs > Date.now()) return held.token;
    credential ??= credentialOf(login);
    held = await tokenFrom(await credential, login);
    return held.token;
  };
}

function personalToken({ service, token }: Login): string {
  if (token === undefined) throw new TokenRefusedError(`the login to ${service} has no token`);
  if (token.expiresAt > Date.now()) return token.value;
  throw new TokenRefusedError(
    `the login to ${service} expired at ${new Date(token.expiresAt).toISOString().slice(0, 19)}Z`,
  );
}

async function tokenFrom(credential: TokenCredential, { audience }: Login): Promise<AccessToken> {
  const { CredentialUnavailableError } = await import('@azure/identity');
  try {
    const token = await credential.getToken(`${audience}/.default`);
    if (token) return token;
  } catch (error) {
    if (!(error instanceof CredentialUnavailableError)) throw error;
    throw new TokenRefusedError(error.message.replace(/\.\s*$/, ''));
  }
  throw new TokenRefusedError('there was no token');
}

/** Loading the library takes half a second, which only those who need it pay. */
async function credentialOf({ method, tenant, client }: Login): Promise<TokenCredential> {
  const { AzureCliCredential, ManagedIdentityCredential } = await import('@azure/identity');
  if (method === 'managedIdentity') {
    return client === undefined
      ? new ManagedIdentityCredential()
      : new ManagedIdentityCredential({ clientId: client });
  }
  return new AzureCliCredential(tenant === undefined ? {} : { tenantId: tenant });
}
