/**
 * The changelog's settings: environment variables in, a checked {@link ChangelogConfig} out, with every
 * wrong one named. Without any of them there is no changelog: neither inlet is open.
 */
import { InvalidOrganizationError, parseOrganization } from '../azure-devops/organization.ts';

/** Settings of the changelog. */
export interface ChangelogConfig {
  /** Secrets that open the webhook: two while one is being replaced. None: there is no webhook. */
  readonly secrets: readonly string[];
  /** The queue that service hooks write to; undefined: events are processed where they arrive. */
  readonly queue: QueueConfig | undefined;
  /** Organizations, by name or URL, whose builds are fetched regularly in case a service hook was lost. */
  readonly reconcile?: readonly string[];
  /** How long an event waits for others, so that they are written together. */
  readonly flushMs: number;
  /** Least time between two mappings of what came in. */
  readonly mappingMs: number;
}

export interface QueueConfig {
  /** A connection string, or the URL of the account's queue service, which is then asked as a managed identity. */
  readonly storage: string;
  readonly name: string;
}

/** Says in Azure Functions' own way that the queue is asked as a managed identity; elsewhere it means the same. */
export const identityStorageVariable = 'CHANGELOG_STORAGE__queueServiceUri';

type Environment = Readonly<Record<string, string | undefined>>;

const shortestSecret = 16;
const defaultQueueName = 'azure-devops-events';

/**
 * Reads the settings; undefined where there are none.
 *
 * @param isEmbedded whether the data is in the engine of this process: mapping is cheap there
 * @param refuse is told of each wrong setting, by name and problem
 */
export function readChangelogConfig(
  environment: Environment,
  isEmbedded: boolean,
  refuse: (name: string, problem: string) => void,
): ChangelogConfig | undefined {
  const value = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const milliseconds = (name: string, fallback: number, most: number): number => {
    const text = value(name);
    if (text === undefined) return fallback;
    const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= 1 && number <= most) return number;
    refuse(name, `must be a whole number from 1 to ${most}`);
    return fallback;
  };
  const secrets = ['CHANGELOG_SECRET', 'CHANGELOG_SECRET_PREVIOUS'].flatMap((name) => {
    const secret = value(name);
    if (secret === undefined) return [];
    if (secret.length < shortestSecret) refuse(name, `must have at least ${shortestSecret} characters`);
    return [secret];
  });
  const storage = value('CHANGELOG_STORAGE') ?? value(identityStorageVariable);
  if (storage !== undefined && !isStorage(storage)) {
    refuse(
      'CHANGELOG_STORAGE',
      'must be a connection string, or a URL such as https://account.queue.core.windows.net',
    );
  }
  const name = value('CHANGELOG_QUEUE') ?? defaultQueueName;
  if (!/^[a-z0-9](?!.*--)[a-z0-9-]{1,54}[a-z0-9]$/.test(name)) {
    refuse('CHANGELOG_QUEUE', 'must be 3 to 56 lower-case letters, digits and single hyphens');
  }
  const flushMs = milliseconds('CHANGELOG_FLUSH_MS', 100, 10_000);
  const mappingMs = milliseconds('CHANGELOG_MAPPING_MS', isEmbedded ? 1_000 : 15_000, 45_000);
  const reconcile = (value('CHANGELOG_RECONCILE') ?? '').split(',').filter((entry) => entry.trim() !== '');
  if (!reconcile.every(isOrganization)) {
    refuse(
      'CHANGELOG_RECONCILE',
      'must be organizations such as contoso, by name or URL, separated by commas',
    );
  }
  if (secrets.length === 0 && storage === undefined && reconcile.length === 0) return undefined;
  return {
    secrets,
    queue: storage === undefined ? undefined : { storage, name },
    ...(reconcile.length === 0 ? {} : { reconcile }),
    flushMs,
    mappingMs,
  };
}

function isOrganization(text: string): boolean {
  try {
    parseOrganization(text);
    return true;
  } catch (error) {
    if (error instanceof InvalidOrganizationError) return false;
    throw error;
  }
}

function isStorage(text: string): boolean {
  if (/(?:^|;)(?:AccountName|UseDevelopmentStorage|SharedAccessSignature|QueueEndpoint)=/i.test(text))
    return true;
  return URL.canParse(text) && new URL(text).protocol === 'https:';
}
