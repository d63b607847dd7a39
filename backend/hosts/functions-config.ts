/** The configuration of a Functions app, which asks more of the settings than other hosts do. */
import { changelogSettings } from '../../changelog/config.ts';
import { type EnvironmentVariables, SettingsReader } from '../../settings/reader.ts';
import { authSettings } from '../auth/config.ts';
import { type Config, type DataConfig, readConfigFrom } from '../config.ts';
import { dataSettings, functionsSettings } from '../settings.ts';

/** Configuration of a Functions app: its data is in a cluster. */
export interface FunctionsConfig extends Config {
  readonly data: Extract<DataConfig, { kind: 'cluster' }>;
}

/** Reads and checks the settings. @throws ConfigError */
export function readFunctionsConfig(environment: EnvironmentVariables): FunctionsConfig {
  const reader = new SettingsReader(environment);
  const config = readConfigFrom(reader);
  const { data, changelog } = config;
  if (data.kind !== 'cluster')
    reader.refuse(dataSettings.cluster, 'is missing: on Azure Functions the data is in a cluster');
  if (config.auth.mode === 'none' && reader.read(functionsSettings.environment) !== 'Development')
    reader.refuse(authSettings.mode, 'must not be none outside of a development machine');
  // The queue trigger reads the settings by itself, and takes any text for a connection string.
  if (changelog?.queue?.storage.startsWith('https:') && reader.isSet(changelogSettings.storage))
    reader.refuse(
      changelogSettings.storage,
      `must be a connection string on Azure Functions; put the URL in ${changelogSettings.identityStorage.name} instead`,
    );
  reader.throwIfWrong();
  if (data.kind !== 'cluster') throw new TypeError('unreachable: a missing cluster is refused above');
  return { ...config, data };
}
