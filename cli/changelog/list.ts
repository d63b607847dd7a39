/** `changelog list`: the events of a project, newest first, each once. */
import type { Organization } from '../../azure-devops/address.ts';
import { type ProjectEvent, projectEvents } from '../../changelog/queries/project-events.ts';
import { organizationOf } from '../azure-devops-options.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes, usageError } from '../exit-codes.ts';
import { type ConnectionOptions, withDatabase } from '../kusto/connection.ts';
import { count, table } from '../text-table.ts';

export interface ListOptions extends ConnectionOptions {
  readonly organization?: Organization;
  readonly project: string;
  readonly since: string;
  readonly limit: number;
  readonly json?: true;
}

export async function listEvents(options: ListOptions, context: Context): Promise<ExitCode> {
  const organization = organizationOf(options, context).name;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(options.project)) {
    throw usageError("option '--project <id>' must be the id of a project, a GUID");
  }
  const events = await withDatabase(options, (database) =>
    projectEvents(database, {
      organization,
      project: options.project,
      since: new Date(options.since),
      until: new Date(Date.now() + 60_000),
      limit: options.limit,
    }),
  );
  if (options.json === true) context.out(JSON.stringify({ organization, events }));
  else context.out(events.length === 0 ? 'No events.' : described(events));
  if (events.length === options.limit)
    context.err(`These are only the latest ${count(events.length, 'event')}; see --limit.`);
  return exitCodes.success;
}

function described(events: readonly ProjectEvent[]): string {
  return table(
    ['TIME', 'KIND', 'RUN', 'SUBJECT', 'STATE', 'RESULT'],
    events.map(({ time, kind, run, subject, attempt, state, result }) => [
      time,
      kind,
      run === null ? '–' : String(run),
      attempt > 1 ? `${subject} (attempt ${attempt})` : subject,
      state,
      result || '–',
    ]),
  );
}
