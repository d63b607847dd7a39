/**
 * Ends a query from inside. SQLite cannot be interrupted from JavaScript, but a function that it calls may throw, and
 * then the query is over. Without a limit, as in the processes that are killed when time is up, nothing is checked.
 */

/** The work did not end within its limit. */
export class OutOfTimeError extends Error {
  constructor() {
    super('The query did not end within the time that this thread has for it');
    this.name = 'OutOfTimeError';
  }
}

/** The clock is read at every so many checks. */
const CHECKS_PER_READING = 16;
/** A cautious guess for the regular expressions' engine and the like. */
const STEPS_PER_MILLISECOND = 100_000;
/** Fewer steps than these are not worth reading the clock. */
const FEW_STEPS = 10_000;

let deadline = Number.POSITIVE_INFINITY;
let checks = 0;

/**
 * Does `work`, which ends soon after the limit wherever it calls `checkTime` often enough.
 *
 * @throws OutOfTimeError
 */
export function withinTime<T>(milliseconds: number, work: () => T): T {
  const before = deadline;
  deadline = Math.min(before, performance.now() + milliseconds);
  try {
    return work();
  } finally {
    deadline = before;
  }
}

/** Call it once for each row, step or call. @throws OutOfTimeError where the limit is over */
export function checkTime(): void {
  if (deadline === Number.POSITIVE_INFINITY) return;
  checks = (checks + 1) % CHECKS_PER_READING;
  if (checks === 0 && performance.now() > deadline) throw new OutOfTimeError();
}

/**
 * Call it before work that nothing can end.
 *
 * @param steps how many simple steps it takes at worst
 * @throws OutOfTimeError where it might not end within the limit
 */
export function checkWork(steps: number): void {
  if (deadline === Number.POSITIVE_INFINITY || steps < FEW_STEPS) return;
  if (performance.now() + steps / STEPS_PER_MILLISECOND > deadline) throw new OutOfTimeError();
}
