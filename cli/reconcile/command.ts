/** `deployments reconcile`: closes the gap that lost service hooks left, and says what it found. */
import { type Command, InvalidArgumentError } from 'commander';
import { ChangelogProcessor } from '../../backend/changelog/processor.ts';
import type { ReconciledEvent } from '../../backend/changelog/reconcile/events.ts';
import { knownStatesIn } from '../../backend/changelog/reconcile/known-states.ts';
import { type ProjectReport, reconcile } from '../../backend/changelog/reconcile/reconcile.ts';
import { writeThrough } from '../../backend/changelog/reconcile/service.ts';
import { openRowStore, StoreUnavailableError } from '../../backend/changelog/row-store.ts';
import { RowWriter } from '../../backend/changelog/row-writer.ts';
import { addProjectOptions, chooseProjects, type ProjectOptions } from '../azure-devops-options.ts';
import type { Context, Ends } from '../context.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import {
  addConnectionOptions,
  type ConnectionOptions,
  connectionOf,
  withDatabase,
} from '../kusto/connection.ts';
import { sinceArgument } from '../since.ts';
import { count } from '../table.ts';
import { openProgressFile } from './progress-file.ts';

interface ReconcileOptions extends ProjectOptions, ConnectionOptions {
  readonly since: string;
  readonly progress?: string;
  readonly json?: true;
}

/** Adds `reconcile`. */
export function registerReconcile(program: Command, context: Context, ends: Ends): void {
  const command = addProjectOptions(program.command('reconcile'))
    .description('fetch what service hooks lost from the REST API, and write what is missing')
    .requiredOption('--since <when>', 'builds that finished since: 7d, 36h, 2026-01-31T08:00:00Z', (text) =>
      sinceArgument(text),
    )
    .option(
      '--progress <file>',
      'where to note how far it has come, to go on after an interruption',
      fileName,
    );
  addConnectionOptions(command, context)
    .option('--json', 'one JSON object on standard output')
    .addHelpText('after', reconcileHelp)
    .action(ends((options: ReconcileOptions) => run(options, context)));
}

async function run(options: ReconcileOptions, context: Context): Promise<ExitCode> {
  const { devOps, projects } = await chooseProjects(options, context);
  const progress =
    options.progress === undefined
      ? undefined
      : await openProgressFile(options.progress, devOps.organization.name);
  const reports = await withWriter(options, (write) =>
    withDatabase(options, (database) =>
      reconcile({
        devOps,
        projects,
        since: options.since,
        known: knownStatesIn(database),
        write,
        signal: context.signal,
        ...(progress === undefined ? {} : { progress }),
        onPage: (report) => context.err(`… ${summary(report)}`),
      }),
    ),
  );
  await progress?.finish();
  show(reports, options, context);
  return reports.every(({ failed }) => failed.length === 0) ? exitCodes.success : exitCodes.badNews;
}

/** Gives `work` a way into the changelog, and waits until what was given to it is committed. */
async function withWriter<T>(
  options: ConnectionOptions,
  work: (write: (event: ReconciledEvent) => Promise<void>) => Promise<T>,
): Promise<T> {
  const store = openRowStore(connectionOf(options), options.database);
  const writer = new RowWriter(store);
  try {
    return await work(writeThrough(new ChangelogProcessor({ writer })));
  } catch (error) {
    if (error instanceof StoreUnavailableError) throw new CommandError(exitCodes.service, error.message);
    throw error;
  } finally {
    await writer.close();
    store.close();
  }
}

function show(reports: readonly ProjectReport[], { since, json }: ReconcileOptions, context: Context): void {
  if (json === true) {
    context.out(JSON.stringify({ since, projects: reports }));
    return;
  }
  for (const report of reports) {
    context.out(summary(report));
    for (const { buildId, reason } of report.failed) context.out(`  build ${buildId}: ${reason}`);
  }
}

function summary({ project, builds, written, known, failed }: ProjectReport): string {
  const unread = failed.length === 0 ? '' : `, ${count(failed.length, 'build')} failed`;
  return `${project}: ${count(builds, 'build')}, ${count(written, 'event')} written, ${known.toLocaleString('en')} known${unread}`;
}

function fileName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected the name of a file.');
  return text;
}

const reconcileHelp = `
What is known already is not written again, so it may run at any time and as often as one likes; a timer that
looks back a day every hour leaves no gap. The token needs to read builds. Ends with 1 where a build could not
be read or written.

Examples:
  deployments reconcile -o contoso --all-projects --since 1d -c https://ours.westeurope.kusto.windows.net -d Deployments
  deployments reconcile -o contoso -p webshop --since 2026-01-31T08:00:00Z --progress webshop.progress -c http://127.0.0.1:8080`;
