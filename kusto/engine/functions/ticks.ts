/**
 * Kusto's datetime and timespan, as 64-bit counts of 100 ns: a datetime since 0001-01-01T00:00Z. Literal
 * forms: https://learn.microsoft.com/kusto/query/scalar-data-types/datetime and .../timespan.
 */
export const TICKS_PER_MILLISECOND = 10_000n;
export const TICKS_PER_SECOND = 10_000_000n;
export const TICKS_PER_MINUTE = 600_000_000n;
export const TICKS_PER_HOUR = 36_000_000_000n;
export const TICKS_PER_DAY = 864_000_000_000n;
/** 1970-01-01 in ticks. */
export const UNIX_EPOCH = 621_355_968_000_000_000n;
/** 9999-12-31T23:59:59.9999999Z, the last datetime. */
export const MAX_DATETIME = 3_155_378_975_999_999_999n;

/** The ticks if they are those of a datetime, else null. */
export function datetimeOf(ticks: bigint): bigint | null {
  return ticks >= 0n && ticks <= MAX_DATETIME ? ticks : null;
}

/** A datetime's calendar fields, in UTC. */
export interface CalendarTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** Ticks since midnight. */
  readonly time: bigint;
  /** 0 is Sunday. */
  readonly weekday: number;
}

export function calendar(ticks: bigint): CalendarTime {
  const days = ticks / TICKS_PER_DAY;
  const date = new Date(Number((days * TICKS_PER_DAY - UNIX_EPOCH) / TICKS_PER_MILLISECOND));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    time: ticks - days * TICKS_PER_DAY,
    weekday: date.getUTCDay(),
  };
}

/** The ticks of a calendar date; months beyond 1 to 12 run on into other years. Null outside of years 1 to 9999, and for no date. */
export function fromCalendar(year: number, month: number, day: number, time = 0n): bigint | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (Number.isNaN(date.getTime())) return null;
  return datetimeOf(BigInt(date.getTime()) * TICKS_PER_MILLISECOND + UNIX_EPOCH + time);
}

/** The number of days in a month. */
export function daysInMonth(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}

const ISO =
  /^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7})\d*)?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i;
const AMERICAN =
  /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7})\d*)?)?)?\s*(Z)?$/i;
const SLASHES = /^(\d{4})\/(\d{1,2})\/(\d{1,2})\b/;
const YEAR = /^(\d{4})$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const MONTH_FIRST = /^([a-z]{3}) (\d{1,2}), (\d{4})$/i;
const RFC_822 =
  /^(?:[a-z]{3,9},? )?(\d{1,2})[ -]([a-z]{3})[a-z]*[ -](\d{4}|\d{2})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*(Z|UTC|GMT)?$/i;

/** Ticks of a written datetime; null if it is none. */
export function parseDatetime(text: string): bigint | null {
  const written = text.trim().replace(SLASHES, '$1-$2-$3');
  let parts = ISO.exec(written);
  if (parts) return assemble(parts[1], parts[2], parts[3] ?? '1', parts.slice(4, 8), parts[8]);
  parts = AMERICAN.exec(written);
  if (parts) return assemble(parts[4], parts[1], parts[3], parts.slice(5, 9), undefined);
  parts = YEAR.exec(written);
  if (parts) return assemble(parts[1], '1', '1', [], undefined);
  parts = COMPACT.exec(written);
  if (parts) return assemble(parts[1], parts[2], parts[3], [], undefined);
  parts = MONTH_FIRST.exec(written);
  if (parts) return assemble(parts[3], monthOf(parts[1]), parts[2], [], undefined);
  parts = RFC_822.exec(written);
  if (!parts) return null;
  const year = (parts[3] ?? '').length === 2 ? `20${parts[3]}` : parts[3];
  return assemble(year, monthOf(parts[2]), parts[1], [parts[4], parts[5], parts[6], undefined], undefined);
}

function monthOf(word = ''): string {
  return String(MONTHS.indexOf(word.toLowerCase()) + 1);
}

function assemble(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  [hour, minute, second, fraction]: readonly (string | undefined)[],
  zone: string | undefined,
): bigint | null {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const [h, min, s] = [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)];
  if (m < 1 || m > 12 || d < 1 || d > daysInMonth(y, m) || h > 23 || min > 59 || s > 59) return null;
  const seconds = BigInt(h * 3600 + min * 60 + s) - zoneSeconds(zone);
  const time = seconds * TICKS_PER_SECOND + BigInt((fraction ?? '').padEnd(7, '0'));
  return fromCalendar(y, m, d, time);
}

