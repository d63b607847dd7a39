/** The commands `deployments get`, `watch` and `wait`. */
import { type Command, Option } from 'commander';
import type { DeploymentKey } from '../../api/keys.ts';
import { allSourceNames, sourceNamed } from '../../api/names.ts';
import { sleep } from '../../net/sleep.ts';
import type { Observation } from '../../wait/progress.ts';
import { type Shown, show } from '../answers.ts';
import type { Context, Ends } from '../context.ts';
import { durationArgument } from '../durations.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { addChangesOptions } from '../introspection/changes.ts';
import { addRequiredOption } from '../required-options.ts';
import type { Printer } from '../terminal/printer.ts';
import { allEntities } from './all-entities.ts';
import { addBuildOptions, type BuildOptions, buildExamples, chosenBuild } from './chosen-build.ts';
import { showBuilds, showDeployments, showEntities, showFailedEntities } from './lookup-tables.ts';
import { observerOf } from './observer.ts';
import { addServiceOptions, clientOf, type ServiceOptions } from './service-options.ts';
import { addCriteriaOptions, type WaitOptions, wait } from './wait.ts';

type WatchOptions = BuildOptions & { readonly every: number };
type SourceOptions = ServiceOptions & Shown & { readonly source: string; readonly id: string };
type DeploymentOptions = SourceOptions & { readonly entities?: true };

/** Adds `get`, `watch` and `wait`. */
export function registerBuilds(program: Command, context: Context, ends: Ends): void {
  const get = addChangesOptions(program.command('get'), context, ends).description(
    'list deployments, or look up those of a build, or the builds of a deployment or payload',
  );

  addBuildOptions(get.command('build'), context)
    .description('show the deployments of a build')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', buildExamples('get build'))
    .action(
      ends((address: string | undefined, options: BuildOptions & Shown) =>
        getBuild(address, options, context),
      ),
    );

  addSourceOptions(get.command('deployment'), 'deployment', context)
    .description('show the builds of a deployment, or its entities')
    .option('--entities', 'show its regions, clusters, nodes or jobs, those that failed first')
    .addHelpText('after', deploymentHelp)
    .action(ends((options: DeploymentOptions) => getDeployment(options, context)));

  addSourceOptions(get.command('payload'), 'payload', context)
    .description('show the builds of a payload')
    .addHelpText('after', payloadHelp)
    .action(ends((options: SourceOptions) => getPayload(options, context)));

  addBuildOptions(program.command('watch'), context)
    .description('show the deployments of a build whenever they change, until interrupted')
    .addOption(
      new Option('--every <time>', 'time between two polls')
        .argParser(durationArgument(1_000, 3_600_000))
        .default(10_000, '10s'),
    )
    .addHelpText('after', buildExamples('watch'))
    .action(ends((address: string | undefined, options: WatchOptions) => watch(address, options, context)));

  addCriteriaOptions(addBuildOptions(program.command('wait'), context))
    .description('wait until the deployments of a build have arrived, as the pipeline task does')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', `${waitHelp}${buildExamples('wait')} --require any --on-failure wait`)
    .action(ends((address: string | undefined, options: WaitOptions) => wait(address, options, context)));
}

function addSourceOptions(command: Command, what: string, context: Context): Command {
  const names = allSourceNames.join(', ');
  const withSource = addRequiredOption(
    addServiceOptions(command, context),
    '-s, --source <name>',
    `orchestrator: ${names}`,
  );
  return addRequiredOption(withSource, '-i, --id <id>', `id of the ${what}`).option(
    '--json',
    'print the answer as JSON',
  );
}

const waitHelp = `
Progress goes to standard error, the outcome to standard output. Exits with 0 if the deployments have arrived, with 1 if
they have failed or time ran out, and with 3 if the service refuses. Times are written like 45s, 30m or 1h30m.
`;

const deploymentHelp = `
Example:
  deployments get deployment -s Ev2 -i ContainerApps/6afbe798-8617-4097-8fc4-dabf6d3b6b73
  deployments get deployment -s Ev2 -i ContainerApps/6afbe798-8617-4097-8fc4-dabf6d3b6b73 --entities`;

const payloadHelp = `
Example:
  deployments get payload -s Ev2 -i df36aee8-c644-400b-a0ab-fd0f1191211d/containerapps=1.2.1450.0`;

async function getBuild(
  address: string | undefined,
  options: BuildOptions & Shown,
  context: Context,
): Promise<ExitCode> {
  const client = clientOf(options, context);
  const build = await chosenBuild(address, options, context);
  const lookup = client.getDeployments(build, { signal: context.signal });
  return show(lookup, options, context, ({ Deployments }, out) =>
    showDeployments(Deployments, Date.now(), out),
  );
}

function getDeployment(options: DeploymentOptions, context: Context): Promise<ExitCode> {
  const deployment = { source: sourceIn(options), id: options.id };
  if (options.entities) return getEntities(deployment, options, context);
  const lookup = clientOf(options, context).getBuilds(deployment, { signal: context.signal });
  return show(lookup, options, context, ({ Builds }, out) => showBuilds(Builds, out));
}

/** All pages: somebody who looks for a region expects it in the list. */
function getEntities(
  deployment: DeploymentKey,
  options: DeploymentOptions,
  context: Context,
): Promise<ExitCode> {
  const lookup = allEntities(clientOf(options, context), deployment, context.signal);
  return show(lookup, options, context, ({ Entities }, out) => showEntities(Entities, out));
}

function getPayload(options: SourceOptions, context: Context): Promise<ExitCode> {
  const payload = { source: sourceIn(options), payload: options.id };
  const lookup = clientOf(options, context).getBuildsOfPayload(payload, { signal: context.signal });
  return show(lookup, options, context, ({ Builds }, out) => showBuilds(Builds, out));
}

/** The service refuses an unknown source, and says which it knows. */
function sourceIn({ source }: SourceOptions): string {
  return sourceNamed(source) ?? source;
}

async function watch(
  address: string | undefined,
  options: WatchOptions,
  context: Context,
): Promise<ExitCode> {
  const observe = observerOf(options, await chosenBuild(address, options, context), context);
  let shown = '';
  while (!context.signal.aborted) {
    const observation = await observe(context.signal);
    const state = JSON.stringify(observation);
    if (state !== shown) showObservation(observation, context.out);
    shown = state;
    if (observation.kind === 'refused') return exitCodes.service;
    await sleep(options.every, context.signal);
  }
  return exitCodes.interrupted;
}

function showObservation(observation: Observation, out: Printer): void {
  if (observation.kind !== 'deployments') out.line(observation.message);
  else if (observation.deployments.length === 0) out.line('No deployments yet.');
  else {
    showDeployments(observation.deployments, Date.now(), out);
    showFailedEntities(observation.deployments, observation.failedEntities, out);
  }
}
