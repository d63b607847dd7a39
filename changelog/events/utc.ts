/**
 * Reads times as Azure DevOps writes them, to the last digit. A JavaScript Date would drop four of the seven
 * fractional digits, so the fraction stays text.
 */

const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:(Z)|([+-])(\d\d):(\d\d))?$/i;

/**
 * Converts a time to UTC with seven fractional digits, such as `2019-10-02T19:54:00.3307136Z`. A time without a
 * zone is taken as UTC, as Azure DevOps means it. Undefined where `text` is not a time between 1970 and 2199.
 */
export function utcTime(text: string): string | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', , sign, offsetHours, offsetMinutes] = match;
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const at = new Date(`${written}Z`);
  if (Number.isNaN(at.getTime()) || !at.toISOString().startsWith(written)) return undefined;
  const offset = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * (sign === '-' ? -1 : 1);
  if (Math.abs(offset) > 14 * 60) return undefined;
  const utc = new Date(at.getTime() - offset * 60_000);
  if (utc.getUTCFullYear() < 1970 || utc.getUTCFullYear() > 2199) return undefined;
  return `${utc.toISOString().slice(0, 19)}.${fraction.slice(0, 7).padEnd(7, '0')}Z`;
}

/** Whether `text` is .NET's default time, which Azure DevOps writes for a time that is not set. */
export function isUnsetTime(text: string): boolean {
  return text.startsWith('0001-01-01T00:00:00');
}
