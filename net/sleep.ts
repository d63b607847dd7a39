/** A pause that can be cut short. */

/** The longest delay that timers can hold; anything beyond would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Resolves after a time in milliseconds, or as soon as the signal is aborted. It never rejects: callers that
 * have to stop check the signal.
 */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const wake = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, Math.min(milliseconds, longestTimerMs));
    signal?.addEventListener('abort', wake);
  });
}
