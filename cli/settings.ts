/** The variables that replace options or hold secrets, in the order of docs/cli.md. */
import { credentialSettings } from '../azure-devops/credentials.ts';
import { changelogSettings } from '../changelog/config.ts';
import { origin, text } from '../settings/forms.ts';
import { optionalSetting, type Setting, setting } from '../settings/setting.ts';
import { publicAuthority } from './login/credential.ts';
import { audience, clientId, tenant } from './login/forms.ts';

export const cliSettings = {
  url: optionalSetting('DEPLOYMENTS_URL', text, {
    unset: 'that of the login, else `http://127.0.0.1:7071`',
    description: 'URL of the deployments service, unless `--url` is given',
  }),
  token: optionalSetting('DEPLOYMENTS_TOKEN', text, {
    unset: 'that of the login; without one, no token is sent',
    description: 'a bearer token for that service',
  }),
  audience: optionalSetting('DEPLOYMENTS_AUDIENCE', audience, {
    unset: 'none',
    description: 'application id URI of the service, unless `login --audience` is given',
  }),
  tenant: optionalSetting('DEPLOYMENTS_TENANT', tenant, {
    unset: 'none',
    description: 'the tenant to sign in to, unless `login --tenant` is given',
  }),
  client: optionalSetting('DEPLOYMENTS_CLIENT_ID', clientId, {
    unset: 'none',
    description:
      'the application that a person signs in with, or the user-assigned identity, unless `login --client` is given',
  }),
  authority: setting('AZURE_AUTHORITY_HOST', origin('https://login.microsoftonline.us'), {
    default: publicAuthority,
    description: 'where Microsoft Entra ID is for `login` with a device code: another one in national clouds',
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
