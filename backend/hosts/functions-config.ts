/** What Azure Functions asks of the settings beyond what every host does. */
import { identityStorageVariable } from '../../changelog/config.ts';
import { type Config, ConfigError, type DataConfig } from '../config.ts';

/** Settings of a Functions app: its data is in a cluster. */
export interface FunctionsConfig extends Config {
  readonly data: Extract<DataConfig, { kind: 'cluster' }>;
}

/** The settings, for a Functions app. @throws ConfigError where they do not fit one */
export function checkedForFunctions(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
): FunctionsConfig {
  const { data, changelog } = config;
  const mistakes: string[] = [];
  if (data.kind !== 'cluster')
    mistakes.push('KUSTO_CLUSTER is missing: on Azure Functions the data is in a cluster.');
  if (environment.AZURE_FUNCTIONS_ENVIRONMENT !== 'Development')
    mistakes.push('AUTH must not be none outside of a development machine.');
  // The queue trigger reads the settings by itself, and takes a text for a connection string.
  if (changelog?.queue?.storage.startsWith('https:') && environment.CHANGELOG_STORAGE?.trim())
    mistakes.push(
      `CHANGELOG_STORAGE must be a connection string on Azure Functions; put the URL into ${identityStorageVariable} instead.`,
    );
  if (mistakes.length > 0 || data.kind !== 'cluster') throw new ConfigError(mistakes);
  return { ...config, data };
}
