/**
 * The changelog's numbers for operators: once a minute they are a line of the log, "changelog: metrics", from
 * which Application Insights or whatever collects logs makes metrics. Counts are totals since the process
 * started, so a line that is lost to sampling loses nothing.
 */

import { ageOfOldestMessage } from './intake/queue.ts';
import type { ChangelogQueues } from './intake/queues.ts';
import type { ProcessorCounts } from './store/processor.ts';

/** Where the changelog reports; a pino logger fits. */
export interface ChangelogLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Numbers of one process. What concerns the queue is undefined without one, or before it was asked. */
export interface ChangelogMetrics {
  /** Events whose rows are committed, by event type. */
  readonly understood: Readonly<Record<string, number>>;
  /** Events set aside, by event type; the empty type stands for messages without one. */
  readonly setAside: Readonly<Record<string, number>>;
  /** Rows that wait to be written. */
  readonly waitingRows: number;
  readonly oldestMessageAgeSeconds: number | undefined;
  /** About how many messages are on the poison queue. */
  readonly poisonMessages: number | undefined;
}

export interface WatchOptions {
  readonly counts: ProcessorCounts;
  readonly writer: { readonly waitingRows: number };
  readonly queues: ChangelogQueues | undefined;
  readonly log: ChangelogLog;
  readonly everyMs?: number;
  /** A queue whose oldest message is older than this is not being kept up with. */
  readonly oldAfterSeconds?: number;
}

const minuteMs = 60_000;
const quarterHourSeconds = 15 * 60;

/** Looks at the queue now and every minute, logs the numbers, and warns of a queue that is not kept up with. */
export function startWatch(options: WatchOptions) {
  const { counts, writer, queues, log, everyMs = minuteMs, oldAfterSeconds = quarterHourSeconds } = options;
  let queue: Pick<ChangelogMetrics, 'oldestMessageAgeSeconds' | 'poisonMessages'> = {
    oldestMessageAgeSeconds: undefined,
    poisonMessages: undefined,
  };
  const metrics = (): ChangelogMetrics => ({
    understood: Object.fromEntries(counts.understood),
    setAside: Object.fromEntries(counts.setAside),
    waitingRows: writer.waitingRows,
    ...queue,
  });
  const look = async (): Promise<void> => {
    if (queues) queue = await lookAt(queues, oldAfterSeconds, log);
    log.info(metrics(), 'changelog: metrics');
  };
  void look();
  const timer = setInterval(() => void look(), everyMs).unref();
  return { metrics, stop: () => clearInterval(timer) };
}

async function lookAt({ main, poison }: ChangelogQueues, oldAfterSeconds: number, log: ChangelogLog) {
  try {
    const [ageMs, poisonMessages] = await Promise.all([ageOfOldestMessage(main), poison.count()]);
    const oldestMessageAgeSeconds = Math.round(ageMs / 1000);
    if (oldestMessageAgeSeconds > oldAfterSeconds) {
      log.warn({ oldestMessageAgeSeconds }, 'changelog: the queue is not kept up with');
    }
    return { oldestMessageAgeSeconds, poisonMessages };
  } catch (error) {
    log.warn({ err: error }, 'changelog: the queue does not answer');
    return { oldestMessageAgeSeconds: undefined, poisonMessages: undefined };
  }
}
