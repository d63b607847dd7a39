/**
 * The backend's settings: environment variables in, a checked {@link Config} out. Every wrong setting is named
 * at once. Until tokens are checked (`AUTH=none` is the only mode), no address but loopback is accepted.
 */
import { type ApiName, apiNames } from '../api/paths.ts';
import { type ChangelogConfig, readChangelogConfig } from '../changelog/config.ts';
import type { KustoConfig } from '../kusto/client/kusto.ts';
import { isLoopback } from '../net/loopback.ts';
import { type GatesConfig, readGatesConfig } from './gates/config.ts';

/** Where the data is: in a cluster, or in the engine that this process runs. */
export type DataConfig =
  | { readonly kind: 'cluster'; readonly kusto: KustoConfig }
  | { readonly kind: 'embedded'; readonly folder: string; readonly maxRequests: number };

/** How long answers are kept, in seconds. */
export interface CacheConfig {
  readonly freshSeconds: Readonly<Record<ApiName, number>>;
  /** How old an answer may be that is given while Kusto is away. */
  readonly staleLimitSeconds: number;
  /** Memory for kept answers, for each API. */
  readonly megabytes: number;
}

export interface Config {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly data: DataConfig;
  /** The lookups that are served. */
  readonly apis: readonly ApiName[];
  /** Origins whose pages may call the API. */
  readonly corsOrigins: readonly string[];
  readonly cache: CacheConfig;
  /** Undefined: service hooks are not taken. */
  readonly changelog: ChangelogConfig | undefined;
  /** Agentless waits; undefined: not served. */
  readonly gates: GatesConfig | undefined;
  readonly logLevel: string;
  /** How long requests under way may take to finish after SIGTERM. */
  readonly drainSeconds: number;
}

