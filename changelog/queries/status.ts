/**
 * The status of the changelog: the size, age and retention of its tables and views, the events that were set aside and
 * why, and the queues.
 */
import type { QueueClient } from '@azure/storage-queue';
import type { KustoClient } from '../../kusto/client/client.ts';
import { callFunction } from '../../kusto/client/function-call.ts';
import { setAsideReasons } from '../../kusto/client/functions.ts';
import { loadDefinitions } from '../../kusto/schema/load.ts';
import { type StoredStatus, tableStatuses, viewStatuses } from '../../kusto/schema/storage.ts';
import { changelogTables } from '../events/catalogue.ts';
import type { PoisonQueue } from '../intake/poison-queue.ts';
import { ageOfOldestMessage } from '../intake/queue-inlet.ts';

export interface ChangelogStatus {
  /** Tables, in the order of writing. */
  readonly tables: readonly StoredStatus[];
  /** Views of the latest states. */
  readonly views: readonly StoredStatus[];
  /** Latest first. */
  readonly setAside: readonly {
    readonly eventType: string;
    readonly reason: string;
    readonly count: number;
  }[];
  /** Absent without a queue. */
  readonly queue?: {
    readonly name: string;
    readonly messages: number;
    readonly oldestAgeSeconds: number;
    readonly poison: number;
  };
}

/** Queries the database and the queue. */
export async function changelogStatus(
  database: KustoClient,
  queue?: { readonly main: QueueClient; readonly poison: PoisonQueue },
): Promise<ChangelogStatus> {
  const setAside = await callFunction(database, setAsideReasons, {});
  return {
    tables: await tableStatuses(database, changelogTables),
    views: await viewStatuses(database, changelogViews()),
    setAside: setAside.map((row) => ({
      eventType: String(row.EventType),
      reason: String(row.Reason),
      count: Number(row.Count),
    })),
    ...(queue ? { queue: await queueStatus(queue.main, queue.poison) } : {}),
  };
}

/** The views of the latest states, in the order of their tables. */
function changelogViews(): string[] {
  const definitions = loadDefinitions();
  return changelogTables.flatMap((table) =>
    definitions.flatMap((definition) =>
      definition.kind === 'view' && definition.source === table ? [definition.name] : [],
    ),
  );
}

async function queueStatus(
  main: QueueClient,
  poison: PoisonQueue,
): Promise<NonNullable<ChangelogStatus['queue']>> {
  const { approximateMessagesCount } = await main.getProperties();
  return {
    name: main.name,
    messages: approximateMessagesCount ?? 0,
    oldestAgeSeconds: Math.round((await ageOfOldestMessage(main)) / 1000),
    poison: await poison.count(),
  };
}
