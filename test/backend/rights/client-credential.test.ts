/** How the API proves itself without a secret of its own. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentialParameters } from '../../../backend/rights/client-credential.ts';

const assertionOf = (assertion: string) => ({
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: assertion,
});

it('a file with the token of another issuer is read before every use, because it is replaced', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'token-'));
  const path = join(folder, 'token');
  for (const token of ['first', 'second']) {
    writeFileSync(path, `${token}\n`);
    expect(await credentialParameters({ kind: 'file', path })).toEqual(assertionOf(token));
  }
  rmSync(folder, { recursive: true });
});

it('a managed identity of the host gives a token for the exchange', async () => {
  const asked: string[] = [];
  const host = createServer((request, response) => {
    asked.push(String(request.url));
    response.setHeader('content-type', 'application/json');
    const expires_on = Math.floor(Date.now() / 1_000) + 3_600;
    response.end(
      JSON.stringify({ access_token: 'of-the-identity', expires_on, resource: 'r', token_type: 'Bearer' }),
    );
  }).listen(0, '127.0.0.1');
  await once(host, 'listening');
  const before = { ...process.env };
  process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${(host.address() as AddressInfo).port}/token`;
  process.env.IDENTITY_HEADER = 'header';
  try {
    const credential = { kind: 'managedIdentity', clientId: '22222222-2222-4222-8222-222222222222' } as const;
    expect(await credentialParameters(credential)).toEqual(assertionOf('of-the-identity'));
  } finally {
    process.env = before;
    host.close();
  }
  const query = new URL(asked[0] ?? '', 'http://host').searchParams;
  expect([query.get('resource'), query.get('client_id')]).toEqual([
    'api://AzureADTokenExchange',
    '22222222-2222-4222-8222-222222222222',
  ]);
});
