/**
 * The whole backend for a test: engine on a temporary folder, definitions applied, demonstration data loaded,
 * API on a free port of loopback. What Kusto is asked passes a proxy that counts and can fail.
 */
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../backend/app.ts';
import { readConfig } from '../../backend/config.ts';
import { connectKusto } from '../../backend/kusto.ts';
import { applyPlan, planFor } from '../../kusto/apply.ts';
import { connect, type KustoDatabase } from '../../kusto/client.ts';
import { loadDemo } from '../../kusto/demo/load-demo.ts';
import { startTestEngine, type TestEngine } from './engine.ts';
import { type KustoProxy, startKustoProxy } from './kusto-proxy.ts';

export interface TestBackend {
  /** Where the API answers, such as `http://127.0.0.1:12345`. */
  readonly url: string;
  readonly app: FastifyInstance;
  readonly engine: TestEngine;
  /** Between the API and the engine. */
  readonly kusto: KustoProxy;
  /** For ingesting more, and for running jobs. */
  readonly database: KustoDatabase;
  close(): Promise<void>;
}

export interface TestBackendOptions {
  /** What the demonstration data's times are relative to. */
  readonly now?: Date;
  /** Settings beyond the defaults, as environment variables. */
  readonly settings?: Readonly<Record<string, string>>;
  /** `inline` (the default) starts fast and counts for coverage; `processes` is as in production. */
  readonly lanes?: 'inline' | 'processes';
}

/** Starts everything; the API answers when this returns. */
export async function startTestBackend(options: TestBackendOptions = {}): Promise<TestBackend> {
  const engine = await startTestEngine({ lanes: options.lanes ?? 'inline' });
  const database = connect(engine.url, engine.database);
  await applyPlan(database, await planFor(database, engine.database));
  await loadDemo(database, options.now);
  const kusto = await startKustoProxy(engine.url);
  const { app, url, close } = await startTestApp(kusto.url, engine.database, options.settings);
  return {
    url,
    app,
    engine,
    kusto,
    database,
    async close() {
      await close();
      await kusto.close();
      database.close();
      await engine.close();
    },
  };
}

/** The API alone, over a Kusto that runs already. */
export async function startTestApp(
  kustoUrl: string,
  database: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ readonly app: FastifyInstance; readonly url: string; close(): Promise<void> }> {
  const config = readConfig({
    LOG_LEVEL: 'silent',
    PORT: '0',
    ...settings,
    KUSTO_CLUSTER: kustoUrl,
    KUSTO_DATABASE: database,
  });
  if (config.data.kind !== 'cluster') throw new Error('KUSTO_CLUSTER was not taken');
  const kusto = connectKusto(config.data.kusto);
  const app = buildApp(config, kusto);
  const url = await app.listen({ host: config.host, port: config.port });
  return {
    app,
    url,
    async close() {
      await app.close();
      kusto.close();
    },
  };
}
