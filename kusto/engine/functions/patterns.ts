/** Functions over strings that take a regular expression. */
import { KqlError } from '../errors.ts';
import { customCall } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { argument, inCode, inSql, ownStep, type ScalarFunction, UnsupportedCallError } from './definition.ts';
import { readJson } from './json.ts';
import { pattern, textValue, wholeValue } from './text.ts';

function trim(value: SqlValue, regex: SqlValue, start: boolean, end: boolean): string {
  let source = textValue(value);
  if (start) source = source.replace(pattern(`^(?:${textValue(regex)})+`), '');
  return end ? source.replace(pattern(`(?:${textValue(regex)})+$`), '') : source;
}

function extract(regex: SqlValue, group: SqlValue, value: SqlValue): string {
  return pattern(textValue(regex)).exec(textValue(value))?.[wholeValue(group, 0)] ?? '';
}

/** Every match: a text if one group is taken, else an array of texts; null if there is none. */
function extractAll(regex: SqlValue, value: SqlValue, groups: SqlValue = null): string | null {
  const source = textValue(regex);
  const wanted = wantedGroups(source, readJson(groups));
  const found = [...textValue(value).matchAll(pattern(source, 'g'))].map((match) =>
    wanted.map((group) => (typeof group === 'number' ? match[group] : match.groups?.[group]) ?? ''),
  );
  if (found.length === 0) return null;
  return JSON.stringify(wanted.length === 1 ? found.flat() : found);
}

/** The groups to take, by number or name: all of the pattern's, unless some are asked for. */
function wantedGroups(regex: string, asked: unknown): (number | string)[] {
  // With an empty alternative it always matches, and a match has all groups.
  const match = pattern(`${regex}|`).exec('');
  const numbers = Array.from(match?.slice(1) ?? [], (_, index) => index + 1);
  if (numbers.length === 0) throw new KqlError('extract_all(): the regular expression has no capture group');
  if (asked === null) return numbers;
  const known = new Set<unknown>([...numbers, ...Object.keys(match?.groups ?? {})]);
  const isGroup = (group: unknown): group is number | string => known.has(group);
  if (!Array.isArray(asked) || asked.length === 0 || !asked.every(isGroup))
    throw new KqlError(
      `extract_all(): ${JSON.stringify(asked)} is not an array of the regular expression's capture groups`,
    );
  return asked;
}

/** RE2 writes a group as `\1`, JavaScript as `$1`. */
function replacement(rewrite: string): string {
  return rewrite
    .replace(/\$/g, '$$$$')
    .replace(/\\(\d)/g, (_, group: string) => (group === '0' ? '$&' : `$${group}`));
}

const REPLACE_REGEX = inCode(
  'replace_regex',
  'replace-regex-function',
  'never',
  (value, regex, rewrite) =>
    textValue(value).replace(pattern(textValue(regex), 'g'), replacement(textValue(rewrite))),
  { text: [0, 1, 2] },
);

export const PATTERNS: readonly ScalarFunction[] = [
  inCode('trim', 'trim-function', 'never', (regex, value) => trim(value, regex, true, true), {
    text: [0, 1],
  }),
  inCode('trim_start', 'trim-start-function', 'never', (regex, value) => trim(value, regex, true, false), {
    text: [0, 1],
  }),
  inCode('trim_end', 'trim-end-function', 'never', (regex, value) => trim(value, regex, false, true), {
    text: [0, 1],
  }),
  REPLACE_REGEX,
  {
    ...REPLACE_REGEX,
    name: 'replace',
    code: [],
    sql: (args) =>
      customCall('replace_regex', argument(args, 2).sql, argument(args, 0).sql, argument(args, 1).sql),
    fold: ([regex, rewrite, value]) =>
      REPLACE_REGEX.fold?.([value, regex, rewrite].filter((arg) => arg !== undefined)),
  },
  inSql(
    'extract',
    'extract-function',
    'always',
    (args) => {
      if (args.length > 3) throw new UnsupportedCallError('extract() with a type');
      return customCall('extract', ...args.map(({ sql }) => sql));
    },
    { code: [{ name: 'extract', run: extract }], note: 'without the type argument', text: [0, 2] },
  ),
  inSql(
    'extract_all',
    'extract-all-function',
    'always',
    (args) => {
      const [regex, groups, value] = [
        argument(args, 0),
        args[2] && argument(args, 1),
        args[2] ?? argument(args, 1),
      ];
      return customCall('extract_all', regex.sql, value.sql, ...(groups ? [groups.sql] : []));
    },
    { code: [{ name: 'extract_all', run: extractAll, variadic: true }] },
  ),
];

/** The text that a group of a pattern captured, for `parse`; empty where nothing matched. */
export const CAPTURE = ownStep(
  'capture',
  'never',
  (regex, value, group) =>
    pattern(textValue(regex), 's').exec(textValue(value))?.[wholeValue(group, 0)] ?? '',
);
