/**
 * Functions that make arrays and move their elements about, whose JSON text they do not touch: `1.0` stays a real
 * number, and a whole number keeps all of its digits.
 */
import { KqlError } from '../errors.ts';
import { cast, customCall, type SqlExpression, sqlLiteral } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import {
  argument,
  inSql,
  type ScalarCode,
  type ScalarFunction,
  type SqlArgument,
  UnsupportedCallError,
} from './definition.ts';
import { jsonSql } from './json.ts';
import { elementTexts, numberJson } from './number-array.ts';
import { formatDatetime, formatTimespan, TICKS_PER_HOUR } from './ticks.ts';

/** The longest array that these functions make. */
const MOST_ELEMENTS = 1_048_576;

/** @param json positions of the arguments that may be of any type, and come as JSON text */
function reshaping(
  name: string,
  json: readonly number[],
  run: ScalarCode['run'],
  page = name,
): ScalarFunction {
  const sql = (args: readonly SqlArgument[]): SqlExpression =>
    customCall(name, ...args.map((arg, index) => (json.includes(index) ? jsonSql(arg) : arg.sql)));
  const code: ScalarCode[] = [{ name, run, variadic: true }];
  return inSql(name, `${page.replaceAll('_', '-')}-function`, 'always', sql, { code });
}

function arrayOf(texts: readonly (string | undefined)[]): string {
  return `[${texts.map((text) => text ?? 'null').join(',')}]`;
}

/** Elements that leave at one end come in at the other. */
function rotating(name: string, direction: 1 | -1): ScalarFunction {
  return reshaping(name, [], (json = null, count = null) => {
    const array = elementTexts(json);
    if (!array || count === null) return null;
    if (array.length === 0) return '[]';
    const by = Number((BigInt(direction) * BigInt(count)) % BigInt(array.length));
    return arrayOf([...array.slice(by), ...array.slice(0, by)]);
  });
}

/** Elements that leave at one end are lost; at the other come those that are given, or null, or empty texts among texts. */
function shifting(name: string, direction: 1 | -1): ScalarFunction {
  return reshaping(name, [2], (json = null, count = null, ...given) => {
    const array = elementTexts(json);
    if (!array || count === null) return null;
    const texts = array.length > 0 && array.every((text) => text.startsWith('"'));
    const [fill = 'null'] = given.length > 0 ? given : [texts ? '""' : 'null'];
    const by = Math.max(-array.length, Math.min(array.length, direction * Number(count)));
    const filling = new Array<string>(Math.abs(by)).fill(String(fill ?? 'null'));
    return arrayOf(
      by > 0 ? [...array.slice(by), ...filling] : [...filling, ...array.slice(0, array.length + by)],
    );
  });
}

/** For each condition, the element at its place of one or the other; a value that is no array stands for all. */
function choosing(name: string): ScalarFunction {
  return reshaping(
    name,
    [1, 2],
    (json = null, whenTrue = null, whenFalse = null) => {
      const conditions = elementTexts(json);
      if (!conditions) return null;
      const [yes, no] = [whenTrue, whenFalse].map((value) => elementTexts(value) ?? value);
      const at = (side: string[] | SqlValue | undefined, index: number): string | undefined =>
        Array.isArray(side) ? side[index] : String(side ?? 'null');
      return arrayOf(
        conditions.map((condition, index) => {
          if (condition === 'true') return at(yes, index);
          if (condition === 'false') return at(no, index);
          return /^-?\d/.test(condition) ? at(Number(condition) === 0 ? no : yes, index) : 'null';
        }),
      );
    },
    'array_iff',
  );
}

/** The parts before, between and from the given positions on. */
function split(json: SqlValue = null, positions: SqlValue = null): string | null {
  const array = elementTexts(json);
  const written = typeof positions === 'bigint' ? [String(positions)] : elementTexts(positions);
  if (!array || !written?.every((text) => /^-?\d+$/.test(text))) return null;
  const bounds = written.map(Number).map((at) => Math.max(0, at < 0 ? array.length + at : at));
  return arrayOf(
    [...bounds, array.length].map((end, index) => arrayOf(array.slice(bounds[index - 1] ?? 0, end))),
  );
}

