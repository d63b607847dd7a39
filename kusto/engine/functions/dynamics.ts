/** Functions over dynamic values, which SQLite keeps as JSON text; the JSON `null` is SQL's NULL. */
import { cast, customCall, jsonMember, operation, type SqlExpression, sqlCall } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { dynamicText, textSql } from './conversions.ts';
import {
  argument,
  type Callable,
  inCode,
  inSql,
  ownStep,
  type ScalarFunction,
  type SqlArgument,
  UnsupportedCallError,
} from './definition.ts';

/** SQL for a value of any type as JSON text; null stays null. */
export function jsonSql({ sql, type, nullable }: SqlArgument): SqlExpression {
  switch (type) {
    case 'dynamic':
      return sql;
    case 'string':
    case 'guid':
    case 'decimal':
      return nullable ? quotedUnlessNull(sql, sql) : sqlCall('json_quote', sql);
    case 'bool':
      return operation`CASE ${sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END`;
    case 'int':
    case 'long':
      return cast(sql, 'TEXT');
    case 'real':
      return quotedUnlessNull(sql, sql);
    default:
      return quotedUnlessNull(sql, textSql({ sql, type, nullable }));
  }
}

function quotedUnlessNull(sql: SqlExpression, text: SqlExpression): SqlExpression {
  return operation`CASE WHEN ${sql} IS NULL THEN NULL ELSE ${sqlCall('json_quote', text)} END`;
}

/** JSON text of a caller's text: an object, array, number or word as written, anything else as a string. */
export function parseJson(text: SqlValue): SqlValue {
  if (typeof text !== 'string' || text.trim() === '') return null;
  try {
    JSON.parse(text);
  } catch {
    return JSON.stringify(text);
  }
  const minified = text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, quoted: string | undefined) => quoted ?? '');
  return minified === 'null' ? null : minified;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function read(json: SqlValue | undefined): Json {
  return typeof json === 'string' ? (JSON.parse(json) as Json) : null;
}

