/** The options of `deployments kusto`: the database definitions, the jobs, the embedded engine. */
import { type Command, InvalidArgumentError } from 'commander';
import { defaultJobOptions } from '../../kusto/jobs/run-job.ts';
import type { Context, Ends } from '../context.ts';
import { addConnectionOptions } from './connection.ts';
import { apply, type DefinitionOptions, plan } from './definitions.ts';
import { demo } from './demo.ts';
import { jobs } from './jobs.ts';
import { serveKusto } from './serve.ts';

const settleSeconds = defaultJobOptions.settleMs / 1000;

/** Adds `kusto plan`, `apply`, `jobs`, `serve` and `demo`. */
export function registerKusto(program: Command, context: Context, ends: Ends): void {
  const kusto = program
    .command('kusto')
    .description('the database: its definitions, the jobs that fill it, the embedded engine');

  withDefinitionOptions(kusto.command('plan'), context)
    .description('show what apply would create, change and leave')
    .option('--check', 'end with 1 if there is anything to do')
    .addHelpText('after', planHelp)
    .action(ends((options: DefinitionOptions) => plan(options, context)));

  withDefinitionOptions(kusto.command('apply'), context)
    .description('create and change tables, views, functions and policies as defined')
    .addHelpText('after', applyHelp)
    .action(ends((options: DefinitionOptions) => apply(options, context)));

  addConnectionOptions(kusto.command('jobs'), context)
    .description('map what came in since the last time: builds to payloads')
    .option('-j, --job <name...>', 'only these jobs; all of them by default')
    .option('--every <seconds>', 'go on until interrupted, with this pause', positive)
    .option('--from <time>', 'run a range again, from this time of ingestion', time)
    .option('--to <time>', 'run a range again, up to this time of ingestion', time)
    .option('--since <time>', 'where a job starts that has never run; 30 days ago by default', time)
    .option('--settle <seconds>', 'how long ago a window must have ended', notNegative, settleSeconds)
    .option('--holder <name>', 'who runs the jobs; this process by default')
    .addHelpText('after', jobsHelp)
    .action(ends((options: Parameters<typeof jobs>[0]) => jobs(options, context)));

  kusto
    .command('serve')
    .description('run the embedded engine alone, on loopback, until it is interrupted')
    .option('--port <number>', 'port to listen on; 0 for any that is free', port, 0)
    .requiredOption('--data <folder>', 'folder of the databases; created where it is missing')
    .option('--max-size <MiB>', 'refuse what would make a database larger, as on a full disk', positive)
    .addHelpText('after', serveHelp)
    .action(ends((options: Parameters<typeof serveKusto>[0]) => serveKusto(options, context)));

  addConnectionOptions(kusto.command('demo'), context)
    .description('apply the definitions and load the demonstration data set')
    .option('--progress', 'then let one build progress, and end when its deployments have')
    .addHelpText('after', demoHelp)
    .action(ends((options: Parameters<typeof demo>[0]) => demo(options, context)));
}

function withDefinitionOptions(command: Command, context: Context): Command {
  return addConnectionOptions(command, context)
    .option('-e, --environment <name>', 'a file of kusto/environments, or a path to one', 'local')
    .option('--drop <name...>', 'drop these; they must be listed as not ours by plan');
}

function time(text: string): Date {
  const parsed = new Date(text);
  if (Number.isNaN(parsed.getTime())) {
    throw new InvalidArgumentError('Expected a time, such as 2026-01-31T08:00:00Z.');
  }
  return parsed;
}

function notNegative(text: string): number {
  const parsed = Number(text);
  if (!Number.isFinite(parsed) || parsed < 0) throw new InvalidArgumentError('Expected a number, 0 or more.');
  return parsed;
}

function positive(text: string): number {
  if (notNegative(text) === 0) throw new InvalidArgumentError('Expected a number above 0.');
  return Number(text);
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
  deployments kusto plan --cluster http://127.0.0.1:8080 --check`;

const applyHelp = `
Nothing is dropped that is not named with --drop, and no column is ever removed.

Examples:
  deployments kusto apply --cluster https://ours.westeurope.kusto.windows.net --database Deployments -e production
  deployments kusto apply --cluster http://127.0.0.1:8080 --drop OldFunction`;

const jobsHelp = `
A job runs in one place at a time. One that is being run elsewhere ends this command with 1.

Examples:
  deployments kusto jobs --cluster http://127.0.0.1:8080
  deployments kusto jobs --cluster http://127.0.0.1:8080 --every 300
  deployments kusto jobs --cluster http://127.0.0.1:8080 -j Build2PayloadEv2 --from 2026-01-30 --to 2026-01-31`;

const serveHelp = `
It prints its URL when it answers. Any Kusto client can use it.

Example:
  deployments kusto serve --port 8080 --data .data/kusto`;

const demoHelp = `
Example:
  deployments kusto demo --cluster http://127.0.0.1:8080 --progress`;
