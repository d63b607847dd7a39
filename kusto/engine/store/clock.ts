/** The wall clock in Kusto's ticks. */
import { TICKS_PER_MILLISECOND, UNIX_EPOCH } from '../functions/ticks.ts';

/** `milliseconds` since 1970 as ticks. */
export function ticksOf(milliseconds: number): bigint {
  return BigInt(Math.trunc(milliseconds)) * TICKS_PER_MILLISECOND + UNIX_EPOCH;
}

/** Now, in ticks. */
export function ticksNow(): bigint {
  return ticksOf(Date.now());
}
