/** The options of `deployments changelog`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addConnectionOptions } from '../kusto/connection.ts';
import type { Ends } from '../program.ts';
import { registerPoison } from './poison.ts';
import { type StatusOptions, status } from './status.ts';

/** Adds `changelog status` and `changelog poison`. */
export function registerChangelog(program: Command, context: Context, ends: Ends): void {
  const changelog = program
    .command('changelog')
    .description('what service hooks brought, and what became of it');

  addConnectionOptions(changelog.command('status'), context)
    .description('show tables with their sizes and retention, events set aside, and the queues')
    .option('--json', 'one JSON object on standard output')
    .addHelpText('after', statusHelp)
    .action(ends((options: StatusOptions) => status(options, context)));

  registerPoison(changelog, context, ends);
}

const statusHelp = `
With $CHANGELOG_STORAGE and $CHANGELOG_QUEUE set as for the backend, the queues are shown too.

Examples:
  deployments changelog status -c https://ours.westeurope.kusto.windows.net -d Deployments
  deployments changelog status -c http://127.0.0.1:8080 --json`;
