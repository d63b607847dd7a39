/**
 * The changelog's metrics. Once a minute they are logged as "changelog: metrics", from which Application Insights or
 * another collector of logs makes metrics. Counts are totals since the process started, so a line that is lost to
 * sampling loses nothing.
 */
import { ageOfOldestMessage } from './intake/queue-inlet.ts';
import type { ChangelogQueues } from './intake/queues.ts';
import type { ProcessorCounts } from './store/processor.ts';

/** The log of the changelog; a pino logger fits. */
export interface ChangelogLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Metrics of one process. Those of the queue are undefined without one, or until it has answered. */
export interface ChangelogMetrics {
  /** Events whose rows are committed, by event type. */
  readonly understood: Readonly<Record<string, number>>;
  /** Events set aside, by event type; the empty type stands for messages without one. */
  readonly setAside: Readonly<Record<string, number>>;
  /** How many rows wait to be written. */
  readonly waitingRows: number;
  readonly oldestMessageAgeSeconds: number | undefined;
  /** The approximate number of messages on the poison queue. */
  readonly poisonMessages: number | undefined;
}

export interface MetricsWatchOptions {
  readonly counts: ProcessorCounts;
  readonly writer: { readonly waitingRows: number };
  readonly queues: ChangelogQueues | undefined;
  readonly log: ChangelogLog;
  readonly everyMs?: number;
  /** If the oldest message is older than this, the changelog does not keep up with the queue. */
  readonly oldAfterSeconds?: number;
}

const minuteMs = 60_000;
const quarterHourSeconds = 15 * 60;

/** Logs the metrics now and every minute, and warns if the changelog does not keep up with the queue. */
export function startWatch(options: MetricsWatchOptions) {
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
      log.warn({ oldestMessageAgeSeconds }, 'changelog: the queue is falling behind');
    }
    return { oldestMessageAgeSeconds, poisonMessages };
  } catch (error) {
    log.warn({ err: error }, 'changelog: the queue does not answer');
    return { oldestMessageAgeSeconds: undefined, poisonMessages: undefined };
  }
}
