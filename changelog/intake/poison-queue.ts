/**
 * The poison queue, `<queue>-poison`: messages that failed five times, each with the reason. A message is written
 * there before it is deleted from the main queue, so a crash in between leaves it in both and loses nothing.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { isJsonObject } from '../events/decode.ts';

/** How often a message is tried before it is poison. */
export const mostTries = 5;

/** The name of a queue's poison queue; Azure Functions uses the same. */
export function poisonQueueName(queueName: string): string {
  return `${queueName}-poison`;
}

/** A message that could not be processed. Times are ISO 8601 in UTC, empty if unknown. */
export interface PoisonMessage {
  readonly id: string;
  readonly reason: string;
  readonly tries: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** The message as it came. */
  readonly body: string;
}

/** A poison message without its id, which the queue assigns. */
export type PoisonDraft = Omit<PoisonMessage, 'id'>;

/** How long a message stays hidden while it is inspected. */
const lookSeconds = 30;
/** Never expires: a poison message stays until somebody replays or drops it. */
const timeToLive = -1;
const largestMessage = 64 * 1024;

/** The poison queue of one queue. */
export class PoisonQueue {
  readonly #main: QueueClient;
  readonly #poison: QueueClient;

  /**
   * @param main the queue to which messages are replayed
   * @param poison its poison queue
   */
  constructor(main: QueueClient, poison: QueueClient) {
    this.#main = main;
    this.#poison = poison;
  }

  /** Adds a message. */
  async add(draft: PoisonDraft): Promise<void> {
    await this.#poison.createIfNotExists();
    await this.#poison.sendMessage(encodePoison(draft), { messageTimeToLive: timeToLive });
  }

  /** The approximate number of poison messages. */
  async count(): Promise<number> {
    if (!(await this.#poison.exists())) return 0;
    return (await this.#poison.getProperties()).approximateMessagesCount ?? 0;
  }

  /** All poison messages, oldest first. They are hidden from other readers meanwhile. */
  async list(): Promise<PoisonMessage[]> {
    const messages: PoisonMessage[] = [];
    await this.#each(async (item) => {
      messages.push(decodePoison(item));
      return 'keep';
    });
    return messages;
  }

  /** One poison message by its id. */
  async show(id: string): Promise<PoisonMessage | undefined> {
    return (await this.list()).find((message) => message.id === id);
  }

  /** Puts messages back on the main queue; without ids, all of them. @returns how many */
  replay(ids?: readonly string[]): Promise<number> {
    return this.#take(ids, async (message) => {
      await this.#main.sendMessage(message.body, { messageTimeToLive: timeToLive });
    });
  }

  /** Deletes messages for good; without ids, all of them. @returns how many */
  drop(ids?: readonly string[]): Promise<number> {
    return this.#take(ids, async () => undefined);
  }

  async #take(
    ids: readonly string[] | undefined,
    act: (message: PoisonMessage) => Promise<void>,
  ): Promise<number> {
    let taken = 0;
    await this.#each(async (item) => {
      if (ids && !ids.includes(item.messageId)) return 'keep';
      await act(decodePoison(item));
      taken++;
      return 'delete';
    });
    return taken;
  }

  /** Receives every message once: peeking would show only the first 32. */
  async #each(look: (item: DequeuedMessageItem) => Promise<'keep' | 'delete'>): Promise<void> {
    if (!(await this.#poison.exists())) return;
    const kept: DequeuedMessageItem[] = [];
    try {
      for (;;) {
        const { receivedMessageItems } = await this.#poison.receiveMessages({
          numberOfMessages: 32,
          visibilityTimeout: lookSeconds,
        });
        // A message that comes a second time was hidden for too short a time: each has had its turn.
        const fresh = receivedMessageItems.filter(
          (item) => !kept.some((seen) => seen.messageId === item.messageId),
        );
        if (fresh.length === 0) break;
        for (const item of fresh) {
          if ((await look(item)) === 'keep') kept.push(item);
          else await this.#poison.deleteMessage(item.messageId, item.popReceipt);
        }
      }
    } finally {
      await Promise.allSettled(
        kept.map((item) => this.#poison.updateMessage(item.messageId, item.popReceipt, item.messageText, 0)),
      );
    }
  }
}

/**
 * The text of a poison message: JSON around the original message. A message that is too large for that is compressed.
 * One that is still too large goes without the JSON: losing the reason is better than losing the message.
 */
export function encodePoison({ body, ...about }: PoisonDraft): string {
  const plain = JSON.stringify({ poison: 1, ...about, body });
  if (Buffer.byteLength(plain) <= largestMessage) return plain;
  const compressed = JSON.stringify({ poison: 1, ...about, gzip: gzipSync(body).toString('base64') });
  return Buffer.byteLength(compressed) <= largestMessage ? compressed : body;
}

/** Reads a message that {@link encodePoison} or Azure Functions wrote. */
export function decodePoison(item: {
  readonly messageId: string;
  readonly messageText: string;
  readonly insertedOn?: Date;
}): PoisonMessage {
  const inserted = item.insertedOn?.toISOString() ?? '';
  const bare: PoisonMessage = {
    id: item.messageId,
    reason: 'not recorded',
    tries: mostTries,
    firstSeen: inserted,
    lastSeen: inserted,
    body: item.messageText,
  };
  const envelope = parse(item.messageText);
  if (!isJsonObject(envelope) || envelope.poison !== 1) return bare;
  const { reason, tries, firstSeen, lastSeen, body, gzip } = envelope;
  return {
    id: item.messageId,
    reason: typeof reason === 'string' ? reason : bare.reason,
    tries: typeof tries === 'number' ? tries : bare.tries,
    firstSeen: typeof firstSeen === 'string' ? firstSeen : bare.firstSeen,
    lastSeen: typeof lastSeen === 'string' ? lastSeen : bare.lastSeen,
    body:
      typeof body === 'string'
        ? body
        : typeof gzip === 'string'
          ? gunzipSync(Buffer.from(gzip, 'base64')).toString('utf8')
          : '',
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
