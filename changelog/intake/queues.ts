/**
 * Opens the storage queues of the changelog, and puts events on them. Access is by the connection string, or as a
 * managed identity or the signed-in user.
 */
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import type { QueueConfig } from '../config.ts';
import { StoreUnavailableError } from '../store/row-store.ts';
import { PoisonQueue, poisonQueueName } from './poison-queue.ts';
import type { WebhookSink } from './webhook.ts';

/** The queue that service hooks write to, and its poison queue. */
export interface ChangelogQueues {
  readonly main: QueueClient;
  readonly poison: PoisonQueue;
}

/** Opens the queues. Nothing is sent before the first use. */
export async function openQueues({ storage, name }: QueueConfig): Promise<ChangelogQueues> {
  const service = await serviceOf(storage);
  const main = service.getQueueClient(name);
  return { main, poison: new PoisonQueue(main, service.getQueueClient(poisonQueueName(name))) };
}

async function serviceOf(storage: string): Promise<QueueServiceClient> {
  if (!storage.startsWith('https:')) return QueueServiceClient.fromConnectionString(storage);
  // Loaded only where it is used, as it takes half a second.
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new QueueServiceClient(storage, new DefaultAzureCredential());
}

/** The limit of a queue message, in bytes. */
const largestMessage = 64 * 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Makes a sink that puts events on the queue.
 *
 * @param direct takes events that are too large for a message
 */
export function enqueueingSink(queues: ChangelogQueues, direct: WebhookSink): WebhookSink {
  return async (body) => {
    if (!(await enqueue(queues, body))) await direct(body);
  };
}

/**
 * Puts an event on the queue, where it never expires; messages from Azure DevOps' own consumer do.
 *
 * @returns false if it is too large for a message
 * @throws StoreUnavailableError if the queue does not accept it
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

/** The body as a queue message: text as it is, other bytes in base64; undefined if it is too large. */
function messageOf(body: Uint8Array): string | undefined {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    text = Buffer.from(body).toString('base64');
  }
  // A queue message travels as XML, which cannot hold control characters and changes line breaks.
  const message = text === '' || /[\p{Cc}\uFFFE\uFFFF]/u.test(text) ? base64(body) : text;
  return Buffer.byteLength(message) <= largestMessage ? message : undefined;
}

function base64(body: Uint8Array): string {
  return Buffer.from(body).toString('base64') || '""';
}
