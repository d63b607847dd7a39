/** The commands `deployments environments` and `deployments where`. */
import type { Command } from 'commander';
import { addOrganizationOption } from '../azure-devops-options.ts';
import { addServiceOptions } from '../builds/service-options.ts';
import type { Context, Ends } from '../context.ts';
import { sinceArgument } from '../since.ts';
import { type EnvironmentsOptions, environments } from './environments.ts';
import { addOneProjectOptions, addWatchOptions } from './project-options.ts';
import { type WhereOptions, where } from './where.ts';

/** Adds `environments` and `where`. */
export function registerIntrospection(program: Command, context: Context, ends: Ends): void {
  addWatchOptions(addOneProjectOptions(program.command('environments'), context))
    .description('show which version of each service is in each environment of a project')
    .option('-s, --service <name...>', 'only these services')
    .option('-e, --environment <name...>', 'only these environments')
    .option('--at <when>', 'as it was then: 7d ago, or 2026-01-31T08:00:00Z', atArgument)
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', environmentsHelp)
    .action(ends((options: EnvironmentsOptions) => environments(options, context)));

  addServiceOptions(addOrganizationOption(program.command('where')), context)
    .argument('<what>', 'commit id, address of a build, !123 (pull request) or #123 (work item)')
    .description('show how far a commit, a build, a pull request or a work item has come')
    .option('-p, --project <name>', 'project, by id (GUID) or name; pull requests and work items need it')
    .option('--repository <name>', 'repository of the pull request, if several have one of that number')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', whereHelp)
    .action(ends((what: string, options: WhereOptions) => where(what, options, context)));
}

function atArgument(text: string): string {
  const written = text.trim();
  return sinceArgument(written.endsWith(' ago') ? written.slice(0, -' ago'.length) : written);
}

const environmentsHelp = `
A cell names the last version that was deployed with success, whether that was a rollback or a hot fix, how many commits
it is behind the environment before it, and what has run, failed or waits since then.

Examples:
  deployments environments -o contoso -p Payments
  deployments environments -o contoso -p Payments -e staging production --at 7d
  deployments environments -o contoso -p Payments --watch`;

const whereHelp = `
Examples:
  deployments where 8d2c1f0 -o contoso
  deployments where 'https://dev.azure.com/contoso/Payments/_build/results?buildId=85084651'
  deployments where '!142' -o contoso -p Payments
  deployments where '#4711' -o contoso -p Payments`;
