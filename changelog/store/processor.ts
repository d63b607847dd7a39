/**
 * The one way from a raw message to committed rows, whichever inlet it came through. An inlet acknowledges a
 * message when `process` has returned, and not before.
 */
import { type DecodedEvent, decodeEvent } from '../events/decode.ts';
import { rowOfUnreadable, rowsOfEvent } from '../events/rows.ts';
import type { CompletedBuild, EventReading } from '../events/table-rows.ts';
import type { RowWriter } from './row-writer.ts';

/** What the processor has seen since it started. */
export interface ProcessorCounts {
  /** Events whose rows are committed, by event type. */
  readonly understood: ReadonlyMap<string, number>;
  /** Events set aside, by event type; the empty type stands for messages without one. */
  readonly setAside: ReadonlyMap<string, number>;
}

export interface ProcessorOptions {
  readonly writer: RowWriter;
  /** Is told of each build that has ended, after its event is committed. */
  readonly onCompletedBuild?: (build: CompletedBuild) => void;
  /** Is told of each event that tells of a stage, after it is committed. */
  readonly onStage?: () => void;
  readonly now?: () => Date;
}

/** Longest event type that is counted under its own name, and how many different ones. */
const longestType = 100;
const mostTypes = 200;

export class ChangelogProcessor {
  readonly #writer: RowWriter;
  readonly #onCompletedBuild: (build: CompletedBuild) => void;
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
   * Processes one message: done when its rows are committed, or a row that sets it aside is.
   *
   * @throws UnreadableEventError where there is no event in it
   * @throws RowsRefusedError where Kusto refuses its rows
   * @throws StoreUnavailableError where they cannot be written now
   */
  process(message: Uint8Array | string): Promise<EventReading> {
    return this.processDecoded(decodeEvent(message));
  }

  /** Processes one event that is decoded already. @throws as {@link process} */
  async processDecoded(event: DecodedEvent): Promise<EventReading> {
    const reading = rowsOfEvent(event, this.#now().toISOString());
    await this.#writer.write(reading.rows);
    count(reading.outcome === 'understood' ? this.#understood : this.#setAside, reading.eventType);
    if (reading.completedBuild) this.#onCompletedBuild(reading.completedBuild);
    if (reading.rows.some(({ table }) => table === 'StageEvent')) this.#onStage();
    return reading;
  }

  /** Sets a message aside in which no event can be found; done when that is committed. */
  async setAside(message: Uint8Array | string, reason: string): Promise<void> {
    await this.#writer.write([rowOfUnreadable(message, reason, this.#now().toISOString())]);
    count(this.#setAside, '');
  }

  get counts(): ProcessorCounts {
    return { understood: this.#understood, setAside: this.#setAside };
  }
}

function count(counts: Map<string, number>, eventType: string): void {
  const known = counts.has(eventType) || (counts.size < mostTypes && eventType.length <= longestType);
  const key = known ? eventType : 'other';
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
