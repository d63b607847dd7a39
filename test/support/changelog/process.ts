/**
 * A process of its own that reads the changelog's queue: see reading-process.ts, which starts it. Settings come
 * from the environment: KUSTO_URL, QUEUE_STORAGE, QUEUE_NAME. It says `reading`, and then each notice of the inlet
 * as a line of JSON.
 */
import { QueueServiceClient } from '@azure/storage-queue';
import { PoisonQueue, poisonQueueName } from '../../../changelog/intake/poison-queue.ts';
import { startQueueInlet } from '../../../changelog/intake/queue-inlet.ts';
import { ChangelogProcessor } from '../../../changelog/store/processor.ts';
import { openRowStore } from '../../../changelog/store/row-store.ts';
import { RowWriter } from '../../../changelog/store/row-writer.ts';
import { openKusto } from '../../../kusto/client/client.ts';
import { sendOnce } from '../azurite.ts';

const { KUSTO_URL = '', QUEUE_STORAGE = '', QUEUE_NAME = '' } = process.env;
const kusto = openKusto({ cluster: KUSTO_URL, database: 'NetDefaultDB', auth: { mode: 'none' } });
const service = QueueServiceClient.fromConnectionString(QUEUE_STORAGE, sendOnce);
const queue = service.getQueueClient(QUEUE_NAME);
const poison = new PoisonQueue(queue, service.getQueueClient(poisonQueueName(QUEUE_NAME)));
const processor = new ChangelogProcessor({ writer: new RowWriter(openRowStore(kusto)) });

startQueueInlet({
  queue,
  poison,
  processor,
  onNotice: (notice) => process.stdout.write(`${JSON.stringify(notice)}\n`),
  hiddenSeconds: 5,
  idleMs: 100,
  retrySeconds: 0,
  longestPauseMs: 1_000,
});
process.stdout.write('reading\n');
