/** Values that SQLite, or a function that it calls, cannot give because they are too large. */
import { KqlError } from '../errors.ts';

/** That a whole number does not fit into a long. */
export const beyondLong = (): KqlError => new KqlError('A number is beyond the range of long');

/** That arithmetic has moved a datetime out of the calendar. */
export const beyondCalendar = (): KqlError =>
  new KqlError('A datetime is before the year 1 or after the year 9999');

/** Such an error as the query's mistake; undefined for any other. */
export function tooLarge(error: unknown): KqlError | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.message === 'integer overflow' || error.message.endsWith('returned a bigint that was too big'))
    return beyondLong();
  if (error.message === 'string or blob too big' || error.message === 'Invalid string length')
    return new KqlError('A text is too long');
  return undefined;
}
