/**
 * Regular expressions are Kusto's own dialect, which is Rust's: https://learn.microsoft.com/kusto/query/regex. JavaScript
 * reads nearly every pattern here differently.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestEngine, type TestEngine } from '../../../support/engine/engine.ts';
import { refusalOf, rowsOf, scalar } from '../../../support/engine/kql.ts';

const matches = (text: string, regex: string): unknown => scalar(`${text} matches regex ${regex}`);

describe('what a pattern means', () => {
  test.each([
    [String.raw`@'\Apps\Web'`, String.raw`@'^\\Apps'`, true],
    [String.raw`@'\Apps\Web'`, String.raw`@'^\\Apps\\Web$'`, true],
    [`'Apps'`, String.raw`@'\Apps'`, false],
    [`'pps'`, String.raw`@'\Apps'`, true],
    [`'build 42'`, `'[[:digit:]]{2}$'`, true],
    [`'digit:'`, `'^[[:digit:]]+$'`, false],
    [`'x'`, `'^[a-y&&xyz]$'`, true],
    [`'z'`, `'^[a-y&&xyz]$'`, false],
    [`'&'`, `'^[a-y&&xyz]$'`, false],
    [`'b'`, `'^[a-c--b]$'`, false],
    [`'c'`, `'^[a-c~~b-d]$'`, false],
    [`'d'`, `'^[a-c~~b-d]$'`, true],
    [`'A'`, String.raw`@'^\x{41}$'`, true],
    [`'É'`, String.raw`@'^\w$'`, true],
    [`'é'`, `@'^(?i)É$'`, true],
    [`'٣'`, String.raw`@'^\d$'`, true],
    [`'x\\u00a0y'`, String.raw`@'^x\sy$'`, true],
    [`'Ünicode'`, String.raw`@'\bÜ'`, true],
    [`'first\\nlast'`, String.raw`@'(?m)^last$\z'`, true],
    [`'first\\nlast'`, `@'(?m)^first$'`, true],
    [`'first\\nlast'`, `@'^first$'`, false],
    [`'first\\nlast'`, `@'first.last'`, false],
    [`'first\\nlast'`, `@'(?s)first.last'`, true],
    [`'aBc'`, `'^a(?i:b)c$'`, true],
    [`'ABc'`, `'^a(?i:b)c$'`, false],
    [`'aB'`, `'(?i)^a(?-i)b$'`, false],
    [`'a b'`, String.raw`@'(?x) a  \ b # blanks mean nothing'`, true],
    [`'one two'`, String.raw`@'\<two\>'`, true],
    [`'twofold'`, String.raw`@'\<two\>'`, false],
    [`'😀'`, `'^.$'`, true],
    [`'K'`, `'^(?i)k$'`, true],
    [`'a/b'`, String.raw`@'^a\/b$'`, true],
    [`''`, `''`, true],
  ])('%s matches regex %s is %s', (text, regex, expected) => {
    expect(matches(text, regex)).toBe(expected);
  });

  test('the text may be in a column, and so may the pattern', () => {
    const rows = [
      ['\\Apps\\Web', '^\\\\Apps'],
      ['aé1', '^\\w+$'],
      ['x', '[a-y&&xyz]'],
      ['b', '[a-y&&xyz]'],
    ];
    const tables = { T: { columns: 's:string, p:string', rows } };
    expect(rowsOf('T | project s matches regex p', { tables }).flat()).toEqual([true, true, true, false]);
  });
});

describe('functions that take one', () => {
  test.each([
    // The examples of each function's page.
    [`extract('x=([0-9.]+)', 1, 'hello x=45.6|wo')`, '45.6'],
    [String.raw`extract(@'(\w+)@(\w+)', 2, 'to é@ß now')`, 'ß'],
    [`extract('(a)|(b)', 2, 'b')`, 'b'],
    [`extract('(a)|(b)', 1, 'b')`, ''],
    [`extract('(a)', 2, 'a')`, ''],
    [`extract('b+', 0, 'abbbc')`, 'bbb'],
    [`extract('z', 0, 'abc')`, ''],
    [`extract('x=(.*)', 1, 'x=45', typeof(long)) + 1`, 46],
    [`extract('x=(.*)', 1, 'x=1d', typeof(timespan))`, '1.00:00:00'],
    [`extract('x=(.*)', 1, 'x=none', typeof(real))`, null],
    [`extract('x=(.*)', 1, 'y', typeof(bool))`, null],
    [`extract('x=(.*)', 1, 'y', typeof(string))`, ''],
    [
      `extract_all('(?P<letter>[a-z])([0-9])?', 'a1b')`,
      [
        ['a', '1'],
        ['b', ''],
      ],
    ],
    [`extract_all('(?P<letter>[a-z])([0-9])?', dynamic(['letter']), 'a1b')`, ['a', 'b']],
    [
      `extract_all('(?<letter>[a-z])([0-9])?', dynamic([2, 'letter']), 'a1b')`,
      [
        ['1', 'a'],
        ['', 'b'],
      ],
    ],
    [`extract_all('(x*)', 'ab')`, ['', '', '']],
    [`replace_regex('a1b22', '[0-9]+', '#')`, 'a#b#'],
    [String.raw`replace_regex('Number is 42', @'is (\d+)', @'was: \1')`, 'Number was: 42'],
    [String.raw`replace_regex('ab', '(a)(b)', @'$1\2\1\0$$')`, '$1baab$$'],
    [`replace_regex('Ünder_way 1', '[^\\\\p{L}\\\\p{N}]', '')`, 'Ünderway1'],
    [`replace_regex('abc', '', '-')`, '-a-b-c-'],
    [`replace_regex('a😀b', '.', 'x')`, 'xxx'],
    [`trim('--', '--Te-st--')`, 'Te-st'],
    [String.raw`trim(@'[^\w]+', '-  Test é1// $')`, 'Test é1'],
    [`trim_start('https://', 'https://bing.com')`, 'bing.com'],
    [String.raw`trim_end(@'\.com', 'bing.com.com')`, 'bing'],
    [`trim('(?i)x|y', 'XyabcYX')`, 'abc'],
    [`trim('a|b$', 'aacb')`, 'c'],
    [`countof('The cat sat on the mat', '[ct]at', 'regex')`, 1],
    [String.raw`countof('é è ê', @'\w', 'regex')`, 3],
    [`countof('a.c', '.', 'normal')`, 1],
    [`countof('a(', '(')`, 1],
  ])('%s', (expression, expected) => {
    expect(scalar(expression)).toEqual(expected);
  });

  test('parse goes by the same engine, and takes digits of ASCII alone for numbers', () => {
    expect(
      rowsOf(`print s = 'id=5;\\nname=é(x);' | parse s with 'id=' id:long ';' * 'name=' name:string ';'`),
    ).toEqual([['id=5;\nname=é(x);', 5, 'é(x)']]);
    expect(rowsOf(`print s = 'id=٣;' | parse s with 'id=' id:long ';' | project id`)).toEqual([[null]]);
  });
});

describe('a pattern that is not valid is refused where it is written', () => {
  test.each([
    [`print 'a' matches regex '(a'`, '"(a" is not valid: unclosed group, at character 1 [line 1, column 7]'],
    [
      `print x = 1,\n  y = extract('a(?=b)', 0, 'ab')`,
      'look-around, including look-ahead and look-behind, is not supported, at character 2 [line 2, column 7]',
    ],
    [`print extract('(?<!a)b', 0, 'ab')`, 'look-around'],
    [String.raw`print extract(@'(a)\1', 1, 'aa')`, 'backreferences are not supported, at character 4'],
    [`print replace_regex('a', '[a', '')`, 'unclosed character class'],
    [`print replace('a{2,1}', '', 'a')`, 'invalid repetition count range'],
    [`print trim('a)|(?:b', 'b')`, 'unopened group'],
    [`print countof('a', '*', 'regex')`, 'repetition operator missing expression'],
    [`print extract_all('((a)', 'a')`, 'unclosed group'],
    [`print 'a' matches regex 'a{1000}{1000}{1000}'`, 'exceeds size limit'],
    [
      `print s = 'a' | extend x = s matches regex '(' | project s`,
      'unclosed group, at character 1 [line 1, column 28]',
    ],
    [`let p = '('; print s = 'a' | where s matches regex p`, 'unclosed group'],
    [String.raw`print 'a' matches regex @'\Qa\E'`, 'unrecognized escape sequence'],
  ])('%s', (query, reason) => {
    expect(refusalOf(query)).toContain(reason);
  });

  test('a pattern that would take long to compile is refused', () => {
    expect(refusalOf(`print 'a' matches regex strrep(strrep('ab|', 1000), 50)`)).toContain(
      'A regular expression may have 50000 characters, not 150000',
    );
  });

  test('a long pattern is not repeated in full', () => {
    expect(refusalOf(`print 'a' matches regex '(${'x'.repeat(5000)}'`).length).toBeLessThan(400);
  });
});

describe('through the API', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine({ lanes: 'processes' });
    await engine.rows('.create table P (p: string)');
    await engine.rows('.ingest inline into table P <|\nab+\n(a');
  });
  afterAll(() => engine.close());

  test("one that comes in data or as a parameter is the request's mistake, not the engine's", async () => {
    const semantic = { status: 400, code: 'General_BadRequest' };
    const fromData = await engine.refusal("P | where 'abb' matches regex p");
    expect(fromData).toMatchObject(semantic);
    expect(fromData.message).toContain('"(a" is not valid: unclosed group');
    expect(await engine.rows("P | where p startswith 'ab' | where 'abb' matches regex p")).toEqual([['ab+']]);
  });

  test('no pattern takes more than linear time', async () => {
    const hostile =
      "print s = strcat(strrep('a', 1000), '!') | extend s = strrep(s, 60) | project s matches regex '^(a+)+$', s matches regex '^(a|a)*$', extract('(x+x+)+y', 1, s)";
    expect(await engine.rows(hostile, { servertimeout: 20_000 })).toEqual([[false, false, '']]);
  });
});
