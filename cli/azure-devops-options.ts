/** The options of commands that use Azure DevOps, and the client and projects that they stand for. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Organization } from '../azure-devops/address.ts';
import { type AzureDevOps, createAzureDevOps } from '../azure-devops/client.ts';
import { authorizationFromEnvironment } from '../azure-devops/credentials.ts';
import { AzureDevOpsError } from '../azure-devops/error.ts';
import { InvalidOrganizationError, parseOrganization } from '../azure-devops/organization.ts';
import type { Project } from '../azure-devops/records.ts';
import { readSetting } from '../settings/reader.ts';
import { formatDuration } from '../wait/duration.ts';
import type { Context } from './context.ts';
import { usageError } from './exit-codes.ts';
import { requireOption } from './required-options.ts';
import { cliSettings } from './settings.ts';

export interface ProjectOptions {
  readonly organization?: Organization;
  readonly project?: readonly string[];
  readonly allProjects?: true;
}

/** A client of the organization, and the projects that the options name. */
export interface ChosenProjects {
  readonly devOps: AzureDevOps;
  readonly projects: readonly Project[];
}

/** How errors call the option that names an organization. */
export const organizationTitle = `'--organization <name>' or $${cliSettings.organization.name}`;

/**
 * Adds `--organization`, which may be written `--org` as for `az devops`.
 *
 * @param short its letter; none for a command where that means something else
 */
export function addOrganizationOption(command: Command, short: '-o, ' | '' = '-o, '): Command {
  return command
    .option(
      `${short}--organization <name>`,
      'organization, by name or URL ($AZURE_DEVOPS_ORGANIZATION)',
      organizationArgument,
    )
    .addOption(new Option('--org <name>').argParser(organizationArgument).hideHelp())
    .on('option:org', (name) => command.setOptionValue('organization', organizationArgument(name)));
}

/** Adds `--organization` and makes it required. */
export function addRequiredOrganizationOption(command: Command, context: Context): Command {
  return requireOption(addOrganizationOption(command), {
    title: organizationTitle,
    isGiven: ({ organization }) =>
      organization !== undefined || organizationOfEnvironment(context) !== undefined,
  });
}

/** Adds `--organization`, `--project` and `--all-projects`, and requires an organization and projects. */
export function addProjectOptions(command: Command, context: Context): Command {
  requireOption(addRequiredOrganizationOption(command, context), {
    title: "'--project <name...>' or '--all-projects'",
    isGiven: ({ project, allProjects }) => project !== undefined || allProjects === true,
  });
  return command
    .option('-p, --project <name...>', 'one or more projects, by name or id')
    .addOption(new Option('--all-projects', 'all projects that the token may see').conflicts('project'));
}

/** The organization from the option or the environment. @throws CommandError */
export function organizationOf(
  options: Pick<ProjectOptions, 'organization'>,
  context: Context,
): Organization {
  const organization = options.organization ?? organizationOfEnvironment(context);
  if (organization === undefined) throw usageError(`required option ${organizationTitle} is missing`);
  return organization;
}

/** Finds the projects that the options name, with the credentials in the environment. @throws CommandError */
export async function chooseProjects(options: ProjectOptions, context: Context): Promise<ChosenProjects> {
  const organization = organizationOf(options, context);
  const devOps = connect(organization, context);
  return { devOps, projects: await findProjects(devOps, options.project) };
}

/** A client with the credentials in the environment, which reports long pauses on standard error. */
export function connect(organization: Organization, context: Context): AzureDevOps {
  return createAzureDevOps({
    organization,
    authorization: authorizationFromEnvironment(context.environment),
    signal: context.signal,
    onWait: (milliseconds, reason) => {
      if (milliseconds >= 1_000) context.err.line(`… waiting ${formatDuration(milliseconds)}: ${reason}`);
    },
  });
}

/** The projects with these names; without names, all projects. */
async function findProjects(devOps: AzureDevOps, names: readonly string[] | undefined): Promise<Project[]> {
  const projects: Project[] = [];
  if (names === undefined) {
    for await (const page of devOps.projects()) projects.push(...page);
  }
  for (const name of new Set(names)) projects.push(await projectNamed(devOps, name, "option '--project'"));
  return projects;
}

/** The project with this name or id. @param title how errors call where it was given @throws CommandError */
export async function projectNamed(devOps: AzureDevOps, name: string, title: string): Promise<Project> {
  try {
    return await devOps.project(name);
  } catch (error) {
    if (!(error instanceof AzureDevOpsError) || error.kind !== 'notFound') throw error;
    throw usageError(
      `${title}: ${devOps.organization.name} has no project "${name}" that this token may see`,
    );
  }
}

function organizationArgument(text: string): Organization {
  try {
    return parseOrganization(text);
  } catch (error) {
    throw error instanceof InvalidOrganizationError ? new InvalidArgumentError(`${error.message}.`) : error;
  }
}

/** The organization of the environment, if it names one. @throws CommandError */
export function organizationOfEnvironment({ environment }: Context): Organization | undefined {
  const text = readSetting(cliSettings.organization, environment);
  if (!text) return undefined;
  try {
    return parseOrganization(text);
  } catch (error) {
    throw error instanceof InvalidOrganizationError
      ? usageError(`$AZURE_DEVOPS_ORGANIZATION: ${error.message}`)
      : error;
  }
}
