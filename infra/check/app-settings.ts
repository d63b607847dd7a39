/**
 * The settings of the apps: the service's own reader takes them, each is one of the service or of the platform, and what
 * is secret is a reference to Key Vault.
 */
import { readFunctionsConfig } from '../../backend/hosts/functions-config.ts';
import { backendSettings } from '../../backend/settings.ts';
import { functionsApps } from '../../scripts/package/functions-apps.ts';
import { ConfigError } from '../../settings/reader.ts';
import { isObject } from '../json.ts';
import type { RenderedDeployment, RenderedResource } from '../render.ts';
import type { Problem } from './problem.ts';

/** Settings of the Functions host and of App Service. */
const platform = [
  /^FUNCTIONS_(?:EXTENSION_VERSION|WORKER_RUNTIME)$/,
  /^WEBSITE_(?:RUN_FROM_PACKAGE|RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID|HEALTHCHECK_MAXPINGFAILURES)$/,
  /^WEBSITE_SWAP_WARMUP_PING_(?:PATH|STATUSES)$/,
  /^AzureWebJobsStorage__(?:accountName|credential|clientId)$/,
  /^AzureWebJobs\.(?:events|mappingJobs|artifacts|environments|reconcile|gateWaits|d2bWarmUp|canary)\.Disabled$/,
  /^CHANGELOG_STORAGE__(?:credential|clientId)$/,
  /^AZURE_CLIENT_ID$/,
];

/** Settings whose values are secret, with a value of the right form. */
const secrets: Readonly<Record<string, string>> = {
  CHANGELOG_SECRET: 'a secret of 16 or more',
  CHANGELOG_SECRET_PREVIOUS: 'a secret of 16 or more',
  CHANGELOG_ORGANIZATION_SECRETS: 'contoso=a secret of 16 or more',
  GATES_KEY: Buffer.alloc(32).toString('base64'),
  ENTRA_CLIENT_SECRET: 'secret',
  EXTENSION_KEY: 'k'.repeat(64),
  EXTENSION_KEY_PREVIOUS: 'k'.repeat(64),
  KUSTO_TOKEN: 'token',
};

/** What every app needs, although the service starts without some of it. */
const neededEverywhere = [
  'AUTH',
  'ENTRA_TENANTS',
  'ENTRA_CLIENT_ID',
  'ENTRA_CREDENTIAL',
  'ENTRA_IDENTITY_CLIENT_ID',
  'CORS_ORIGINS',
  'FRONT_DOOR_ID',
  'KUSTO_CLUSTER',
  'KUSTO_DATABASE',
  'KUSTO_AUTH',
  'KUSTO_CLIENT_ID',
  'REDIS_URL',
  'REDIS_AUTH',
  'REDIS_CLIENT_ID',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'OTEL_SERVICE_NAME',
  'OTEL_LOGS_EXPORTER',
  'OTEL_TRACES_SAMPLER_ARG',
  'AZURE_CLIENT_ID',
  'AzureWebJobsStorage__accountName',
  'AzureWebJobsStorage__credential',
  'AzureWebJobsStorage__clientId',
  'FUNCTIONS_EXTENSION_VERSION',
  'FUNCTIONS_WORKER_RUNTIME',
  'WEBSITE_RUN_FROM_PACKAGE',
  'WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID',
  'WEBSITE_HEALTHCHECK_MAXPINGFAILURES',
  'WEBSITE_SWAP_WARMUP_PING_PATH',
  'WEBSITE_SWAP_WARMUP_PING_STATUSES',
];
const needed: Readonly<Record<string, readonly string[]>> = {
  d2b: ['D2B_CACHE_SECONDS', 'D2B_WARM_UP'],
  gates: ['GATES_KEY'],
  changelog: [
    'CHANGELOG_SECRET',
    'CHANGELOG_STORAGE__queueServiceUri',
    'CHANGELOG_STORAGE__credential',
    'CHANGELOG_STORAGE__clientId',
    'CHANGELOG_QUEUE',
    'CHANGELOG_RECONCILE',
    'CANARY_URL',
    'CANARY_BUILD',
    'CANARY_CLIENT_ID',
  ],
};

/** Checks the apps of one target. */
export function checkAppSettings(rendered: readonly RenderedDeployment[]): Problem[] {
  const all = rendered.flatMap(({ resources }) => resources);
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const resource of all) {
    if (!resource.name.endsWith('/appsettings')) continue;
    const settings = settingsIn(resource);
    const app = settings.OTEL_SERVICE_NAME ?? '';
    seen.add(app);
    problems.push(...appProblems(app, settings, `arm/slots.json: settings of ${resource.name}`));
  }
  for (const app of Object.keys(functionsApps))
    if (!seen.has(app)) problems.push({ place: 'arm/slots.json', message: `the app ${app} has no settings` });
  return [...problems, ...stickyProblems(all)];
}

function appProblems(app: string, settings: Readonly<Record<string, string>>, place: string): Problem[] {
  const problems: Problem[] = [];
  const known = new Set(backendSettings.map(({ name }) => name));
  for (const [name, value] of Object.entries(settings)) {
    if (!known.has(name) && !platform.some((pattern) => pattern.test(name)))
      problems.push({ place, message: `neither the service nor the platform has a setting ${name}` });
    if (name in secrets && !value.startsWith('@Microsoft.KeyVault('))
      problems.push({ place, message: `${name} must be a reference to Key Vault` });
  }
  for (const name of [...neededEverywhere, ...(needed[app] ?? [])])
    if (!(name in settings)) problems.push({ place, message: `${name} is missing` });
  const services = functionsApps[app as keyof typeof functionsApps];
  if (!services) return [...problems, { place, message: `there is no app ${app}` }];
  try {
    readFunctionsConfig(asRead(settings), services);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.mistakes.map((message) => ({ place, message })));
  }
  return problems;
}

/** What runs on its own must be off in a slot and stay off there when it is swapped. */
function stickyProblems(all: readonly RenderedResource[]): Problem[] {
  const offs = new Set(
    all
      .filter(({ name }) => name.endsWith('/appsettings'))
      .flatMap((resource) => Object.keys(settingsIn(resource)).filter((name) => name.endsWith('.Disabled'))),
  );
  return all
    .filter(({ name }) => name.endsWith('/slotConfigNames'))
    .flatMap(({ body, name }) => {
      const { appSettingNames = [] } = isObject(body.properties) ? body.properties : {};
      const sticky = new Set(appSettingNames as readonly string[]);
      const isSame = sticky.size === offs.size && [...offs].every((off) => sticky.has(off));
      return isSame
        ? []
        : [{ place: `arm/apps.json: ${name}`, message: 'it must name the settings that end in .Disabled' }];
    });
}

function settingsIn({ body }: RenderedResource): Record<string, string> {
  return (isObject(body.properties) ? body.properties : {}) as Record<string, string>;
}

/** The settings as the app reads them: with values for what Azure puts in. */
function asRead(settings: Readonly<Record<string, string>>): Record<string, string> {
  const id = '00000000-0000-4000-8000-000000000000';
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      if (value.startsWith('@Microsoft.KeyVault(')) return [name, secrets[name] ?? ''];
      if (!value.startsWith('[')) return [name, value];
      return [name, value.endsWith('.ConnectionString]') ? `InstrumentationKey=${id}` : id];
    }),
  );
}
