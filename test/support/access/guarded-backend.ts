/**
 * The backend with `AUTH=entra` for a test, over a Kusto whose answers are in a table: Entra ID and Azure DevOps are
 * real servers on loopback.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { openHostGates } from '../../../backend/hosts/gates.ts';
import type { Telemetry } from '../../../backend/telemetry/telemetry.ts';
import { buildTestApp } from '../backend.ts';
import { answerOf, type KustoProxy, type ReceivedQuery, startKustoProxy } from '../engine/kusto-proxy.ts';
import { accessSettings, type Entra, startEntra } from './entra.ts';
import { type Organizations, startOrganizations } from './organizations.ts';

export const tenant = '11111111-1111-4111-8111-111111111111';
/** On the list too. */
export const secondTenant = '22222222-2222-4222-8222-222222222222';
/** Not on the list. */
export const foreignTenant = '33333333-3333-4333-8333-333333333333';

/** The clients of the clients file. */
type ClientEntries = Readonly<
  Record<
    string,
    {
      readonly grants?: readonly string[];
      readonly settings?: readonly string[];
      readonly tokens?: readonly string[];
    }
  >
>;

export interface GuardedBackend {
  readonly url: string;
  readonly app: FastifyInstance;
  readonly entra: Entra;
  readonly organizations: Organizations;
  readonly kusto: KustoProxy;
  /** Writes the clients file. */
  writeClients(clients: ClientEntries): void;
  /** The path of the clients file. */
  readonly clientsFile: string;
  close(): Promise<void>;
}

export interface GuardedOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly clients?: ClientEntries;
  /** What Kusto says; by default it knows nothing. */
  readonly answer?: (query: ReceivedQuery) => string;
  /** A real one, instead of `answer`. */
  readonly engine?: { readonly url: string; readonly database: string };
  readonly telemetry?: Telemetry;
  /** How long it waits for Kusto; the lookups' own limits by default. */
  readonly kustoTimeoutMs?: number;
  /** Before the backend starts. */
  readonly prepare?: (entra: Entra) => void;
}

/** Starts everything. */
export async function startGuardedBackend(options: GuardedOptions = {}): Promise<GuardedBackend> {
  const folder = mkdtempSync(join(tmpdir(), 'clients-'));
  const clientsFile = join(folder, 'clients.json');
  const writeClients = (clients: ClientEntries): void =>
    writeFileSync(clientsFile, JSON.stringify({ clients }));
  writeClients(options.clients ?? {});
  const entra = await startEntra([tenant, secondTenant, foreignTenant]);
  options.prepare?.(entra);
  const organizations = await startOrganizations({
    contoso: tenant,
    fabrikam: tenant,
    elsewhere: foreignTenant,
  });
  const { engine } = options;
  const kusto = await startKustoProxy(engine?.url, options.answer ?? answerOf(['Found'], []));
  const settings = {
    ...accessSettings(entra, [tenant, secondTenant], organizations),
    CLIENTS_FILE: clientsFile,
    GATES_KEY: Buffer.alloc(32).toString('base64'),
    GATES_CALLBACK_HOSTS: '127.0.0.1',
    // Tests ask more than clients do.
    RATE_LIMIT: '0',
    RATE_LIMIT_UNAUTHENTICATED: '0',
    ...options.settings,
  };
  const built = buildTestApp(
    kusto.url,
    engine?.database ?? 'D',
    settings,
    options.kustoTimeoutMs ?? (engine && 20_000),
    options.telemetry,
  );
  const { app, config, close } = built;
  if (config.gates)
    openHostGates(app, { config: config.gates, data: config.data, kusto: built.kusto, inBackground: false });
  const url = await app.listen({ host: config.host, port: config.port });
  return {
    url,
    app,
    entra,
    organizations,
    kusto,
    clientsFile,
    writeClients,
    async close() {
      await close();
      await kusto.close();
      await organizations.close();
      await entra.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export function sha256Of(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
