/** Functions over arrays and sets, which are dynamic values. */
import { KqlError } from '../errors.ts';
import { customCall } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { dynamicText } from './conversions.ts';
import { argument, inCode, inSql, type ScalarFunction, UnsupportedCallError } from './definition.ts';
import { type Json, jsonSql, readJson, writeJson } from './json.ts';
import { elementTexts } from './number-array.ts';
import { RESHAPING } from './reshaping.ts';

/** A function of one array; null for any other value. */
function ofArray(name: string, of: (array: Json[]) => SqlValue): ScalarFunction {
  return inCode(name, `${name.replaceAll('_', '-')}-function`, 'always', (json) => {
    const value = readJson(json);
    return Array.isArray(value) ? of(value) : null;
  });
}

function concatenated(...arrays: SqlValue[]): string {
  return JSON.stringify(
    arrays.map(readJson).flatMap((value) => (Array.isArray(value) ? value : value === null ? [] : [value])),
  );
}

/**
 * The position of an element, given as JSON text.
 *
 * @param start where to begin; from the end if negative
 * @param length how many elements to look at; all if -1
 * @param occurrence which of several to find, from 1
 */
function indexOfElement(
  json: SqlValue,
  element: SqlValue,
  start: SqlValue = 0n,
  length: SqlValue = -1n,
  occurrence: SqlValue = 1n,
): bigint | null {
  const array = readJson(json);
  const [from, size, wanted] = [Number(start ?? 0n), Number(length ?? -1n), Number(occurrence ?? 1n)];
  if (!Array.isArray(array) || size < -1 || wanted < 0) return null;
  if (wanted === 0) throw new KqlError('array_index_of(): the occurrence must be 1 or more');
  const first = from < 0 ? Math.max(0, array.length + from) : from;
  const end = size === -1 ? array.length : Math.min(array.length, first + size);
  const sought = text(readJson(element));
  let found = 0;
  for (let at = first; at < end; at++) {
    if (text(array[at] ?? null) === sought) found += 1;
    if (found === wanted) return BigInt(at);
  }
  return -1n;
}

/** Numbers come first, then texts, then everything else in the order in which it was. */
function rank(value: Json): number {
  return typeof value === 'number' ? 0 : typeof value === 'string' ? 1 : 2;
}

/** Sorts the first array, and the others along with it: those of another length become null. */
function sorting(name: string, direction: 1 | -1): ScalarFunction {
  const compare = (a: Json, b: Json): number => {
    if (rank(a) !== rank(b)) return rank(a) - rank(b);
    if (typeof a === 'number' && typeof b === 'number') return direction * (a - b);
    if (typeof a === 'string' && typeof b === 'string') return a < b ? -direction : a > b ? direction : 0;
    return 0;
  };
  const run = (...args: SqlValue[]): string | null => {
    const nullsLast = typeof args.at(-1) === 'bigint' ? args.at(-1) : 1n;
    const arrays = args.filter((arg) => typeof arg !== 'bigint').map(elementTexts);
    const [first] = arrays;
    if (!first) return null;
    const keys = first.map((text, index) => ({ value: JSON.parse(text) as Json, index }));
    const nulls = keys.filter(({ value }) => value === null);
    const others = keys.filter(({ value }) => value !== null).sort((a, b) => compare(a.value, b.value));
    const order = (nullsLast === 0n ? [...nulls, ...others] : [...others, ...nulls]).map(
      ({ index }) => index,
    );
    const sorted = arrays.map((array) =>
      array?.length === first.length ? `[${order.map((index) => array[index]).join(',')}]` : 'null',
    );
    return sorted.length === 1 ? (sorted[0] ?? null) : `[${sorted.join(',')}]`;
  };
  return inCode(name, `${name.replaceAll('_', '-')}-function`, 'always', run, { variadic: true });
}

function distinct(values: readonly Json[]): string {
  return JSON.stringify([...new Map(values.map((value) => [text(value), value])).values()]);
}

function difference(...arrays: SqlValue[]): string | null {
  const [first, ...others] = arrays.map(readJson);
  if (!Array.isArray(first)) return null;
  const removed = new Set(others.flatMap((other) => (Array.isArray(other) ? other.map(text) : [])));
  return distinct(first.filter((item) => !removed.has(text(item))));
}

function intersection(...arrays: SqlValue[]): string | null {
  const [first, ...others] = arrays.map(readJson);
  if (!Array.isArray(first) || !others.every((other) => Array.isArray(other))) return null;
  const sets = others.map((other) => new Set(other.map(text)));
  return distinct(first.filter((item) => sets.every((set) => set.has(text(item)))));
}

/** Equal for equal values. */
function text(value: Json): string {
  return JSON.stringify(value);
}

export const ARRAYS: readonly ScalarFunction[] = [
  inSql('pack_array', 'pack-array-function', 'never', (args) => customCall('array', ...args.map(jsonSql)), {
    code: [
      {
        name: 'array',
        variadic: true,
        run: (...members) => `[${members.map((json) => json ?? 'null').join(',')}]`,
      },
    ],
  }),
  ofArray('array_length', (array) => BigInt(array.length)),
  ...RESHAPING,
  inSql(
    'array_index_of',
    'array-index-of-function',
    'always',
    (args) => {
      const [array, value, ...range] = args;
      if (!array || !value) throw new UnsupportedCallError('a call without a value to look up');
      return customCall('array_index_of', array.sql, jsonSql(value), ...range.map(({ sql }) => sql));
    },
    { code: [{ name: 'array_index_of', run: indexOfElement, variadic: true }] },
  ),
  sorting('array_sort_asc', 1),
  sorting('array_sort_desc', -1),
  ofArray('array_sum', (array) =>
    array.every((item) => typeof item === 'number') ? array.reduce((sum, item) => sum + item, 0) : null,
  ),
  inCode(
    'set_union',
    'set-union-function',
    'never',
    (...arrays) => distinct(readJson(concatenated(...arrays)) as Json[]),
    { variadic: true },
  ),
  inCode('set_difference', 'set-difference-function', 'always', difference, { variadic: true }),
  inCode('set_intersect', 'set-intersect-function', 'always', intersection, { variadic: true }),
  inSql(
    'set_has_element',
    'set-has-element-function',
    'always',
    (args) => customCall('set_has_element', argument(args, 0).sql, jsonSql(argument(args, 1))),
    {
      code: [
        {
          name: 'set_has_element',
          run: (json, element) => {
            const value = readJson(json);
            return Array.isArray(value) ? BigInt(value.some((item) => text(item) === element)) : null;
          },
        },
      ],
    },
  ),
  inCode('strcat_array', 'strcat-array-function', 'never', (json, delimiter) => {
    const value = readJson(json);
    return Array.isArray(value)
      ? value.map((item) => dynamicText(writeJson(item))).join(String(delimiter))
      : '';
  }),
];
