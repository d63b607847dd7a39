/** The options that name one project of Azure DevOps for the service to look into. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ProjectKey } from '../../api/keys.ts';
import type { Organization } from '../../azure-devops/address.ts';
import { addRequiredOrganizationOption, organizationOf } from '../azure-devops-options.ts';
import { addServiceOptions, type ServiceOptions } from '../builds/service-options.ts';
import type { Context } from '../context.ts';
import { durationArgument } from '../durations.ts';
import { resolveProjectId } from '../projects.ts';
import { addRequiredOption } from '../required-options.ts';

export interface OneProjectOptions extends ServiceOptions {
  readonly organization?: Organization;
  readonly project: string;
}

/** Adds `--organization`, `--project` and `--url`. */
export function addOneProjectOptions(command: Command, context: Context): Command {
  return addServiceOptions(
    addRequiredOption(
      addRequiredOrganizationOption(command, context),
      '-p, --project <name>',
      'project, by id (GUID) or name; the id of a name is looked up',
    ),
    context,
  );
}

/** The project that the options name. @throws CommandError */
export async function chosenProject(options: OneProjectOptions, context: Context): Promise<ProjectKey> {
  const organization = organizationOf(options, context);
  const named = { organization, project: options.project, title: "option '--project'", isFromAddress: false };
  return { organization: organization.name, project: await resolveProjectId(named, context) };
}

export interface WatchOptions {
  readonly watch?: true;
  readonly every: number;
}

/** Adds `--watch` and `--every`. */
export function addWatchOptions(command: Command): Command {
  return command
    .option('-w, --watch', 'show it again whenever it changes, until interrupted')
    .addOption(
      new Option('--every <time>', 'time between two polls of --watch')
        .argParser(durationArgument(1_000, 3_600_000))
        .default(10_000, '10s'),
    );
}

/** Parses a whole number from 1 to `most`. */
export function countArgument(most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (number >= 1 && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`);
  };
}
