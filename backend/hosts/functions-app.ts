/**
 * An app on Azure Functions, for one of the services or for several. What only some services need is loaded only where
 * they are served: a start is shorter then, and a package leaves out what its service does not load (see
 * scripts/package/functions.ts). The library is CommonJS whose names Node cannot see, hence the default import.
 */
import functions from '@azure/functions';
import type { FastifyInstance } from 'fastify';
import { openKusto } from '../../kusto/client/client.ts';
import type { JobScheduler } from '../../kusto/jobs/scheduler.ts';
import type { EnvironmentVariables } from '../../settings/reader.ts';
import { buildApp } from '../app.ts';
import type { ServiceName } from '../settings.ts';
import { observedKusto } from '../telemetry/kusto.ts';
import { observeJobs } from '../telemetry/observations.ts';
import { openTelemetry } from '../telemetry/open.ts';
import { readFunctionsConfig } from './functions-config.ts';
import { type FunctionParts, registerTriggers } from './functions-triggers.ts';
import { openShared } from './shared.ts';

/**
 * Registers the functions of the services that `APIS` names.
 *
 * @param packaged the services that this code has; all by default
 * @throws ConfigError
 */
export async function startFunctionsApp(
  environment: EnvironmentVariables,
  packaged?: readonly ServiceName[],
): Promise<void> {
  const config = readFunctionsConfig(environment, packaged);
  const { apis, data } = config;
  const telemetry = await openTelemetry(config.telemetry);
  const kusto = observedKusto(openKusto(data.kusto), telemetry, data.kusto);
  const shared = openShared(config);
  const app = buildApp(config, kusto, { ...shared, telemetry });
  const stopping = new AbortController();

  const gates = await openGates();
  const jobs = await openJobs();
  const changelog = jobs && (await openChangelog(jobs));
  const warmUp = await openWarmUp();
  const canary = await openCanary();
  registerTriggers(functions.app, {
    app,
    apis,
    jobs,
    changelog: changelog?.register,
    warmUp,
    canary,
    gates,
    stopping: stopping.signal,
  });
  beginWarm(app);

  // The host waits for a few seconds: what was accepted is committed first.
  functions.app.hook.appTerminate(async () => {
    stopping.abort();
    await Promise.all([changelog?.close(), app.close()]);
    await jobs?.stop();
    shared.close();
    kusto.close();
    await telemetry?.close();
  });

  async function openGates(): Promise<FunctionParts['gates']> {
    if (!config.gates) return undefined;
    const { openHostGates } = await import('./gates.ts');
    return openHostGates(app, { config: config.gates, data, kusto, inBackground: false });
  }

  async function openJobs(): Promise<JobScheduler | undefined> {
    if (!config.jobs) return undefined;
    const { openHostJobs } = await import('./jobs.ts');
    if (telemetry) observeJobs(telemetry, kusto);
    return openHostJobs(kusto, config.changelog, app.log, shared.changes);
  }

  async function openChangelog(jobs: JobScheduler) {
    const { changelog: changelogConfig } = config;
    if (!changelogConfig) return undefined;
    const [{ openHostChangelog }, { registerChangelog }] = await Promise.all([
      import('./changelog.ts'),
      import('./functions-changelog.ts'),
    ]);
    const { changes } = shared;
    const options = { config: changelogConfig, kusto, jobs, changes, environment, telemetry };
    const opened = await openHostChangelog(app, options);
    const register: FunctionParts['changelog'] = (registration) =>
      registerChangelog(registration, changelogConfig, opened);
    return { register, close: () => opened.close() };
  }

  async function openCanary(): Promise<FunctionParts['canary']> {
    if (!config.canary) return undefined;
    const { openHostCanary } = await import('./canary.ts');
    return openHostCanary(config.canary, telemetry, app.log);
  }

  async function openWarmUp(): Promise<FunctionParts['warmUp']> {
    if (!config.warmUp) return undefined;
    const { openHostWarmUp } = await import('./warm-up.ts');
    return openHostWarmUp(config, kusto, shared.redis, app.log);
  }
}

/** A server warms up before it listens; here nothing listens, and the first request would wait for it. */
function beginWarm(app: FastifyInstance): void {
  app.ready().then(undefined, (err: unknown) => app.log.error({ err }, 'the app does not start'));
}
