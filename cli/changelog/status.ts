/** `changelog status`: tables and views with their age and retention, events set aside, and the queues. */

import { type ChangelogStatus, changelogStatus } from '../../changelog/queries/status.ts';
import type { StoredStatus } from '../../kusto/schema/storage.ts';
import { formatDuration } from '../../wait/duration.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type ConnectionOptions, withDatabase } from '../kusto/connection.ts';
import type { Printer } from '../terminal/printer.ts';
import { queuesOfEnvironment, withQueueErrors } from './queues.ts';

export interface StatusOptions extends ConnectionOptions {
  readonly json?: true;
}

export async function status(options: StatusOptions, context: Context): Promise<ExitCode> {
  const queues = await queuesOfEnvironment(context);
  const found = await withQueueErrors(() =>
    withDatabase(options, (database) => changelogStatus(database, queues)),
  );
  if (options.json === true) context.out.json(found);
  else describe(found, context.out);
  return exitCodes.success;
}

function describe({ tables, views, setAside, queue }: ChangelogStatus, out: Printer): void {
  storedTable('EVENTS', tables, out);
  storedTable('LATEST STATE', views, out);
  if (setAside.length > 0) {
    out.line('Set aside:');
    const aside = setAside.map(({ count, eventType, reason }) => [String(count), eventType || '–', reason]);
    out.table(['COUNT', 'EVENT', 'REASON'], aside);
    out.line();
  }
  out.line(
    queue === undefined
      ? 'No queue: $CHANGELOG_STORAGE is not set.'
      : `Queue ${queue.name}: ${queue.messages.toLocaleString('en')} waiting, the oldest for ${formatDuration(queue.oldestAgeSeconds * 1000)}; ${queue.poison.toLocaleString('en')} poison`,
  );
}

function storedTable(heading: string, stored: readonly StoredStatus[], out: Printer): void {
  const rows = stored.map(({ name, rows: rowCount, oldest, newest, bytes, retentionDays }) => [
    name,
    rowCount.toLocaleString('en'),
    `${(bytes / 2 ** 20).toFixed(1)} MiB`,
    retentionDays === null ? 'for ever' : `${Number(retentionDays.toFixed(1))} days`,
    oldest ?? '–',
    newest ?? '–',
  ]);
  out.table([heading, 'ROWS', 'SIZE', 'KEPT FOR', 'OLDEST', 'NEWEST'], rows);
  out.line();
}
