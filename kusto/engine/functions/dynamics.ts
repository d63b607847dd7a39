/** Functions over dynamic values, which SQLite keeps as JSON text; the JSON `null` is SQL's NULL. */
import {
  customCall,
  jsonMember,
  operation,
  type SqlExpression,
  sqlCall,
  sqlLiteral,
} from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
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
import {
  isBag,
  type Json,
  type JsonBag,
  jsonSql,
  keysOfPath,
  mergedBags,
  readJson,
  readMoved,
  writeMoved,
} from './json.ts';
import { MAX_DATETIME } from './ticks.ts';

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

function member(json: SqlValue, key: SqlValue): string | null {
  const value = readMoved(json);
  if (Array.isArray(value)) return typeof key === 'bigint' ? writeMoved(value.at(Number(key))) : null;
  return isBag(value) && typeof key === 'string' && Object.hasOwn(value, key) ? writeMoved(value[key]) : null;
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
/** A value as a member of a bag has it. */
export const MEMBER_VALUE: Callable = { nullable: 'always', sql: (args) => jsonSql(argument(args, 0)) };
/** A datetime as a bag gives it back: null for one that arithmetic has moved out of the calendar. */
export const MEMBER_TIME: Callable = {
  nullable: 'always',
  sql: (args) => {
    const { sql } = argument(args, 0);
    return operation`CASE WHEN ${sql} BETWEEN 0 AND ${sqlLiteral(MAX_DATETIME, 'datetime')} THEN ${sql} END`;
  },
};

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
  return bagOfWrittenKeys(args) ?? customCall('bag', ...pairs);
}

/** SQLite takes a few more arguments. */
const MOST_WRITTEN_KEYS = 50;

