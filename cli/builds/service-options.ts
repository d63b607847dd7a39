/** The option that selects the deployments service, and the client of it. */
import { type Command, Option } from 'commander';
import { createClient, type DeploymentsClient } from '../../api/client.ts';
import { isSafeForTokens } from '../../net/loopback.ts';
import { readSetting } from '../../settings/reader.ts';
import type { Context } from '../context.ts';
import { usageError } from '../exit-codes.ts';
import { cliSettings } from '../settings.ts';

export interface ServiceOptions {
  readonly url: string;
}

/** Adds `--url`. */
export function addServiceOptions(command: Command, { environment }: Context): Command {
  return command.addOption(
    new Option('--url <url>', 'URL of the deployments service ($DEPLOYMENTS_URL)').default(
      readSetting(cliSettings.url, environment),
    ),
  );
}

/**
 * Creates a client of the service. It sends the token in DEPLOYMENTS_TOKEN, if there is one, over https or to this
 * machine, and to nobody to whom the service redirects. @throws CommandError
 */
export function clientOf({ url }: ServiceOptions, { environment }: Context): DeploymentsClient {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw usageError('--url must be a URL such as https://deployments.example.com');
  }
  const token = readSetting(cliSettings.token, environment);
  if (!token) return createClient({ baseUrl: url });
  if (!isSafeForTokens(new URL(url))) {
    throw usageError(
      `--url ${new URL(url).origin} is plain http on another machine, so the token in $${cliSettings.token.name} is not sent there: give an https URL, or unset the token`,
    );
  }
  return createClient({
    baseUrl: url,
    token: async () => token,
    fetch: (input, init) => fetch(input, { ...init, redirect: 'manual' }),
  });
}
