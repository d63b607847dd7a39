/**
 * Opens the storage queues of the changelog: with a connection string where there is an account key, else as a
 * managed identity or whoever is signed in.
 */
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import type { QueueConfig } from '../config.ts';
import { StoreUnavailableError } from '../store/row-store.ts';
import { PoisonQueue, poisonQueueName } from './poison-queue.ts';
import type { WebhookSink } from './webhook.ts';

/** The queue that service hooks write to, and where its bad messages go. */
export interface ChangelogQueues {
  readonly main: QueueClient;
  readonly poison: PoisonQueue;
}

/** Opens the queues; nothing is sent before the first use. */
export async function openQueues({ storage, name }: QueueConfig): Promise<ChangelogQueues> {
  const service = await serviceOf(storage);
  const main = service.getQueueClient(name);
  return { main, poison: new PoisonQueue(main, service.getQueueClient(poisonQueueName(name))) };
}

async function serviceOf(storage: string): Promise<QueueServiceClient> {
  if (!storage.startsWith('https:')) return QueueServiceClient.fromConnectionString(storage);
  // Loaded where it is used: half a second at every start otherwise.
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new QueueServiceClient(storage, new DefaultAzureCredential());
}

/** What fits into a message, which is at most 64 KiB. */
const largestMessage = 64 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A sink that puts events on the queue.
 *
 * @param direct takes what is too large for a message
 */
export function enqueueingSink(queues: ChangelogQueues, direct: WebhookSink): WebhookSink {
  return async (body) => {
    if (!(await enqueue(queues, body))) await direct(body);
  };
}

/**
 * Puts an event on the queue, to stay until it is processed: Azure DevOps' own consumer lets messages expire.
 *
 * @returns false where it is too large for a message
 * @throws StoreUnavailableError where the queue does not take it
 */
export async function enqueue({ main }: Pick<ChangelogQueues, 'main'>, body: Uint8Array): Promise<boolean> {
  const message = messageOf(body);
  if (message === undefined) return false;
  try {
    await main.sendMessage(message, { messageTimeToLive: -1 });
    return true;
  } catch (error) {
    throw new StoreUnavailableError('The event could not be put on the queue', { cause: error });
  }
}

/** The body as a queue message: text as it is, other bytes in base64, undefined where it is too large. */
function messageOf(body: Uint8Array): string | undefined {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    text = Buffer.from(body).toString('base64');
  }
  // A queue message travels as XML, in which control characters cannot be, and ends of lines do not stay.
  const message = text === '' || /[\p{Cc}\uFFFE\uFFFF]/u.test(text) ? base64(body) : text;
  return Buffer.byteLength(message) <= largestMessage ? message : undefined;
}

function base64(body: Uint8Array): string {
  return Buffer.from(body).toString('base64') || '""';
}
