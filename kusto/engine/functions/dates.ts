/** Functions over datetime and timespan. Arithmetic in ticks is exact. */
import { KqlError } from '../errors.ts';
import { cast, customCall, infix, type SqlExpression, sqlCall, sqlLiteral } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { decimalBin, decimalBinAt } from './decimals.ts';
import { argument, inCode, inSql, type ScalarFunction, type SqlArgument } from './definition.ts';
import {
  calendar,
  clock,
  datetimeOf,
  daysInMonth,
  fromCalendar,
  pad,
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MILLISECOND,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  timespanOf,
  UNIX_EPOCH,
} from './ticks.ts';
import { TIME_ZONES } from './time-zones.ts';

const FIXED_PARTS: Readonly<Record<string, bigint>> = {
  week: 7n * TICKS_PER_DAY,
  day: TICKS_PER_DAY,
  hour: TICKS_PER_HOUR,
  minute: TICKS_PER_MINUTE,
  second: TICKS_PER_SECOND,
  millisecond: TICKS_PER_MILLISECOND,
  microsecond: 10n,
};
const NANOSECONDS_PER_TICK = 100n;
const MONTHS_IN_PART: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };

/** A function of a datetime, moved by an optional number of periods. */
function startOf(
  name: string,
  bound: (year: number, month: number, day: number, weekday: number, offset: number) => bigint | null,
): ScalarFunction {
  return inCode(
    name,
    `${name}-function`,
    'always',
    (value, offset) => {
      if (typeof value !== 'bigint') return null;
      const { year, month, day, weekday } = calendar(value);
      return bound(year, month, day, weekday, Number(offset ?? 0n));
    },
    { variadic: true },
  );
}

function before(ticks: bigint | null): bigint | null {
  return ticks === null ? null : ticks - 1n;
}

function addMonths(ticks: bigint, months: number): bigint | null {
  const { year, month, day, time } = calendar(ticks);
  const first = new Date(0);
  first.setUTCFullYear(year, month - 1 + months, 1);
  const [y, m] = [first.getUTCFullYear(), first.getUTCMonth() + 1];
  return fromCalendar(y, m, Math.min(day, daysInMonth(y, m)), time);
}

function datetimeAdd(part: SqlValue, amount: SqlValue, value: SqlValue): bigint | null {
  if (typeof value !== 'bigint' || amount === null) return null;
  const months = MONTHS_IN_PART[partName(part)];
  if (months !== undefined) return addMonths(value, months * Number(amount));
  if (partName(part) === 'nanosecond') return datetimeOf(value + BigInt(amount) / NANOSECONDS_PER_TICK);
  return datetimeOf(value + BigInt(amount) * fixedPart(part));
}

/** How many boundaries of `part` lie between two datetimes. */
function datetimeDiff(part: SqlValue, later: SqlValue, earlier: SqlValue): bigint | null {
  if (typeof later !== 'bigint' || typeof earlier !== 'bigint') return null;
  const months = MONTHS_IN_PART[partName(part)];
  if (months !== undefined) {
    const count = (ticks: bigint): number => {
      const { year, month } = calendar(ticks);
      return Math.floor((year * 12 + month - 1) / months);
    };
    return BigInt(count(later) - count(earlier));
  }
  if (partName(part) === 'nanosecond') return (later - earlier) * NANOSECONDS_PER_TICK;
  const size = fixedPart(part);
  // 0001-01-01 is a Monday; weeks begin on Sunday.
  const shift = partName(part) === 'week' ? TICKS_PER_DAY : 0n;
  return (later + shift) / size - (earlier + shift) / size;
}

function partName(part: SqlValue): string {
  return String(part).toLowerCase().replace(/s$/, '');
}

function fixedPart(part: SqlValue): bigint {
  const size = FIXED_PARTS[partName(part)];
  if (size === undefined) throw new KqlError(`'${part}' is not a supported part of a datetime`);
  return size;
}

function datetimePart(part: SqlValue, value: SqlValue): bigint | null {
  if (typeof value !== 'bigint') return null;
  const { year, month, day, time } = calendar(value);
  switch (partName(part)) {
    case 'year':
      return BigInt(year);
    case 'quarter':
      return BigInt(Math.ceil(month / 3));
    case 'month':
      return BigInt(month);
    case 'day':
      return BigInt(day);
    case 'dayofyear':
      return (value - (fromCalendar(year, 1, 1) ?? 0n)) / TICKS_PER_DAY + 1n;
    case 'hour':
      return time / TICKS_PER_HOUR;
    case 'minute':
      return (time / TICKS_PER_MINUTE) % 60n;
    case 'second':
      return (time / TICKS_PER_SECOND) % 60n;
    case 'millisecond':
      return (time / TICKS_PER_MILLISECOND) % 1000n;
    case 'microsecond':
      return (time / 10n) % 1_000_000n;
    case 'nanosecond':
      return (time % TICKS_PER_SECOND) * NANOSECONDS_PER_TICK;
    case 'week_of_year':
      return weekOfYear(value);
    default:
      throw new KqlError(`'${part}' is not a supported part of a datetime`);
  }
}

