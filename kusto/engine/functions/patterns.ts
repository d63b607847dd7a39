/** Functions over strings that take a regular expression. */
import { KqlError } from '../errors.ts';
import { customCall } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { argument, inCode, inSql, ownStep, type ScalarFunction } from './definition.ts';
import { readJson } from './json.ts';
import { pattern } from './regular-expression.ts';
import { textValue, wholeValue } from './text.ts';

/** Without what a pattern matches at the start or the end, however often. */
function trim(value: SqlValue, regex: SqlValue, start: boolean, end: boolean): string {
  const repeated = `(?:${checked(regex)})+`;
  let source = textValue(value);
  if (start) source = pattern(`\\A${repeated}`).replaced(source, '');
  return end ? pattern(`${repeated}\\z`).replaced(source, '') : source;
}

/** A pattern that may become a part of another one: in it, `)` closes no group but its own. */
function checked(regex: SqlValue): string {
  pattern(textValue(regex));
  return textValue(regex);
}

function extract(regex: SqlValue, group: SqlValue, value: SqlValue): string {
  return pattern(textValue(regex)).captured(textValue(value), wholeValue(group, 0)) ?? '';
}

/** Every match: a text if one group is taken, else an array of texts; null if there is none. */
function extractAll(regex: SqlValue, value: SqlValue, groups: SqlValue = null): string | null {
  const compiled = pattern(textValue(regex));
  const wanted = wantedGroups(compiled.groups, readJson(groups));
  const found = compiled.capturedAll(textValue(value), wanted);
  if (found.length === 0) return null;
  return JSON.stringify(wanted.length === 1 ? found.flat() : found);
}

/** The groups to take, by number or name: all of the pattern's, unless some are asked for. */
function wantedGroups(names: readonly (string | null)[], asked: unknown): (number | string)[] {
  const numbers = names.map((_, index) => index + 1);
  if (numbers.length === 0) throw new KqlError('extract_all(): the regular expression has no capture group');
  if (asked === null) return numbers;
  const known = new Set<unknown>([...numbers, ...names.filter((name) => name !== null)]);
  const isGroup = (group: unknown): group is number | string => known.has(group);
  if (!Array.isArray(asked) || asked.length === 0 || !asked.every(isGroup))
    throw new KqlError(
      `extract_all(): ${JSON.stringify(asked)} is not an array of the regular expression's capture groups`,
    );
  return asked;
}

/** The position of a function's regular expression among its arguments. */
function patternAt(position: number): Pick<ScalarFunction, 'pattern'> {
  return { pattern: (args) => args[position] };
}

const REPLACE_REGEX = inCode(
  'replace_regex',
  'replace-regex-function',
  'never',
  (value, regex, rewrite) => pattern(textValue(regex)).replaced(textValue(value), textValue(rewrite)),
  { text: [0, 1, 2], ...patternAt(1) },
);

export const PATTERNS: readonly ScalarFunction[] = [
  inCode('trim', 'trim-function', 'never', (regex, value) => trim(value, regex, true, true), {
    text: [0, 1],
    ...patternAt(0),
  }),
  inCode('trim_start', 'trim-start-function', 'never', (regex, value) => trim(value, regex, true, false), {
    text: [0, 1],
    ...patternAt(0),
  }),
  inCode('trim_end', 'trim-end-function', 'never', (regex, value) => trim(value, regex, false, true), {
    text: [0, 1],
    ...patternAt(0),
  }),
  REPLACE_REGEX,
  {
    ...REPLACE_REGEX,
    name: 'replace',
    ...patternAt(0),
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
    (args) => customCall('extract', ...args.map(({ sql }) => sql)),
    {
      code: [{ name: 'extract', run: extract }],
      text: [0, 2],
      ...patternAt(0),
    },
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
    { code: [{ name: 'extract_all', run: extractAll, variadic: true }], ...patternAt(0) },
  ),
];

/** What all forms of a pattern say. */
function agreed<T>(forms: readonly SqlValue[], of: (form: string) => T): T {
  const [first, ...others] = forms.map(textValue);
  const said = of(first ?? '');
  if (others.some((form) => of(form) !== said))
    throw new KqlError(
      "The pattern of parse kind=regex can match in several ways: write what stands at its start and its end, and what its '*' may hold",
    );
  return said;
}

/** The text that a group of a pattern captured, for `parse`; empty where nothing matched. */
export const CAPTURE = ownStep(
  'capture',
  'never',
  (value, group, ...forms) => {
    const [text, number] = [textValue(value), wholeValue(group, 0)];
    return agreed(forms, (form) => pattern(form).captured(text, number)) ?? '';
  },
  true,
);

/** Whether a pattern of `parse` matches. */
export const CAPTURED = ownStep(
  'captured',
  'never',
  (value, ...forms) => BigInt(agreed(forms, (form) => pattern(form).matches(textValue(value)))),
  true,
);
