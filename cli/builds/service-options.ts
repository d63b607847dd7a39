/** The option that selects the deployments service, and the client of it. */
import type { Command } from 'commander';
import type { DeploymentsClient } from '../../api/client.ts';
import { readSetting } from '../../settings/reader.ts';
import type { Context } from '../context.ts';
import { accessOf, clientWith, localService, type ServiceOptions } from '../login/service-access.ts';
import { cliSettings } from '../settings.ts';

export type { ServiceOptions };

/** Adds `--url`. */
export function addServiceOptions(command: Command, { environment }: Context): Command {
  const otherwise = readSetting(cliSettings.url, environment) ?? `that of the login, else ${localService}`;
  return command.option(
    '--url <url>',
    `URL of the deployments service ($${cliSettings.url.name}) (default: ${otherwise})`,
  );
}

/** Creates a client of the service, with the token in DEPLOYMENTS_TOKEN or of the login. @throws CommandError */
export function clientOf(options: ServiceOptions, context: Context): DeploymentsClient {
  return clientWith(accessOf(options, context));
}
