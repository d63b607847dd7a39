/** The variables that replace options or hold secrets, in the order of docs/cli.md. */
import { credentialSettings } from '../azure-devops/credentials.ts';
import { changelogSettings } from '../changelog/config.ts';
import { text } from '../settings/forms.ts';
import { optionalSetting, type Setting, setting } from '../settings/setting.ts';

export const cliSettings = {
  url: setting('DEPLOYMENTS_URL', text, {
    default: 'http://127.0.0.1:7071',
    description: 'URL of the deployments service, unless `--url` is given',
  }),
  token: optionalSetting('DEPLOYMENTS_TOKEN', text, {
    unset: 'none; no token is sent',
    description: 'a bearer token for that service',
  }),
  organization: optionalSetting('AZURE_DEVOPS_ORGANIZATION', text, {
    unset: 'none',
    description: 'the organization, unless `--organization` is given',
  }),
  cluster: optionalSetting('KUSTO_CLUSTER', text, {
    unset: 'none',
    description: 'the cluster, unless `--cluster` is given',
  }),
  database: setting('KUSTO_DATABASE', text, {
    default: 'NetDefaultDB',
    description: 'the database, unless `--database` is given',
  }),
  dataFolder: setting('DATA_DIR', text, {
    default: '.data',
    description: 'data folder of an embedded engine that is the cluster, unless `--data-dir` is given',
  }),
  storageKey: optionalSetting('AZURE_STORAGE_KEY', text, {
    unset: 'none',
    description:
      'an access key of the storage account that service hooks write to, for `hooks create --queue`',
  }),
  webhookSecret: optionalSetting('CHANGELOG_SECRET', text, {
    unset: 'none',
    description: 'the secret that the backend expects at its webhook, for `hooks create --webhook`',
  }),
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

/** All variables that commands read. */
export const commandSettings: readonly Setting<unknown>[] = [
  ...Object.values(cliSettings),
  ...Object.values(credentialSettings),
  changelogSettings.storage,
  changelogSettings.identityStorage,
  changelogSettings.queue,
];
