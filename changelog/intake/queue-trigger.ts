/**
 * What a queue trigger of Azure Functions does with a message: the same as the queue inlet, with the host's
 * delivery in place of our own. The host would move a message to the poison queue without a reason, and count an
 * outage as a try. So host.json lets it try `mostDeliveries` times, which are never used up: a message at fault
 * is moved here, with its reason, and one that only met an outage goes back to the queue as a new one.
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
import { isNearExpiry, type QueueNotice } from './queue.ts';
import { type ChangelogQueues, enqueue } from './queues.ts';

/** `maxDequeueCount` in host.json. */
export const mostDeliveries = 100;
/** Deliveries after which an outage makes a message a new one: not the last, as deliveries can be lost too. */
const renewedAfter = 80;

/** A message as the Functions host hands it over; it parses JSON by itself. */
export interface TriggeredMessage {
  readonly message: unknown;
  /** The event's where it has one, else the message's. */
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
 * Processes a message. Returns when it is committed, poisoned or on the queue anew: the host then deletes it.
 *
 * @throws where the host is to deliver it again
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
