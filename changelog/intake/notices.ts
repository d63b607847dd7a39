/** Writes the notices of an inlet to the log. */
import type { ChangelogLog } from '../metrics.ts';
import type { QueueNotice } from './queue-inlet.ts';

const words: Readonly<Record<QueueNotice['kind'], string>> = {
  poisoned: 'a message was moved to the poison queue',
  nearExpiry: 'a message is near its expiry',
  storeUnavailable: 'Kusto does not accept rows; messages are held back',
  queueUnavailable: 'the queue does not answer',
};

/** Logs a notice as a warning. */
export function logNotice(log: ChangelogLog, notice: QueueNotice): void {
  log.warn({ ...notice }, `changelog: ${words[notice.kind]}`);
}
