/** The commands `deployments get`, `watch` and `wait`. */
import type { Command } from 'commander';
import type { LookupAnswer } from '../../api/client.ts';
import { ClientError } from '../../api/client-error.ts';
import { deploymentSources } from '../../api/contract.ts';
import { sleep } from '../../net/sleep.ts';
import type { Observation } from '../../wait/progress.ts';
import type { Context, Ends } from '../context.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { buildsTable, deploymentsTable } from './lookup-tables.ts';
import {
  addBuildOptions,
  addServiceOptions,
  type BuildOptions,
  buildKeyOf,
  clientOf,
  observerOf,
  type ServiceOptions,
} from './service-options.ts';
import { addCriteriaOptions, type WaitOptions, wait } from './wait.ts';

interface Shown {
  readonly json?: true;
}

type DeploymentOptions = ServiceOptions & Shown & { readonly source: string; readonly id: string };

/** Adds `get`, `watch` and `wait`. */
export function registerBuilds(program: Command, context: Context, ends: Ends): void {
  const get = program
    .command('get')
    .description('look up the deployments of a build, or the builds of a deployment or payload');

  addBuildOptions(get.command('build'), context)
    .description('show the deployments of a build')
    .option('--json', 'print the answer as JSON')
    .action(ends((options: BuildOptions & Shown) => getBuild(options, context)));

  addServiceOptions(get.command('deployment'), context)
    .description('show the builds of a deployment')
    .requiredOption('-s, --source <name>', `orchestrator: ${deploymentSources.join(', ')}`)
    .requiredOption('-i, --id <id>', 'id of the deployment')
    .option('--json', 'print the answer as JSON')
    .action(ends((options: DeploymentOptions) => getDeployment(options, context)));

  addServiceOptions(get.command('payload'), context)
    .description('show the builds of a payload')
    .requiredOption('-s, --source <name>', `orchestrator: ${deploymentSources.join(', ')}`)
    .requiredOption('-i, --id <id>', 'id of the payload')
    .option('--json', 'print the answer as JSON')
    .action(ends((options: DeploymentOptions) => getPayload(options, context)));

  addBuildOptions(program.command('watch'), context)
    .description('show the deployments of a build whenever they change, until interrupted')
    .option('--every <seconds>', 'seconds between two polls', '10')
    .action(ends((options: BuildOptions & { every: string }) => watch(options, context)));

  addCriteriaOptions(addBuildOptions(program.command('wait'), context))
    .description('wait until the deployments of a build have arrived, as the pipeline task does')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', waitHelp)
    .action(ends((options: WaitOptions) => wait(options, context)));
}

const waitHelp = `
Examples:
  deployments wait -o contoso -p b32aa71e-8ed2-41b2-9d77-5bc261222004 -b 85084651
  deployments wait -o contoso -p b32aa71e-8ed2-41b2-9d77-5bc261222004 -b 85084651 --require any --on-failure wait`;

function getBuild(options: BuildOptions & Shown, context: Context): Promise<ExitCode> {
  const build = buildKeyOf(options);
  const lookup = clientOf(options, context).getDeployments(build, { signal: context.signal });
  return show(lookup, options, context, ({ Deployments }) => deploymentsTable(Deployments, Date.now()));
}

function getDeployment(options: DeploymentOptions, context: Context): Promise<ExitCode> {
  const { source, id } = options;
  const lookup = clientOf(options, context).getBuilds({ source, id }, { signal: context.signal });
  return show(lookup, options, context, ({ Builds }) => buildsTable(Builds));
}

function getPayload(options: DeploymentOptions, context: Context): Promise<ExitCode> {
  const { source, id: payload } = options;
  const lookup = clientOf(options, context).getBuildsOfPayload(
    { source, payload },
    { signal: context.signal },
  );
  return show(lookup, options, context, ({ Builds }) => buildsTable(Builds));
}

/** Prints an answer. If there is nothing to show, the exit code tells scripts so. */
async function show<T>(
  lookup: Promise<LookupAnswer<T>>,
  { json }: Shown,
  context: Context,
  text: (body: T) => string,
): Promise<ExitCode> {
  const answer = await lookup.catch((error: unknown): never => {
    throw error instanceof ClientError ? commandError(error) : error;
  });
  if (answer.kind !== 'found') {
    context.err(answer.kind === 'none' ? answer.reason : answer.message);
    return exitCodes.badNews;
  }
  if (answer.staleSeconds !== undefined)
    context.err(`This answer is ${answer.staleSeconds} s old, because the service cannot reach its data.`);
  if (answer.skipped.length > 0)
    context.err(`Rows that could not be read and are not shown: ${answer.skipped.length}.`);
  context.out(json ? JSON.stringify(answer.body) : text(answer.body));
  return exitCodes.success;
}

function commandError(error: ClientError): CommandError {
  const isUsage = error.kind === 'badRequest';
  const trace = error.traceId === undefined ? '' : ` (trace id ${error.traceId})`;
  return new CommandError(isUsage ? exitCodes.usage : exitCodes.service, error.message + trace);
}

async function watch(options: BuildOptions & { every: string }, context: Context): Promise<ExitCode> {
  const seconds = Number(options.every);
  if (!(seconds >= 1 && seconds <= 3_600))
    throw new CommandError(exitCodes.usage, '--every must be a number from 1 to 3600');
  const observe = observerOf(options, context);
  let shown = '';
  while (!context.signal.aborted) {
    const observation = await observe(context.signal);
    const state = JSON.stringify(observation);
    if (state !== shown) context.out(textOf(observation));
    shown = state;
    if (observation.kind === 'refused') return exitCodes.service;
    await sleep(seconds * 1_000, context.signal);
  }
  return exitCodes.interrupted;
}

function textOf(observation: Observation): string {
  if (observation.kind !== 'deployments') return observation.message;
  return observation.deployments.length > 0
    ? deploymentsTable(observation.deployments, Date.now())
    : 'No deployments yet.';
}
