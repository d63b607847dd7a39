/** Every setting of the backend, in the order in which docs/operations/backend.md lists them. */
import { apiNames } from '../api/paths.ts';
import { changelogSettings } from '../changelog/config.ts';
import { choice, choices, hours, integer, list, origin, text } from '../settings/forms.ts';
import { optionalSetting, type Setting, setting } from '../settings/setting.ts';
import { authSettings, guid } from './auth/config.ts';
import { canarySettings } from './canary/settings.ts';
import { gatesSettings } from './gates/config.ts';
import { limitSettings } from './limits/settings.ts';
import { redisSettings } from './redis/settings.ts';
import { rightsSettings } from './rights/config.ts';
import { telemetrySettings } from './telemetry/settings.ts';

/** What a process can serve: everything, or each of these alone. */
export const serviceNames = [...apiNames, 'changelog', 'gates', 'jobs'] as const;
export type ServiceName = (typeof serviceNames)[number];

export const hostSettings = {
  services: optionalSetting('APIS', choices(serviceNames), {
    unset: 'all',
    description: `the services to serve: a list of ${serviceNames.map((name) => `\`${name}\``).join(', ')}; \`jobs\` runs the mapping jobs, which \`changelog\` and the embedded engine do as well`,
  }),
  host: setting('HOST', text, { default: '127.0.0.1', description: "the Node server's address" }),
  port: setting('PORT', integer(0, 65_535), {
    default: 7071,
    description: 'its port; 0 lets the system choose',
  }),
  corsOrigins: optionalSetting(
    'CORS_ORIGINS',
    list(
      'a list of origins such as https://pages.example.com',
      (entry) => URL.canParse(entry) && new URL(entry).origin === entry,
    ),
    {
      unset: 'the two ports after `PORT` on this machine',
      description: 'origins whose pages may call the API',
    },
  ),
  frontDoorId: optionalSetting('FRONT_DOOR_ID', guid, {
    unset: 'none: no header about the caller is believed',
    description:
      "id of the Azure Front Door (`X-Azure-FDID`) that all requests come through; others are answered 403, probes excepted, and the caller's address is the one that Front Door saw",
  }),
  logLevel: setting('LOG_LEVEL', choice(['debug', 'info', 'warn', 'error', 'silent']), {
    default: 'info',
    description: '`debug`, `info`, `warn`, `error` or `silent`',
  }),
  drainSeconds: setting('DRAIN_SECONDS', integer(0, 300), {
    default: 10,
    description: 'how long requests under way may take after SIGTERM',
  }),
} as const;

export const dataSettings = {
  cluster: optionalSetting('KUSTO_CLUSTER', origin('https://name.region.kusto.windows.net'), {
    unset: 'the embedded engine',
    description: "the cluster's URL",
  }),
  database: optionalSetting('KUSTO_DATABASE', text, {
    unset: 'none',
    description: 'the database; needed with `KUSTO_CLUSTER`',
  }),
  auth: optionalSetting('KUSTO_AUTH', choice(['none', 'azureCli', 'managedIdentity']), {
    unset: '`managedIdentity`; `none` for a cluster on this machine',
    description: '`none`, `azureCli` or `managedIdentity`',
  }),
  clientId: optionalSetting('KUSTO_CLIENT_ID', text, {
    unset: "the system's identity",
    description: 'client id of a user-assigned identity',
  }),
  token: optionalSetting('KUSTO_TOKEN', text, {
    unset: 'none',
    description: 'the token of an embedded engine that another process runs; with `KUSTO_AUTH` `none`',
  }),
  maxRequests: setting('KUSTO_MAX_REQUESTS', integer(1, 1_000), {
    default: 32,
    description: 'lookups under way at once; background work gets a quarter in addition, four at least',
  }),
  callerShare: setting('KUSTO_CALLER_SHARE', integer(1, 100), {
    default: 50,
    description: 'how many percent of those one caller may have under way',
  }),
  folder: setting('DATA_DIR', text, {
    default: '.data',
    description: 'folder of the embedded engine, for one process at a time',
  }),
  enginePort: optionalSetting('ENGINE_PORT', integer(0, 65_535), {
    unset: 'the third port after `PORT`: `7074`',
    description: 'port of the embedded engine; 0 lets the system choose',
  }),
} as const;

export const cacheSettings = {
  b2d: setting('B2D_CACHE_SECONDS', integer(0, 60), {
    default: 2,
    description: 'how long an answer of B2D is fresh',
  }),
  d2b: setting('D2B_CACHE_SECONDS', integer(0, 86_400), {
    default: 3_600,
    description: 'how long an answer of D2B is fresh, for a deployment that has not changed for a day',
  }),
  growing: setting('D2B_YOUNG_CACHE_SECONDS', integer(0, 86_400), {
    default: 120,
    description: 'the same for a younger deployment, because builds may still be mapped to it',
  }),
  p2b: setting('P2B_CACHE_SECONDS', integer(0, 60), {
    default: 5,
    description: 'how long an answer of P2B is fresh',
  }),
  introspection: setting('INTROSPECTION_CACHE_SECONDS', integer(0, 60), {
    default: 3,
    description: 'how long an answer of introspection is fresh',
  }),
  staleLimitSeconds: setting('STALE_LIMIT_SECONDS', integer(0, 86_400), {
    default: 600,
    description: 'how old an answer may be that is given while Kusto is away',
  }),
  megabytes: setting('CACHE_MEGABYTES', integer(1, 4_096), {
    default: 32,
    description: 'memory for cached answers, for each API',
  }),
} as const;

export const warmUpSettings = {
  hours: optionalSetting('D2B_WARM_UP', hours, {
    unset: 'never',
    description:
      'hours of the day in UTC, such as `1-5`, in which D2B is looked up ahead and kept in Redis; needs `REDIS_URL` and a `D2B_CACHE_SECONDS` of 43200 or more',
  }),
  days: setting('D2B_WARM_UP_DAYS', integer(1, 365), {
    default: 14,
    description: 'it looks up deployments that changed in so many days',
  }),
  mostLookups: setting('D2B_WARM_UP_LOOKUPS', integer(1, 1_000_000), {
    default: 20_000,
    description: 'how many lookups it makes in a night',
  }),
} as const;

/** Set by the Functions host itself. */
export const functionsSettings = {
  environment: optionalSetting('AZURE_FUNCTIONS_ENVIRONMENT', text, {
    unset: 'set by the Functions host',
    description: '`Development` on a development machine',
  }),
} as const;

export const backendSettings: readonly Setting<unknown>[] = [
  hostSettings,
  authSettings,
  rightsSettings,
  dataSettings,
  cacheSettings,
  redisSettings,
  telemetrySettings,
  warmUpSettings,
  limitSettings,
  changelogSettings,
  gatesSettings,
  canarySettings,
  functionsSettings,
].flatMap((group): readonly Setting<unknown>[] => Object.values(group));