/** Names every wrong setting, one to a line. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`The settings are wrong:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`);
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

/** What a process can serve: all of it together, or each alone. */
const serviceNames = [...apiNames, 'changelog', 'gates'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads and checks the settings. @throws ConfigError */
export function readConfig(environment: Environment): Config {
  const settings = new Settings(environment);
  const port = settings.integer('PORT', 7071, 0, 65_535);
  const data = dataConfig(settings);
  const services = settings.list('APIS', serviceNames, serviceNames);
  const refuse = (name: string, problem: string): void => settings.refuse(name, problem);
  const config: Config = {
    host: settings.text('HOST', '127.0.0.1'),
    port,
    data,
    apis: apiNames.filter((api) => services.includes(api)),
    corsOrigins: settings.origins('CORS_ORIGINS', developmentOrigins(port)),
    cache: {
      freshSeconds: {
        b2d: settings.integer('B2D_CACHE_SECONDS', 2, 0, 60),
        d2b: settings.integer('D2B_CACHE_SECONDS', 3_600, 0, 86_400),
        p2b: settings.integer('P2B_CACHE_SECONDS', 5, 0, 60),
      },
      staleLimitSeconds: settings.integer('STALE_LIMIT_SECONDS', 600, 0, 86_400),
      megabytes: settings.integer('CACHE_MEGABYTES', 32, 1, 4_096),
    },
    changelog: services.includes('changelog')
      ? readChangelogConfig(environment, data.kind === 'embedded', refuse)
      : undefined,
    gates: services.includes('gates') ? readGatesConfig(environment, refuse) : undefined,
    logLevel: settings.choice('LOG_LEVEL', 'info', ['debug', 'info', 'warn', 'error', 'silent']),
    drainSeconds: settings.integer('DRAIN_SECONDS', 10, 0, 300),
  };
  const isChangelogWanted = settings.optional('APIS') !== undefined && services.includes('changelog');
  if (isChangelogWanted && !config.changelog)
    refuse(
      'APIS',
      'names changelog, so CHANGELOG_SECRET, CHANGELOG_STORAGE or CHANGELOG_RECONCILE must be set',
    );
  settings.choice('AUTH', 'none', ['none']);
  if (!isLoopback(config.host))
    settings.refuse('HOST', 'must be a loopback address (127.0.0.1, ::1, localhost) while AUTH is none');
  settings.throwIfWrong();
  return config;
}

function dataConfig(settings: Settings): DataConfig {
  const maxRequests = settings.integer('KUSTO_MAX_REQUESTS', 32, 1, 1_000);
  const cluster = settings.url('KUSTO_CLUSTER');
  if (cluster === undefined)
    return { kind: 'embedded', folder: settings.text('DATA_DIR', '.data'), maxRequests };
  const database = settings.required('KUSTO_DATABASE', 'the database to query, because KUSTO_CLUSTER is set');
  return { kind: 'cluster', kusto: { cluster, database, auth: kustoAuth(settings, cluster), maxRequests } };
}

function kustoAuth(settings: Settings, cluster: string): KustoConfig['auth'] {
  const local = isLoopback(new URL(cluster).hostname);
  const modes = ['none', 'azureCli', 'managedIdentity'] as const;
  const mode = settings.choice('KUSTO_AUTH', local ? 'none' : 'managedIdentity', modes);
  if (mode === 'none' && !local)
    settings.refuse('KUSTO_AUTH', 'may be none only for a KUSTO_CLUSTER on this machine');
  if (mode !== 'none' && !cluster.startsWith('https:'))
    settings.refuse('KUSTO_CLUSTER', 'must begin with https:// where a token is sent');
  if (mode !== 'managedIdentity') return { mode };
  const clientId = settings.optional('KUSTO_CLIENT_ID');
  return clientId === undefined ? { mode } : { mode, clientId };
}

/** The pages that a development machine serves beside the API: the host page and the extension's files. */
function developmentOrigins(port: number): string[] {
  return [port + 1, port + 2].flatMap((page) => [`http://localhost:${page}`, `http://127.0.0.1:${page}`]);
}

/** Reads settings one by one and remembers what is wrong with them. */
class Settings {
  readonly #environment: Environment;
  readonly #mistakes: string[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  refuse(name: string, problem: string): void {
    this.#mistakes.push(`${name} ${problem}.`);
  }

  throwIfWrong(): void {
    if (this.#mistakes.length > 0) throw new ConfigError(this.#mistakes);
  }

  /** Empty counts as unset, as it does in container definitions. */
  optional(name: string): string | undefined {
    const value = this.#environment[name]?.trim();
    return value === '' ? undefined : value;
  }

  text(name: string, fallback: string): string {
    return this.optional(name) ?? fallback;
  }

  required(name: string, what: string): string {
    const value = this.optional(name);
    if (value === undefined) this.refuse(name, `is missing: it must be ${what}`);
    return value ?? '';
  }

  integer(name: string, fallback: number, least: number, most: number): number {
    const value = this.optional(name);
    if (value === undefined) return fallback;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    this.refuse(name, `must be a whole number from ${least} to ${most}`);
    return fallback;
  }

  choice<T extends string>(name: string, fallback: T, choices: readonly T[]): T {
    const value = this.optional(name);
    if (value === undefined) return fallback;
    const choice = choices.find((candidate) => candidate.toLowerCase() === value.toLowerCase());
    if (choice === undefined) this.refuse(name, `must be one of ${choices.join(', ')}`);
    return choice ?? fallback;
  }

  list<T extends string>(name: string, fallback: readonly T[], choices: readonly T[]): readonly T[] {
    const value = this.optional(name);
    if (value === undefined) return fallback;
    const entries = value.split(',').map((entry) => entry.trim().toLowerCase());
    if (entries.some((entry) => !choices.some((choice) => choice === entry)))
      this.refuse(name, `must be a list of ${choices.join(', ')}, separated by commas`);
    return choices.filter((choice) => entries.includes(choice));
  }

  url(name: string): string | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    if (URL.canParse(value)) {
      const { protocol, origin, username, password } = new URL(value);
      if ((protocol === 'https:' || protocol === 'http:') && !username && !password) return origin;
    }
    this.refuse(
      name,
      'must be a URL such as https://name.region.kusto.windows.net, without user or password',
    );
    return 'http://localhost';
  }

  origins(name: string, fallback: readonly string[]): readonly string[] {
    const value = this.optional(name);
    if (value === undefined) return fallback;
    const entries = value.split(',').map((entry) => entry.trim());
    if (entries.some((entry) => !URL.canParse(entry) || new URL(entry).origin !== entry))
      this.refuse(name, 'must be a list of origins such as https://pages.example.com, separated by commas');
    return entries;
  }
}
