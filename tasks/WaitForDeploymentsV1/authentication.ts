/**
 * Gets tokens for the backend with the credentials of the service connection, and renews them before they
 * expire. With workload identity federation each renewal needs a new assertion, which is valid for ten minutes.
 */
import { TokenRefusedError } from '../../wait/observe.ts';
import type { Agent, ServiceConnection } from './agent.ts';
import { entraOrigin, expectedAuthority } from './entra-host.ts';

export interface TokenSource {
  /** A valid token. @throws TokenRefusedError if trying again will not help */
  token(): Promise<string>;
  /** Drops the last token, because the service rejected it. */
  renew(): void;
}

export interface AuthenticationWorld {
  readonly fetch: typeof fetch;
  /** Milliseconds. */
  now(): number;
}

const renewBeforeExpiryMs = 5 * 60_000;
const requestTimeoutMs = 20_000;

/** Chooses by the scheme of the connection. Every secret is masked in the log before it is sent anywhere. */
export function createTokenSource(
  connection: ServiceConnection,
  agent: Agent,
  world: AuthenticationWorld,
): TokenSource {
  switch (connection.scheme?.toLowerCase()) {
    case 'token':
      return staticToken(connection, agent);
    case 'workloadidentityfederation':
      return renewing(agent, world, async () => ({
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await requestAssertion(connection, agent, world),
      }))(connection);
    case 'serviceprincipal':
      return renewing(agent, world, async () => ({
        client_secret: secretOf(connection, agent, 'serviceprincipalkey', 'client secret'),
      }))(connection);
    default:
      return refusing(
        `the service connection uses the scheme "${connection.scheme ?? 'none'}"; use workload identity federation, a client secret or a token`,
      );
  }
}

function staticToken(connection: ServiceConnection, agent: Agent): TokenSource {
  return { token: async () => secretOf(connection, agent, 'apitoken', 'token'), renew: () => {} };
}

function refusing(message: string): TokenSource {
  return { token: () => Promise.reject(new TokenRefusedError(message)), renew: () => {} };
}

function secretOf(connection: ServiceConnection, agent: Agent, parameter: string, what: string): string {
  const secret = connection.parameter(parameter);
  if (secret === undefined) throw new TokenRefusedError(`the service connection has no ${what}`);
  agent.hide(secret);
  return secret;
}

/** Keeps a token until shortly before it expires. Concurrent callers share one request for the next. */
function renewing(agent: Agent, world: AuthenticationWorld, proof: () => Promise<Record<string, string>>) {
  return (connection: ServiceConnection): TokenSource => {
    let held: { token: string; renewAt: number } | undefined;
    let pending: Promise<string> | undefined;
    const request = async () => {
      const { token, lifetimeMs } = await requestToken(connection, agent, world, proof);
      held = { token, renewAt: world.now() + Math.max(lifetimeMs - renewBeforeExpiryMs, lifetimeMs / 2) };
      return token;
    };
    return {
      token: async () => {
        if (held && world.now() < held.renewAt) return held.token;
        pending ??= request().finally(() => {
          pending = undefined;
        });
        return pending;
      },
      renew: () => {
        held = undefined;
      },
    };
  };
}

async function requestToken(
  connection: ServiceConnection,
  agent: Agent,
  world: AuthenticationWorld,
  proof: () => Promise<Record<string, string>>,
): Promise<{ token: string; lifetimeMs: number }> {
  const authority = connection.data('authority');
  const origin = entraOrigin(authority);
  if (origin === undefined) {
    throw new TokenRefusedError(
      `the sign-in address of the service connection must be ${expectedAuthority}, not "${authority}"`,
    );
  }
  const given = await proof();
  const tenant = connection.parameter('tenantid');
  const client = connection.parameter('serviceprincipalid');
  const audience = connection.data('audience');
  if (tenant === undefined || client === undefined || audience === undefined) {
    throw new TokenRefusedError('the service connection has no tenant id, client id or audience');
  }
  const url = new URL(`${encodeURIComponent(tenant)}/oauth2/v2.0/token`, origin);
  const answer = await send(world, url, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client,
      scope: `${audience.replace(/\/\.default$/, '')}/.default`,
      ...given,
    }),
  });
  if (typeof answer.access_token !== 'string')
    throw new Error('the response of Microsoft Entra has no token');
  agent.hide(answer.access_token);
  return { token: answer.access_token, lifetimeMs: Number(answer.expires_in ?? 3_600) * 1_000 };
}

/** Gets an assertion of the pipeline's identity, issued for this service connection. */
async function requestAssertion(
  connection: ServiceConnection,
  agent: Agent,
  world: AuthenticationWorld,
): Promise<string> {
  const uri = agent.variable('System.OidcRequestUri');
  const accessToken = agent.serviceConnection('SYSTEMVSSCONNECTION').parameter('accesstoken');
  if (uri === undefined || accessToken === undefined) {
    throw new TokenRefusedError(
      'this agent does not support workload identity federation (System.OidcRequestUri is not set); update the agent',
    );
  }
  agent.hide(accessToken);
  const url = new URL(uri);
  url.searchParams.set('api-version', '7.1');
  url.searchParams.set('serviceConnectionId', connection.id);
  const answer = await send(world, url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' },
  });
  if (typeof answer.oidcToken !== 'string') throw new Error('the response of Azure DevOps has no assertion');
  agent.hide(answer.oidcToken);
  return answer.oidcToken;
}

/**
 * Sends a request for a token. A redirect is not followed, because it could carry a secret to another host. It is
 * final, and so are mistakes of the client (4xx); everything else may resolve itself.
 */
async function send(
  world: AuthenticationWorld,
  url: URL,
  request: RequestInit,
): Promise<Partial<Record<string, unknown>>> {
  const response = await world.fetch(url, {
    ...request,
    redirect: 'manual',
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  const answer = readAnswer(await response.text());
  if (response.ok) return answer;
  const said =
    typeof answer.error_description === 'string' ? answer.error_description.split(/[\r\n]/)[0] : '';
  const message = `${url.host} returned status ${response.status}${said ? `: ${said}` : ''}`;
  const isFinal = response.status >= 300 && response.status < 500 && ![408, 429].includes(response.status);
  throw isFinal ? new TokenRefusedError(message) : new Error(message);
}

function readAnswer(text: string): Partial<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
