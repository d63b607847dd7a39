/** Conversions between the scalar types. What cannot be read gives null, never an error. */
import { cast, customCall, operation, orEmpty, type SqlExpression } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { decimalWhole } from './decimals.ts';
import {
  argument,
  inSql,
  type LiteralArgument,
  ownStep,
  type ScalarCode,
  type ScalarFunction,
  type SqlArgument,
  UnsupportedCallError,
} from './definition.ts';
import { formatDatetime, formatTimespan, parseDatetime, parseTimespan } from './ticks.ts';

const INT_MAX = 2_147_483_647n;
const LONG_MAX = 9_223_372_036_854_775_807n;

/** A number as Kusto writes it: always with a decimal point or an exponent. */
export function realText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const written = String(value).replace('e', 'E');
  return /[.E]/.test(written) ? written.replace(/E(\d)/, 'E+$1') : `${written}.0`;
}

/** A whole number of a written one: decimal or hexadecimal digits only; null for anything else. */
export function parseInteger(text: string, max: bigint): bigint | null {
  const written = text.trim();
  if (!/^([+-]?\d+|0x[\da-f]+)$/i.test(written)) return null;
  const value = BigInt(written.replace(/^\+/, '').replace(/^-(\d+)$/, '$1'));
  return inRange(written.startsWith('-') ? -value : value, max);
}

function inRange(value: bigint, max: bigint): bigint | null {
  return value <= max && value >= -max - 1n ? value : null;
}

function truncated(value: number, max: bigint): bigint | null {
  return Number.isFinite(value) ? inRange(BigInt(Math.trunc(value)), max) : null;
}

/** A real number of a written one; null for anything else. */
export function parseReal(text: string): number | null {
  const written = text.trim();
  if (/^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(written)) return Number(written);
  if (/^0x[\da-f]+$/i.test(written)) return Number(written);
  return null;
}

function parseBool(text: string): bigint | null {
  const written = text.trim().toLowerCase();
  if (written === 'true' || written === '1') return 1n;
  if (written === 'false' || written === '0') return 0n;
  const number = parseInteger(written, LONG_MAX);
  return number === null ? null : 1n;
}

/** A GUID in lower case with hyphens; null if the text is none. */
export function parseGuid(text: string): string | null {
  const digits = /^[{(]?([\da-f]{8})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{12})[)}]?$/i.exec(
    text.trim(),
  );
  return digits ? digits.slice(1).join('-').toLowerCase() : null;
}

/** A JSON text as a value: strings unquoted, numbers, booleans as 0 and 1; null for objects and arrays. */
function scalarOf(json: string): string | number | bigint | null {
  const value: unknown = JSON.parse(json);
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return /^-?\d+$/.test(json) ? BigInt(json) : value;
  return typeof value === 'string' ? value : null;
}

/** The text of a dynamic value: strings unquoted, everything else as JSON. */
export function dynamicText(json: SqlValue): string {
  if (typeof json !== 'string') return '';
  return json.startsWith('"') ? String(JSON.parse(json)) : json;
}

type Read = (value: string | number | bigint) => SqlValue;

/** Reads a value of SQLite, and of a dynamic one what is inside. */
function reader(name: string, read: Read): ScalarCode[] {
  const plain = (value: SqlValue): SqlValue => (value === null ? null : read(value));
  return [
    { name, run: plain },
    { name: `dynamic_${name}`, run: (json) => (typeof json === 'string' ? plain(scalarOf(json)) : null) },
  ];
}

function wholeNumber(max: bigint): Read {
  return (value) => {
    if (typeof value === 'string') return parseInteger(value, max);
    return typeof value === 'bigint' ? inRange(value, max) : truncated(value, max);
  };
}

function conversion(
  name: string,
  page: string,
  read: Read,
  asIs: readonly SqlArgument['type'][],
  accepted: readonly SqlArgument['type'][],
): ScalarFunction {
  return inSql(
    name,
    page,
    'always',
    (args) => {
      const value = argument(args, 0);
      if (asIs.includes(value.type)) return value.sql;
      if (value.type === 'dynamic') return customCall(`dynamic_${name}`, value.sql);
      if (value.type === 'decimal' && name !== 'toreal' && accepted.includes('decimal'))
        return customCall(name, decimalWhole(value));
      if (accepted.includes(value.type)) return customCall(name, value.sql);
      throw new UnsupportedCallError(`${name}() of ${value.type}`);
    },
    { code: reader(name, read) },
  );
}

