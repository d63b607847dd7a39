/**
 * From an event to committed rows, whichever inlet the event came through. An inlet acknowledges a message when the
 * promise of {@link ChangelogProcessor.process} is fulfilled, and not before.
 */
import type { BuildKey } from '../../api/keys.ts';
import type { IncomingEvent } from '../events/decode.ts';
import { type EventReading, readEvent, rowOfUnreadable, setAside } from '../events/read-event.ts';
import type { RowWriter } from './row-writer.ts';

/** Counts of events since the process started. */
export interface ProcessorCounts {
  /** Events whose rows are committed, by event type. */
  readonly understood: ReadonlyMap<string, number>;
  /** Events set aside, by event type; the empty type stands for messages without one. */
  readonly setAside: ReadonlyMap<string, number>;
}

export interface ProcessorOptions {
  readonly writer: RowWriter;
  /** Called for each build that has ended, once its event is committed. */
  readonly onCompletedBuild?: (build: BuildKey) => void;
  /** Called for each event with a stage in it, once it is committed. */
  readonly onStage?: () => void;
  readonly now?: () => Date;
}

/** The longest event type that is counted under its own name, and the number of different ones. */
const longestType = 100;
const mostTypes = 200;

export class ChangelogProcessor {
  readonly #writer: RowWriter;
  readonly #onCompletedBuild: (build: BuildKey) => void;
  readonly #onStage: () => void;
  readonly #now: () => Date;
  readonly #understood = new Map<string, number>();
  readonly #setAside = new Map<string, number>();

  constructor({ writer, onCompletedBuild, onStage, now }: ProcessorOptions) {
    this.#writer = writer;
    this.#onCompletedBuild = onCompletedBuild ?? (() => undefined);
    this.#onStage = onStage ?? (() => undefined);
    this.#now = now ?? (() => new Date());
  }

  /**
   * Writes the rows of an event, or a row that sets it aside, and waits until they are committed.
   *
   * @throws RowsRefusedError where Kusto refuses the rows
   * @throws StoreUnavailableError where they cannot be written now
   */
  async process(event: IncomingEvent): Promise<EventReading> {
    return await this.#commit(readEvent(event, this.#timeOfReceipt()));
  }

  /** Sets an event aside whose rows were refused; done when that is committed. @throws StoreUnavailableError */
  async setAside(event: IncomingEvent, reason: string): Promise<void> {
    await this.#commit(setAside(event, reason, this.#timeOfReceipt()));
  }

  /** Sets a message aside that holds no event; done when that is committed. @throws StoreUnavailableError */
  async setMessageAside(message: Uint8Array | string, reason: string): Promise<void> {
    const rows = [rowOfUnreadable(message, reason, this.#timeOfReceipt())];
    await this.#commit({ outcome: 'setAside', eventType: '', rows });
  }

  get counts(): ProcessorCounts {
    return { understood: this.#understood, setAside: this.#setAside };
  }

  async #commit(reading: EventReading): Promise<EventReading> {
    await this.#writer.write(reading.rows);
    count(reading.outcome === 'understood' ? this.#understood : this.#setAside, reading.eventType);
    if (reading.completedBuild) this.#onCompletedBuild(reading.completedBuild);
    if (reading.rows.some(({ table }) => table === 'StageEvent')) this.#onStage();
    return reading;
  }

  #timeOfReceipt(): string {
    return this.#now().toISOString();
  }
}

function count(counts: Map<string, number>, eventType: string): void {
  const known = counts.has(eventType) || (counts.size < mostTypes && eventType.length <= longestType);
  const key = known ? eventType : 'other';
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
