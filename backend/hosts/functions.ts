/**
 * Entry point on Azure Functions: an app of its own for each of the services that `APIS` names, or one for all of
 * them. (The library is CommonJS whose names Node cannot see, hence the default import.)
 */
import functions from '@azure/functions';
import { openKusto } from '../../kusto/client/client.ts';
import { buildApp } from '../app.ts';
import { observedKusto } from '../telemetry/kusto.ts';
import { observeJobs } from '../telemetry/observations.ts';
import { openTelemetry } from '../telemetry/open.ts';
import { openHostChangelog } from './changelog.ts';
import { readFunctionsConfig } from './functions-config.ts';
import { registerTriggers } from './functions-triggers.ts';
import { openHostGates } from './gates.ts';
import { openHostJobs } from './jobs.ts';
import { openShared } from './shared.ts';
import { openHostWarmUp } from './warm-up.ts';

const environment = process.env;
const config = readFunctionsConfig(environment);
const { apis, data, gates: gatesConfig, changelog: changelogConfig } = config;
const telemetry = await openTelemetry(config.telemetry);
const kusto = observedKusto(openKusto(data.kusto), telemetry, data.kusto);
const shared = openShared(config);
const { changes } = shared;
const app = buildApp(config, kusto, { ...shared, telemetry });
const stopping = new AbortController();

const gates = gatesConfig && openHostGates(app, { config: gatesConfig, data, kusto, inBackground: false });
const jobs = config.jobs ? openHostJobs(kusto, changelogConfig, app.log, changes) : undefined;
if (jobs && telemetry) observeJobs(telemetry, kusto);
const changelog = changelogConfig &&
  jobs && {
    config: changelogConfig,
    changelog: await openHostChangelog(app, {
      config: changelogConfig,
      kusto,
      jobs,
      changes,
      environment,
      telemetry,
    }),
  };
const warmUp = openHostWarmUp(config, kusto, shared.redis, app.log);
registerTriggers(functions.app, { app, apis, jobs, changelog, warmUp, gates, stopping: stopping.signal });

// The host waits for a few seconds: what was accepted is committed first.
functions.app.hook.appTerminate(async () => {
  stopping.abort();
  await Promise.all([changelog?.changelog.close(), app.close()]);
  await jobs?.stop();
  shared.close();
  kusto.close();
  await telemetry?.close();
});
