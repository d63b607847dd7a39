/** Waiting for something that happens elsewhere: in another process, on a queue, after a timer. */
import { sleep } from '../../net/sleep.ts';

/**
 * Resolves as soon as the condition holds, and rejects with an error of the condition.
 *
 * @param deadlineMs time from now after which it rejects, naming the condition
 */
export async function until(condition: () => unknown, deadlineMs = 60_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (let pauseMs = 1; !(await condition()); pauseMs = Math.min(2 * pauseMs, 50)) {
    if (Date.now() > deadline) throw new Error(`Not within ${deadlineMs} ms: ${condition}`);
    await sleep(pauseMs);
  }
}
