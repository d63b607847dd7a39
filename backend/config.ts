/**
 * The backend's configuration: environment variables in, a checked {@link Config} out. With `AUTH=none` only
 * loopback addresses are accepted.
 */
import { type ApiName, apiNames } from '../api/paths.ts';
import { type ChangelogConfig, readChangelogConfig } from '../changelog/config.ts';
import type { KustoConnection } from '../kusto/client/connection.ts';
import { isLoopback } from '../net/loopback.ts';
import { type EnvironmentVariables, SettingsReader } from '../settings/reader.ts';
import { type AuthConfig, readAuthConfig } from './auth/config.ts';
import { type CanaryConfig, readCanaryConfig } from './canary/settings.ts';
import { type GatesConfig, readGatesConfig } from './gates/config.ts';
import { type LimitsConfig, readLimitsConfig } from './limits/settings.ts';
import { type RedisConfig, readRedisConfig, redisSettings } from './redis/settings.ts';
import { type RightsConfig, readRightsConfig } from './rights/config.ts';
import { cacheSettings, dataSettings, hostSettings, serviceNames, warmUpSettings } from './settings.ts';
import { readTelemetryConfig, type TelemetryConfig } from './telemetry/settings.ts';

/** Where the data is: in a cluster, or in the engine that this process runs. */
export type DataConfig =
  | { readonly kind: 'cluster'; readonly kusto: KustoConnection }
  | {
      readonly kind: 'embedded';
      readonly folder: string;
      /** 0 lets the system choose. */
      readonly port: number;
      readonly maxRequests: number;
      /** See {@link KustoConnection}. */
      readonly callerShare: number;
    };

/** When and how far D2B is looked up ahead. */
export interface WarmUpConfig {
  /** Hours of the day in UTC; the second is not among them. */
  readonly fromHour: number;
  readonly toHour: number;
  /** Deployments that changed in so many days. */
  readonly days: number;
  /** In one night. */
  readonly mostLookups: number;
}

/** How long answers are kept, in seconds. */
export interface CacheConfig {
  readonly freshSeconds: Readonly<Record<ApiName, number>>;
  /** The same while a deployment is so young that builds may still be mapped to it. */
  readonly growingFreshSeconds: number;
  /** How old an answer may be that is given while Kusto is away. */
  readonly staleLimitSeconds: number;
  /** Memory for kept answers, for each API. */
  readonly megabytes: number;
}

export interface Config {
  readonly auth: AuthConfig;
  readonly rights: RightsConfig;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly data: DataConfig;
  /** The lookups that are served. */
  readonly apis: readonly ApiName[];
  /** Origins whose pages may call the API. */
  readonly corsOrigins: readonly string[];
  /** Id of the Azure Front Door that all requests come through; undefined: there is none. */
  readonly frontDoorId: string | undefined;
  readonly cache: CacheConfig;
  /** What instances share; undefined: each process is on its own. */
  readonly redis: RedisConfig | undefined;
  /** Undefined: nothing is sent anywhere. */
  readonly telemetry: TelemetryConfig | undefined;
  /** Undefined: D2B is not looked up ahead here. */
  readonly warmUp: WarmUpConfig | undefined;
  readonly limits: LimitsConfig;
  /** Undefined: service hooks are not taken. */
  readonly changelog: ChangelogConfig | undefined;
  /** Undefined: the service is not asked from here. */
  readonly canary: CanaryConfig | undefined;
  /** Whether the mapping jobs run here. */
  readonly jobs: boolean;
  /** Agentless waits; undefined: not served. */
  readonly gates: GatesConfig | undefined;
  readonly logLevel: string;
  /** How long requests under way may take to finish after SIGTERM. */
  readonly drainSeconds: number;
}

/** Reads and checks the settings. @throws ConfigError */
export function readConfig(environment: EnvironmentVariables): Config {
  const reader = new SettingsReader(environment);
  const config = readConfigFrom(reader);
  reader.throwIfWrong();
  return config;
}

