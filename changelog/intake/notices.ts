/** What an inlet notices, in words for the log. */
import type { ChangelogLog } from '../metrics.ts';
import type { QueueNotice } from './queue.ts';

const words: Readonly<Record<QueueNotice['kind'], string>> = {
  poisoned: 'a message was moved to the poison queue',
  nearExpiry: 'a message is near its expiry',
  storeAway: 'Kusto takes no rows; messages are held',
  queueAway: 'the queue does not answer',
};

/** Warns of a notice. */
export function logNotice(log: ChangelogLog, notice: QueueNotice): void {
  log.warn({ ...notice }, `changelog: ${words[notice.kind]}`);
}
