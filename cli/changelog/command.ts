/** The options of `deployments changelog`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { addRequiredOrganizationOption } from '../azure-devops-options.ts';
import type { Context, Ends } from '../context.ts';
import { addConnectionOptions } from '../kusto/connection.ts';
import { addRequiredOption } from '../required-options.ts';
import { sinceArgument } from '../since.ts';
import { type CommitOptions, commit } from './commit.ts';
import { type ListOptions, listEvents } from './list.ts';
import { registerPoison } from './poison.ts';
import { type StatusOptions, status } from './status.ts';

/** Adds `changelog status`, `list`, `commit` and `poison`. */
export function registerChangelog(program: Command, context: Context, ends: Ends): void {
  const changelog = program
    .command('changelog')
    .description('show what service hooks delivered, and deal with failures');

  addConnectionOptions(changelog.command('status'), context)
    .description('show tables and views with their sizes and retention, events set aside, and the queues')
    .option('--json', 'print one JSON object')
    .addHelpText('after', statusHelp)
    .action(ends((options: StatusOptions) => status(options, context)));

  const list = addConnectionOptions(
    addRequiredOrganizationOption(changelog.command('list'), context),
    context,
  ).description('show the events of a project, newest first, each once');
  addRequiredOption(
    list,
    '-p, --project <name>',
    'project, by id (GUID) or name; the id of a name is looked up',
  )
    .addOption(
      new Option('--since <when>', 'how far back: 7d, 36h, 2026-01-31T08:00:00Z')
        .argParser(sinceOption)
        .default(sinceArgument('1d'), '1 day'),
    )
    .option('--limit <number>', 'the maximum number of events', limitArgument, 100)
    .option('--json', 'print one JSON object')
    .addHelpText('after', listHelp)
    .action(ends((options: ListOptions) => listEvents(options, context)));

  addConnectionOptions(addRequiredOrganizationOption(changelog.command('commit'), context), context)
    .argument('<id>', 'commit id, or its first 7 digits or more')
    .description('show how far a commit has come: builds, merges, their consumers, stages')
    .option('--json', 'print one JSON object')
    .addHelpText('after', commitHelp)
    .action(ends((id: string, options: CommitOptions) => commit(id, options, context)));

  registerPoison(changelog, context, ends);
}

const sinceOption = (text: string): string => sinceArgument(text);

function limitArgument(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
    throw new InvalidArgumentError('Expected a whole number from 1 to 10000.');
  }
  return limit;
}

const commitHelp = `
It follows the commit from run to run: those that built it, those that consumed these, the commits that they pushed.
Exits with 1 if the changelog does not know the commit.

Examples:
  deployments changelog commit $(git rev-parse HEAD) -o contoso -c http://127.0.0.1:7074
  deployments changelog commit 8d2c1f0 -o contoso --json`;

const listHelp = `
Examples:
  deployments changelog list -o contoso -p b32aa71e-8ed2-41b2-9d77-5bc261222004 -c http://127.0.0.1:7074
  deployments changelog list -o contoso -p b32aa71e-8ed2-41b2-9d77-5bc261222004 --since 7d --limit 1000 --json`;

const statusHelp = `
If $CHANGELOG_STORAGE and $CHANGELOG_QUEUE are set as for the backend, the queues are shown too.

Examples:
  deployments changelog status -c https://ours.westeurope.kusto.windows.net -d Deployments
  deployments changelog status -c http://127.0.0.1:7074 --json`;
