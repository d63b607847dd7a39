/**
 * The changelog's settings: environment variables in, a checked {@link ChangelogConfig} out. There is no
 * changelog if none of its inlets is configured.
 */
import { InvalidOrganizationError, parseOrganization } from '../azure-devops/organization.ts';
import { type Form, integer, list } from '../settings/forms.ts';
import type { SettingsReader } from '../settings/reader.ts';
import { optionalSetting, setting } from '../settings/setting.ts';
import type { OrganizationSecret } from './intake/webhook.ts';

/** Settings of the changelog. */
export interface ChangelogConfig {
  /** Secrets that open the webhook: two while one is being replaced. None: there is no webhook. */
  readonly secrets: readonly string[];
  /** Secrets of one organization each. */
  readonly organizationSecrets?: readonly OrganizationSecret[] | undefined;
  /** The queue that service hooks write to; undefined: events are processed where they arrive. */
  readonly queue: QueueConfig | undefined;
  /** Organizations, by name or URL, whose builds are fetched regularly in case a service hook was lost. */
  readonly reconcile?: readonly string[];
  /** How long an event waits for others, so that they are written together. */
  readonly flushMs: number;
  /** Least time between two mappings of new rows. */
  readonly mappingMs: number;
}

/** Whether there is a secret that opens the webhook. */
export function hasWebhook({ secrets, organizationSecrets = [] }: ChangelogConfig): boolean {
  return secrets.length + organizationSecrets.length > 0;
}

export interface QueueConfig {
  /** A connection string, or the URL of the account's queue service, which then needs a managed identity. */
  readonly storage: string;
  readonly name: string;
}

const shortestSecret = 16;
const secret: Form<string> = {
  rightForm: `at least ${shortestSecret} characters long`,
  parse: (given) => (given.length < shortestSecret ? undefined : given),
};
const organizationSecrets: Form<readonly OrganizationSecret[]> = {
  rightForm: `a list of organization=secret, separated by commas, each secret at least ${shortestSecret} characters long`,
  parse(given) {
    const entries = given.split(',').map((entry) => {
      // A secret may have equals signs of its own.
      const [before = ''] = entry.split('=', 1);
      const [name, text] = [before.trim(), entry.slice(before.length + 1).trim()];
      return isOrganization(name) && text.length >= shortestSecret
        ? { organization: parseOrganization(name).name.toLowerCase(), secret: text }
        : undefined;
    });
    const right = entries.filter((entry) => entry !== undefined);
    return right.length === entries.length ? right : undefined;
  },
};
const storage: Form<string> = {
  rightForm: 'a connection string, or a URL such as https://account.queue.core.windows.net',
  parse: (given) => (isStorage(given) ? given : undefined),
};
const queueName: Form<string> = {
  rightForm: '3 to 56 lower-case letters, digits and single hyphens',
  parse: (given) => (/^[a-z0-9](?!.*--)[a-z0-9-]{1,54}[a-z0-9]$/.test(given) ? given : undefined),
};

export const changelogSettings = {
  secret: optionalSetting('CHANGELOG_SECRET', secret, {
    unset: 'none: no webhook',
    description: `opens \`POST /hooks/v1/events\`; at least ${shortestSecret} characters`,
  }),
  previousSecret: optionalSetting('CHANGELOG_SECRET_PREVIOUS', secret, {
    unset: 'none',
    description: 'accepted too, while the secret is being replaced',
  }),
  organizationSecrets: optionalSetting('CHANGELOG_ORGANIZATION_SECRETS', organizationSecrets, {
    unset: 'none',
    description:
      'open the webhook for events of one organization each: a list such as `contoso=secret`; an organization may have two while one is being replaced',
  }),
  storage: optionalSetting('CHANGELOG_STORAGE', storage, {
    unset: 'none: no queue',
    description:
      'the storage account of the queue: a connection string, or (not on Functions) its URL, which is then read with a managed identity',
  }),
  /** Azure Functions' own way to say that the queue is read with a managed identity; elsewhere it means the same. */
  identityStorage: optionalSetting('CHANGELOG_STORAGE__queueServiceUri', storage, {
    unset: 'none',
    description:
      'the same URL in the form that Functions expects, such as `https://account.queue.core.windows.net`; leave `CHANGELOG_STORAGE` unset',
  }),
  queue: setting('CHANGELOG_QUEUE', queueName, {
    default: 'azure-devops-events',
    description: "the queue's name",
  }),
  reconcile: optionalSetting(
    'CHANGELOG_RECONCILE',
    list('organizations such as contoso, by name or URL', isOrganization),
    {
      unset: 'none: nothing is reconciled',
      description:
        'organizations, by name or URL, whose builds are fetched regularly; give the URL of an organization that is not on `dev.azure.com`',
    },
  ),
  flushMs: setting('CHANGELOG_FLUSH_MS', integer(1, 10_000), {
    default: 100,
    description: 'how many milliseconds an event waits for others, so that they are written together',
  }),
  mappingMs: optionalSetting('CHANGELOG_MAPPING_MS', integer(1, 45_000), {
    unset: '`15000`; `1000` with the embedded engine',
    description: 'least time in milliseconds between two mappings of new rows',
  }),
} as const;

/**
 * Reads the settings; undefined where no inlet is configured.
 *
 * @param isEmbedded whether the data is in the engine of this process, where mapping is cheap
 */
export function readChangelogConfig(
  reader: SettingsReader,
  isEmbedded: boolean,
): ChangelogConfig | undefined {
  const given = changelogSettings;
  const secrets = [reader.read(given.secret), reader.read(given.previousSecret)].filter(
    (value) => value !== undefined,
  );
  const organizationSecrets = reader.read(given.organizationSecrets);
  const storage = reader.read(given.storage) ?? reader.read(given.identityStorage);
  const name = reader.read(given.queue);
  const flushMs = reader.read(given.flushMs);
  const mappingMs = reader.read(given.mappingMs) ?? (isEmbedded ? 1_000 : 15_000);
  const reconcile = reader.read(given.reconcile);
  const isWithoutInlet =
    secrets.length === 0 && !organizationSecrets && storage === undefined && reconcile === undefined;
  if (isWithoutInlet) return undefined;
  return {
    secrets,
    ...(organizationSecrets && { organizationSecrets }),
    queue: storage === undefined ? undefined : { storage, name },
    ...(reconcile && { reconcile }),
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
