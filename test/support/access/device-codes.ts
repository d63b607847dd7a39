/**
 * Entra's sign-in with a device code (RFC 8628) over https on loopback, for the tokens of an authority that
 * `startEntra` started: its metadata, codes for a person to enter, and the token for a code that was.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Certificate, selfSigned } from './certificate.ts';
import type { Entra } from './entra.ts';

export interface DeviceCodes {
  /** The value of `AZURE_AUTHORITY_HOST`. */
  readonly url: string;
  /** What clients have to trust, in PEM. */
  readonly certificate: string;
  /** What was asked for, in order: `client scope`. */
  readonly asked: string[];
  /** What the person does with a code, and what the token says; a refusal is an OAuth error. */
  person:
    | { readonly objectId: string; readonly name: string; readonly expiresIn: number }
    | { readonly refusal: string };
  close(): Promise<void>;
}

export const userCode = 'ABCD-EFGH';

/** Starts it for one tenant. */
export async function startDeviceCodes(entra: Entra, tenant: string): Promise<DeviceCodes> {
  const { key, cert }: Certificate = selfSigned();
  const server = createServer({ key, cert }, async (request, response) => {
    const base = `${codes.url}/${tenant}`;
    const path = (request.url ?? '').split('?', 1)[0];
    const form = new URLSearchParams(await textOf(request));
    if (path === `/${tenant}/v2.0/.well-known/openid-configuration`) {
      return answer(response, 200, {
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
      });
    }
    if (path === `/${tenant}/oauth2/v2.0/devicecode`) {
      codes.asked.push(`${form.get('client_id')} ${form.get('scope')}`);
      return answer(response, 200, {
        device_code: 'device-code-1',
        user_code: userCode,
        verification_uri: `${codes.url}/device`,
        expires_in: 900,
        interval: 0,
        message: 'not shown: it is text of the server',
      });
    }
    const isForCode = form.get('device_code') === 'device-code-1';
    if (path !== `/${tenant}/oauth2/v2.0/token` || !isForCode) return answer(response, 404, {});
    if ('refusal' in codes.person) return answer(response, 400, { error: codes.person.refusal });
    return answer(response, 200, await tokens(codes.person, String(form.get('client_id'))));
  });

  async function tokens(
    { objectId, name, expiresIn }: Extract<DeviceCodes['person'], { name: string }>,
    client: string,
  ) {
    const claims = { ...entra.user(objectId), name, azp: client };
    const access_token = await entra.token(tenant, { claims, expiresIn });
    const id_token = await entra.token(tenant, { claims: { ...claims, aud: client, scp: undefined } });
    const client_info = Buffer.from(JSON.stringify({ uid: objectId, utid: tenant })).toString('base64url');
    return {
      token_type: 'Bearer',
      expires_in: expiresIn,
      access_token,
      id_token,
      client_info,
      refresh_token: 'refresh-1',
    };
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const codes: DeviceCodes = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate: cert,
    asked: [],
    person: { refusal: 'authorization_declined' },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return codes;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
