/** The settings of authentication and rights: every mistake is named before the process starts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../backend/config.ts';
import { readFunctionsConfig } from '../../../backend/hosts/functions-config.ts';
import { ConfigError } from '../../../settings/reader.ts';

const tenant = '11111111-1111-4111-8111-111111111111';
const clientId = '00000000-0000-4000-8000-0000000000AA';
const entra = { AUTH: 'entra', ENTRA_TENANTS: tenant, ENTRA_CLIENT_ID: clientId };

function mistakesOf(
  settings: Record<string, string>,
  read: (settings: Record<string, string>) => unknown = readConfig,
): readonly string[] {
  try {
    read(settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}

it('of AUTH=entra are a tenant and a client id; any host may be listened on then', () => {
  const { auth, host } = readConfig({ ...entra, HOST: '0.0.0.0' });
  expect(auth).toMatchObject({
    mode: 'entra',
    tenants: [tenant],
    audiences: [clientId.toLowerCase(), `api://${clientId.toLowerCase()}`],
    authority: 'https://login.microsoftonline.com',
  });
  expect(host).toBe('0.0.0.0');
});

it('let a Functions app start in the cloud', () => {
  const settings = {
    ...entra,
    KUSTO_CLUSTER: 'https://a.kusto.windows.net',
    KUSTO_DATABASE: 'D',
    AZURE_FUNCTIONS_ENVIRONMENT: 'Production',
  };
  expect(mistakesOf(settings, readFunctionsConfig)).toEqual([]);
});

it('name everything that is wrong', () => {
  expect(
    mistakesOf({
      AUTH: 'entra',
      ENTRA_AUTHORITY: 'http://login.example.com',
      EXTENSION_KEY: 'short',
      EXTENSION_ID: 'not-a-guid',
      ENTRA_CREDENTIAL: 'secret',
      AZURE_DEVOPS_URL: 'http://dev.example.com',
      UNMAPPED_PROJECT: 'contoso/webshop',
      RIGHTS_OUTAGE_SECONDS: '-1',
      CLIENTS_FILE: '/nowhere/clients.json',
    }),
  ).toEqual([
    'ENTRA_AUTHORITY must begin with https://, except on this machine.',
    'CLIENTS_FILE names a wrong file: cannot be read (ENOENT).',
    'EXTENSION_ID must be a GUID.',
    'EXTENSION_KEY must be at least 32 characters long.',
    'ENTRA_TENANTS is missing: AUTH is entra.',
    'ENTRA_CLIENT_ID is missing: AUTH is entra.',
    'AZURE_DEVOPS_URL must begin with https://, except on this machine.',
    'ENTRA_CLIENT_SECRET is missing: ENTRA_CREDENTIAL is secret.',
    'RIGHTS_OUTAGE_SECONDS must be a whole number from 0 to 86400.',
    'UNMAPPED_PROJECT must be organization/project id, such as contoso/4ab5b8a3-8e0b-4c5e-9a41-8c8d3a3e7d10.',
  ]);
});

it.each([
  [{ ENTRA_TENANTS: 'common' }, 'ENTRA_TENANTS must be tenant ids (GUIDs), separated by commas.'],
  [{ EXTENSION_ID: tenant }, 'EXTENSION_ID must be set together with EXTENSION_KEY.'],
  [{ ENTRA_CREDENTIAL: 'file' }, 'AZURE_FEDERATED_TOKEN_FILE is missing: ENTRA_CREDENTIAL is file.'],
])('%j is wrong', (settings, mistake) => {
  expect(mistakesOf({ ...entra, ...settings })).toEqual([mistake]);
});

it.each([
  [
    { ENTRA_CREDENTIAL: 'managedIdentity', ENTRA_IDENTITY_CLIENT_ID: tenant },
    { kind: 'managedIdentity', clientId: tenant },
  ],
  [
    { ENTRA_CREDENTIAL: 'file', AZURE_FEDERATED_TOKEN_FILE: '/var/run/token' },
    { kind: 'file', path: '/var/run/token' },
  ],
  [
    { ENTRA_CREDENTIAL: 'secret', ENTRA_CLIENT_SECRET: 's' },
    { kind: 'secret', secret: 's' },
  ],
  [{}, undefined],
])('of %j say how the API proves itself', (settings, credential) => {
  expect(readConfig({ ...entra, ...settings }).rights.credential).toEqual(credential);
});

it('do not start a process with a wrong clients file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clients-'));
  const path = join(folder, 'clients.json');
  writeFileSync(path, '{"clients": {"a": {"grants": ["*"]}}}');
  expect(mistakesOf({ ...entra, CLIENTS_FILE: path })).toEqual([
    'CLIENTS_FILE names a wrong file: client a: grants must be organizations or organization/project id.',
  ]);
  rmSync(folder, { recursive: true });
});

it('refuse AUTH=none on any address but loopback', () => {
  expect(mistakesOf({ HOST: '0.0.0.0' })).toEqual([
    'HOST must be a loopback address (127.0.0.1, ::1, localhost) while AUTH is none.',
  ]);
});
