/**
 * Runs a reading soon after it is requested, once for several requests, and whenever the host wants one, in case
 * something was missed. Readings never overlap, as each finds out what is still to be read.
 */

export interface BackgroundReadingOptions {
  readonly read: () => Promise<unknown>;
  /** The time from the first request to the reading. */
  readonly delayMs: number;
  readonly onFailure: (error: unknown) => void;
}

export class BackgroundReading {
  readonly #options: BackgroundReadingOptions;
  #reading: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: BackgroundReadingOptions) {
    this.#options = options;
  }

  /** Requests a reading in a moment. */
  soon(): void {
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.now();
    }, this.#options.delayMs);
  }

  /** Reads once the current reading is finished; resolves when that is done. Never throws. */
  now(): Promise<void> {
    const { read, onFailure } = this.#options;
    if (!this.#stopped) this.#reading = this.#reading.then(async () => void (await read())).catch(onFailure);
    return this.#reading;
  }

  /** Starts no other reading, and resolves when the current one is finished. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#reading;
  }
}
