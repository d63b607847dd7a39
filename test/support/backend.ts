/**
 * The whole backend for a test: engine with the demonstration data,
 * API on a free port of loopback. What Kusto is asked passes a proxy that counts and can fail.
 */
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../backend/app.ts';
import { type Config, readConfig } from '../../backend/config.ts';
import { openShared, type Shared } from '../../backend/hosts/shared.ts';
import { observedKusto } from '../../backend/telemetry/kusto.ts';
import type { Telemetry } from '../../backend/telemetry/telemetry.ts';
import { type KustoClient, openKusto } from '../../kusto/client/client.ts';
import { DEFAULT_DATABASE } from '../../kusto/engine/engine.ts';
import { startTestEngine } from './engine/engine.ts';
import { type KustoProxy, startKustoProxy } from './engine/kusto-proxy.ts';

export interface TestBackend {
  /** Where the API answers, such as `http://127.0.0.1:12345`. */
  readonly url: string;
  readonly app: FastifyInstance;
  /** Ends the engine, as an outage does. */
  stopEngine(): Promise<void>;
  /** Between the API and the engine. */
  readonly kusto: KustoProxy;
  /** For ingesting more, and for running jobs. */
  readonly database: KustoClient;
  close(): Promise<void>;
}

export interface TestBackendOptions {
  /** Settings beyond the defaults, as environment variables. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How long the API waits for Kusto, where a busy machine must not look like an outage. */
  readonly kustoTimeoutMs?: number;
}

/** Starts everything; the API answers when this returns. */
export async function startTestBackend(options: TestBackendOptions = {}): Promise<TestBackend> {
  const engine = await startTestEngine({ holds: 'demonstration', lanes: 'thread' });
  const database = openKusto({ cluster: engine.url, database: DEFAULT_DATABASE, auth: { mode: 'none' } });
  const kusto = await startKustoProxy(engine.url);
  const { app, url, close } = await startTestApp(
    kusto.url,
    DEFAULT_DATABASE,
    options.settings,
    options.kustoTimeoutMs,
  );
  let stopping: Promise<void> | undefined;
  const stopEngine = (): Promise<void> => {
    stopping ??= engine.close();
    return stopping;
  };
  return {
    url,
    app,
    kusto,
    database,
    stopEngine,
    async close() {
      await close();
      await kusto.close();
      database.close();
      await stopEngine();
    },
  };
}

/** The API alone, over a Kusto that runs already. */
export async function startTestApp(
  kustoUrl: string,
  database: string,
  settings: Readonly<Record<string, string>> = {},
  kustoTimeoutMs?: number,
  telemetry?: Telemetry,
): Promise<{
  readonly app: FastifyInstance;
  readonly url: string;
  readonly shared: Shared;
  close(): Promise<void>;
}> {
  const { app, config, shared, close } = buildTestApp(
    kustoUrl,
    database,
    settings,
    kustoTimeoutMs,
    telemetry,
  );
  const url = await app.listen({ host: config.host, port: config.port });
  return { app, url, shared, close };
}

/** The same before it listens: a test may add to it. */
export function buildTestApp(
  kustoUrl: string,
  database: string,
  settings: Readonly<Record<string, string>> = {},
  kustoTimeoutMs?: number,
  telemetry?: Telemetry,
): {
  readonly app: FastifyInstance;
  readonly config: Config;
  readonly kusto: KustoClient;
  readonly shared: Shared;
  close(): Promise<void>;
} {
  const config = readConfig({
    LOG_LEVEL: 'silent',
    PORT: '0',
    // A busy machine must not look like a busy backend.
    MAX_EVENT_LOOP_DELAY_MS: '0',
    ...settings,
    KUSTO_CLUSTER: kustoUrl,
    KUSTO_DATABASE: database,
  });
  if (config.data.kind !== 'cluster') throw new Error('KUSTO_CLUSTER was not taken');
  const opened = openKusto(config.data.kusto);
  const limited = kustoTimeoutMs === undefined ? opened : patient(opened, kustoTimeoutMs);
  const kusto = observedKusto(limited, telemetry, config.data.kusto);
  const shared = openShared(config);
  const app = buildApp(config, kusto, { ...shared, telemetry });
  return {
    app,
    config,
    kusto,
    shared,
    async close() {
      await app.close();
      shared.close();
      opened.close();
    },
  };
}

function patient(kusto: KustoClient, timeoutMs: number): KustoClient {
  return {
    ...kusto,
    query: (text, parameters, options) => kusto.query(text, parameters, { ...options, timeoutMs }),
  };
}
