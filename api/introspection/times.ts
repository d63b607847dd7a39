/**
 * Points in time as they travel: ISO 8601 in UTC with all seven digits that Kusto keeps, so that a time from an answer
 * means the same when it is sent back. Two of them compare as texts.
 */

/** Such as `2024-01-02T14:09:36.7245944Z`. */
export type TimeText = string;

/** Completes the sentence "it must be …". */
export const timeForm =
  'an ISO 8601 time such as 2024-01-02T14:09:36Z (a + in an offset is written %2B), or a day such as 2024-01-02, which begins at midnight UTC';

const form = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?(Z|[+-]\d{2}:\d{2}))?$/i;

/** The time that a text means, or undefined. */
export function readTime(text: string): TimeText | undefined {
  const match = form.exec(text.toUpperCase());
  if (!match) return undefined;
  const [, day = '', minute = '00:00', second = '00', fraction = '', offset = 'Z'] = match;
  const local = `${day}T${minute}:${second}`;
  // The parser takes 30 February for 1 March, and 24:00 for the next day.
  const isReal = (time: string): boolean => {
    const milliseconds = Date.parse(`${time}Z`);
    return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(time);
  };
  const milliseconds = Date.parse(`${local}${offset}`);
  if (!isReal(local) || Number.isNaN(milliseconds)) return undefined;
  const utc = new Date(milliseconds).toISOString();
  return /^\d{4}-/.test(utc) ? `${utc.slice(0, 19)}.${fraction.padEnd(7, '0')}Z` : undefined;
}