function zoneSeconds(zone: string | undefined): bigint {
  const parts = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  if (!parts) return 0n;
  const seconds = BigInt(Number(parts[2]) * 3600 + Number(parts[3]) * 60);
  return parts[1] === '-' ? -seconds : seconds;
}

/** `2024-01-02T07:44:36.7159282Z`: ISO 8601 with all seven digits. */
export function formatDatetime(ticks: bigint): string {
  const { year, month, day, time } = calendar(ticks);
  const date = `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
  return `${date}T${clock(time)}.${pad(time % TICKS_PER_SECOND, 7)}Z`;
}

/** `hh:mm:ss` of ticks within a day. */
export function clock(time: bigint): string {
  const [hours, minutes] = [time / TICKS_PER_HOUR, (time / TICKS_PER_MINUTE) % 60n];
  return `${pad(hours)}:${pad(minutes)}:${pad((time / TICKS_PER_SECOND) % 60n)}`;
}

export function pad(value: number | bigint, digits = 2): string {
  return String(value).padStart(digits, '0');
}

const UNITS: Readonly<Record<string, bigint>> = {
  d: TICKS_PER_DAY,
  h: TICKS_PER_HOUR,
  m: TICKS_PER_MINUTE,
  s: TICKS_PER_SECOND,
  ms: TICKS_PER_MILLISECOND,
  microsecond: 10n,
  tick: 1n,
};
const UNIT_WORDS: readonly [RegExp, string][] = [
  [/^(d|days?)$/, 'd'],
  [/^(h|hr|hrs|hours?)$/, 'h'],
  [/^(m|min|minutes?)$/, 'm'],
  [/^(s|sec|seconds?)$/, 's'],
  [/^(ms|milli|millis|millisec|milliseconds?)$/, 'ms'],
  [/^(micro|micros|microsec|microseconds?)$/, 'microsecond'],
  [/^ticks?$/, 'tick'],
];
const CLOCK = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/;

/** The ticks if a timespan can have so many, else null. */
export function timespanOf(ticks: bigint): bigint | null {
  return BigInt.asIntN(64, ticks) === ticks ? ticks : null;
}

/** Ticks of a written timespan: `1d`, `1.5 hours`, `1.02:03:04.567`, or a number of days; null if it is none. */
export function parseTimespan(text: string): bigint | null {
  const ticks = ticksOfTimespan(text);
  return ticks === null ? null : timespanOf(ticks);
}

function ticksOfTimespan(text: string): bigint | null {
  const written = text.trim();
  const withUnit = /^(-?\d+(?:\.\d+)?)\s*([a-z]+)?$/i.exec(written);
  if (withUnit) {
    const word = (withUnit[2] ?? 'd').toLowerCase();
    const unit = UNITS[UNIT_WORDS.find(([pattern]) => pattern.test(word))?.[1] ?? ''];
    if (unit === undefined) return null;
    const amount = withUnit[1] ?? '0';
    return amount.includes('.') ? BigInt(Math.round(Number(amount) * Number(unit))) : BigInt(amount) * unit;
  }
  const parts = CLOCK.exec(written);
  if (!parts) return null;
  const [hours, minutes, seconds] = [Number(parts[3]), Number(parts[4]), Number(parts[5] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  const ticks =
    BigInt(parts[2] ?? 0) * TICKS_PER_DAY +
    BigInt(hours * 3600 + minutes * 60 + seconds) * TICKS_PER_SECOND +
    BigInt((parts[6] ?? '').padEnd(7, '0'));
  return parts[1] ? -ticks : ticks;
}

/** `1.02:03:04.5670000`: days and fraction only where there are any. */
export function formatTimespan(ticks: bigint): string {
  const positive = ticks < 0n ? -ticks : ticks;
  const days = positive / TICKS_PER_DAY;
  const time = positive % TICKS_PER_DAY;
  const fraction = time % TICKS_PER_SECOND;
  const whole = `${days > 0n ? `${days}.` : ''}${clock(time)}`;
  return `${ticks < 0n ? '-' : ''}${whole}${fraction > 0n ? `.${pad(fraction, 7)}` : ''}`;
}
