/** Reads the `Retry-After` header of HTTP. */

/**
 * Seconds to wait according to a `Retry-After` header, which holds a number of seconds or an HTTP date.
 * Undefined if there is no header or it is neither. A date in the past gives 0.
 *
 * @param now milliseconds since 1970
 */
export function retryAfterSeconds(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  // Date.parse accepts nearly anything with a digit in it; an HTTP date begins with the day of the week.
  const date = /^[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}