/** The text of a bag whose keys are written, each once, put together by SQLite; undefined for any other. */
function bagOfWrittenKeys(args: readonly SqlArgument[]): SqlExpression | undefined {
  const keys = args.filter((_, index) => index % 2 === 0).map(({ literal }) => literal);
  if (keys.length === 0 || keys.length > MOST_WRITTEN_KEYS || new Set(keys).size < keys.length)
    return undefined;
  const parts: SqlExpression[] = [];
  for (const [index, key] of keys.entries()) {
    if (typeof key !== 'string') return undefined;
    const before = `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`;
    const json = jsonSql(argument(args, 2 * index + 1));
    parts.push(sqlLiteral(before, 'string'), sqlCall('IFNULL', json, sqlLiteral('null', 'string')));
  }
  return sqlCall('concat', ...parts, sqlLiteral('}', 'string'));
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

/** A bag without the members that are null or an empty text. */
export const FILLED_MEMBERS = ownStep('filled_members', 'never', (json) => {
  const bag = readMoved(json);
  if (!isBag(bag)) return '{}';
  const filled = Object.entries(bag).filter(([, value]) => value !== null && value !== '');
  return writeMoved(Object.fromEntries(filled));
});

/** The bag inside `bag` that has the last of `keys`; undefined if there is none. */
function bagAt(bag: JsonBag, keys: readonly string[]): JsonBag | undefined {
  const [key = '', ...rest] = keys;
  if (!Object.hasOwn(bag, key)) return undefined;
  const inside = bag[key];
  if (rest.length === 0) return bag;
  return isBag(inside) ? bagAt(inside, rest) : undefined;
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
  const lists = values.map((json) => elements(readMoved(json), pairs));
  const length = Math.max(...lists.map((list) => list.length));
  const rows = Array.from({ length }, (_, row) => lists.map((list) => list[row] ?? null));
  return writeMoved(rows) ?? '[]';
}

function elements(value: Json, pairs: boolean): Json[] {
  if (Array.isArray(value)) return value;
  if (!isBag(value)) return [value];
  return Object.entries(value).map(([key, item]) => (pairs ? [key, item] : { [key]: item }));
}

/** The bag with a member set, in bags inside of it where the key is a path; those that are missing are made. */
function withKey(json: SqlValue, key: SqlValue, value: SqlValue): string | null {
  const bag = readMoved(json);
  if (!isBag(bag)) return null;
  const keys = keysOfPath(String(key));
  let owner = bag;
  for (const name of keys.slice(0, -1)) {
    const inside = Object.hasOwn(owner, name) ? owner[name] : undefined;
    const next: JsonBag = isBag(inside) ? inside : {};
    define(owner, name, next);
    owner = next;
  }
  define(owner, keys.at(-1) ?? '', readMoved(value));
  return writeMoved(bag);
}

/** Sets a member, whatever it is called: an assignment to `__proto__` would not. */
function define(bag: JsonBag, name: string, value: Json): void {
  Object.defineProperty(bag, name, { value, enumerable: true, configurable: true, writable: true });
}

const GETTYPE = inSql(
  'gettype',
  'gettype-function',
  'never',
  (args) => {
    const { sql, type } = argument(args, 0);
    if (type === 'dynamic') return customCall('dynamic_type', sql);
    const name = sqlLiteral(type, 'string');
    return type === 'string' ? name : operation`CASE WHEN ${sql} IS NULL THEN 'null' ELSE ${name} END`;
  },
  { code: [{ name: 'dynamic_type', run: typeInside }] },
);

function typeInside(json: SqlValue): string {
  const value = readJson(json);
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (isBag(value)) return 'dictionary';
  if (typeof value === 'number') return /[.eE]/.test(String(json)) ? 'double' : wholeType(value);
  return typeof value === 'boolean' ? 'bool' : 'string';
}

function wholeType(value: number): string {
  return value >= -2_147_483_648 && value <= 2_147_483_647 ? 'int' : 'long';
}

export const DYNAMICS: readonly ScalarFunction[] = [
  PARSE_JSON,
  { ...PARSE_JSON, name: 'todynamic', page: 'todynamic-function', code: [] },
  { ...PARSE_JSON, name: 'parsejson', code: [] },
  BAG_PACK,
  { ...BAG_PACK, name: 'pack', page: 'pack-function', code: [] },
  { ...BAG_PACK, name: 'pack_dictionary', code: [] },
  inCode('bag_keys', 'bag-keys-function', 'always', (json) => {
    const value = readJson(json);
    return isBag(value) ? JSON.stringify(Object.keys(value)) : null;
  }),
  inCode('bag_merge', 'bag-merge-function', 'always', (...bags) => mergedBags(bags), { variadic: true }),
  inCode('bag_has_key', 'bag-has-key-function', 'always', (json, key) => {
    const value = readJson(json);
    return isBag(value) ? BigInt(bagAt(value, keysOfPath(String(key))) !== undefined) : null;
  }),
  inCode('bag_remove_keys', 'bag-remove-keys-function', 'always', (json, keys) => {
    const [value, removed] = [readMoved(json), readJson(keys)];
    if (!isBag(value) || !Array.isArray(removed)) return null;
    for (const path of removed) {
      const written = keysOfPath(String(path));
      const last = written.at(-1) ?? '';
      const owner = bagAt(value, written);
      if (owner) delete owner[last];
    }
    return writeMoved(value);
  }),
  inSql(
    'bag_set_key',
    'bag-set-key-function',
    'always',
    (args) =>
      customCall('bag_set_key', argument(args, 0).sql, argument(args, 1).sql, jsonSql(argument(args, 2))),
    { code: [{ name: 'bag_set_key', run: withKey }] },
  ),
  inCode('bag_zip', 'bag-zip-function', 'always', (keys, values) => {
    const [names, given] = [readJson(keys), readMoved(values)];
    if (!Array.isArray(names)) return null;
    const members = names.map((name, index) => [name, Array.isArray(given) ? (given[index] ?? null) : null]);
    return writeMoved(Object.fromEntries(members.filter(([name]) => typeof name === 'string')) as JsonBag);
  }),
  GETTYPE,
];