/** Reads the settings for a host that has more to check; mistakes stay with the reader. */
export function readConfigFrom(reader: SettingsReader): Config {
  const port = reader.read(hostSettings.port);
  const data = dataConfig(reader, port);
  const chosen = reader.read(hostSettings.services);
  const services = chosen ?? serviceNames;
  const auth = readAuthConfig(reader);
  const canary = readCanaryConfig(reader, auth);
  const config: Config = {
    auth,
    rights: readRightsConfig(reader),
    host: reader.read(hostSettings.host),
    port,
    data,
    apis: apiNames.filter((api) => services.includes(api)),
    corsOrigins: reader.read(hostSettings.corsOrigins) ?? developmentOrigins(port),
    frontDoorId: reader.read(hostSettings.frontDoorId),
    cache: cacheConfig(reader),
    redis: readRedisConfig(reader),
    telemetry: readTelemetryConfig(reader),
    warmUp: warmUpConfig(reader, services.includes('d2b')),
    limits: readLimitsConfig(reader, data.kind === 'embedded'),
    changelog: services.includes('changelog')
      ? readChangelogConfig(reader, data.kind === 'embedded')
      : undefined,
    canary: services.includes('changelog') ? canary : undefined,
    jobs: services.includes('jobs') || services.includes('changelog') || data.kind === 'embedded',
    gates: services.includes('gates') ? readGatesConfig(reader) : undefined,
    logLevel: reader.read(hostSettings.logLevel),
    drainSeconds: reader.read(hostSettings.drainSeconds),
  };
  if (chosen?.includes('changelog') && !config.changelog)
    reader.refuse(
      hostSettings.services,
      'names changelog, so CHANGELOG_SECRET, CHANGELOG_ORGANIZATION_SECRETS, CHANGELOG_STORAGE or CHANGELOG_RECONCILE must be set',
    );
  if (config.auth.mode === 'none' && !isLoopback(config.host))
    reader.refuse(
      hostSettings.host,
      'must be a loopback address (127.0.0.1, ::1, localhost) while AUTH is none',
    );
  return config;
}

function cacheConfig(reader: SettingsReader): CacheConfig {
  return {
    freshSeconds: {
      b2d: reader.read(cacheSettings.b2d),
      d2b: reader.read(cacheSettings.d2b),
      p2b: reader.read(cacheSettings.p2b),
      introspection: reader.read(cacheSettings.introspection),
    },
    growingFreshSeconds: reader.read(cacheSettings.growing),
    staleLimitSeconds: reader.read(cacheSettings.staleLimitSeconds),
    megabytes: reader.read(cacheSettings.megabytes),
  };
}

/** With shorter lives, what was looked up at night would be forgotten by the morning. */
const leastWarmUpSeconds = 12 * 60 * 60;

function warmUpConfig(reader: SettingsReader, servesD2b: boolean): WarmUpConfig | undefined {
  const hours = reader.read(warmUpSettings.hours);
  const days = reader.read(warmUpSettings.days);
  const mostLookups = reader.read(warmUpSettings.mostLookups);
  if (!hours || !servesD2b) return undefined;
  if (!reader.isSet(redisSettings.url))
    reader.refuse(warmUpSettings.hours, 'needs REDIS_URL: that is where it keeps the answers');
  if (reader.read(cacheSettings.d2b) < leastWarmUpSeconds)
    reader.refuse(cacheSettings.d2b, `must be at least ${leastWarmUpSeconds} where D2B_WARM_UP is set`);
  return { fromHour: hours.from, toHour: hours.to, days, mostLookups };
}

function dataConfig(reader: SettingsReader, apiPort: number): DataConfig {
  const maxRequests = reader.read(dataSettings.maxRequests);
  const callerShare = reader.read(dataSettings.callerShare) / 100;
  if (!reader.isSet(dataSettings.cluster)) {
    const folder = reader.read(dataSettings.folder);
    const port = reader.read(dataSettings.enginePort) ?? (apiPort === 0 ? 0 : apiPort + 3);
    return { kind: 'embedded', folder, port, maxRequests, callerShare };
  }
  // Where the cluster is refused, the rest is checked as if it were on this machine.
  const cluster = reader.read(dataSettings.cluster) ?? 'http://localhost';
  const database = reader.read(dataSettings.database) ?? '';
  if (database === '')
    reader.refuse(
      dataSettings.database,
      'is missing: it must be the database to query, because KUSTO_CLUSTER is set',
    );
  return {
    kind: 'cluster',
    kusto: { cluster, database, auth: kustoAuth(reader, cluster), maxRequests, callerShare },
  };
}

function kustoAuth(reader: SettingsReader, cluster: string): KustoConnection['auth'] {
  const local = isLoopback(new URL(cluster).hostname);
  const mode = reader.read(dataSettings.auth) ?? (local ? 'none' : 'managedIdentity');
  if (mode === 'none' && !local)
    reader.refuse(dataSettings.auth, 'may be none only for a KUSTO_CLUSTER on this machine');
  if (mode !== 'none' && !cluster.startsWith('https:'))
    reader.refuse(dataSettings.cluster, 'must begin with https:// where a token is sent');
  const token = reader.read(dataSettings.token);
  if (token !== undefined && mode !== 'none')
    reader.refuse(dataSettings.token, 'may be set only where KUSTO_AUTH is none');
  if (mode === 'none') return token === undefined ? { mode } : { mode, token };
  if (mode === 'azureCli') return { mode };
  const clientId = reader.read(dataSettings.clientId);
  return clientId === undefined ? { mode } : { mode, clientId };
}

/** The pages that a development machine serves beside the API: the host page and the extension's files. */
function developmentOrigins(port: number): string[] {
  if (port === 0) return [];
  return [port + 1, port + 2].flatMap((page) => [`http://localhost:${page}`, `http://127.0.0.1:${page}`]);
}