function write(value: Json | undefined): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function isBag(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(json: SqlValue, key: SqlValue): string | null {
  const value = read(json);
  if (Array.isArray(value)) return typeof key === 'bigint' ? write(value.at(Number(key))) : null;
  return isBag(value) && typeof key === 'string' && Object.hasOwn(value, key) ? write(value[key]) : null;
}

/**
 * A member of a dynamic value. A path of written keys is one argument, a JSON path; a key that is
 * computed, or that SQLite's paths cannot spell, is looked up in JavaScript.
 */
export const PATH: Callable = {
  nullable: 'always',
  sql: (args) => jsonMember(argument(args, 0).sql, argument(args, 1).sql),
};
export const MEMBER = ownStep('member', 'always', member);

/** `['key']` or `[0]` in a JSON path; undefined where SQLite could not read it. */
export function pathStep(key: SqlValue): string | undefined {
  if (typeof key === 'bigint') return key < 0n ? `[#${key}]` : `[${key}]`;
  return typeof key === 'string' && /^[^"\\\p{Cc}]+$/u.test(key) ? `."${key}"` : undefined;
}

const PARSE_JSON = inSql(
  'parse_json',
  'parse-json-function',
  'always',
  (args) => {
    const value = argument(args, 0);
    if (value.type === 'dynamic') return value.sql;
    return value.type === 'string' ? customCall('parse_json', value.sql) : jsonSql(value);
  },
  { code: [{ name: 'parse_json', run: parseJson }] },
);

function bag(args: readonly SqlArgument[]): SqlExpression {
  if (args.length % 2 !== 0) throw new UnsupportedCallError('a bag with a key that has no value');
  const pairs = args.map((arg, index) => (index % 2 === 0 ? arg.sql : jsonSql(arg)));
  return customCall('bag', ...pairs);
}

const BAG_PACK = inSql('bag_pack', 'bag-pack-function', 'never', bag, {
  code: [
    {
      name: 'bag',
      variadic: true,
      run: (...pairs) => {
        const members = new Map<string, string>();
        for (let at = 0; at < pairs.length; at += 2)
          members.set(String(pairs[at]), String(pairs[at + 1] ?? 'null'));
        return `{${[...members].map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
      },
    },
  ],
});

/** `bag_pack_columns(a, b)` and `pack_all()` come here as keys and values. */
export const PACK_COLUMNS: ScalarFunction = {
  ...BAG_PACK,
  name: 'bag_pack_columns',
  page: 'bag-pack-columns-function',
  code: [],
};

const PACK_ARRAY = inSql(
  'pack_array',
  'pack-array-function',
  'never',
  (args) => customCall('array', ...args.map(jsonSql)),
  {
    code: [
      {
        name: 'array',
        variadic: true,
        run: (...members) => `[${members.map((json) => json ?? 'null').join(',')}]`,
      },
    ],
  },
);

function concatenated(...arrays: SqlValue[]): string {
  return JSON.stringify(
    arrays.map(read).flatMap((value) => (Array.isArray(value) ? value : value === null ? [] : [value])),
  );
}

function merged(...bags: SqlValue[]): string | null {
  const readable = bags.map(read).filter(isBag).reverse();
  return readable.length > 0 ? JSON.stringify(Object.assign({}, ...readable)) : null;
}

function setOf(values: readonly Json[]): string {
  return JSON.stringify([...new Map(values.map((value) => [JSON.stringify(value), value])).values()]);
}

function sorted(direction: 1 | -1): (json: SqlValue) => string | null {
  return (json) => {
    const value = read(json);
    if (!Array.isArray(value)) return null;
    const present = value.filter((item) => item !== null);
    const compare = (a: Json, b: Json): number =>
      ordinal(a) < ordinal(b) ? -direction : ordinal(a) > ordinal(b) ? direction : 0;
    return JSON.stringify([...present.sort(compare), ...value.filter((item) => item === null)]);
  };
}

function ordinal(value: Json): string | number {
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
}

/** A JSON array of one-member arrays, or of tuples: what `mv-expand` gives a row each. */
export const EXPANSION = ownStep('expansion', 'never', (...values) => expansion(values, false), true);
/** The same with `kind=array`: a bag gives pairs of key and value. */
export const PAIR_EXPANSION = ownStep(
  'pair_expansion',
  'never',
  (...values) => expansion(values, true),
  true,
);

function expansion(values: readonly SqlValue[], pairs: boolean): string {
  const lists = values.map((json) => elements(read(json), pairs));
  const length = Math.max(...lists.map((list) => list.length));
  return JSON.stringify(Array.from({ length }, (_, row) => lists.map((list) => list[row] ?? null)));
}

function elements(value: Json, pairs: boolean): Json[] {
  if (Array.isArray(value)) return value;
  if (!isBag(value)) return [value];
  return Object.entries(value).map(([key, item]) => (pairs ? [key, item] : { [key]: item }));
}

export const DYNAMICS: readonly ScalarFunction[] = [
  PARSE_JSON,
  { ...PARSE_JSON, name: 'todynamic', page: 'todynamic-function', code: [] },
  { ...PARSE_JSON, name: 'parsejson', code: [] },
  BAG_PACK,
  { ...BAG_PACK, name: 'pack', page: 'pack-function', code: [] },
  { ...BAG_PACK, name: 'pack_dictionary', code: [] },
  PACK_ARRAY,
  inCode('bag_keys', 'bag-keys-function', 'always', (json) => {
    const value = read(json);
    return isBag(value) ? JSON.stringify(Object.keys(value)) : null;
  }),
  inCode('bag_merge', 'bag-merge-function', 'always', merged, { variadic: true }),
  inCode('bag_has_key', 'bag-has-key-function', 'always', (json, key) => {
    const value = read(json);
    return isBag(value) ? BigInt(Object.hasOwn(value, String(key))) : null;
  }),
  inCode('bag_remove_keys', 'bag-remove-keys-function', 'always', (json, keys) => {
    const [value, removed] = [read(json), read(keys)];
    if (!isBag(value) || !Array.isArray(removed)) return null;
    return JSON.stringify(
      Object.fromEntries(Object.entries(value).filter(([key]) => !removed.includes(key))),
    );
  }),
  inCode('array_length', 'array-length-function', 'always', (json) => {
    const value = read(json);
    return Array.isArray(value) ? BigInt(value.length) : null;
  }),
  inCode('array_concat', 'array-concat-function', 'never', concatenated, { variadic: true }),
  inCode('array_slice', 'array-slice-function', 'always', (json, start, end) => {
    const value = read(json);
    const last = Number(end ?? -1);
    return Array.isArray(value)
      ? JSON.stringify(value.slice(Number(start), last === -1 ? undefined : last + 1))
      : null;
  }),
  inCode('array_reverse', 'array-reverse-function', 'always', (json) => {
    const value = read(json);
    return Array.isArray(value) ? JSON.stringify(value.reverse()) : null;
  }),
  inCode(
    'array_index_of',
    'array-index-of-function',
    'always',
    (json, lookup) => {
      const value = read(json);
      const wanted = typeof lookup === 'bigint' ? Number(lookup) : lookup;
      return Array.isArray(value) ? BigInt(value.indexOf(wanted)) : null;
    },
    { note: 'without start, length and occurrence' },
  ),
  inCode('array_sort_asc', 'array-sort-asc-function', 'always', sorted(1), { note: 'of one array' }),
  inCode('array_sort_desc', 'array-sort-desc-function', 'always', sorted(-1), { note: 'of one array' }),
  inCode('array_sum', 'array-sum-function', 'always', (json) => {
    const value = read(json);
    return Array.isArray(value) && value.every((item) => typeof item === 'number')
      ? value.reduce((sum, item) => sum + item, 0)
      : null;
  }),
  inCode(
    'set_union',
    'set-union-function',
    'never',
    (...arrays) => setOf(read(concatenated(...arrays)) as Json[]),
    { variadic: true },
  ),
  inCode(
    'set_difference',
    'set-difference-function',
    'always',
    (first, second) => {
      const [all, removed] = [read(first), read(second)];
      if (!Array.isArray(all)) return null;
      const gone = new Set(Array.isArray(removed) ? removed.map((item) => JSON.stringify(item)) : []);
      return setOf(all.filter((item) => !gone.has(JSON.stringify(item))));
    },
    { note: 'of two arrays' },
  ),
  inCode(
    'set_intersect',
    'set-intersect-function',
    'always',
    (first, second) => {
      const [all, kept] = [read(first), read(second)];
      if (!Array.isArray(all) || !Array.isArray(kept)) return null;
      const wanted = new Set(kept.map((item) => JSON.stringify(item)));
      return setOf(all.filter((item) => wanted.has(JSON.stringify(item))));
    },
    { note: 'of two arrays' },
  ),
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
            const value = read(json);
            return Array.isArray(value)
              ? BigInt(value.some((item) => JSON.stringify(item) === element))
              : null;
          },
        },
      ],
    },
  ),
  inCode('strcat_array', 'strcat-array-function', 'never', (json, delimiter) => {
    const value = read(json);
    return Array.isArray(value) ? value.map((item) => dynamicText(write(item))).join(String(delimiter)) : '';
  }),
  inCode(
    'gettype',
    'gettype-function',
    'never',
    (json) => {
      const value = read(json);
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'array';
      if (isBag(value)) return 'dictionary';
      if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
      return typeof value === 'boolean' ? 'bool' : 'string';
    },
    { note: 'of a dynamic value' },
  ),
];