const DATETIME_FIELD = /^(?:[dhHmMsy]{1,2}|yyyy|f{1,7}|F{1,7}|tt)$/;
const TIMESPAN_FIELD = /^(?:d{1,8}|[hHms]{1,2}|f{1,7}|F{1,7})$/;

function unknownField(name: string, field: string): KqlError {
  return new KqlError(`${name}(): '${field}' is not a field of a format`);
}

function withoutZeros(fraction: string): string {
  return fraction.replace(/(?<!0)0+$/, '');
}

function formatDatetimeAs(value: SqlValue, format: SqlValue): string {
  if (typeof value !== 'bigint') return '';
  const { year, month, day, time } = calendar(value);
  const hours = time / TICKS_PER_HOUR;
  const fraction = pad(time % TICKS_PER_SECOND, 7);
  return String(format).replace(/y+|M+|d+|h+|H+|m+|s+|f+|F+|t+/g, (field) => {
    const digits = field.length;
    if (!DATETIME_FIELD.test(field)) throw unknownField('format_datetime', field);
    switch (field[0]) {
      case 'y':
        return digits <= 2 ? pad(year % 100, digits) : pad(year, 4);
      case 'M':
        return pad(month, digits);
      case 'd':
        return pad(day, digits);
      case 'H':
        return pad(hours, digits);
      case 'h':
        return pad(hours % 12n || 12n, digits);
      case 'm':
        return pad((time / TICKS_PER_MINUTE) % 60n, digits);
      case 's':
        return pad((time / TICKS_PER_SECOND) % 60n, digits);
      case 'f':
        return fraction.slice(0, digits);
      case 'F':
        return withoutZeros(fraction.slice(0, digits));
      default:
        return hours < 12n ? 'AM' : 'PM';
    }
  });
}

function formatTimespanAs(value: SqlValue, format: SqlValue): string {
  if (typeof value !== 'bigint') return '';
  const positive = value < 0n ? -value : value;
  const written = clock(positive % TICKS_PER_DAY).split(':');
  const fraction = pad(positive % TICKS_PER_SECOND, 7);
  return String(format).replace(/d+|[hH]+|m+|s+|[fF]+/g, (field) => {
    if (!TIMESPAN_FIELD.test(field)) throw unknownField('format_timespan', field);
    if (field[0] === 'd') return pad(positive / TICKS_PER_DAY, field.length);
    if (field[0] === 'f') return fraction.slice(0, field.length);
    if (field[0] === 'F') return withoutZeros(fraction.slice(0, field.length));
    const part = written['hms'.indexOf(field[0]?.toLowerCase() ?? '')] ?? '00';
    return pad(Number(part), field.length);
  });
}

function unixTime(unit: string, ticks: bigint): ScalarFunction {
  const name = `unixtime_${unit}_todatetime`;
  return inSql(name, `unixtime-${unit}-todatetime-function`, 'arguments', (args) => {
    const value = argument(args, 0);
    const count = cast(infix('*', value.sql, sqlLiteral(ticks, 'long')), 'INTEGER');
    return infix('+', count, sqlLiteral(UNIX_EPOCH, 'long'));
  });
}

/** Rounds down to a multiple; datetimes count from 0001-01-01. */
function binSql(value: SqlArgument, size: SqlArgument): SqlExpression {
  if (value.type === 'decimal' || size.type === 'decimal') return decimalBin(value, size);
  if (value.type === 'real' || size.type === 'real') return customCall('real_bin', value.sql, size.sql);
  const positive = positiveSize(size);
  const remainder = infix('%', infix('+', infix('%', value.sql, positive), positive), positive);
  return infix('-', value.sql, remainder);
}

/** Of a size that is not greater than zero the bin is null, and so is what SQLite makes of a division by null. */
function positiveSize({ sql, literal }: SqlArgument): SqlExpression {
  if (typeof literal === 'bigint' && literal > 0n) return sql;
  return sqlCall('nullif', sqlCall('max', sql, sqlLiteral(0n, 'long')), sqlLiteral(0n, 'long'));
}

const BIN = inSql('bin', 'bin-function', 'always', (args) => binSql(argument(args, 0), argument(args, 1)), {
  code: [
    {
      name: 'real_bin',
      run: (value, size) =>
        value === null || size === null || Number(size) <= 0
          ? null
          : Math.floor(Number(value) / Number(size)) * Number(size),
    },
  ],
});

/** The week of ISO 8601: the first one is that of the year's first Thursday. */
function weekOfYear(value: SqlValue): bigint | null {
  if (typeof value !== 'bigint') return null;
  const { year, month, day, weekday } = calendar(value);
  const thursday = new Date(0);
  thursday.setUTCFullYear(year, month - 1, day + 4 - (weekday || 7));
  const first = new Date(0);
  first.setUTCFullYear(thursday.getUTCFullYear(), 0, 1);
  return BigInt(Math.floor((thursday.getTime() - first.getTime()) / MILLISECONDS_PER_WEEK) + 1);
}

const MILLISECONDS_PER_WEEK = 7 * 24 * 3_600_000;

