/**
 * Reads the storage queue that service hooks write to, in several batches of 32 at a time. A message stays hidden
 * from other readers while it is processed, and is deleted when its rows are committed. A bad message is tried five
 * times and then moved to the poison queue; others do not wait for it. While the store is unavailable, no message
 * counts as bad: the inlet keeps what it has, receives no more, and continues when the store is back.
 */
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import { backoff } from '../../net/retry-policy.ts';
import { sleep } from '../../net/sleep.ts';
import { decodeEvent, type IncomingEvent, UnreadableEventError } from '../events/decode.ts';
import type { ChangelogProcessor } from '../store/processor.ts';
import { RowsRefusedError } from '../store/row-store.ts';
import { mostTries, type PoisonQueue } from './poison-queue.ts';

/** A notice for the operator. */
export type QueueNotice =
  | { readonly kind: 'poisoned'; readonly messageId: string; readonly reason: string; readonly tries: number }
  | { readonly kind: 'nearExpiry'; readonly messageId: string; readonly expiresAt: Date }
  | { readonly kind: 'storeUnavailable'; readonly reason: string }
  | { readonly kind: 'queueUnavailable'; readonly reason: string };

export interface QueueInletOptions {
  readonly queue: QueueClient;
  readonly poison: PoisonQueue;
  readonly processor: ChangelogProcessor;
  readonly onNotice?: (notice: QueueNotice) => void;
  /** How many batches of 32 are processed at once. */
  readonly batches?: number;
  /** How long a received message stays hidden; renewed at a third of it. */
  readonly hiddenSeconds?: number;
  /** How long to wait after finding the queue empty. */
  readonly idleMs?: number;
  /** The longest wait between tries while the queue or the store is unavailable. */
  readonly longestPauseMs?: number;
  /** How soon a bad message comes back. */
  readonly retrySeconds?: number;
  /** A message that expires within this time raises a notice. */
  readonly expiryWarningMs?: number;
}

/**
 * A message that was received this often without a result probably crashes the process each time. Far more than
 * five, because restarts while the store is unavailable count too.
 */
const mostUnfinishedTries = 15;

const defaults = {
  batches: 4,
  hiddenSeconds: 60,
  idleMs: 1_000,
  longestPauseMs: 15_000,
  retrySeconds: 5,
  expiryWarningMs: 24 * 60 * 60_000,
  onNotice: () => undefined,
};

type Settled = Required<QueueInletOptions>;

/** A running inlet. */
export interface QueueInlet {
  /** Receives no more messages, and resolves when those in progress are finished or given back. */
  stop(): Promise<void>;
}

/** Starts reading the queue. */
export function startQueueInlet(options: QueueInletOptions): QueueInlet {
  const settled: Settled = { ...defaults, ...options };
  const stopping = new AbortController();
  const lanes = Array.from({ length: settled.batches }, () => readBatches(settled, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(lanes);
    },
  };
}

async function readBatches(options: Settled, stopping: AbortSignal): Promise<void> {
  let failures = 0;
  while (!stopping.aborted) {
    let items: DequeuedMessageItem[];
    try {
      const answer = await options.queue.receiveMessages({
        numberOfMessages: 32,
        visibilityTimeout: options.hiddenSeconds,
        abortSignal: stopping,
      });
      items = answer.receivedMessageItems;
      failures = 0;
    } catch (error) {
      if (stopping.aborted) return;
      options.onNotice({ kind: 'queueUnavailable', reason: messageOf(error) });
      await sleep(delayAfter(++failures, options), stopping);
      continue;
    }
    if (items.length === 0) await sleep(options.idleMs, stopping);
    else await Promise.all(items.map((item) => handle(item, options, stopping)));
  }
}

/** Handles one message until it is deleted, moved or given back. Never throws. */
async function handle(item: DequeuedMessageItem, options: Settled, stopping: AbortSignal): Promise<void> {
  warnOfExpiry(item, options);
  const lease = keepHidden(item, options);
  try {
    const fault =
      item.dequeueCount > mostUnfinishedTries
        ? 'processing it never finished'
        : await processWhenStoreIsBack(item, options, stopping);
    if (fault === 'stopped') return await lease.end(0);
    if (fault === undefined) await deleteMessage(options.queue, item, lease);
    else if (item.dequeueCount >= mostTries) await poison(item, fault, options, lease);
    else await lease.end(options.retrySeconds);
  } catch (error) {
    // It was not deleted or moved, so it comes back. Its rows count once, however often they are written.
    options.onNotice({ kind: 'queueUnavailable', reason: messageOf(error) });
  } finally {
    lease.stop();
  }
}

