/** Functions that fill the gaps of a series. Each keeps whole numbers whole. */
import { KqlError } from '../errors.ts';
import type { SqlValue } from '../statement.ts';
import type { ScalarFunction } from './definition.ts';
import { type ArrayNumber, writeNumbers } from './number-array.ts';
import { isSame, ofSeries, withGaps } from './series-definition.ts';

/** Fills the elements that are `missing`; `with` is asked for each gap, from the index after `before` to `after`. */
function filling(
  name: string,
  fill: (
    series: ArrayNumber[],
    isMissing: (number: ArrayNumber) => boolean,
    args: readonly SqlValue[],
  ) => void,
  placeholderAt: number,
): ScalarFunction {
  return ofSeries(name, 'always', (json = null, ...args) => {
    const series = withGaps(name, json);
    if (!series) return null;
    const placeholder = args[placeholderAt] ?? null;
    const isMissing = (number: ArrayNumber): boolean =>
      number === null || placeholder === null
        ? number === placeholder
        : typeof placeholder !== 'string' && isSame(number, placeholder);
    fill(series, isMissing, args);
    return writeNumbers(series);
  });
}

function asNumber(value: SqlValue | undefined): ArrayNumber {
  return typeof value === 'string' || value === undefined ? null : value;
}

const FILL_CONST = filling(
  'series_fill_const',
  (series, isMissing, [constant]) => {
    for (const [index, number] of series.entries()) if (isMissing(number)) series[index] = asNumber(constant);
  },
  1,
);

function fillForward(series: ArrayNumber[], isMissing: (number: ArrayNumber) => boolean): void {
  for (let at = 1; at < series.length; at++)
    if (isMissing(series[at] ?? null)) series[at] = series[at - 1] ?? null;
}

const FILL_FORWARD = filling('series_fill_forward', fillForward, 0);
const FILL_BACKWARD = filling(
  'series_fill_backward',
  (series, isMissing) => {
    series.reverse();
    fillForward(series, isMissing);
    series.reverse();
  },
  0,
);

/** In a series of whole numbers what lies between is whole too, without its fraction. */
const FILL_LINEAR = filling(
  'series_fill_linear',
  (series, isMissing, [, edges = 1n, constant = 0]) => {
    const known = [...series.keys()].filter((index) => !isMissing(series[index] ?? null));
    const [first, last] = [known[0], known.at(-1)];
    if (first === undefined || last === undefined) {
      const value = asNumber(constant);
      series.fill(typeof value === 'bigint' ? Number(value) : value);
      return;
    }
    const whole = known.every((index) => typeof series[index] === 'bigint');
    known.slice(1).forEach((right, index) => {
      interpolate(series, known[index] ?? right, right, whole);
    });
    if (edges !== 0n) {
      series.fill(series[first] ?? null, 0, first);
      series.fill(series[last] ?? null, last + 1);
    }
  },
  0,
);

function interpolate(series: ArrayNumber[], left: number, right: number, whole: boolean): void {
  const [from, to] = [series[left] ?? null, series[right] ?? null];
  if (right - left < 2) return;
  if (from === null || to === null)
    throw new KqlError('series_fill_linear(): there is a null beside what is to be filled');
  const slope = (Number(to) - Number(from)) / (right - left);
  for (let at = left + 1; at < right; at++) {
    const value = Number(from) + slope * (at - left);
    series[at] = whole ? BigInt(Math.trunc(value)) : value;
  }
}

export const SERIES_FILLING: readonly ScalarFunction[] = [
  FILL_CONST,
  FILL_LINEAR,
  FILL_FORWARD,
  FILL_BACKWARD,
];
