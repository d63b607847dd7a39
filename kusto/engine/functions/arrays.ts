/** Functions over arrays and sets, which are dynamic values. */
import { KqlError } from '../errors.ts';
import { customCall, sqlLiteral } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { dynamicText } from './conversions.ts';
import {
  argument,
  inCode,
  inSql,
  type ScalarFunction,
  type SqlArgument,
  UnsupportedCallError,
} from './definition.ts';
import {
  identityOf,
  isWrittenOtherwise,
  type Json,
  jsonSql,
  readJson,
  readMoved,
  writeJson,
  writeMoved,
} from './json.ts';
import { elementTexts, readNumber } from './number-array.ts';
import { RESHAPING } from './reshaping.ts';

/** A function of one array; null for any other value. */
function ofArray(name: string, of: (array: Json[]) => SqlValue): ScalarFunction {
  return inCode(name, `${name.replaceAll('_', '-')}-function`, 'always', (json) => {
    const value = readJson(json);
    return Array.isArray(value) ? of(value) : null;
  });
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

/** An element of an array, with long numbers as bigints. */
type Sortable = Json | bigint;

/** Numbers come first, then texts, then everything else in the order in which it was. */
function rank(value: Sortable): number {
  if (typeof value === 'number' || typeof value === 'bigint') return 0;
  return typeof value === 'string' ? 1 : 2;
}

function compare(a: Sortable, b: Sortable): number {
  if (rank(a) !== rank(b) || rank(a) === 2 || a === null || b === null) return rank(a) - rank(b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts the first array, and the others along with it: those of another length become null. */
function sorting(name: string, direction: 1 | -1): ScalarFunction {
  const run = (nullsLast: SqlValue, ...arrays: SqlValue[]): string | null => {
    const [first = null] = arrays;
    const exact = isWrittenOtherwise(first);
    const values = exact ? elementTexts(first)?.map(sortable) : readJson(first);
    if (!Array.isArray(values)) return null;
    const places = [...values.keys()];
    const nulls = places.filter((place) => values[place] === null);
    const others = places.filter((place) => values[place] !== null);
    others.sort((a, b) => ranked(values[a] ?? null, values[b] ?? null, direction));
    const order = nullsLast === 0n ? [...nulls, ...others] : [...others, ...nulls];
    if (arrays.length === 1 && !exact) return JSON.stringify(order.map((place) => values[place] as Json));
    const sorted = arrays.map(elementTexts).map((texts) => {
      const fits = texts?.length === values.length;
      return fits ? `[${order.map((place) => texts[place]).join(',')}]` : 'null';
    });
    return sorted.length === 1 ? (sorted[0] ?? null) : `[${sorted.join(',')}]`;
  };
  const sql = (args: readonly SqlArgument[]) => {
    const nullsLast = args.find(({ type }) => type === 'bool');
    const arrays = args.filter((arg) => arg !== nullsLast).map((arg) => arg.sql);
    return customCall(name, nullsLast?.sql ?? sqlLiteral(1n, 'bool'), ...arrays);
  };
  const page = `${name.replaceAll('_', '-')}-function`;
  return inSql(name, page, 'always', sql, { code: [{ name, run, variadic: true }] });
}

function sortable(text: string): Sortable {
  return readNumber(text) ?? (JSON.parse(text) as Json);
}

/** In the given direction among numbers and among texts. */
function ranked(a: Sortable, b: Sortable, direction: 1 | -1): number {
  return rank(a) === rank(b) ? direction * compare(a, b) : compare(a, b);
}

/** The values without those that are equal to one before. */
function distinct(values: readonly Json[]): string {
  const first = new Map<string, Json>();
  for (const value of values) {
    const identity = identityOf(value);
    if (!first.has(identity)) first.set(identity, value);
  }
  return writeMoved([...first.values()]) ?? '[]';
}

function difference(...arrays: SqlValue[]): string | null {
  const [first, ...others] = arrays.map(readMoved);
  if (!Array.isArray(first)) return null;
  const removed = new Set(others.flatMap((other) => (Array.isArray(other) ? other.map(identityOf) : [])));
  return distinct(first.filter((item) => !removed.has(identityOf(item))));
}

function intersection(...arrays: SqlValue[]): string | null {
  const [first, ...others] = arrays.map(readMoved);
  if (!Array.isArray(first) || !others.every((other) => Array.isArray(other))) return null;
  const sets = others.map((other) => new Set(other.map(identityOf)));
  return distinct(first.filter((item) => sets.every((set) => set.has(identityOf(item)))));
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
    (...arrays) => distinct(arrays.map(readMoved).flatMap((value) => value ?? [])),
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
