/** Work that starts at a fixed rate, however long each piece takes, as callers do who do not know of each other. */
import { sleep } from '../net/sleep.ts';

/**
 * Starts pieces of work until `signal` is aborted, or `pieces` have been started; resolves when all have ended.
 *
 * @param start gets the number of the piece, from 0, and when it was due by `performance.now()`: latencies count from
 * then, so that the time in which a piece waits behind slow ones is seen
 */
export async function atSteadyRate(
  perSecond: number,
  start: (number: number, due: number) => Promise<void>,
  { signal, pieces = Infinity }: { readonly signal?: AbortSignal; readonly pieces?: number },
): Promise<void> {
  const began = performance.now();
  const pending = new Set<Promise<void>>();
  for (let number = 0; number < pieces && !signal?.aborted; number++) {
    const due = began + (number * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait, signal);
    if (signal?.aborted) break;
    const done: Promise<void> = start(number, due).finally(() => pending.delete(done));
    pending.add(done);
  }
  await Promise.all(pending);
}
