/** https://learn.microsoft.com/kusto/query/datatypes-string-operators */
import { describe, expect, test } from '@jest/globals';
import { rowsOf, scalar } from '../../../support/engine/kql.ts';

const words = 'datatable(s:string)["Contoso", "contoso-west", "KONTOSO", "naïve", "ΣΊΣΥΦΟΣ"]';
const kept = (condition: string) => rowsOf(`${words} | where ${condition}`).flat();

describe('text', () => {
  test.each([
    ['s contains "TOSO"', ['Contoso', 'contoso-west', 'KONTOSO']],
    ['s contains_cs "TOSO"', ['KONTOSO']],
    ['s !contains "toso"', ['naïve', 'ΣΊΣΥΦΟΣ']],
    ['s !contains_cs "toso"', ['KONTOSO', 'naïve', 'ΣΊΣΥΦΟΣ']],
    ['s contains "NAÏ"', ['naïve']],
    ['s =~ "CONTOSO"', ['Contoso']],
    ['s =~ "σίσυφος"', ['ΣΊΣΥΦΟΣ']],
    ['s !~ "contoso"', ['contoso-west', 'KONTOSO', 'naïve', 'ΣΊΣΥΦΟΣ']],
    ['s startswith "CON"', ['Contoso', 'contoso-west']],
    ['s startswith_cs "con"', ['contoso-west']],
    ['s !startswith "con"', ['KONTOSO', 'naïve', 'ΣΊΣΥΦΟΣ']],
    ['s endswith "WEST"', ['contoso-west']],
    ['s endswith_cs "WEST"', []],
    ['s has "WEST"', ['contoso-west']],
    ['s has "conto"', []],
    ['s has_cs "contoso"', ['contoso-west']],
    ['s !has "contoso"', ['KONTOSO', 'naïve', 'ΣΊΣΥΦΟΣ']],
    ['s hasprefix "we"', ['contoso-west']],
    ['s hassuffix "est"', ['contoso-west']],
    ['s has_any ("east", "west")', ['contoso-west']],
    ['s has_any (dynamic(["east", "WEST", 7]))', ['contoso-west']],
    ['s has_any (dynamic([]))', []],
    ['s has_any ((datatable(t: string)["east", "WEST"]))', ['contoso-west']],
    ['s has_any ((datatable(t: string)[]))', []],
    ['s has_all ((datatable(t: string)["contoso", "west"]))', ['contoso-west']],
    ['s has_all (dynamic(["contoso", "west"]))', ['contoso-west']],
    ['s has_all ("contoso", "west")', ['contoso-west']],
    ['s in ("contoso", "KONTOSO")', ['KONTOSO']],
    ['s in~ ("contoso", "KONTOSO")', ['Contoso', 'KONTOSO']],
    ['s !in~ ("contoso", "naÏve")', ['contoso-west', 'KONTOSO', 'ΣΊΣΥΦΟΣ']],
    ['s in (dynamic(["naïve"]))', ['naïve']],
    ['s matches regex "^[a-z]+-"', ['contoso-west']],
    ['s matches regex @"(?i)^k"', ['KONTOSO']],
  ])('%s', (condition, expected) => {
    expect(kept(condition)).toEqual(expected);
  });

  test('only an ASCII letter folds to an ASCII letter', () => {
    expect(scalar('"\\u212Aelvin" contains "kel"')).toBe(false);
    expect(scalar('"\\u0131" =~ "i"')).toBe(false);
  });

  test('a term ends where letters and digits end', () => {
    expect(scalar('"a.b-c1" has "b"')).toBe(true);
    expect(scalar('"a.b-c1" has "c"')).toBe(false);
    expect(scalar('"a.b-c1" has "b-c1"')).toBe(true);
  });

  test('letters after a NUL change their case too', () => {
    const tables = { T: { columns: 's:string', rows: [['\0AΣ'], ['A\0b']] } };
    expect(rowsOf('T | project tolower(s), toupper(s)', { tables })).toEqual([
      ['\0aσ', '\0AΣ'],
      ['a\0b', 'A\0B'],
    ]);
  });

  test('quotes, control characters and NUL in a literal keep their meaning', () => {
    expect(scalar('"it\'s"')).toBe("it's");
    expect(scalar('strcat("a", "\\u0000", "b\\n")')).toBe('a\u0000b\n');
  });
});
