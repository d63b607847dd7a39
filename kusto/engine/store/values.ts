/**
 * Values on their way into and out of SQLite: text or JSON of an ingestion becomes what a column stores,
 * and what a column stores becomes Kusto's JSON. A value that does not fit its column's type becomes null,
 * as in Kusto's ingestion; a string is never null.
 */
import type { ScalarType } from '../catalog.ts';
import type { SqlValue } from '../compile.ts';
import {
  datetimeOf,
  formatDatetime,
  formatTimespan,
  parseDatetime,
  parseTimespan,
} from '../functions/ticks.ts';
import { stringifyExactly, unmarked } from './big-integers.ts';
import { beyondCalendar, beyondLong } from './too-large.ts';

const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;
const INT_MIN = -(2n ** 31n);
const INT_MAX = 2n ** 31n - 1n;
const GUID = /^\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;

/** The value that a column of `type` stores for the text of a CSV field. */
export function valueOfText(type: ScalarType, text: string): SqlValue {
  if (type === 'string') return text;
  const trimmed = text.trim();
  if (trimmed === '') return null;
  switch (type) {
    case 'bool':
      return boolOfText(trimmed);
    case 'int':
      return integerOfText(trimmed, INT_MIN, INT_MAX);
    case 'long':
      return integerOfText(trimmed, LONG_MIN, LONG_MAX);
    case 'real':
      return realOfText(trimmed);
    case 'decimal':
      return /^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? trimmed : null;
    case 'datetime':
      return parseDatetime(trimmed);
    case 'timespan':
      return parseTimespan(trimmed);
    case 'guid':
      return guidOfText(trimmed);
    case 'dynamic':
      return dynamicOfText(trimmed);
  }
}

/** The value that a column of `type` stores for a value of `parseExactly` (`undefined`: the property is absent). */
export function valueOfJson(type: ScalarType, value: unknown): SqlValue {
  if (value === undefined || value === null) return type === 'string' ? '' : null;
  if (type === 'dynamic') return stringifyExactly(value);
  if (typeof value === 'string') return valueOfText(type, unmarked(value));
  if (typeof value === 'object') return type === 'string' ? stringifyExactly(value) : null;
  if (typeof value === 'boolean') {
    if (type === 'bool') return value ? 1n : 0n;
    return type === 'string' ? (value ? 'true' : 'false') : null;
  }
  return valueOfText(type, String(value));
}

/** Writes one stored value as JSON. */
export type Encode = (value: unknown) => string;

/** How values of `type` (as SQLite gives them, integers as BigInt) become Kusto's JSON. */
export function encoderOf(type: ScalarType): Encode {
  switch (type) {
    case 'bool':
      return (value) => (value === null ? 'null' : value === 0n || value === 0 ? 'false' : 'true');
    case 'datetime':
      return encodeDatetime;
    case 'timespan':
      return (value) => (typeof value === 'bigint' ? `"${formatTimespan(value)}"` : 'null');
    case 'int':
    case 'long':
      return encodeInteger;
    case 'real':
      return encodeReal;
    case 'dynamic':
      return encodeDynamic;
    case 'string':
      return (value) => (value === null ? '""' : JSON.stringify(String(value)));
    case 'guid':
    case 'decimal':
      return (value) => (value === null ? 'null' : JSON.stringify(String(value)));
  }
}

/** @throws KqlError for one that arithmetic has moved out of the calendar */
function encodeDatetime(value: unknown): string {
  if (typeof value !== 'bigint') return 'null';
  if (datetimeOf(value) === null) throw beyondCalendar();
  return `"${formatDatetime(value)}"`;
}

/** SQLite goes on with a real number where a whole one becomes too large. @throws KqlError */
function encodeInteger(value: unknown): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw beyondLong();
  return value === null ? 'null' : String(value);
}

function encodeReal(value: unknown): string {
  if (value === null) return 'null';
  const number = Number(value);
  if (Number.isFinite(number)) return String(number);
  return Number.isNaN(number) ? '"NaN"' : number > 0 ? '"Infinity"' : '"-Infinity"';
}

/** How SQLite writes an infinite number into JSON. Not every client reads it. */
const INFINITE = '9.0e+999';
const TEXT_OR_INFINITE = /"(?:[^"\\]|\\.)*"|-?9\.0e\+999/g;

/** The text is JSON already: it is passed through, not parsed. */
function encodeDynamic(value: unknown): string {
  if (value === null || value === '') return 'null';
  const json = String(value);
  if (!json.includes(INFINITE)) return json;
  return json.replace(TEXT_OR_INFINITE, (found) =>
    found.startsWith('"') ? found : encodeReal(Number(found)),
  );
}

function boolOfText(text: string): SqlValue {
  if (/^(true|1)$/i.test(text)) return 1n;
  return /^(false|0)$/i.test(text) ? 0n : null;
}

function integerOfText(text: string, min: bigint, max: bigint): SqlValue {
  if (!/^([+-]?\d+|0x[0-9a-f]+)$/i.test(text)) return null;
  const value = BigInt(text.replace(/^\+/, ''));
  return value >= min && value <= max ? value : null;
}

function realOfText(text: string): SqlValue {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
}

function guidOfText(text: string): SqlValue {
  const match = GUID.exec(text);
  return match ? match.slice(1).join('-').toLowerCase() : null;
}

/** JSON as it is; any other text is a string value. */
function dynamicOfText(text: string): SqlValue {
  try {
    JSON.parse(text);
    return text === 'null' ? null : text;
  } catch {
    return JSON.stringify(text);
  }
}
