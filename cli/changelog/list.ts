/** `changelog list`: the events of a project, newest first, each once. */
import type { Organization } from '../../azure-devops/address.ts';
import { type ProjectEvent, projectEvents } from '../../changelog/queries/project-events.ts';
import { organizationOf } from '../azure-devops-options.ts';
import type { Context } from '../context.ts';
import { count } from '../count.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type ConnectionOptions, withDatabase } from '../kusto/connection.ts';
import { resolveProjectId } from '../projects.ts';
import { stateInWords } from '../state-words.ts';
import type { Printer } from '../terminal/printer.ts';

export interface ListOptions extends ConnectionOptions {
  readonly organization?: Organization;
  readonly project: string;
  readonly since: string;
  readonly limit: number;
  readonly json?: true;
}

export async function listEvents(options: ListOptions, context: Context): Promise<ExitCode> {
  const place = organizationOf(options, context);
  const { name: organization } = place;
  const named = { ...options, organization: place, title: "option '--project <name>'", isFromAddress: false };
  const project = await resolveProjectId(named, context);
  const events = await withDatabase(options, (database) =>
    projectEvents(database, {
      organization,
      project,
      since: new Date(options.since),
      until: new Date(Date.now() + 60_000),
      limit: options.limit,
    }),
  );
  if (options.json === true) context.out.json({ organization, events });
  else if (events.length === 0) context.out.line('No events.');
  else show(events, context.out);
  if (events.length === options.limit)
    context.err.line(`These are only the latest ${count(events.length, 'event')}; see --limit.`);
  return exitCodes.success;
}

function show(events: readonly ProjectEvent[], out: Printer): void {
  out.table(
    ['TIME', 'KIND', 'RUN', 'SUBJECT', 'STATE', 'RESULT'],
    events.map(({ time, kind, run, subject, attempt, state, result }) => [
      time,
      kind,
      run === null ? '–' : String(run),
      attempt > 1 ? `${subject} (attempt ${attempt})` : subject,
      stateInWords(state),
      stateInWords(result) || '–',
    ]),
  );
}
