/** Reads something soon after it is asked to, several askings at once, and now and then without being asked. */

export interface BackgroundReadingOptions {
  readonly read: () => Promise<unknown>;
  /** From the first asking to the reading. */
  readonly delayMs: number;
  readonly onFailure: (error: unknown) => void;
}

export interface BackgroundReading {
  /** Asks for a reading. */
  soon(): void;
  /** Ends the reading under way, and starts no other. */
  stop(): Promise<void>;
}

const regularlyMs = 10 * 60_000;

/** Starts with a first reading. */
export function startBackgroundReading({
  read,
  delayMs,
  onFailure,
}: BackgroundReadingOptions): BackgroundReading {
  let reading = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    timer = undefined;
    reading = reading.then(async () => void (await read())).catch(onFailure);
  };
  const soon = (): void => {
    timer ??= setTimeout(start, delayMs);
  };
  const regularly = setInterval(soon, regularlyMs);
  soon();
  return {
    soon,
    async stop() {
      clearInterval(regularly);
      clearTimeout(timer);
      await reading;
    },
  };
}