const readReal: Read = (value) => (typeof value === 'string' ? parseReal(value) : Number(value));
const readDatetime: Read = (value) => (typeof value === 'string' ? parseDatetime(value) : BigInt(value));
/** A number is one of ticks, of which a real one loses its fraction. */
const readTimespan: Read = (value) => {
  if (typeof value === 'string') return parseTimespan(value);
  return typeof value === 'number' ? truncated(value, LONG_MAX) : value;
};
const readBool: Read = (value) => (typeof value === 'string' ? parseBool(value) : value ? 1n : 0n);
const readGuid: Read = (value) => (typeof value === 'string' ? parseGuid(value) : null);

/** An element as `mv-expand ... to typeof()` casts it: what is of another kind becomes null, nothing is parsed. */
export const CAST_ELEMENT = ownStep('cast_element', 'always', (json, type) => {
  const value = typeof json === 'string' ? scalarOf(json) : null;
  if (typeof json !== 'string' || value === null || json.startsWith('"')) return null;
  const isBool = json === 'true' || json === 'false';
  if (type === 'bool' || isBool) return type === 'bool' && isBool ? value : null;
  return type === 'real' ? Number(value) : wholeNumber(type === 'int' ? INT_MAX : LONG_MAX)(value);
});

/** SQL for the text of a value: what `tostring()` gives. */
export function textSql({ sql, type, nullable }: SqlArgument): SqlExpression {
  switch (type) {
    case 'string':
      return sql;
    case 'int':
    case 'long':
      return nullable ? orEmpty(cast(sql, 'TEXT')) : cast(sql, 'TEXT');
    case 'bool':
      return operation`CASE ${sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE '' END`;
    case 'guid':
    case 'decimal':
      return orEmpty(sql);
    case 'dynamic':
      return customCall('dynamic_text', sql);
    default:
      return customCall(`${type}_text`, sql);
  }
}

function dynamicOrText({ type, literal }: LiteralArgument): SqlValue {
  return type === 'dynamic' ? dynamicText(literal) : literal;
}

const TOSTRING = inSql('tostring', 'tostring-function', 'never', (args) => textSql(argument(args, 0)), {
  fold: ([value]) =>
    value?.type === 'dynamic' || value?.type === 'string' ? dynamicOrText(value) : undefined,
  code: [
    { name: 'dynamic_text', run: dynamicText },
    { name: 'real_text', run: (value) => (value === null ? '' : realText(Number(value))) },
    { name: 'datetime_text', run: (value) => (typeof value === 'bigint' ? formatDatetime(value) : '') },
    { name: 'timespan_text', run: (value) => (typeof value === 'bigint' ? formatTimespan(value) : '') },
  ],
});

const TOREAL = conversion(
  'toreal',
  'toreal-function',
  readReal,
  ['real'],
  ['string', 'int', 'long', 'bool', 'decimal'],
);

export const CONVERSIONS: readonly ScalarFunction[] = [
  TOSTRING,
  conversion(
    'toint',
    'toint-function',
    wholeNumber(INT_MAX),
    ['int'],
    ['string', 'long', 'real', 'bool', 'decimal'],
  ),
  conversion(
    'tolong',
    'tolong-function',
    wholeNumber(LONG_MAX),
    ['int', 'long', 'datetime', 'timespan'],
    ['string', 'real', 'bool', 'decimal'],
  ),
  TOREAL,
  { ...TOREAL, name: 'todouble', code: [] },
  conversion('tobool', 'tobool-function', readBool, ['bool'], ['string', 'int', 'long', 'real']),
  conversion('todatetime', 'todatetime-function', readDatetime, ['datetime'], ['string', 'long']),
  conversion('totimespan', 'totimespan-function', readTimespan, ['timespan'], ['string', 'long', 'real']),
  conversion('toguid', 'toguid-function', readGuid, ['guid'], ['string']),
];