function zipped(...arrays: SqlValue[]): string | null {
  const columns = arrays.map(elementTexts);
  if (!columns.every((column) => column !== undefined)) return null;
  const length = Math.max(...columns.map((column) => column.length));
  return arrayOf(Array.from({ length }, (_, row) => arrayOf(columns.map((column) => column[row]))));
}

function repeated(value: SqlValue = null, count: SqlValue = null): string | null {
  if (count === null || Number(count) < 0) return null;
  if (Number(count) > MOST_ELEMENTS)
    throw new KqlError(
      `repeat(): ${count} elements are more than the ${MOST_ELEMENTS} that an array can have`,
    );
  return arrayOf(new Array<string>(Number(count)).fill(String(value ?? 'null')));
}

/** Equally spaced values, of which there are at most so many as an array can have. */
function spaced(type: SqlValue, start: SqlValue, stop: SqlValue, step: SqlValue): string | null {
  if (start === null || stop === null || step === null) return null;
  if (!(Number(step) > 0))
    throw new KqlError('range(): a step that is not greater than zero is not supported');
  const texts: string[] = [];
  if (typeof start === 'bigint' && typeof step === 'bigint' && typeof stop === 'bigint') {
    for (let value = start; value <= stop && texts.length < MOST_ELEMENTS; value += step)
      texts.push(wholeText(String(type), value));
  } else {
    const value = (): number => Number(start) + texts.length * Number(step);
    while (value() <= Number(stop) && texts.length < MOST_ELEMENTS) texts.push(numberJson(value()));
  }
  return `[${texts.join(',')}]`;
}

function wholeText(type: string, value: bigint): string {
  if (type === 'datetime') return `"${formatDatetime(value)}"`;
  return type === 'timespan' ? `"${formatTimespan(value)}"` : String(value);
}

const NUMBERS: readonly SqlArgument['type'][] = ['int', 'long', 'real'];

function ofLiteral(value: bigint, type: SqlArgument['type']): SqlArgument {
  return { sql: sqlLiteral(value, type), type, nullable: false };
}

const RANGE = inSql(
  'range',
  'range-function',
  'always',
  (args) => {
    const [start, stop] = [argument(args, 0), argument(args, 1)];
    const isTime = start.type === 'datetime' || start.type === 'timespan';
    const step = args[2] ?? (isTime ? ofLiteral(TICKS_PER_HOUR, 'timespan') : ofLiteral(1n, 'long'));
    const types = [start.type, stop.type, step.type];
    const fits = isTime
      ? stop.type === start.type && step.type === 'timespan'
      : types.every((type) => NUMBERS.includes(type));
    if (!fits) throw new UnsupportedCallError(`range() of ${types.join(', ')}`);
    const real = types.includes('real');
    const type = sqlLiteral(start.type, 'string');
    const values = [start, stop, step].map(({ sql }) => (real ? cast(sql, 'REAL') : sql));
    return customCall('range', type, ...values);
  },
  { code: [{ name: 'range', run: spaced }] },
);

export const RESHAPING: readonly ScalarFunction[] = [
  RANGE,
  reshaping('repeat', [0], repeated),
  reshaping('zip', [], zipped),
  choosing('array_iff'),
  choosing('array_iif'),
  reshaping('array_split', [], split),
  rotating('array_rotate_left', 1),
  rotating('array_rotate_right', -1),
  shifting('array_shift_left', 1),
  shifting('array_shift_right', -1),
  reshaping('array_reverse', [], (json = null) => {
    const array = elementTexts(json);
    return array ? arrayOf(array.reverse()) : null;
  }),
  reshaping('array_concat', [], (...arrays) =>
    arrayOf(arrays.flatMap((json) => elementTexts(json) ?? (json === null ? [] : [String(json)]))),
  ),
  reshaping('array_slice', [], (json = null, start = null, end = null) => {
    const last = Number(end ?? -1);
    const array = elementTexts(json);
    return array ? arrayOf(array.slice(Number(start), last === -1 ? undefined : last + 1)) : null;
  }),
];
