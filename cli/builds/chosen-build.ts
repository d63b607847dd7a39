/** Which build a command is about: by the address of its page, as people paste it, or by options. */
import type { Command } from 'commander';
import type { BuildKey } from '../../api/keys.ts';
import { type Address, type Organization, parseAddress } from '../../azure-devops/address.ts';
import {
  addOrganizationOption,
  organizationOfEnvironment,
  organizationTitle,
} from '../azure-devops-options.ts';
import type { Context } from '../context.ts';
import { usageError } from '../exit-codes.ts';
import { resolveProjectId } from '../projects.ts';
import { addServiceOptions, type ServiceOptions } from './service-options.ts';

export interface BuildOptions extends ServiceOptions {
  readonly organization?: Organization;
  readonly project?: string;
  readonly build?: string;
}

/** Adds the argument and the options that name a build, and `--url`. */
export function addBuildOptions(command: Command, context: Context): Command {
  command.argument('[build]', "address of the build's page, in quotes, instead of the next three options");
  return addServiceOptions(
    addOrganizationOption(command)
      .option('-p, --project <name>', 'project, by id (GUID) or name; the id of a name is looked up')
      .option('-b, --build <id>', 'id of the build, the number in its address'),
    context,
  );
}

/** Printed at the end of the help of commands with {@link addBuildOptions}. */
export const buildExamples = (command: string): string => `
The id of a project that is given by name is looked up with the credentials in $AZURE_DEVOPS_TOKEN or
$AZURE_DEVOPS_EXT_PAT.

Examples:
  deployments ${command} 'https://dev.azure.com/contoso/webshop/_build/results?buildId=85084651'
  deployments ${command} -o contoso -p b32aa71e-8ed2-41b2-9d77-5bc261222004 -b 85084651`;

const addressExample = 'https://dev.azure.com/{organization}/{project}/_build/results?buildId=123';

/** The build that the address or the options name. @throws CommandError */
export async function chosenBuild(
  address: string | undefined,
  options: BuildOptions,
  context: Context,
): Promise<BuildKey> {
  const isFromAddress = address !== undefined;
  const place = isFromAddress ? placeOf(address, options) : placeInOptions(options, context);
  const title = isFromAddress ? "the project of argument 'build'" : '--project';
  const project = await resolveProjectId({ ...place, title, isFromAddress }, context);
  return { organization: place.organization.name, project, buildId: place.buildId };
}

function placeOf(text: string, options: BuildOptions): Required<Address> {
  const surplus = (['organization', 'project', 'build'] as const).filter(
    (name) => options[name] !== undefined,
  );
  if (surplus.length > 0) {
    const names = surplus.map((name) => `'--${name}'`).join(', ');
    throw usageError(`argument 'build' says all of organization, project and build: leave out ${names}`);
  }
  const place = URL.canParse(text) ? parseAddress(new URL(text)) : undefined;
  const { organization, project, buildId } = place ?? {};
  if (organization === undefined || project === undefined || buildId === undefined) {
    throw usageError(`argument 'build' must be the address of a build, such as ${addressExample}`);
  }
  return { organization, project, buildId };
}

function placeInOptions(options: BuildOptions, context: Context): Required<Address> {
  const { project, build } = options;
  const organization = options.organization ?? organizationOfEnvironment(context);
  const buildId = build === undefined ? undefined : buildIdOf(build);
  if (organization !== undefined && project !== undefined && buildId !== undefined) {
    return { organization, project, buildId };
  }
  if (build !== undefined && buildId === undefined) {
    throw usageError('--build must be the id of a build, which is a whole number');
  }
  throw usageError('these options are missing, unless you give the address of the build instead:', [
    ...(organization === undefined ? [organizationTitle] : []),
    ...(project === undefined ? ["'--project <name>'"] : []),
    ...(build === undefined ? ["'--build <id>'"] : []),
  ]);
}

/** Undefined for what is no id of a build. */
function buildIdOf(text: string): number | undefined {
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
  return id > 0 && id < 2 ** 31 ? id : undefined;
}
