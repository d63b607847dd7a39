/** The commands `deployments kusto …`: the definitions of the database, the jobs, the embedded engine. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultJobOptions } from '../../kusto/jobs/run-job.ts';
import { formatDuration } from '../../wait/duration.ts';
import type { Context, Ends } from '../context.ts';
import { durationArgument } from '../durations.ts';
import { sinceArgument } from '../since.ts';
import { addConnectionOptions } from './connection.ts';
import { apply, type DefinitionOptions, plan } from './definitions.ts';
import { demo } from './demo.ts';
import { jobs } from './jobs.ts';
import { serveKusto } from './serve.ts';

/** That of the engine under `npm start` too. */
const defaultPort = 7074;

/** Adds `kusto plan`, `apply`, `jobs`, `serve` and `demo`. */
export function registerKusto(program: Command, context: Context, ends: Ends): void {
  const kusto = program
    .command('kusto')
    .description('the database: definitions, jobs and the embedded engine');

  withDefinitionOptions(kusto.command('plan'), context)
    .description('show what apply would change')
    .option('--check', 'exit with 1 if there is anything to change')
    .addHelpText('after', planHelp)
    .action(ends((options: DefinitionOptions) => plan(options, context)));

  withDefinitionOptions(kusto.command('apply'), context)
    .description('bring tables, views, functions and policies to their definitions')
    .addHelpText('after', applyHelp)
    .action(ends((options: DefinitionOptions) => apply(options, context)));

  addConnectionOptions(kusto.command('jobs'), context)
    .description('run the mapping jobs for the data since their last run')
    .option('-j, --job <name...>', 'only these jobs (default: all)')
    .option(
      '--every <time>',
      'run again and again until interrupted, with this pause',
      durationArgument(1_000),
    )
    .option('--from <time>', 'run again from this ingestion time', time)
    .option('--to <time>', 'run again up to this ingestion time', time)
    .option(
      '--since <when>',
      'where a job starts that has never run: 7d, 2026-01-31T08:00:00Z (default: 30d)',
      (text) => new Date(sinceArgument(text)),
    )
    .addOption(
      new Option('--settle <time>', 'how long a window must have been over before it is mapped')
        .argParser(durationArgument(0))
        .default(defaultJobOptions.settleMs, formatDuration(defaultJobOptions.settleMs)),
    )
    .option('--holder <name>', 'name of whoever runs the jobs (default: host and process id)')
    .addHelpText('after', jobsHelp)
    .action(ends((options: Parameters<typeof jobs>[0]) => jobs(options, context)));

  kusto
    .command('serve')
    .description('run the embedded engine on loopback until interrupted')
    .option('--data, --data-dir <folder>', 'folder of the databases; created if it does not exist')
    .option('--memory', 'keep nothing: the data is gone when the engine ends')
    .option('--port <number>', 'port to listen on; 0 chooses a free one', port, defaultPort)
    .option('--max-size <MiB>', 'limit the size of each database; beyond it, writes are refused', positive)
    .option(
      '--allow-cluster <engine...>',
      'other engines of this machine that queries may read: the URL of each, or its data folder, which has its token',
    )
    .option('--no-token', 'serve clients without a token, such as other programs of this machine')
    .addHelpText('after', serveHelp)
    .action(ends((options: Parameters<typeof serveKusto>[0]) => serveKusto(options, context)));

  addConnectionOptions(kusto.command('demo'), context)
    .description('apply the definitions and load the demo data')
    .option('--progress', 'then let the deployments of one build progress, until they have ended')
    .addHelpText('after', demoHelp)
    .action(ends((options: Parameters<typeof demo>[0]) => demo(options, context)));
}

function withDefinitionOptions(command: Command, context: Context): Command {
  return addConnectionOptions(command, context)
    .option('-e, --environment <name>', 'a file in kusto/environments, or a path', 'local')
    .option('--drop <name...>', 'drop these objects, which plan must list as not defined here');
}

function time(text: string): Date {
  const parsed = new Date(text);
  if (Number.isNaN(parsed.getTime())) {
    throw new InvalidArgumentError('Expected a time, such as 2026-01-31T08:00:00Z.');
  }
  return parsed;
}

function positive(text: string): number {
  const parsed = Number(text);
  if (!Number.isFinite(parsed) || parsed <= 0) throw new InvalidArgumentError('Expected a number above 0.');
  return parsed;
}

function port(text: string): number {
  const parsed = Number(text);
  if (!Number.isInteger(parsed) || parsed < 0 || parsed > 65_535) {
    throw new InvalidArgumentError('Expected a whole number from 0 to 65535.');
  }
  return parsed;
}

const planHelp = `
Examples:
  deployments kusto plan --cluster https://ours.westeurope.kusto.windows.net --database Deployments -e production
  deployments kusto plan --cluster http://127.0.0.1:7074 --check`;

const applyHelp = `
Objects are dropped only if --drop names them. Columns are never removed.

Examples:
  deployments kusto apply --cluster https://ours.westeurope.kusto.windows.net --database Deployments -e production
  deployments kusto apply --cluster http://127.0.0.1:7074 --drop OldFunction`;

const jobsHelp = `
A job runs in one place at a time. If one is running elsewhere, the exit code is 1.

Examples:
  deployments kusto jobs --cluster http://127.0.0.1:7074
  deployments kusto jobs --cluster http://127.0.0.1:7074 --every 5m
  deployments kusto jobs --cluster http://127.0.0.1:7074 -j Build2PayloadEv2 --from 2026-01-30 --to 2026-01-31`;

const serveHelp = `
Prints the URL when it is ready, and a connection string with a token that is made at every start. Any Kusto
client can use it; with --no-token also one that sends no token. Pages of other sites are refused either way.

Examples:
  deployments kusto serve --data-dir .data/kusto
  deployments kusto serve --memory --no-token --port 8080
  deployments kusto serve --data-dir .data/kusto --allow-cluster .data/owner`;

const demoHelp = `
Example:
  deployments kusto demo --cluster http://127.0.0.1:7074 --progress`;
