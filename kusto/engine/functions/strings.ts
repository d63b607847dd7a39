/** Functions over strings. A null argument of another type counts as an empty string. */
import { createHash } from 'node:crypto';
import { customCall, infix, operation, sqlCall } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { textSql } from './conversions.ts';
import { argument, inCode, inSql, ownStep, type ScalarFunction, UnsupportedCallError } from './definition.ts';
import { pattern, toLower, toUpper } from './text.ts';

function text(value: SqlValue | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

function whole(value: SqlValue | undefined, fallback: number): number {
  return value === null || value === undefined ? fallback : Number(value);
}

function substring(value: SqlValue, start: SqlValue, length?: SqlValue): string {
  const source = text(value);
  const from = whole(start, 0) < 0 ? Math.max(0, source.length + whole(start, 0)) : whole(start, 0);
  return source.slice(from, length === undefined ? undefined : from + Math.max(0, whole(length, 0)));
}

function split(value: SqlValue, delimiter: SqlValue, index?: SqlValue): string {
  const parts = text(delimiter) === '' ? [text(value)] : text(value).split(text(delimiter));
  if (index === undefined || index === null) return JSON.stringify(parts);
  const part = parts[Number(index)];
  return JSON.stringify(part === undefined ? [] : [part]);
}

function indexOf(
  value: SqlValue,
  lookup: SqlValue,
  start?: SqlValue,
  length?: SqlValue,
  occurrence?: SqlValue,
): bigint {
  const source = text(value);
  const from = whole(start, 0) < 0 ? Math.max(0, source.length + whole(start, 0)) : whole(start, 0);
  const size = whole(length, -1);
  const end = size < 0 ? source.length : from + size;
  let at = from - 1;
  for (let n = 0; n < whole(occurrence, 1); n++) {
    at = source.indexOf(text(lookup), at + 1);
    if (at < 0 || at + text(lookup).length > end) return -1n;
  }
  return BigInt(at);
}

/** Kusto's url_encode: letters, digits and `-_.!*()` stay, a space is `+`, the rest is lower-case hexadecimal. */
function urlEncode(value: SqlValue): string {
  return encodeURIComponent(Buffer.from(text(value)).toString())
    .replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase())
    .replace(/%20/g, '+')
    .replace(/[~']/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}

function urlDecode(value: SqlValue): string {
  try {
    return decodeURIComponent(text(value).replace(/\+/g, ' '));
  } catch {
    return text(value);
  }
}

function trim(value: SqlValue, regex: SqlValue, start: boolean, end: boolean): string {
  let source = text(value);
  if (start) source = source.replace(pattern(`^(?:${text(regex)})+`), '');
  return end ? source.replace(pattern(`(?:${text(regex)})+$`), '') : source;
}

function extract(regex: SqlValue, group: SqlValue, value: SqlValue): string {
  return pattern(text(regex)).exec(text(value))?.[whole(group, 0)] ?? '';
}

function extractAll(regex: SqlValue, value: SqlValue): string | null {
  const found = [...text(value).matchAll(pattern(text(regex), 'g'))].map(([all, ...groups]) => {
    if (groups.length === 0) return all;
    return groups.length === 1 ? groups[0] : groups;
  });
  return found.length > 0 ? JSON.stringify(found) : null;
}

/** RE2 writes a group as `\1`, JavaScript as `$1`. */
function replacement(rewrite: string): string {
  return rewrite
    .replace(/\$/g, '$$$$')
    .replace(/\\(\d)/g, (_, group: string) => (group === '0' ? '$&' : `$${group}`));
}

function parseUrl(value: SqlValue): string {
  const parts =
    /^(?:([^:/?#]+):)?(?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^:/?#]*)(?::(\d+))?)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(
      text(value),
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

const STRCAT = inSql('strcat', 'strcat-function', 'never', (args) => infix('||', ...args.map(textSql)));

const REPLACE_STRING = inSql('replace_string', 'replace-string-function', 'never', (args) => {
  const [value, lookup, rewrite] = [argument(args, 0), argument(args, 1), argument(args, 2)];
  return sqlCall('replace', value.sql, lookup.sql, rewrite.sql);
});

const REPLACE_REGEX = inCode('replace_regex', 'replace-regex-function', 'never', (value, regex, rewrite) =>
  text(value).replace(pattern(text(regex), 'g'), replacement(text(rewrite))),
);

const HASH_SHA256 = inSql(
  'hash_sha256',
  'hash-sha256-function',
  'never',
  (args) => customCall('hash_sha256', textSql(argument(args, 0))),
  { code: [{ name: 'hash_sha256', run: (value) => createHash('sha256').update(text(value)).digest('hex') }] },
);

const EXTRACT = inSql(
  'extract',
  'extract-function',
  'always',
  (args) => {
    if (args.length > 3) throw new UnsupportedCallError('extract() with a type');
    return customCall('extract', ...args.map(({ sql }) => sql));
  },
  { code: [{ name: 'extract', run: extract }], note: 'without the type argument' },
);

/** SQLite's own function knows ASCII alone; for such text in a column it is used, being faster. */
function changingCase(
  name: string,
  native: 'lower' | 'upper',
  change: (value: string) => string,
): ScalarFunction {
  const inCodeOnly = inCode(name, `${name}-function`, 'never', (value) => change(text(value)));
  return {
    ...inCodeOnly,
    sql: (args, type) => {
      const { sql } = argument(args, 0);
      const called = inCodeOnly.sql(args, type);
      if (sql.kind !== 'column') return called;
      return operation`CASE WHEN ${sql} GLOB '*[^ -~]*' THEN ${called} ELSE ${sqlCall(native, sql)} END`;
    },
  };
}

export const STRINGS: readonly ScalarFunction[] = [
  STRCAT,
  inSql('strcat_delim', 'strcat-delim-function', 'never', ([delimiter, ...args]) => {
    if (!delimiter) throw new UnsupportedCallError('strcat_delim() without a delimiter');
    const texts = args.flatMap((arg, index) => (index === 0 ? [] : [delimiter.sql]).concat(textSql(arg)));
    return infix('||', ...texts);
  }),
  inCode('strlen', 'strlen-function', 'never', (value) => BigInt([...text(value)].length)),
  inCode('split', 'split-function', 'never', split, { variadic: true }),
  inCode('substring', 'substring-function', 'never', substring, { variadic: true }),
  changingCase('tolower', 'lower', toLower),
  changingCase('toupper', 'upper', toUpper),
  inCode('trim', 'trim-function', 'never', (regex, value) => trim(value, regex, true, true)),
  inCode('trim_start', 'trim-start-function', 'never', (regex, value) => trim(value, regex, true, false)),
  inCode('trim_end', 'trim-end-function', 'never', (regex, value) => trim(value, regex, false, true)),
  REPLACE_STRING,
  REPLACE_REGEX,
  {
    ...REPLACE_REGEX,
    name: 'replace',
    code: [],
    sql: (args) =>
      customCall('replace_regex', argument(args, 2).sql, argument(args, 0).sql, argument(args, 1).sql),
  },
  EXTRACT,
  inCode('extract_all', 'extract-all-function', 'always', extractAll, {
    note: 'without the capture groups argument',
  }),
  inCode('indexof', 'indexof-function', 'never', indexOf, { variadic: true }),
  inCode('countof', 'countof-function', 'never', (value, part) =>
    BigInt(text(part) === '' ? 0 : text(value).split(text(part)).length - 1),
  ),
  inCode('reverse', 'reverse-function', 'never', (value) => [...text(value)].reverse().join('')),
  inCode('strrep', 'strrep-function', 'never', (value, times) =>
    text(value).repeat(Math.max(0, whole(times, 0))),
  ),
  inCode('url_encode', 'url-encode-function', 'never', urlEncode),
  inCode('url_decode', 'url-decode-function', 'never', urlDecode),
  inCode('parse_url', 'parse-url-function', 'never', parseUrl),
  inCode('base64_encode_tostring', 'base64-encode-tostring-function', 'never', (value) =>
    Buffer.from(text(value)).toString('base64'),
  ),
  inCode('base64_decode_tostring', 'base64-decode-tostring-function', 'never', (value) =>
    Buffer.from(text(value), 'base64').toString(),
  ),
  HASH_SHA256,
  inCode('isascii', 'isascii-function', 'never', (value) => (/^\p{ASCII}*$/u.test(text(value)) ? 1n : 0n)),
];

/** The text that a group of a pattern captured, for `parse`; empty where nothing matched. */
export const CAPTURE = ownStep(
  'capture',
  'never',
  (regex, value, group) => pattern(text(regex), 's').exec(text(value))?.[whole(group, 0)] ?? '',
);
