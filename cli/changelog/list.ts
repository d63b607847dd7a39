/** `changelog list`: what happened in a project, newest first, every event once. */

import type { Organization } from '../../azure-devops/address.ts';
import { callFunction } from '../../kusto/client/function-call.ts';
import { getChangelog } from '../../kusto/client/functions.ts';
import type { Row } from '../../kusto/client/rows.ts';
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

export async function list(options: ListOptions, context: Context): Promise<ExitCode> {
  const organization = organizationOf(options, context).name;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(options.project)) {
    throw usageError("option '--project <id>' must be the id of a project, a GUID");
  }
  const rows = await withDatabase(options, (database) =>
    callFunction(database, getChangelog, {
      AdoOrganizationName: organization,
      AdoProjectId: options.project,
      startTime: new Date(options.since),
      endTime: new Date(Date.now() + 60_000),
      mostEvents: options.limit,
    }),
  );
  if (options.json === true) context.out(JSON.stringify({ organization, events: rows.map(eventOf) }));
  else context.out(rows.length === 0 ? 'Nothing happened.' : described(rows));
  if (rows.length === options.limit)
    context.err(`Only the latest ${count(rows.length, 'event')}; see --limit.`);
  return exitCodes.success;
}

function described(rows: readonly Row[]): string {
  return table(
    ['TIME', 'KIND', 'RUN', 'SUBJECT', 'STATE', 'RESULT'],
    rows
      .map(eventOf)
      .map(({ time, kind, run, subject, attempt, state, result }) => [
        time,
        kind,
        run === null ? '–' : String(run),
        attempt > 1 ? `${subject} (attempt ${attempt})` : subject,
        state,
        result || '–',
      ]),
  );
}

interface ChangelogEvent {
  readonly id: string;
  readonly time: string;
  readonly kind: string;
  readonly run: number | null;
  readonly subject: string;
  readonly attempt: number;
  readonly state: string;
  readonly result: string;
  readonly url: string;
}

function eventOf(row: Row): ChangelogEvent {
  return {
    id: String(row.EventId),
    time: String(row.CreatedDate),
    kind: String(row.Kind),
    run: row.RunId === null ? null : Number(row.RunId),
    subject: String(row.Subject),
    attempt: Number(row.Attempt),
    state: String(row.State),
    result: String(row.Result),
    url: String(row.Url),
  };
}
