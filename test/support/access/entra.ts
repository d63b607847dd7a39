/**
 * Microsoft Entra ID on loopback: an OAuth server for each tenant that signs and publishes keys, behind one authority
 * with Entra's paths. It exchanges the token of a user for one of Azure DevOps, and can be away, or ask for more.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { type JWK, OAuth2Server } from 'oauth2-mock-server';

/** Claims beyond the usual ones, or in their place; undefined takes one away. */
export type Claims = Readonly<Record<string, unknown>>;

export interface TokenOptions {
  readonly claims?: Claims;
  readonly header?: Claims;
  readonly kid?: string;
  readonly expiresIn?: number;
}

/** How the authority behaves. */
export interface Conduct {
  /** Answers, refuses connections' requests with 503, or never answers. */
  authority: 'up' | 'down' | 'silent';
  /** What an exchange fails with, such as `{error: 'invalid_grant', claims: '…'}`. */
  exchangeFailure: Readonly<Record<string, string>> | undefined;
}

export interface Entra {
  /** The value of `ENTRA_AUTHORITY`. */
  readonly url: string;
  readonly conduct: Conduct;
  readonly counts: { keyFetches: number; exchanges: number };
  /** An access token of a tenant. */
  token(tenant: string, options?: TokenOptions): Promise<string>;
  /** The claims of an application's token, and of a user's. */
  application(client: string, roles?: readonly string[]): Claims;
  user(objectId: string, scope?: string): Claims;
  /** Makes a tenant sign with a new key from now on; gives the key's id. */
  addKey(tenant: string): Promise<string>;
  close(): Promise<void>;
}

export const apiClientId = '00000000-0000-4000-8000-0000000000aa';
const apiSecret = 'secret-of-the-application';

/** The settings of a backend whose users these `tenants` of `entra` sign in, and whose rights Azure DevOps has. */
export function accessSettings(
  entra: Pick<Entra, 'url'>,
  tenants: readonly string[],
  azureDevOps: { readonly url: string },
): Readonly<Record<string, string>> {
  return {
    AUTH: 'entra',
    ENTRA_TENANTS: tenants.join(),
    ENTRA_CLIENT_ID: apiClientId,
    ENTRA_AUTHORITY: entra.url,
    ENTRA_CREDENTIAL: 'secret',
    ENTRA_CLIENT_SECRET: apiSecret,
    AZURE_DEVOPS_URL: azureDevOps.url,
  };
}

/** Keys take long to make: all authorities of a process begin with the same. */
const firstKeys = new Map<string, JWK>();

/** Starts the authority with these tenants. */
export async function startEntra(tenants: readonly string[]): Promise<Entra> {
  const servers = new Map<string, OAuth2Server>();
  for (const tenant of tenants) {
    const server = new OAuth2Server();
    const kid = `first-of-${tenant}`;
    const key = firstKeys.get(tenant) ?? (await server.issuer.keys.generate('RS256', { kid }));
    if (firstKeys.has(tenant)) await server.issuer.keys.add(key);
    firstKeys.set(tenant, key);
    await server.start(0, '127.0.0.1');
    servers.set(tenant, server);
  }
  const newest = new Map(tenants.map((tenant) => [tenant, `first-of-${tenant}`]));
  const conduct: Conduct = { authority: 'up', exchangeFailure: undefined };
  const counts = { keyFetches: 0, exchanges: 0 };

  const front = createServer(async (request, response) => {
    const [, tenant = '', ...rest] = (request.url ?? '').split('/');
    const server = servers.get(tenant);
    const path = rest.join('/');
    if (path === 'discovery/v2.0/keys') counts.keyFetches += 1;
    if (path === 'oauth2/v2.0/token') counts.exchanges += 1;
    if (conduct.authority === 'silent') return;
    if (!server || conduct.authority === 'down') return answer(response, 503, {});
    if (path === 'discovery/v2.0/keys') return answer(response, 200, { keys: server.issuer.keys.toJSON() });
    if (conduct.exchangeFailure) return answer(response, 400, conduct.exchangeFailure);
    return exchange(request, response, server);
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;

  return {
    url,
    conduct,
    counts,
    token(tenant, { claims = {}, header = {}, kid = newest.get(tenant), expiresIn = 3_600 } = {}) {
      const server = servers.get(tenant);
      if (!server) throw new Error(`There is no tenant ${tenant}`);
      const usual = { iss: `${url}/${tenant}/v2.0`, aud: apiClientId, tid: tenant, ver: '2.0' };
      return server.issuer.buildToken({
        kid,
        expiresIn,
        scopesOrTransform: (ownHeader, payload) => {
          Object.assign(ownHeader, header);
          Object.assign(payload, usual, claims);
        },
      });
    },
    application: (client, roles = []) => ({ azp: client, oid: client, sub: client, idtyp: 'app', roles }),
    user: (objectId, scp = 'Deployments.Read') => ({ oid: objectId, sub: `pairwise-${objectId}`, scp }),
    async addKey(tenant) {
      const kid = `key-${Math.random().toString(36).slice(2)}`;
      await servers.get(tenant)?.issuer.keys.generate('RS256', { kid });
      newest.set(tenant, kid);
      return kid;
    },
    async close() {
      front.closeAllConnections();
      front.close();
      for (const server of servers.values()) await server.stop();
    },
  };
}

/** On behalf of a user: checks what Entra checks, and signs a token for Azure DevOps with the same tenant and user. */
async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  server: OAuth2Server,
): Promise<void> {
  const form = new URLSearchParams(await textOf(request));
  const keys = createLocalJWKSet({ keys: server.issuer.keys.toJSON() });
  const { payload } = await jwtVerify(form.get('assertion') ?? '', keys, { audience: apiClientId });
  const isRight =
    form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer' &&
    form.get('requested_token_use') === 'on_behalf_of' &&
    form.get('client_id') === apiClientId &&
    form.get('client_secret') === apiSecret &&
    form.get('scope') === '499b84ac-1321-427f-aa17-267ca6975798/.default' &&
    typeof payload.scp === 'string';
  if (!isRight) return answer(response, 400, { error: 'invalid_grant' });
  const access_token = await server.issuer.buildToken({
    scopesOrTransform: (_header, claims) => {
      Object.assign(claims, {
        aud: '499b84ac-1321-427f-aa17-267ca6975798',
        tid: payload.tid,
        oid: payload.oid,
      });
    },
  });
  answer(response, 200, { access_token, expires_in: 3_600, token_type: 'Bearer' });
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
