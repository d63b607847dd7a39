/**
 * Handles messages that a queue trigger of Azure Functions delivers, as the queue inlet does for the Node server.
 * The host by itself would move a message to the poison queue without a reason, and count an outage as a try. So
 * host.json allows `mostDeliveries` tries, which are never used up: a bad message is moved to the poison queue here,
 * with its reason, and one that met an outage goes back on the queue as a new message.
 */
import {
  decodeEvent,
  eventOfObject,
  type IncomingEvent,
  isJsonObject,
  UnreadableEventError,
} from '../events/decode.ts';
import type { ChangelogProcessor } from '../store/processor.ts';
import { RowsRefusedError } from '../store/row-store.ts';
import { mostTries } from './poison-queue.ts';
import { isNearExpiry, type QueueNotice } from './queue-inlet.ts';
import { type ChangelogQueues, enqueue } from './queues.ts';

/** `maxDequeueCount` in host.json. */
export const mostDeliveries = 100;
/** After this many deliveries, a message that meets an outage is queued anew. Not the last: deliveries can be lost. */
const renewedAfter = 80;

/** A message as the Functions host delivers it. The host parses JSON. */
export interface TriggeredMessage {
  readonly message: unknown;
  /** The event's id if it has one, else the message's. */
  readonly id: string;
  readonly dequeueCount: number;
  readonly insertionTime: Date;
  readonly expirationTime: Date;
}

export interface TriggerParts {
  readonly processor: ChangelogProcessor;
  readonly queues: ChangelogQueues;
  readonly onNotice: (notice: QueueNotice) => void;
}

/**
 * Processes a message. When this returns, the message is committed, on the poison queue or queued anew, and the host
 * deletes it.
 *
 * @throws if the host should deliver the message again
 */
export async function processTriggered(
  { message, id, dequeueCount, insertionTime, expirationTime }: TriggeredMessage,
  { processor, queues, onNotice }: TriggerParts,
): Promise<void> {
  if (isNearExpiry({ insertedOn: insertionTime, expiresOn: expirationTime })) {
    onNotice({ kind: 'nearExpiry', messageId: id, expiresAt: expirationTime });
  }
  try {
    await processor.process(eventIn(message));
  } catch (error) {
    if (!(error instanceof UnreadableEventError || error instanceof RowsRefusedError)) {
      if (dequeueCount >= renewedAfter && (await enqueue(queues, Buffer.from(textOf(message))))) return;
      throw error;
    }
    if (dequeueCount < mostTries) throw error;
    await queues.poison.add({
      reason: error.message,
      tries: dequeueCount,
      firstSeen: insertionTime.toISOString(),
      lastSeen: new Date().toISOString(),
      body: textOf(message),
    });
    onNotice({ kind: 'poisoned', messageId: id, reason: error.message, tries: dequeueCount });
  }
}

/** @throws UnreadableEventError */
function eventIn(message: unknown): IncomingEvent {
  if (message instanceof Uint8Array) return decodeEvent(message);
  return isJsonObject(message) ? eventOfObject(message) : decodeEvent(textOf(message));
}

/** The message as it was on the queue; where the host has parsed it, JSON with the same meaning. */
function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message instanceof Uint8Array) return Buffer.from(message).toString('utf8');
  return JSON.stringify(message) ?? '';
}
