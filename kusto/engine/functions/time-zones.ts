/**
 * Local times of the zones of the IANA database, as Node knows them
 * (https://learn.microsoft.com/kusto/query/timezone). A local time that a zone skips is taken by the offset after the
 * gap, as the documentation shows; one that comes twice is the first.
 */
import { KqlError } from '../errors.ts';
import type { SqlValue } from '../statement.ts';
import { inCode, type ScalarFunction } from './definition.ts';
import {
  datetimeOf,
  TICKS_PER_DAY,
  TICKS_PER_MILLISECOND,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  UNIX_EPOCH,
} from './ticks.ts';

/** Offsets change at a multiple of this, in all zones and times since there are standard times. */
const SLOT = 15n * TICKS_PER_MINUTE;
/** Before, zones had the mean time of a city, and changed to another at any second. */
const STANDARD_TIMES = UNIX_EPOCH - 75n * 366n * TICKS_PER_DAY;
const MOST_KNOWN = 50_000;

class Zone {
  readonly #format: Intl.DateTimeFormat;
  readonly #known = new Map<bigint, bigint>();

  /** @throws RangeError where there is no such zone */
  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** By how many ticks local time is ahead at a moment. */
  offset(moment: bigint): bigint {
    if (moment < STANDARD_TIMES) return this.#read(moment);
    const slot = moment / SLOT;
    const known = this.#known.get(slot);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    const offset = this.#read(slot * SLOT);
    this.#known.set(slot, offset);
    return offset;
  }

  #read(moment: bigint): bigint {
    const seconds = (moment - UNIX_EPOCH) / TICKS_PER_SECOND - (moment % TICKS_PER_SECOND < 0n ? 1n : 0n);
    const fields = new Map(
      this.#format.formatToParts(new Date(Number(seconds * 1000n))).map(({ type, value }) => [type, value]),
    );
    const field = (name: Intl.DateTimeFormatPartTypes): number => Number(fields.get(name));
    const year = fields.get('era')?.startsWith('B') ? 1 - field('year') : field('year');
    const local = new Date(0);
    local.setUTCFullYear(year, field('month') - 1, field('day'));
    local.setUTCHours(field('hour'), field('minute'), field('second'));
    return BigInt(local.getTime()) * TICKS_PER_MILLISECOND - seconds * TICKS_PER_SECOND;
  }
}

const zones = new Map<string, Zone>();

function zoneOf(name: SqlValue): Zone {
  const written = String(name ?? '');
  const known = zones.get(written);
  if (known) return known;
  const zone = newZone(written);
  zones.set(written, zone);
  return zone;
}

function newZone(name: string): Zone {
  try {
    // Node takes offsets such as '+01:00' too, which are not zones.
    if (/^\p{L}/u.test(name)) return new Zone(name);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new KqlError(`'${name}' is not a time zone, such as 'Europe/Paris' or 'US/Pacific'`);
}

function toLocal(moment: SqlValue, name: SqlValue): bigint | null {
  const zone = zoneOf(name);
  return typeof moment === 'bigint' ? datetimeOf(moment + zone.offset(moment)) : null;
}

function toUtc(local: SqlValue, name: SqlValue): bigint | null {
  const zone = zoneOf(name);
  if (typeof local !== 'bigint') return null;
  const [before, after] = [zone.offset(local - TICKS_PER_DAY), zone.offset(local + TICKS_PER_DAY)];
  const first = local - before;
  return datetimeOf(zone.offset(first) === before ? first : local - after);
}

export const TIME_ZONES: readonly ScalarFunction[] = [
  inCode('datetime_utc_to_local', 'datetime-utc-to-local-function', 'always', toLocal),
  inCode('datetime_local_to_utc', 'datetime-local-to-utc-function', 'always', toUtc, {
    note: 'a local time that comes twice is the first',
  }),
];
