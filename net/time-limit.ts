/**
 * The signal of a request that has a time limit. Node 20 may collect a timeout to which only `AbortSignal.any` refers;
 * it then never fires, and the request waits forever. Here it is kept until it has fired.
 */

const running = new Set<AbortSignal>();

/** A signal that is aborted after a time in milliseconds, with a `TimeoutError`, or as soon as `signal` is. */
export function timeLimit(milliseconds: number, signal?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(milliseconds);
  if (!signal) return timeout;
  running.add(timeout);
  timeout.addEventListener('abort', () => running.delete(timeout), { once: true });
  return AbortSignal.any([signal, timeout]);
}
