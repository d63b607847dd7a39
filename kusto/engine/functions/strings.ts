/** Functions over strings. A null argument of another type counts as an empty string. */
import { KqlError } from '../errors.ts';
import { infix, operation, sqlCall } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { argument, inCode, inSql, type ScalarFunction, UnsupportedCallError } from './definition.ts';
import { HASHES } from './hashes.ts';
import { readJson } from './json.ts';
import { pattern } from './regular-expression.ts';
import { textValue, toLower, toUpper, wholeValue } from './text.ts';
import { checkTime } from './time-limit.ts';

function substring(value: SqlValue, start: SqlValue, length?: SqlValue): string {
  const source = textValue(value);
  const from =
    wholeValue(start, 0) < 0 ? Math.max(0, source.length + wholeValue(start, 0)) : wholeValue(start, 0);
  return source.slice(from, length === undefined ? undefined : from + Math.max(0, wholeValue(length, 0)));
}

function split(value: SqlValue, delimiter: SqlValue, index?: SqlValue): string {
  const parts =
    textValue(delimiter) === '' ? [textValue(value)] : textValue(value).split(textValue(delimiter));
  if (index === undefined || index === null) return JSON.stringify(parts);
  const part = parts[Number(index)];
  return JSON.stringify(part === undefined ? [] : [part]);
}

/**
 * @param start where to begin; from the end if negative
 * @param length how many positions may be where it begins, from there; all if -1. The page has an example where a text
 *   that begins at the last of them is not found; Kusto's emulator finds it (build of August 2026).
 * @param occurrence which of several to find, from 1
 */
function indexOf(
  value: SqlValue,
  lookup: SqlValue,
  start?: SqlValue,
  length?: SqlValue,
  occurrence?: SqlValue,
): bigint | null {
  const [size, wanted] = [wholeValue(length, -1), wholeValue(occurrence, 1)];
  if (wanted < 0 || size < -1) return null;
  if (wanted === 0) throw new KqlError('indexof(): the occurrence must be 1 or more');
  const [source, sought] = [textValue(value), textValue(lookup)];
  const first =
    wholeValue(start, 0) < 0 ? Math.max(0, source.length + wholeValue(start, 0)) : wholeValue(start, 0);
  const end = size === -1 ? Number.POSITIVE_INFINITY : first + size;
  let at = first - 1;
  for (let found = 0; found < wanted; found++) {
    at = source.indexOf(sought, at + 1);
    if (at < 0 || at >= end) return -1n;
  }
  return BigInt(at);
}

/** How often a text is found: at every position, or as a regular expression one after the other. */
function countOf(value: SqlValue, sought: SqlValue, kind?: SqlValue): bigint {
  const [source, part] = [textValue(value), textValue(sought)];
  if (kind === 'regex') return BigInt(pattern(part).count(source));
  let count = 0n;
  if (part === '') return count;
  for (let at = source.indexOf(part); at >= 0; at = source.indexOf(part, at + 1)) {
    checkTime();
    count += 1n;
  }
  return count;
}

/** The most that `strrep` repeats, whatever is asked for. */
const MOST_REPETITIONS = 1024;
const LONGEST_TEXT = 64 * 1024 * 1024;

function replicated(value: SqlValue, times: SqlValue, delimiter?: SqlValue): string {
  const count = Math.min(Math.max(0, wholeValue(times, 0)), MOST_REPETITIONS);
  const [repeated, between] = [textValue(value), textValue(delimiter)];
  if (count * (repeated.length + between.length) > LONGEST_TEXT)
    throw new KqlError(`strrep(): the text would be longer than ${LONGEST_TEXT} characters`);
  return new Array<string>(count).fill(repeated).join(between);
}

/** Text of Base64; empty where the bytes are not UTF-8. */
function decoded(value: SqlValue): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(textValue(value), 'base64'),
    );
  } catch {
    return '';
  }
}

