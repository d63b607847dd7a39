/**
 * A process of its own that reads the changelog's queue: see reading-process.ts, which starts it. Settings come
 * from the environment: KUSTO_URL, QUEUE_STORAGE, QUEUE_NAME. It says `reading`, and then each notice of the inlet
 * as a line of JSON.
 */
import { QueueServiceClient } from '@azure/storage-queue';
import { KustoConnectionStringBuilder } from 'azure-kusto-data';
import { PoisonQueue, poisonQueueName } from '../../../changelog/intake/poison-queue.ts';
import { startQueueInlet } from '../../../changelog/intake/queue.ts';
import { ChangelogProcessor } from '../../../changelog/store/processor.ts';
import { openRowStore } from '../../../changelog/store/row-store.ts';
import { RowWriter } from '../../../changelog/store/row-writer.ts';

const { KUSTO_URL = '', QUEUE_STORAGE = '', QUEUE_NAME = '' } = process.env;
const database = 'NetDefaultDB';
const connection = new KustoConnectionStringBuilder(`Data Source=${KUSTO_URL};Initial Catalog=${database}`);
const service = QueueServiceClient.fromConnectionString(QUEUE_STORAGE, { retryOptions: { maxTries: 1 } });
const queue = service.getQueueClient(QUEUE_NAME);
const poison = new PoisonQueue(queue, service.getQueueClient(poisonQueueName(QUEUE_NAME)));
const processor = new ChangelogProcessor({ writer: new RowWriter(openRowStore(connection, database)) });

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
