/** Where JavaScript's expressions stand in for Kusto's, they say the same; where they could backtrack, they do not. */
import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { RRegex } from 'rregex';
import { MOST_CHARACTERS, plainPattern } from '../../../../kusto/engine/functions/plain-pattern.ts';
import { pattern } from '../../../../kusto/engine/functions/regular-expression.ts';

const runs = Number(process.env.ENGINE_PATTERNS ?? 500);

const atom = fc.constantFrom(
  ...[
    'a',
    'b',
    'B',
    '/',
    '=',
    '-',
    ' ',
    '0',
    'k',
    's',
    '\\.',
    '\\/',
    '\\\\',
    '\\$',
    '[^/]',
    '[a-c]',
    '[A-Z]',
    '[^a-b/]',
  ],
  ...['[0-9a-fA-F]', '[.]', '[:a:]', '[^:=]', '[ac-b]', '[@_]'],
);
const repeat = fc.constantFrom('', '', '', '+', '*', '?', '{2}', '{12}');
const item = fc.tuple(atom, repeat).map(([one, often]) => one + often);
const group = fc
  .tuple(fc.constantFrom('(', '(?:'), fc.array(item, { maxLength: 3 }))
  .map(([open, items]) => `${open}${items.join('')})`);
const start = fc.constantFrom('', '', '^', '(?:^|/)', '(?:^|a)');
const body = fc.array(fc.oneof(item, group), { maxLength: 5 });
const source = fc
  .tuple(start, body, fc.constantFrom('', '$'))
  .map(([from, parts, to]) => from + parts.join('') + to);
const letters = [...'aabBck0/=-. \\$:@_', 'é', '😀', 'ſ', 'K', '\n', '\u2028', '\0'];
const text = fc
  .array(fc.constantFrom(...letters), { maxLength: 12 })
  .map((characters) => characters.join(''));

/** What Kusto's engine says of the whole match and the groups; `''` for a group that took no part. */
function truth(regex: RRegex, subject: string, groups: number): string[] | undefined {
  if (!regex.isMatch(subject)) return undefined;
  return Array.from(
    { length: groups + 1 },
    (_, at) => regex.replacen(subject, 1, `\u0001\${${at}}\u0001`).split('\u0001')[1] ?? '',
  );
}

describe('a plain pattern', () => {
  it('is valid in both dialects, and finds the same', () => {
    let plain = 0;
    fc.assert(
      fc.property(source, fc.array(text, { minLength: 5, maxLength: 5 }), (written, texts) => {
        const known = plainPattern(written);
        if (!known) return;
        plain += 1;
        const regex = new RRegex(written);
        expect(known.groups).toBe(regex.capturesLength() - 1);
        for (const subject of texts) {
          const match = known.regex.exec(subject);
          expect(match ? [...match].map((captured) => captured ?? '') : undefined).toEqual(
            truth(regex, subject, known.groups),
          );
        }
        regex.free();
      }),
      { numRuns: runs },
    );
    expect(plain).toBeGreaterThan(runs / 10);
  });

  test.each([
    '(?:^|/)([^/]+)/[^/]+$',
    '^([^/]+)/[^/]+=',
    '([0-9a-f]{8}-[0-9a-f]{4})$',
    '^https?://dev\\.azure\\.com/([^/]+)',
  ])('%s is one', (written) => {
    expect(plainPattern(written)).toBeDefined();
  });

  test.each([
    ...[
      '(a+)+',
      'a*a*',
      '[a-z]+[0-9a]',
      '^a*a*a*',
      'a?a?a?aaa',
      '^[^/]*[^=]*x$',
      '(?:a|b)+',
      'a++',
      'a+?',
      'a{2}{3}',
      '(a',
      'a)',
    ],
    ...[
      '.',
      '\\w',
      '\\d',
      '\\b',
      '[[:digit:]]',
      '[a-y&&xyz]',
      '[a--b]',
      '\\x{41}',
      '(?i)a',
      '(?P<n>a)',
      '(?=a)',
      '\\1',
      'é',
      '[z-a]',
    ],
    ...['a|b', '^^', '$a', 'a$$', '(?m)^a', '\\A', '\\z', '[]a]', '[^]', '{', 'a{1,5}'],
  ])('%s is not one', (written) => {
    expect(plainPattern(written)).toBeUndefined();
  });
});

test('a long text gives what a short one does', () => {
  const plain = pattern('(?:^|/)([^/]+)/[^/]+$');
  for (const length of [MOST_CHARACTERS - 4, MOST_CHARACTERS - 3, MOST_CHARACTERS * 10]) {
    const path = `${'x'.repeat(length)}/b/c`;
    expect([plain.captured(path, 1), plain.captured(path, 0), plain.captured(path, 2)]).toEqual([
      'b',
      '/b/c',
      '',
    ]);
    expect([plain.matches(path), plain.matches('x'.repeat(length))]).toEqual([true, false]);
    expect(plain.replaced(path, '<\\1>')).toBe(`${'x'.repeat(length)}<b>`);
    expect(plain.replaced('x'.repeat(length), '')).toHaveLength(length);
  }
});
