/** The options that select the deployments service and the build, and their validation. */
import { type Command, Option } from 'commander';
import { createClient, type DeploymentsClient } from '../../api/client.ts';
import type { BuildKey } from '../../api/keys.ts';
import { InvalidOrganizationError, parseOrganization } from '../../azure-devops/organization.ts';
import { readSetting } from '../../settings/reader.ts';
import { createObserver } from '../../wait/observe.ts';
import type { Context } from '../context.ts';
import { usageError } from '../exit-codes.ts';
import { cliSettings } from '../settings.ts';

export interface ServiceOptions {
  readonly url: string;
}

export interface BuildOptions extends ServiceOptions {
  readonly organization?: string;
  readonly project: string;
  readonly build: string;
}

/** Adds `--url`. */
export function addServiceOptions(command: Command, { environment }: Context): Command {
  return command.addOption(
    new Option('--url <url>', 'URL of the deployments service ($DEPLOYMENTS_URL)').default(
      readSetting(cliSettings.url, environment),
    ),
  );
}

/** Adds the options that name a build. */
export function addBuildOptions(command: Command, context: Context): Command {
  return addServiceOptions(command, context)
    .addOption(
      new Option(
        '-o, --organization <name>',
        'organization, by name or URL ($AZURE_DEVOPS_ORGANIZATION)',
      ).default(readSetting(cliSettings.organization, context.environment)),
    )
    .requiredOption('-p, --project <id>', 'id (GUID) of the project')
    .requiredOption('-b, --build <id>', 'id of the build, the number in its URL');
}

/** Creates a client of the service. It sends the token in DEPLOYMENTS_TOKEN, if there is one. @throws CommandError */
export function clientOf({ url }: ServiceOptions, { environment }: Context): DeploymentsClient {
  const token = readSetting(cliSettings.token, environment);
  try {
    return createClient({ baseUrl: url, ...(token && { token: async () => token }) });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw usageError('--url must be a URL such as https://deployments.example.com');
  }
}

/** The build that the options name. @throws CommandError */
export function buildKeyOf({ organization, project, build }: BuildOptions): BuildKey {
  if (!organization)
    throw usageError('specify the organization with --organization <name> or $AZURE_DEVOPS_ORGANIZATION');
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(project))
    throw usageError('--project must be the id (GUID) of a project');
  if (!/^[1-9]\d{0,9}$/.test(build))
    throw usageError('--build must be the id of a build, which is a whole number');
  return { organization: organizationName(organization), project, buildId: Number(build) };
}

function organizationName(text: string): string {
  try {
    return parseOrganization(text).name;
  } catch (error) {
    if (error instanceof InvalidOrganizationError) throw usageError(`--organization: ${error.message}`);
    throw error;
  }
}

/** Returns a function that polls the build once. */
export function observerOf(options: BuildOptions, context: Context): ReturnType<typeof createObserver> {
  return createObserver(clientOf(options, context), buildKeyOf(options), {
    howToGetAccess: 'Set DEPLOYMENTS_TOKEN to a token that may read deployments.',
  });
}