/** `bin()` with another point to count from. */
function binAtSql(value: SqlArgument, size: SqlArgument, point: SqlArgument): SqlExpression {
  const types = [value.type, size.type, point.type];
  if (types.includes('decimal')) return decimalBinAt(value, size, point);
  const distance: SqlArgument = {
    sql: infix('-', value.sql, point.sql),
    type: types.includes('real') ? 'real' : 'long',
    nullable: true,
  };
  return infix('+', binSql(distance, size), point.sql);
}

/** Null where there is no such day, or no such time in it. */
function dateOf(year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0): bigint | null {
  const isIn = (value: number, from: number, to: number): boolean => value >= from && value <= to;
  if (!isIn(year, 1, 9999) || !isIn(month, 1, 12) || !isIn(day, 1, daysInMonth(year, month))) return null;
  if (!isIn(hour, 0, 23) || !isIn(minute, 0, 59) || !(second >= 0 && second < 60)) return null;
  const time = BigInt(hour * 3600 + minute * 60) * TICKS_PER_SECOND + BigInt(Math.round(second * 1e7));
  return fromCalendar(year, month, day, time);
}

function datePart(name: string, part: string, page: string): ScalarFunction {
  return inSql(name, page, 'arguments', (args) =>
    customCall('datetime_part', sqlLiteral(part, 'string'), argument(args, 0).sql),
  );
}

export const DATES: readonly ScalarFunction[] = [
  BIN,
  { ...BIN, name: 'floor', page: 'floor-function', code: [] },
  inSql('bin_at', 'bin-at-function', 'always', (args) =>
    binAtSql(argument(args, 0), argument(args, 1), argument(args, 2)),
  ),
  inCode('week_of_year', 'week-of-year-function', 'always', weekOfYear),
  startOf('startofday', (y, m, d, _, offset) => fromCalendar(y, m, d + offset)),
  startOf('startofweek', (y, m, d, weekday, offset) => fromCalendar(y, m, d - weekday + 7 * offset)),
  startOf('startofmonth', (y, m, _d, _w, offset) => fromCalendar(y, m + offset, 1)),
  startOf('startofyear', (y, _m, _d, _w, offset) => fromCalendar(y + offset, 1, 1)),
  startOf('endofday', (y, m, d, _, offset) => before(fromCalendar(y, m, d + offset + 1))),
  startOf('endofweek', (y, m, d, weekday, offset) =>
    before(fromCalendar(y, m, d - weekday + 7 * (offset + 1))),
  ),
  startOf('endofmonth', (y, m, _d, _w, offset) => before(fromCalendar(y, m + offset + 1, 1))),
  startOf('endofyear', (y, _m, _d, _w, offset) => before(fromCalendar(y + offset + 1, 1, 1))),
  inCode('datetime_add', 'datetime-add-function', 'always', datetimeAdd),
  inCode('datetime_diff', 'datetime-diff-function', 'always', datetimeDiff),
  inCode('datetime_part', 'datetime-part-function', 'always', datetimePart),
  datePart('getyear', 'year', 'getyear-function'),
  datePart('getmonth', 'month', 'getmonth-function'),
  datePart('monthofyear', 'month', 'monthofyear-function'),
  datePart('dayofmonth', 'day', 'dayofmonth-function'),
  datePart('dayofyear', 'dayofyear', 'dayofyear-function'),
  datePart('hourofday', 'hour', 'hourofday-function'),
  inCode('dayofweek', 'dayofweek-function', 'always', (value) =>
    typeof value === 'bigint' ? BigInt(calendar(value).weekday) * TICKS_PER_DAY : null,
  ),
  inCode(
    'make_datetime',
    'make-datetime-function',
    'always',
    (...parts) => {
      if (parts.includes(null)) return null;
      const [year, month, day, hour, minute, second] = parts.map(Number);
      return dateOf(year, month, day, hour, minute, second);
    },
    { variadic: true },
  ),
  inCode(
    'make_timespan',
    'make-timespan-function',
    'always',
    (...parts) => {
      if (parts.includes(null)) return null;
      const [days, hours, minutes, seconds = 0n] = parts.length === 4 ? parts : [0n, ...parts];
      const [d, h, m, s] = [Number(days), Number(hours), Number(minutes), Number(seconds)];
      if (!Number.isSafeInteger(d) || !(h >= 0 && h < 24 && m >= 0 && m < 60 && s >= 0 && s < 60))
        return null;
      const time =
        BigInt(Math.trunc(h) * 3600 + Math.trunc(m) * 60) * TICKS_PER_SECOND + BigInt(Math.round(s * 1e7));
      return timespanOf(BigInt(d) * TICKS_PER_DAY + time);
    },
    { variadic: true },
  ),
  inCode('format_datetime', 'format-datetime-function', 'never', formatDatetimeAs),
  inCode('format_timespan', 'format-timespan-function', 'never', formatTimespanAs),
  unixTime('seconds', TICKS_PER_SECOND),
  unixTime('milliseconds', TICKS_PER_MILLISECOND),
  unixTime('microseconds', 10n),
  ...TIME_ZONES,
];
