/** The configuration of a Functions app, which asks more of the settings than other hosts do. */
import { changelogSettings } from '../../changelog/config.ts';
import { type EnvironmentVariables, SettingsReader } from '../../settings/reader.ts';
import { authSettings } from '../auth/config.ts';
import { type Config, type DataConfig, readConfigFrom } from '../config.ts';
import {
  dataSettings,
  functionsSettings,
  hostSettings,
  type ServiceName,
  serviceNames,
} from '../settings.ts';

/** Configuration of a Functions app: its data is in a cluster. */
export interface FunctionsConfig extends Config {
  readonly data: Extract<DataConfig, { kind: 'cluster' }>;
}

/**
 * Reads and checks the settings.
 *
 * @param packaged the services that this app has the code of; without `APIS`, it serves them
 * @throws ConfigError
 */
export function readFunctionsConfig(
  environment: EnvironmentVariables,
  packaged: readonly ServiceName[] = serviceNames,
): FunctionsConfig {
  const isChosen = new SettingsReader(environment).isSet(hostSettings.services);
  const isWhole = packaged === serviceNames || isChosen;
  const reader = new SettingsReader(
    isWhole ? environment : { ...environment, [hostSettings.services.name]: packaged.join() },
  );
  const config = readConfigFrom(reader);
  const missing = reader.read(hostSettings.services)?.filter((name) => !packaged.includes(name)) ?? [];
  if (missing.length > 0)
    reader.refuse(
      hostSettings.services,
      `names ${missing.join(', ')}, and this package has ${packaged.join(', ')} alone`,
    );
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
