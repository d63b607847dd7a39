/** What a host does again and again: on a timer of the Functions host, or in a server by itself. */

export interface HostRounds {
  /** Does it once. Failures go to the log. */
  round(signal: AbortSignal): Promise<void>;
  /** Does it at regular times, and not again before it has ended. */
  start(): void;
  /** Ends the round under way. */
  stop(): Promise<void>;
}

/** Rounds that begin so many milliseconds after another. */
export function hostRounds(round: HostRounds['round'], everyMs: number): HostRounds {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  return {
    round,
    start() {
      timer ??= setInterval(() => {
        running ??= round(stopping.signal).finally(() => {
          running = undefined;
        });
      }, everyMs).unref();
    },
    async stop() {
      stopping.abort();
      clearInterval(timer);
      await running;
    },
  };
}
