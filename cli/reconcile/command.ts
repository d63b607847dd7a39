/** `deployments reconcile`: fetches events that service hooks lost, and reports what was missing. */
import { type Command, InvalidArgumentError } from 'commander';
import { knownStatesIn } from '../../changelog/catch-up/reconcile/known-states.ts';
import { writeThrough } from '../../changelog/catch-up/reconcile/organizations.ts';
import { type ProjectReport, reconcile } from '../../changelog/catch-up/reconcile/reconcile.ts';
import { readStageEnvironments } from '../../changelog/catch-up/stage-environments.ts';
import { ChangelogProcessor } from '../../changelog/store/processor.ts';
import { openRowStore, StoreUnavailableError } from '../../changelog/store/row-store.ts';
import { RowWriter } from '../../changelog/store/row-writer.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { addProjectOptions, chooseProjects, type ProjectOptions } from '../azure-devops-options.ts';
import type { Context, Ends } from '../context.ts';
import { count } from '../count.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { addConnectionOptions, type ConnectionOptions, withDatabase } from '../kusto/connection.ts';
import { addRequiredOption } from '../required-options.ts';
import { sinceArgument } from '../since.ts';
import { openProgressFile } from './progress-file.ts';

interface ReconcileOptions extends ProjectOptions, ConnectionOptions {
  readonly since: string;
  readonly progress?: string;
  readonly json?: true;
}

/** Adds `reconcile`. */
export function registerReconcile(program: Command, context: Context, ends: Ends): void {
  const command = addProjectOptions(program.command('reconcile'), context).description(
    'fetch events that service hooks lost from the REST API, and write what is missing',
  );
  addRequiredOption(
    command,
    '--since <when>',
    'builds that finished since: 7d, 36h, 2026-01-31T08:00:00Z',
    (text) => sinceArgument(text),
  ).option(
    '--progress <file>',
    'keep the progress in this file, to continue after an interruption',
    fileName,
  );
  addConnectionOptions(command, context)
    .option('--json', 'print one JSON object')
    .addHelpText('after', reconcileHelp)
    .action(ends((options: ReconcileOptions) => run(options, context)));
}

async function run(options: ReconcileOptions, context: Context): Promise<ExitCode> {
  const { devOps, projects } = await chooseProjects(options, context);
  const progress =
    options.progress === undefined
      ? undefined
      : await openProgressFile(options.progress, devOps.organization.name);
  const reports = await withDatabase(options, (kusto) =>
    withWriter(kusto, (writer) =>
      reconcile({
        devOps,
        projects,
        since: options.since,
        known: knownStatesIn(kusto),
        write: writeThrough(new ChangelogProcessor({ writer })),
        readEnvironments: (projectId, since) =>
          readStageEnvironments({ devOps, database: kusto, writer }, projectId, since),
        signal: context.signal,
        ...(progress === undefined ? {} : { progress }),
        onPage: (report) => context.err.line(`… ${summary(report)}`),
      }),
    ),
  );
  await progress?.finish();
  show(reports, options, context);
  const isWhole = ({ failed, environmentsFailed }: ProjectReport) =>
    failed.length === 0 && environmentsFailed === undefined;
  return reports.every(isWhole) ? exitCodes.success : exitCodes.badNews;
}

/** Gives `work` a writer to the changelog, and waits until everything is committed. */
async function withWriter<T>(kusto: KustoClient, work: (writer: RowWriter) => Promise<T>): Promise<T> {
  const writer = new RowWriter(openRowStore(kusto));
  try {
    return await work(writer);
  } catch (error) {
    if (error instanceof StoreUnavailableError) throw new CommandError(exitCodes.service, error.message);
    throw error;
  } finally {
    await writer.close();
  }
}

function show(reports: readonly ProjectReport[], { since, json }: ReconcileOptions, context: Context): void {
  if (json === true) {
    context.out.json({ since, projects: reports });
    return;
  }
  for (const report of reports) {
    context.out.line(summary(report));
    for (const { buildId, reason } of report.failed) context.out.line(`  build ${buildId}: ${reason}`);
    if (report.environmentsFailed !== undefined)
      context.out.line(`  environments: ${report.environmentsFailed}`);
  }
}

function summary({ project, builds, written, known, environments, failed }: ProjectReport): string {
  const found = environments === 0 ? '' : `, ${count(environments, 'environment')} of stages found`;
  const unread = failed.length === 0 ? '' : `, ${count(failed.length, 'build')} failed`;
  return `${project}: ${count(builds, 'build')}, ${count(written, 'event')} written, ${known.toLocaleString('en')} known${found}${unread}`;
}

function fileName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected a file name.');
  return text;
}

const reconcileHelp = `
Events that the changelog has are not written again, so it can run at any time and as often as you like; a job that
looks back a day every hour leaves no gap. The token needs the scopes Build (read) and Environment (read & manage).
Exits with 1 if builds or environments could not be read or written.

Examples:
  deployments reconcile -o contoso --all-projects --since 1d -c https://ours.westeurope.kusto.windows.net -d Deployments
  deployments reconcile -o contoso -p webshop --since 2026-01-31T08:00:00Z --progress webshop.progress -c http://127.0.0.1:7074`;
