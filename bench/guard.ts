/**
 * Who asks in a benchmark of the API with `AUTH=entra`: a program with a grant, and users whose rights Azure DevOps tells.
 * Their tokens are those of a real authority on loopback, whose clock may be wrong.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectKey } from '../api/keys.ts';
import { accessSettings, type Entra, startEntra } from '../test/support/access/entra.ts';
import { type Organizations, startOrganizations } from '../test/support/access/organizations.ts';

export type RequestHeaders = Readonly<Record<string, string>>;

export interface Guard {
  readonly entra: Entra;
  readonly azureDevOps: Organizations;
  /** For the environment of the API. */
  readonly settings: Readonly<Record<string, string>>;
  /** For requests of the program. */
  readonly headers: RequestHeaders;
  /** For requests of one more user, who may read all projects. */
  newUser(): Promise<RequestHeaders>;
  /** For requests of the program, with a token that lasts `lifetimeSeconds` by a clock that is ahead, or behind if negative. */
  headersByClock(aheadSeconds: number, lifetimeSeconds: number): Promise<RequestHeaders>;
  close(): Promise<void>;
}

const tenant = '11111111-1111-4111-8111-111111111111';
const client = '00000000-0000-4000-8000-00000000000c';

/** Starts the authority and Azure DevOps. @param projects what the program and the users may see */
export async function startGuard(projects: readonly ProjectKey[]): Promise<Guard> {
  const organizations = [...new Set(projects.map(({ organization }) => organization))];
  const entra = await startEntra([tenant]);
  const azureDevOps = await startOrganizations(
    Object.fromEntries(organizations.map((organization) => [organization, tenant])),
  );
  const folder = mkdtempSync(join(tmpdir(), 'clients-'));
  const file = join(folder, 'clients.json');
  writeFileSync(file, JSON.stringify({ clients: { [client]: { grants: organizations } } }));
  const headersWith = async (claims: Readonly<Record<string, unknown>>): Promise<RequestHeaders> => ({
    authorization: `Bearer ${await entra.token(tenant, { claims })}`,
  });
  let users = 0;
  return {
    entra,
    azureDevOps,
    settings: {
      ...accessSettings(entra, [tenant], azureDevOps),
      CLIENTS_FILE: file,
      // One program stands for many; its requests are counted as in production.
      RATE_LIMIT: '1000000',
      RATE_LIMIT_UNAUTHENTICATED: '0',
      KUSTO_CALLER_SHARE: '100',
    },
    headers: await headersWith(entra.application(client)),
    newUser() {
      const user = `user-${++users}`;
      for (const { organization, project } of projects)
        azureDevOps.readers.add(`${user} ${organization}/${project}`);
      return headersWith(entra.user(user));
    },
    headersByClock(aheadSeconds, lifetimeSeconds) {
      const iat = Math.floor(Date.now() / 1000) + aheadSeconds;
      return headersWith({ ...entra.application(client), iat, nbf: iat, exp: iat + lifetimeSeconds });
    },
    async close() {
      await entra.close();
      await azureDevOps.close();
      rmSync(folder, { recursive: true });
    },
  };
}
