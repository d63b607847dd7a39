/**
 * Opens the storage queues of the changelog: with a connection string where there is an account key, else as a
 * managed identity or whoever is signed in.
 */
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import type { QueueConfig } from './config.ts';
import { PoisonQueue, poisonQueueName } from './poison-queue.ts';
import { StoreUnavailableError } from './row-store.ts';
import type { WebhookSink } from './webhook-inlet.ts';

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
export function enqueueingSink({ main }: ChangelogQueues, direct: WebhookSink): WebhookSink {
  return async (body) => {
    const message = messageOf(body);
    if (message === undefined) return direct(body);
    try {
      // Azure DevOps' own consumer lets messages expire; ours stay until they are processed.
      await main.sendMessage(message, { messageTimeToLive: -1 });
    } catch (error) {
      throw new StoreUnavailableError('The event could not be put on the queue', { cause: error });
    }
  };
}

/** The body as a queue message: text as it is, other bytes in base64, undefined where it is too large. */
function messageOf(body: Uint8Array): string | undefined {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    text = Buffer.from(body).toString('base64');
  }
  // A queue message is XML: control characters cannot be in it as they are.
  const message = text === '' || /[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/u.test(text) ? base64(body) : text;
  return Buffer.byteLength(message) <= largestMessage ? message : undefined;
}

function base64(body: Uint8Array): string {
  return Buffer.from(body).toString('base64') || '""';
}
