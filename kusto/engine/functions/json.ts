/** JSON text, as SQLite keeps dynamic values; the JSON `null` is SQL's NULL. */
import { randomUUID } from 'node:crypto';
import { KqlError } from '../errors.ts';
import { cast, operation, type SqlExpression, sqlCall } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { textSql } from './conversions.ts';
import type { SqlArgument } from './definition.ts';

export type Json = null | boolean | number | string | Json[] | JsonBag;

/** A property bag. */
export interface JsonBag {
  [key: string]: Json;
}

export function readJson(json: SqlValue | undefined): Json {
  return typeof json === 'string' ? (JSON.parse(json) as Json) : null;
}

export function writeJson(value: Json | undefined): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** Numbers that JavaScript would write otherwise: whole ones of many digits, and real ones. */
const WRITTEN_OTHERWISE = /\d{16}|\d[.eE]/;
const NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** No text of a caller begins like this. */
const MARK_NAME = randomUUID();
const MARK = `\u0000${MARK_NAME}:`;
const MARKED = new RegExp(`"\\\\u0000${MARK_NAME}:(-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)"`, 'g');

/** Whether JavaScript would write a number in it otherwise, and may not even tell it from another. */
export function isWrittenOtherwise(json: SqlValue | undefined): json is string {
  return typeof json === 'string' && WRITTEN_OTHERWISE.test(json);
}

/** A value whose parts are only moved about: numbers that would change are marked texts, for `writeMoved`. */
export function readMoved(json: SqlValue | undefined): Json {
  if (!isWrittenOtherwise(json)) return readJson(json);
  return readJson(
    json.replace(NUMBERS, (token) =>
      token.startsWith('"') || !WRITTEN_OTHERWISE.test(token) ? token : JSON.stringify(MARK + token),
    ),
  );
}

/** The JSON text of what `readMoved` gave, with its numbers as they were. */
export function writeMoved(value: Json | undefined): string | null {
  const json = writeJson(value);
  return json?.includes(MARK_NAME) ? json.replace(MARKED, '$1') : json;
}

/** What kind of number `readMoved` gave: JSON tells `1.0` from `1`; undefined for what is no number. */
export function numberKind(value: Json): 'long' | 'real' | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'real';
  if (typeof value !== 'string' || !value.startsWith(MARK)) return undefined;
  return /[.eE]/.test(value.slice(MARK.length)) ? 'real' : 'long';
}

/** A text that is the same for values that are equal, of what `readMoved` gave. */
export function identityOf(value: Json): string {
  if (typeof value !== 'string' || !value.startsWith(MARK)) return JSON.stringify(value);
  const number = value.slice(MARK.length);
  return /^-?\d+$/.test(number) ? number : String(Number(number));
}

export function isBag(value: Json | undefined): value is JsonBag {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One bag of the members of all, each with its first value; null of no bags. */
export function mergedBags(jsons: readonly SqlValue[]): string | null {
  const bags = jsons.map(readMoved).filter(isBag);
  if (bags.length === 0) return null;
  const members = new Map<string, Json>();
  for (const bag of bags)
    for (const [key, value] of Object.entries(bag)) if (!members.has(key)) members.set(key, value);
  return writeMoved(Object.fromEntries(members));
}

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

const PATH_STEP = /\.([^.[\]]+)|\[(?:'([^']*)'|"([^"]*)")\]/y;

/**
 * The keys of a written path into nested bags: `$.a.b`, `$['a']['b']`, or one key as it is.
 *
 * @throws KqlError for a path with anything else in it, such as an index of an array
 */
export function keysOfPath(path: string): string[] {
  if (!path.startsWith('$.') && !path.startsWith('$[')) return [path];
  const keys: string[] = [];
  for (let at = 1; at < path.length; at = PATH_STEP.lastIndex) {
    PATH_STEP.lastIndex = at;
    const step = PATH_STEP.exec(path);
    if (!step) throw new KqlError(`'${path}' is not a path of keys, such as '$.a.b' or "$['a']['b']"`);
    keys.push(step[1] ?? step[2] ?? step[3] ?? '');
  }
  return keys;
}
