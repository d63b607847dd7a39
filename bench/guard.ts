/** Who asks in a benchmark of the API with `AUTH=entra`: a program with a token of a real authority on loopback, and a grant. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiClientId, apiSecret, type Entra, startEntra } from '../test/support/access/entra.ts';

export interface Guard {
  readonly entra: Entra;
  /** For the environment of the API. */
  readonly settings: Readonly<Record<string, string>>;
  /** For requests. */
  readonly headers: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const tenant = '11111111-1111-4111-8111-111111111111';
const client = '00000000-0000-4000-8000-00000000000c';

/** Starts the authority. @param organizations what the program may see */
export async function startGuard(organizations: readonly string[]): Promise<Guard> {
  const entra = await startEntra([tenant]);
  const folder = mkdtempSync(join(tmpdir(), 'clients-'));
  const file = join(folder, 'clients.json');
  writeFileSync(file, JSON.stringify({ clients: { [client]: { grants: organizations } } }));
  const token = await entra.token(tenant, { claims: entra.application(client) });
  return {
    entra,
    settings: {
      AUTH: 'entra',
      ENTRA_TENANTS: tenant,
      ENTRA_CLIENT_ID: apiClientId,
      ENTRA_AUTHORITY: entra.url,
      ENTRA_CREDENTIAL: 'secret',
      ENTRA_CLIENT_SECRET: apiSecret,
      CLIENTS_FILE: file,
      // One program stands for many.
      RATE_LIMIT: '0',
      KUSTO_CALLER_SHARE: '100',
    },
    headers: { authorization: `Bearer ${token}` },
    async close() {
      await entra.close();
      rmSync(folder, { recursive: true });
    },
  };
}
