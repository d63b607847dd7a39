/**
 * Entry point on Azure Functions: one HTTP trigger for each API that `APIS` names, so that each can be a
 * Functions app of its own and scale alone. The route prefix in host.json must be empty. (The library is
 * CommonJS whose names Node cannot see, hence the default import.)
 */
import functions from '@azure/functions';
import { buildApp } from '../app.ts';
import { ConfigError, readConfig } from '../config.ts';
import { connectKusto } from '../kusto.ts';
import { handlerOf } from './functions-adapter.ts';

const config = readConfig(process.env);
if (config.data.kind !== 'cluster')
  throw new ConfigError(['KUSTO_CLUSTER is missing: on Azure Functions the data is in a cluster.']);
if (process.env.AZURE_FUNCTIONS_ENVIRONMENT !== 'Development')
  throw new ConfigError(['AUTH must not be none outside of a development machine.']);

const handler = handlerOf(buildApp(config, connectKusto(config.data.kusto)));
for (const route of [...config.apis.map((api) => `${api}/{*rest}`), 'health/{*rest}']) {
  const name = route.split('/', 1).join();
  functions.app.http(name, { route, methods: ['GET', 'HEAD', 'OPTIONS'], authLevel: 'anonymous', handler });
}