/** Kusto's url_encode: letters, digits and `-_.!*()` stay, a space is `+`, the rest is lower-case hexadecimal. */
function urlEncode(value: SqlValue): string {
  return encodeURIComponent(Buffer.from(textValue(value)).toString())
    .replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase())
    .replace(/%20/g, '+')
    .replace(/[~']/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}

function urlDecode(value: SqlValue): string {
  try {
    return decodeURIComponent(textValue(value).replace(/\+/g, ' '));
  } catch {
    return textValue(value);
  }
}

function parseUrl(value: SqlValue): string {
  const parts =
    /^(?:([^:/?#]+):)?(?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^:/?#]*)(?::(\d+))?)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(
      textValue(value),
    );
  const query = new URLSearchParams(parts?.[7] ?? '');
  return JSON.stringify({
    Scheme: parts?.[1] ?? '',
    Host: parts?.[4] ?? '',
    Port: parts?.[5] ?? '',
    Path: parts?.[6] ?? '',
    Username: parts?.[2] ?? '',
    Password: parts?.[3] ?? '',
    'Query Parameters': Object.fromEntries(query),
    Fragment: parts?.[8] ?? '',
  });
}

const STRCAT = inSql(
  'strcat',
  'strcat-function',
  'never',
  (args) => infix('||', ...args.map(({ sql }) => sql)),
  { text: 'all' },
);

const REPLACE_STRING = inSql(
  'replace_string',
  'replace-string-function',
  'never',
  (args) => sqlCall('replace', argument(args, 0).sql, argument(args, 1).sql, argument(args, 2).sql),
  { text: [0, 1, 2] },
);

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** Each lookup finds what those before it have left; where its rewrite is no text, what it found stays. */
function replaceStrings(value: SqlValue, lookups: SqlValue, rewrites: SqlValue): string {
  const [source, sought, written] = [textValue(value), readJson(lookups), readJson(rewrites)];
  if (!Array.isArray(sought) || !Array.isArray(written)) return source;
  const found: Replacement[] = [];
  sought.forEach((lookup, index) => {
    if (typeof lookup !== 'string' || lookup === '') return;
    const rewrite = written[index];
    for (let start = source.indexOf(lookup); start >= 0; ) {
      checkTime();
      const end = start + lookup.length;
      const taken = found.find((other) => other.start < end && other.end > start);
      if (!taken) found.push({ start, end, by: typeof rewrite === 'string' ? rewrite : lookup });
      start = source.indexOf(lookup, taken ? start + 1 : end);
    }
  });
  let [result, at] = ['', 0];
  for (const { start, end, by } of found.sort((a, b) => a.start - b.start)) {
    result += source.slice(at, start) + by;
    at = end;
  }
  return result + source.slice(at);
}

/** SQLite's own function knows ASCII alone; for such text in a column it is used, being faster. */
function changingCase(
  name: string,
  native: 'lower' | 'upper',
  change: (value: string) => string,
): ScalarFunction {
  const inCodeOnly = inCode(name, `${name}-function`, 'never', (value) => change(textValue(value)), {
    text: [0],
  });
  return {
    ...inCodeOnly,
    sql: (args, type) => {
      const { sql } = argument(args, 0);
      const called = inCodeOnly.sql(args, type);
      if (sql.kind !== 'column') return called;
      return operation`CASE WHEN octet_length(${sql}) <> length(${sql}) THEN ${called} ELSE ${sqlCall(native, sql)} END`;
    },
  };
}

export const STRINGS: readonly ScalarFunction[] = [
  STRCAT,
  inSql(
    'strcat_delim',
    'strcat-delim-function',
    'never',
    ([delimiter, ...args]) => {
      if (!delimiter) throw new UnsupportedCallError('strcat_delim() without a delimiter');
      return infix('||', ...args.flatMap(({ sql }, index) => (index === 0 ? [sql] : [delimiter.sql, sql])));
    },
    { text: 'all' },
  ),
  inCode('strlen', 'strlen-function', 'never', (value) => BigInt([...textValue(value)].length), {
    text: [0],
  }),
  inCode(
    'string_size',
    'string-size-function',
    'never',
    (value) => BigInt(Buffer.byteLength(textValue(value))),
    {
      text: [0],
    },
  ),
  inSql(
    'strcmp',
    'strcmp-function',
    'never',
    (args) => {
      const [a, b] = [argument(args, 0).sql, argument(args, 1).sql];
      return operation`CASE WHEN ${a} < ${b} THEN -1 WHEN ${a} = ${b} THEN 0 ELSE 1 END`;
    },
    { text: 'all' },
  ),
  inCode('split', 'split-function', 'never', split, { variadic: true, text: [0, 1] }),
  inCode('substring', 'substring-function', 'never', substring, { variadic: true, text: [0] }),
  changingCase('tolower', 'lower', toLower),
  changingCase('toupper', 'upper', toUpper),
  REPLACE_STRING,
  inCode('replace_strings', 'replace-strings-function', 'never', replaceStrings, { text: [0] }),
  inCode('indexof', 'indexof-function', 'always', indexOf, { variadic: true, text: [0, 1] }),
  {
    ...inCode('countof', 'countof-function', 'never', countOf, { variadic: true, text: [0, 1, 2] }),
    pattern: ([, sought, kind]) => (kind === 'regex' ? sought : undefined),
  },
  inCode('reverse', 'reverse-function', 'never', (value) => [...textValue(value)].reverse().join(''), {
    text: [0],
  }),
  inCode('strrep', 'strrep-function', 'never', replicated, { variadic: true, text: [0, 2] }),
  inCode('url_encode', 'url-encode-function', 'never', urlEncode, { text: [0] }),
  inCode('url_decode', 'url-decode-function', 'never', urlDecode, { text: [0] }),
  inCode('parse_url', 'parse-url-function', 'never', parseUrl, { text: [0] }),
  inCode(
    'base64_encode_tostring',
    'base64-encode-tostring-function',
    'never',
    (value) => Buffer.from(textValue(value)).toString('base64'),
    { text: [0] },
  ),
  inCode('base64_decode_tostring', 'base64-decode-tostring-function', 'never', decoded, { text: [0] }),
  ...HASHES,
  inCode('isascii', 'isascii-function', 'never', (value) =>
    /^\p{ASCII}*$/u.test(textValue(value)) ? 1n : 0n,
  ),
];
