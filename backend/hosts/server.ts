/**
 * Entry point of the Node server: settings, data, app, and an orderly end. On SIGTERM, what is under way is
 * answered, what comes later is refused, and only then do the connections and the engine close. A signal during the
 * start ends the process at once; nothing would end the first process of a container otherwise.
 */

import { startChangelogService } from '../../changelog/loops.ts';
import { type KustoClient, openKusto } from '../../kusto/client/client.ts';
import { KustoError } from '../../kusto/client/errors.ts';
import { EngineStartError, type EngineStartProblem } from '../../kusto/engine/start-error.ts';
import { listeningProblem } from '../../net/listening.ts';
import { printableLines } from '../../net/printable.ts';
import { ConfigError } from '../../settings/reader.ts';
import { buildApp } from '../app.ts';
import type { BuildChanges } from '../cache/build-changes.ts';
import { type Config, readConfig } from '../config.ts';
import { servedLookups } from '../lookups/lookups.ts';
import { warmLater, warmUpInBackground } from '../lookups/warm-up.ts';
import { type ObservedDatabase, observedKusto } from '../telemetry/kusto.ts';
import { observeJobs } from '../telemetry/observations.ts';
import { openTelemetry } from '../telemetry/open.ts';
import { openHostCanary } from './canary.ts';
import type { EmbeddedData } from './embedded-data.ts';
import { openHostGates } from './gates.ts';
import { openHostJobs } from './jobs.ts';
import { openShared } from './shared.ts';
import { openHostWarmUp } from './warm-up.ts';

/** Set by the first signal. */
let isStopping = false;
/** Ends in order what has been opened. */
let drain: () => Promise<void> = async () => undefined;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const { data } = config;
  const telemetry = await openTelemetry(config.telemetry);
  const shared = openShared(config);
  const { changes } = shared;
  const { kusto: opened, embedded, place } = await openData(config, changes);
  const kusto = observedKusto(opened, telemetry, place);
  const app = buildApp(config, kusto, {
    ...shared,
    telemetry,
    // What settings say takes effect when the jobs have run.
    onSettingsSaved: (startedAt) => jobs?.nudge({ startedAt }),
  });
  const jobs =
    embedded?.jobs ?? (config.jobs ? openHostJobs(kusto, config.changelog, app.log, changes) : undefined);
  if (jobs && telemetry) observeJobs(telemetry, kusto);
  const changelog = await openChangelog();
  jobs?.start();
  const warmUp = openHostWarmUp(config, kusto, shared.redis, app.log);
  warmUp?.start();
  const canary = openHostCanary(config.canary, telemetry, app.log);
  canary?.start();
  if (config.gates) {
    const { gates } = config;
    openHostGates(app, { config: gates, data, kusto, inBackground: true });
  }

  async function openChangelog() {
    if (!config.changelog || !jobs) return undefined;
    // A server without it starts sooner.
    const { openHostChangelog } = await import('./changelog.ts');
    const parts = { config: config.changelog, kusto, jobs, changes, environment: process.env, telemetry };
    return startChangelogService(await openHostChangelog(app, parts));
  }

  const background = new AbortController();
  drain = async () => {
    background.abort();
    const deadline = setTimeout(() => app.server.closeAllConnections(), config.drainSeconds * 1000);
    // Only connections that are idle now are closed by itself, not those that wait for an answer and are kept alive.
    const idle = setInterval(() => app.server.closeIdleConnections(), 50);
    await app.close();
    clearInterval(idle);
    clearTimeout(deadline);
    await warmUp?.stop();
    await canary?.stop();
    await changelog?.stop();
    await jobs?.stop();
    await embedded?.close();
    shared.close();
    kusto.close();
    await telemetry?.close();
  };
  const url = await app.listen({ host: config.host, port: config.port }).catch((error: unknown) => {
    const problem = listeningProblem(error, config.port);
    throw problem === undefined ? error : new StartError(`${problem}. Choose another with PORT=…`);
  });
  void warmUpInBackground(kusto, warmLater(servedLookups(config.apis)), background.signal);
  const lines = [`API      ${url}`, `Docs     ${url}/docs`, `Contract ${url}/openapi.json`];
  if (embedded) lines.push(`Kusto    ${embedded.url} (data in ${embedded.folder})`);
  if (!isStopping) process.stdout.write(`${lines.join('\n')}\n`);
}

function stop(signal: NodeJS.Signals): void {
  if (isStopping) return;
  isStopping = true;
  drain().then(() => {
    process.stdout.write(`Stopped by ${signal}.\n`);
    process.exit();
  }, fail);
}

interface OpenedData {
  readonly kusto: KustoClient;
  readonly embedded?: EmbeddedData;
  readonly place: ObservedDatabase;
}

async function openData(
  { data, changelog }: Pick<Config, 'data' | 'changelog'>,
  changes: BuildChanges,
): Promise<OpenedData> {
  if (data.kind === 'cluster') return { kusto: openKusto(data.kusto), place: data.kusto };
  // A server on a cluster starts sooner without the engine.
  const { startEmbeddedData } = await import('./embedded-data.ts');
  const embedded = await startEmbeddedData({
    ...data,
    mappingMs: changelog?.mappingMs,
    onMapped: () => changes.mapped(),
    onEvent: report,
  });
  const place = { cluster: embedded.url, database: embedded.database };
  return { kusto: embedded.kusto, embedded, place };
}

function report(message: string, error?: unknown): void {
  const reason = error instanceof Error ? `: ${error.message}` : '';
  process.stderr.write(`${printableLines(message + reason)}\n`);
}

/** The server does not start; the message says why, and what to do, in a line. */
class StartError extends Error {}

const hints: Readonly<Record<EngineStartProblem, string>> = {
  folder: 'Choose an empty folder, or one of this product, with DATA_DIR=…',
  file: 'DATA_DIR=… chooses another folder.',
  port: 'PORT=… moves all ports, ENGINE_PORT=… the one of the engine alone.',
  other: 'DATA_DIR=… chooses another folder.',
};

function fail(error: unknown): never {
  report(messageOf(error));
  process.exit(1);
}

function messageOf(error: unknown): string {
  if (error instanceof EngineStartError) return `${error.message}. ${hints[error.problem]}`;
  if (error instanceof ConfigError || error instanceof StartError) return error.message;
  if (error instanceof KustoError) return `The database could not be brought up to date: ${error.message}`;
  return `The server stops: ${String(Object(error).stack ?? error)}`;
}

process.on('SIGTERM', stop).on('SIGINT', stop);
await main().catch((error: unknown) => {
  // What is closed under a start that goes on fails it.
  if (!isStopping) fail(error);
});
