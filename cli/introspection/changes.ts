/** `get` with options: a list of deployments, as `spk deployment get` prints it. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'yaml';
import type { LookupAnswer, LookupCallOptions } from '../../api/client.ts';
import type { Change, Changes } from '../../api/introspection/contract.ts';
import { type DeploymentState, deploymentStates } from '../../api/states.ts';
import { addOrganizationOption } from '../azure-devops-options.ts';
import { toTheSecond } from '../builds/lookup-tables.ts';
import { addServiceOptions } from '../builds/service-options.ts';
import type { Context, Ends } from '../context.ts';
import { type ExitCode, usageError } from '../exit-codes.ts';
import { accessOf, introspectionWith } from '../login/service-access.ts';
import type { Printer } from '../terminal/printer.ts';
import type { Text } from '../terminal/styled-text.ts';
import {
  addWatchOptions,
  chosenProject,
  countArgument,
  type OneProjectOptions,
  type WatchOptions,
} from './project-options.ts';
import { showOrWatch } from './watch.ts';
import { kindInWords, shortCommit, stateOfPlacement } from './wording.ts';

const formats = ['normal', 'wide', 'json', 'yaml'] as const;
type Format = (typeof formats)[number];

interface ChangesOptions extends Omit<OneProjectOptions, 'project'>, WatchOptions {
  readonly project?: string;
  readonly buildId?: number;
  readonly commitId?: string;
  readonly deploymentId?: string;
  readonly imageTag?: string;
  readonly environment?: readonly string[];
  readonly service?: readonly string[];
  readonly author?: string;
  readonly state?: readonly DeploymentState[];
  readonly top: number;
  readonly output: Format;
}

/** Adds the options of the list, which is what the command does without a subcommand. */
export function addChangesOptions(command: Command, context: Context, ends: Ends): Command {
  // `-o` is the format here, as in SPK.
  addServiceOptions(addOrganizationOption(command, ''), context)
    .option('-p, --project <name>', 'project, by id (GUID) or name; the id of a name is looked up')
    .option('-b, --build-id <id>', 'only those of this build', countArgument(2 ** 31 - 1))
    .option('-c, --commit-id <id>', 'only those of this commit: its id, or the first 7 digits or more')
    .option('-d, --deployment-id <id>', 'only this deployment')
    .option('-i, --image-tag <tag>', 'only those of this image')
    .option('-e, --environment <name...>', 'only those to these environments')
    .option('-s, --service <name...>', 'only those of these services')
    .option('--author <name>', 'only those with a change of this person')
    .option('--state <state...>', `only those in these states: ${deploymentStates.join(', ')}`, stateArgument)
    .option('-t, --top <number>', 'the most that are shown', countArgument(500), 50)
    .addOption(
      new Option('-o, --output <format>', 'wide adds how they came to be')
        .choices([...formats])
        .default('normal'),
    );
  return addWatchOptions(command)
    .addHelpText('after', help)
    .action(ends((options: ChangesOptions) => listChanges(options, context)));
}

const help = `
Without one of the commands above it lists deployments of a project, newest first.

Examples:
  deployments get --org contoso -p Payments -s ledger-api -e production
  deployments get --org contoso -p Payments -c 8d2c1f0 -o wide
  deployments get --org contoso -p Payments --state failed inProgress -w`;

async function listChanges(options: ChangesOptions, context: Context): Promise<ExitCode> {
  const { project, output } = options;
  if (project === undefined) throw usageError("required option '--project <name>' is missing");
  const client = introspectionWith(accessOf(options, context));
  const query = {
    ...(await chosenProject({ ...options, project }, context)),
    buildId: options.buildId,
    commit: options.commitId,
    deploymentId: options.deploymentId,
    imageTag: options.imageTag,
    environments: options.environment,
    services: options.service,
    author: options.author,
    states: options.state,
    top: options.top,
  };
  const ask = (call: LookupCallOptions<Changes>): Promise<LookupAnswer<Changes>> =>
    client.getChanges(query, call);
  return showOrWatch(ask, options, context, printers[output]);
}

const printers: Readonly<Record<Format, (body: Changes, out: Printer) => void>> = {
  normal: (body, out) => showTable(body, out, usualColumns),
  wide: (body, out) => showTable(body, out, [...usualColumns, ...wideColumns]),
  json: (body, out) => out.json(body),
  yaml: (body, out) => out.block(stringify(body).trimEnd()),
};

type Column = readonly [heading: string, cell: (change: Change) => Text];

const usualColumns: readonly Column[] = [
  ['STATE', ({ Placement }) => stateOfPlacement(Placement)],
  ['SERVICE', ({ Placement }) => Placement.Service],
  ['ENVIRONMENT', ({ Placement }) => Placement.Environment],
  ['VERSION', ({ Placement }) => ({ text: Placement.Version, link: Placement.DeploymentUrl })],
  ['KIND', ({ Placement }) => kindInWords(Placement)],
  ['COMMIT', ({ Placement }) => shortCommit(Placement.Build.Commit)],
  ['AUTHOR', ({ Author }) => Author],
  ['STARTED (UTC)', ({ Placement }) => toTheSecond(Placement.StartTime)],
  ['ENDED (UTC)', ({ Placement }) => toTheSecond(Placement.EndTime ?? '')],
];

const wideColumns: readonly Column[] = [
  ['BUILD', ({ Placement: { Build } }) => ({ text: String(Build.Id), link: Build.Url })],
  ['BRANCH', ({ Placement }) => Placement.Build.Branch.replace(/^refs\/heads\//, '')],
  ['RING', ({ Ring }) => Ring],
  ['METADATA UPDATE', ({ MetadataUpdate }) => MetadataUpdate?.Title ?? ''],
  ['APPROVAL', ({ Approval }) => Approval?.By || (Approval ? stateOfPlacement(Approval) : '')],
  ['MERGED BY', ({ MergedBy }) => MergedBy],
  ['READY (UTC)', ({ ReadyToDeploy }) => toTheSecond(ReadyToDeploy?.EndTime ?? '')],
  ['SYNCED', ({ SyncedClusters }) => SyncedClusters.join(', ')],
  ['DEPLOYMENT', ({ Placement }) => Placement.DeploymentId],
  ['LAST CHANGE (UTC)', ({ LastUpdateTime }) => toTheSecond(LastUpdateTime)],
];

function showTable({ Changes, ContinuationToken }: Changes, out: Printer, columns: readonly Column[]): void {
  if (Changes.length === 0) out.line('No deployments.');
  out.table(
    columns.map(([heading]) => heading),
    Changes.map((change) => columns.map(([, cell]) => cell(change))),
  );
  if (ContinuationToken !== undefined) out.line({ text: 'There are more: see --top.', tone: 'muted' });
}

function stateArgument(text: string, before: readonly DeploymentState[] = []): DeploymentState[] {
  const state = deploymentStates.find((known) => known.toLowerCase() === text.toLowerCase());
  if (state === undefined) throw new InvalidArgumentError(`Expected one of ${deploymentStates.join(', ')}.`);
  return [...before, state];
}
