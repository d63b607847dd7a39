/**
 * What a queue trigger of Azure Functions does with a message: the same as the queue inlet, with the host's
 * delivery in place of our own. The host would move a message to the poison queue without a reason and count
 * an outage as a try, so host.json lets it try a hundred times and this decides.
 */
import { UnreadableEventError } from './decode.ts';
import { mostTries, type PoisonQueue } from './poison-queue.ts';
import type { ChangelogProcessor } from './processor.ts';
import { RowsRefusedError } from './row-store.ts';

/** A message as the Functions host hands it over; it parses JSON by itself. */
export interface TriggeredMessage {
  readonly message: unknown;
  readonly dequeueCount: number;
  readonly insertionTime: string;
}

/**
 * Processes a message. Returns when it is committed or poisoned: the host then deletes it.
 *
 * @throws where the host is to deliver it again
 */
export async function processTriggered(
  { message, dequeueCount, insertionTime }: TriggeredMessage,
  { processor, poison }: { readonly processor: ChangelogProcessor; readonly poison: PoisonQueue },
): Promise<void> {
  const body =
    typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message ?? '');
  try {
    await processor.process(body);
  } catch (error) {
    const isAtFault = error instanceof UnreadableEventError || error instanceof RowsRefusedError;
    if (!isAtFault || dequeueCount < mostTries) throw error;
    await poison.add({
      reason: error.message,
      tries: dequeueCount,
      firstSeen: insertionTime,
      lastSeen: new Date().toISOString(),
      body: typeof body === 'string' ? body : Buffer.from(body).toString('utf8'),
    });
  }
}
