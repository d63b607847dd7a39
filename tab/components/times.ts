/** Formats times and durations in the user's language and time zone. Times are in milliseconds since 1970. */
import { strings } from '../strings.ts';

export interface TimeFormats {
  /** "Today at 7:17 AM", "Yesterday at 7:17 AM", "Jan 2, 2024, 7:17 AM". */
  short(instant: number, now: number): string;
  /** With seconds and time zone: "Jan 2, 2024, 7:17:51 AM GMT+1". */
  exact(instant: number): string;
  /** With seconds, in UTC. */
  utc(instant: number): string;
  /** Whether the reader's clock shows the time in UTC, so that `utc` says nothing new. */
  isUtc(instant: number): boolean;
  /** "12 min ago", "now", "in 3 min". */
  ago(instant: number, now: number): string;
  /** "7:17:51 AM" for a time on the same day as `now`, otherwise like `short`. */
  clock(instant: number, now: number): string;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Formats for a language (BCP 47) and an IANA time zone; the defaults are the browser's. */
export function timeFormats(locale?: string, timeZone?: string): TimeFormats {
  const date = { year: 'numeric', month: 'short', day: 'numeric' } as const;
  const toMinute = { hour: 'numeric', minute: '2-digit' } as const;
  const toSecond = { ...toMinute, second: '2-digit' } as const;
  const short = new Intl.DateTimeFormat(locale, { ...date, ...toMinute, timeZone });
  const exact = new Intl.DateTimeFormat(locale, { ...date, ...toSecond, timeZone, timeZoneName: 'short' });
  const utc = new Intl.DateTimeFormat(locale, {
    ...date,
    ...toSecond,
    timeZone: 'UTC',
    timeZoneName: 'short',
  });
  const clock = new Intl.DateTimeFormat(locale, { ...toSecond, timeZone });
  const time = new Intl.DateTimeFormat(locale, { ...toMinute, timeZone });
  const numbers = { ...date, month: 'numeric', ...toSecond } as const;
  const inZone = new Intl.DateTimeFormat(locale, { ...numbers, timeZone });
  const inUtc = new Intl.DateTimeFormat(locale, { ...numbers, timeZone: 'UTC' });
  const dayParts = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  const relative = new Intl.RelativeTimeFormat(locale, { style: 'short', numeric: 'auto' });
  const dayNumber = (instant: number) => Math.round(startOfDay(instant, dayParts) / (day * 1000));
  const shortText = (instant: number, now: number) => {
    const daysAgo = dayNumber(now) - dayNumber(instant);
    if (daysAgo === 0) return strings.times.today(time.format(instant));
    return daysAgo === 1 ? strings.times.yesterday(time.format(instant)) : short.format(instant);
  };
  return {
    short: shortText,
    exact: (instant) => exact.format(instant),
    utc: (instant) => utc.format(instant),
    isUtc: (instant) => inZone.format(instant) === inUtc.format(instant),
    clock: (instant, now) =>
      dayNumber(instant) === dayNumber(now) ? clock.format(instant) : shortText(instant, now),
    ago(instant, now) {
      const [amount, unit] = largestUnit((instant - now) / 1000);
      return relative.format(amount, unit);
    },
  };
}

/** Midnight, in UTC, of the date that the reader's calendar shows. */
function startOfDay(instant: number, dayParts: Intl.DateTimeFormat): number {
  const parts = dayParts.formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'));
}

function largestUnit(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  const size = Math.abs(seconds);
  if (size < 5) return [0, 'second'];
  if (size < minute) return [Math.trunc(seconds), 'second'];
  if (size < hour) return [Math.trunc(seconds / minute), 'minute'];
  if (size < day) return [Math.trunc(seconds / hour), 'hour'];
  if (size < 60 * day) return [Math.trunc(seconds / day), 'day'];
  if (size < 730 * day) return [Math.trunc(seconds / (30 * day)), 'month'];
  return [Math.trunc(seconds / (365 * day)), 'year'];
}

/** The two largest units of a duration in milliseconds, without those that are 0: "24m 45s", "3h", "2d 4h". */
export function durationText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const { days, hours, minutes, seconds: secondsUnit } = strings.units;
  const parts: readonly (readonly [(amount: number) => string, number])[] = [
    [days, Math.floor(seconds / day)],
    [hours, Math.floor((seconds % day) / hour)],
    [minutes, Math.floor((seconds % hour) / minute)],
    [secondsUnit, seconds % minute],
  ];
  const largest = parts.findIndex(([, amount]) => amount > 0);
  if (largest < 0) return secondsUnit(0);
  const shown = parts.slice(largest, largest + 2).filter(([, amount]) => amount > 0);
  return shown.map(([unit, amount]) => unit(amount)).join(' ');
}
