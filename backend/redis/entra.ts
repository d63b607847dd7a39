/**
 * Signs in to Azure Managed Redis with Microsoft Entra: the user is the identity's object id, the password a token, and
 * a new one is sent on the open connection before the last one ends.
 */
import { AzureCliCredential, ManagedIdentityCredential, type TokenCredential } from '@azure/identity';
import type { createClient } from '@redis/client';
import { backoff } from '../../net/retry-policy.ts';
import type { RedisAuth } from './settings.ts';

type Options = NonNullable<Parameters<typeof createClient>[0]>;
type CredentialsProvider = NonNullable<Options['credentialsProvider']>;
type Streaming = Extract<CredentialsProvider, { type: 'streaming-credentials-provider' }>;
type BasicAuth = Awaited<ReturnType<Streaming['subscribe']>>[0];

const scope = 'https://redis.azure.com/.default';
/** A token is replaced when this share of its life is over. */
const refreshAt = 0.75;
const retrying = { firstDelayMs: 1_000, longestDelayMs: 30_000 };

/** Credentials for a connection. @param onFailure called with the reason if there is no new token, or if it is refused */
export function entraCredentials(
  auth: Exclude<RedisAuth, { mode: 'url' }>,
  onFailure: (reason: string) => void,
): CredentialsProvider {
  const credential = credentialOf(auth);
  let timer: NodeJS.Timeout | undefined;
  const schedule = (delayMs: number, refresh: () => void): void => {
    // Every new connection subscribes again, and does not always end what the last one began.
    clearTimeout(timer);
    timer = setTimeout(refresh, delayMs).unref();
  };
  return {
    type: 'streaming-credentials-provider',
    async subscribe({ onNext }) {
      const first = await signIn(credential);
      let failures = 0;
      const refresh = (): void => {
        signIn(credential).then(
          ({ credentials, refreshMs }) => {
            failures = 0;
            onNext(credentials);
            schedule(refreshMs, refresh);
          },
          (error: unknown) => {
            failures++;
            onFailure(`Could not get a new token: ${error instanceof Error ? error.message : String(error)}`);
            schedule(backoff(retrying, failures, Math.random()), refresh);
          },
        );
      };
      schedule(first.refreshMs, refresh);
      return [first.credentials, { dispose: () => clearTimeout(timer) }];
    },
    onReAuthenticationError: ({ message }) => onFailure(message),
  };
}

async function signIn(credential: TokenCredential): Promise<{ credentials: BasicAuth; refreshMs: number }> {
  const token = await credential.getToken(scope);
  if (!token) throw new Error('the identity has no token for Redis');
  const refreshMs = Math.max(1_000, (token.expiresOnTimestamp - Date.now()) * refreshAt);
  return { credentials: { username: objectIdIn(token.token), password: token.token }, refreshMs };
}

/** The object id of the identity that a token is for. */
function objectIdIn(token: string): string {
  const [, payload = ''] = token.split('.');
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString() || 'null');
  const { oid } = Object(claims) as { readonly oid?: unknown };
  if (typeof oid !== 'string') throw new Error('the token names no object id');
  return oid;
}

function credentialOf(auth: Exclude<RedisAuth, { mode: 'url' }>): TokenCredential {
  if (auth.mode === 'azureCli') return new AzureCliCredential();
  return auth.clientId === undefined
    ? new ManagedIdentityCredential()
    : new ManagedIdentityCredential({ clientId: auth.clientId });
}