/** Resolves to the fault of a bad message, to undefined for a good one, and to `stopped` if it was not finished. */
async function processWhenStoreIsBack(
  item: DequeuedMessageItem,
  options: Settled,
  stopping: AbortSignal,
): Promise<string | 'stopped' | undefined> {
  let event: IncomingEvent;
  try {
    event = decodeEvent(item.messageText);
  } catch (error) {
    if (error instanceof UnreadableEventError) return error.message;
    throw error;
  }
  for (let failures = 1; ; failures++) {
    try {
      await options.processor.process(event);
      return undefined;
    } catch (error) {
      if (error instanceof RowsRefusedError) return error.message;
      if (stopping.aborted) return 'stopped';
      options.onNotice({ kind: 'storeUnavailable', reason: messageOf(error) });
      await sleep(delayAfter(failures, options), stopping);
    }
  }
}

async function poison(
  item: DequeuedMessageItem,
  reason: string,
  options: Settled,
  lease: HiddenMessage,
): Promise<void> {
  await options.poison.add({
    reason,
    tries: item.dequeueCount,
    firstSeen: item.insertedOn.toISOString(),
    lastSeen: new Date().toISOString(),
    body: item.messageText,
  });
  await deleteMessage(options.queue, item, lease);
  options.onNotice({ kind: 'poisoned', messageId: item.messageId, reason, tries: item.dequeueCount });
}

async function deleteMessage(
  queue: QueueClient,
  item: DequeuedMessageItem,
  lease: HiddenMessage,
): Promise<void> {
  await queue.deleteMessage(item.messageId, await lease.receipt());
}

interface HiddenMessage {
  /** The current receipt, after any renewal in progress. */
  receipt(): Promise<string>;
  /** Gives the message back: others can receive it after so many seconds. */
  end(seconds: number): Promise<void>;
  stop(): void;
}

/** Keeps a message hidden while it is processed. */
function keepHidden(item: DequeuedMessageItem, { queue, hiddenSeconds }: Settled): HiddenMessage {
  let receipt = Promise.resolve(item.popReceipt);
  const hide = (seconds: number): Promise<string> =>
    receipt.then(async (current) => {
      const answer = await queue.updateMessage(item.messageId, current, item.messageText, seconds);
      return answer.popReceipt ?? current;
    });
  const timer = setInterval(
    () => {
      const before = receipt;
      // If a renewal fails, the next one uses the receipt from before.
      receipt = hide(hiddenSeconds).catch(() => before);
    },
    (hiddenSeconds * 1000) / 3,
  );
  return {
    receipt() {
      clearInterval(timer);
      return receipt;
    },
    async end(seconds) {
      clearInterval(timer);
      await hide(seconds);
    },
    stop: () => clearInterval(timer),
  };
}

function warnOfExpiry(item: DequeuedMessageItem, { expiryWarningMs, onNotice }: Settled): void {
  if (!isNearExpiry(item, expiryWarningMs)) return;
  onNotice({ kind: 'nearExpiry', messageId: item.messageId, expiresAt: item.expiresOn });
}

/** Whether a message expires within a time, in milliseconds, and was not meant to live that short. */
export function isNearExpiry(
  { insertedOn, expiresOn }: Pick<DequeuedMessageItem, 'insertedOn' | 'expiresOn'>,
  withinMs = defaults.expiryWarningMs,
): boolean {
  // Of messages that live shorter than that, all would be near their expiry.
  const livesLong = expiresOn.getTime() - insertedOn.getTime() > withinMs;
  return livesLong && expiresOn.getTime() - Date.now() < withinMs;
}

/** The age of the queue's oldest visible message in milliseconds; 0 if the queue is empty. */
export async function ageOfOldestMessage(queue: QueueClient, now = Date.now()): Promise<number> {
  const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 1 });
  const [oldest] = peekedMessageItems;
  return oldest ? Math.max(0, now - oldest.insertedOn.getTime()) : 0;
}

/** Milliseconds before the next try after so many failures in a row. */
function delayAfter(failures: number, { longestPauseMs }: Settled): number {
  return backoff({ firstDelayMs: 250, longestDelayMs: longestPauseMs }, failures, Math.random());
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
