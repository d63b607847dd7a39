/**
 * Reads something soon after it is asked to, several askings at once, and whenever the host says so, for what was
 * forgotten. One reading follows the other, as each finds out anew what is still to be read.
 */

export interface BackgroundReadingOptions {
  readonly read: () => Promise<unknown>;
  /** From the first asking to the reading. */
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

  /** Asks for a reading in a moment. */
  soon(): void {
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.now();
    }, this.#options.delayMs);
  }

  /** Reads after what is under way; done when it is. Never throws. */
  now(): Promise<void> {
    const { read, onFailure } = this.#options;
    if (!this.#stopped) this.#reading = this.#reading.then(async () => void (await read())).catch(onFailure);
    return this.#reading;
  }

  /** Ends the reading under way, and starts no other. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#reading;
  }
}
