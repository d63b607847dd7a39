/** The options of commands that use Azure DevOps, and the client and projects that they stand for. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Organization } from '../azure-devops/address.ts';
import { type AzureDevOps, createAzureDevOps } from '../azure-devops/client.ts';
import { authorizationFromEnvironment } from '../azure-devops/credentials.ts';
import { AzureDevOpsError } from '../azure-devops/error.ts';
import { InvalidOrganizationError, parseOrganization } from '../azure-devops/organization.ts';
import type { Project } from '../azure-devops/records.ts';
import { readSetting } from '../settings/reader.ts';
import type { Context } from './context.ts';
import { usageError } from './exit-codes.ts';
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

/** Adds `--organization`. */
export function addOrganizationOption(command: Command): Command {
  return command.option(
    '-o, --organization <name>',
    'organization, by name or URL ($AZURE_DEVOPS_ORGANIZATION)',
    organizationArgument,
  );
}

/** Adds `--organization`, `--project` and `--all-projects`. */
export function addProjectOptions(command: Command): Command {
  return addOrganizationOption(command)
    .option('-p, --project <name...>', 'one or more projects, by name or id')
    .addOption(new Option('--all-projects', 'all projects that the token may see').conflicts('project'));
}

/** The organization from the option or the environment. @throws CommandError */
export function organizationOf(
  options: Pick<ProjectOptions, 'organization'>,
  context: Context,
): Organization {
  return options.organization ?? organizationOfEnvironment(context);
}

/** Finds the projects that the options name, with the credentials in the environment. @throws CommandError */
export async function chooseProjects(options: ProjectOptions, context: Context): Promise<ChosenProjects> {
  const organization = organizationOf(options, context);
  if (options.project === undefined && options.allProjects !== true) {
    throw usageError("specify the projects with '--project <name...>' or '--all-projects'");
  }
  const devOps = connect(organization, context);
  return { devOps, projects: await findProjects(devOps, options.project) };
}

/** Reports long pauses on standard error. */
function connect(organization: Organization, context: Context): AzureDevOps {
  return createAzureDevOps({
    organization,
    authorization: authorizationFromEnvironment(context.environment),
    signal: context.signal,
    onWait: (milliseconds, reason) => {
      if (milliseconds >= 1_000) context.err(`… waiting ${Math.ceil(milliseconds / 1000)} s: ${reason}`);
    },
  });
}

/** The projects with these names; without names, all projects. */
async function findProjects(devOps: AzureDevOps, names: readonly string[] | undefined): Promise<Project[]> {
  const projects: Project[] = [];
  if (names === undefined) {
    for await (const page of devOps.projects()) projects.push(...page);
  }
  for (const name of new Set(names)) projects.push(await projectNamed(devOps, name));
  return projects;
}

async function projectNamed(devOps: AzureDevOps, name: string): Promise<Project> {
  try {
    return await devOps.project(name);
  } catch (error) {
    if (!(error instanceof AzureDevOpsError) || error.kind !== 'notFound') throw error;
    throw usageError(
      `option '--project': ${devOps.organization.name} has no project "${name}" that this token may see`,
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

function organizationOfEnvironment({ environment }: Context): Organization {
  const text = readSetting(cliSettings.organization, environment);
  if (!text)
    throw usageError("specify the organization with '--organization <name>' or $AZURE_DEVOPS_ORGANIZATION");
  try {
    return parseOrganization(text);
  } catch (error) {
    throw error instanceof InvalidOrganizationError
      ? usageError(`$AZURE_DEVOPS_ORGANIZATION: ${error.message}`)
      : error;
  }
}
