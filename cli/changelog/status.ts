/** `changelog status`: what there is, how recent it is, how long it is kept, and how the queues stand. */
import { formatDuration } from '../../api/wait/duration.ts';
import { type ChangelogStatus, changelogStatus } from '../../backend/changelog/status.ts';
import type { KustoDatabase } from '../../kusto/client.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type ConnectionOptions, withDatabase } from '../kusto/connection.ts';
import { table } from '../table.ts';
import { queuesOfEnvironment, withQueueErrors } from './queues.ts';

export interface StatusOptions extends ConnectionOptions {
  readonly json?: true;
}

/** How long a table is kept and how large it is, where the database says so. */
interface TableFacts {
  /** Kusto's time span, such as `90.00:00:00`. */
  readonly retention: string | null;
  readonly bytes: number | null;
}

export async function status(options: StatusOptions, context: Context): Promise<ExitCode> {
  const queues = await queuesOfEnvironment(context);
  const { found, facts } = await withQueueErrors(() =>
    withDatabase(options, async (database) => {
      const found = await changelogStatus(database, queues);
      return { found, facts: await tableFacts(database, found) };
    }),
  );
  if (options.json === true) {
    const tables = found.tables.map((entry) => ({ ...entry, ...facts.get(entry.table) }));
    context.out(JSON.stringify({ ...found, tables }));
  } else {
    context.out(described(found, facts));
  }
  return exitCodes.success;
}

async function tableFacts(
  database: KustoDatabase,
  { tables }: ChangelogStatus,
): Promise<ReadonlyMap<string, TableFacts>> {
  const details = await database.command('.show tables details');
  const facts = new Map<string, TableFacts>();
  for (const { table: name } of tables) {
    const [policy] = await database.command(`.show table ${name} policy retention`);
    // The embedded engine does not count bytes by table.
    const bytes = details.find((row) => row.TableName === name)?.TotalOriginalSize;
    facts.set(name, {
      retention: softDeletePeriod(policy?.Policy),
      bytes: bytes === undefined || bytes === null ? null : Number(bytes),
    });
  }
  return facts;
}

function softDeletePeriod(policy: unknown): string | null {
  const setting: unknown = typeof policy === 'string' && policy !== '' ? JSON.parse(policy) : policy;
  if (typeof setting !== 'object' || setting === null || !('SoftDeletePeriod' in setting)) return null;
  return String(setting.SoftDeletePeriod);
}

function described(
  { tables, setAside, queue }: ChangelogStatus,
  facts: ReadonlyMap<string, TableFacts>,
): string {
  const rows = tables.map(({ table: name, rows: rowCount, oldest, newest }) => {
    const { retention, bytes } = facts.get(name) ?? { retention: null, bytes: null };
    return [
      name,
      rowCount.toLocaleString('en'),
      bytes === null ? '–' : `${(bytes / 2 ** 20).toFixed(1)} MiB`,
      days(retention),
      oldest ?? '–',
      newest ?? '–',
    ];
  });
  const parts = [table(['TABLE', 'ROWS', 'SIZE', 'KEPT FOR', 'OLDEST', 'NEWEST'], rows)];
  if (setAside.length > 0) {
    const aside = setAside.map(({ count, eventType, reason }) => [String(count), eventType || '–', reason]);
    parts.push(`Set aside:\n${table(['COUNT', 'EVENT', 'REASON'], aside)}`);
  }
  parts.push(
    queue === undefined
      ? 'No queue: $CHANGELOG_STORAGE is not set.'
      : `Queue ${queue.name}: ${queue.messages.toLocaleString('en')} waiting, the oldest for ${formatDuration(queue.oldestAgeSeconds * 1000)}; ${queue.poison.toLocaleString('en')} poison`,
  );
  return parts.join('\n\n');
}

/** `90.00:00:00` as `90 days`; another form as it is. */
function days(span: string | null): string {
  if (span === null) return 'for ever';
  const match = /^(\d+)\.00:00:00$/.exec(span);
  return match === null ? span : `${match[1]} days`;
}
