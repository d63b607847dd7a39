import { CommandText } from '../../../../kusto/engine/commands/command-text.ts';

it.each([
  [`"a\\"b\\n\\t\\\\"`, 'a"b\n\t\\'],
  [`'it\\'s \\u00e9\\x41'`, "it's éA"],
  [`@"c:\\dir ""x"""`, 'c:\\dir "x"'],
  [`@'it''s'`, "it's"],
  ['```a\n"b"```', 'a\n"b"'],
  [`h"secret"`, 'secret'],
])('reads the string literal %s', (literal, value) => {
  expect(new CommandText(literal).tryString()).toBe(value);
});

it.each([['"open'], ["'open"], ['"two\nlines"'], ['bare']])('takes %p for no string literal', (text) => {
  expect(new CommandText(text).tryString()).toBeUndefined();
});

it('reads names bare, in brackets, and in brackets with blanks', () => {
  const text = new CommandText(`A_1 ['b c'] [ "d-e.f" ]`);
  expect([text.name('a'), text.name('a'), text.name('a')]).toEqual(['A_1', 'b c', 'd-e.f']);
  expect(text.atEnd).toBe(true);
});

it('passes over blanks and comments between words, which are not case-sensitive', () => {
  const text = new CommandText('// first\n.CREATE // then\n  table');
  text.expect('.');
  expect(text.tryWords('create function')).toBe(false);
  expect(text.tryWords('create table')).toBe(true);
});

it('does not take the beginning of a longer word for a word', () => {
  expect(new CommandText('set-or-append').tryWord('set')).toBe(false);
});

it('reads properties, with values of any kind', () => {
  const text = new CommandText(`with (Folder = "a, b", on=true, span = 7d, list='["x"]') rest`);
  expect([...text.properties()]).toEqual([
    ['folder', 'a, b'],
    ['on', 'true'],
    ['span', '7d'],
    ['list', '["x"]'],
  ]);
  expect(text.rest()).toBe('rest');
});

it('reads a block up to the last brace, with all of its blanks', () => {
  const text = new CommandText('{ a { b } }\n');
  expect(text.block()).toBe(' a { b } ');
  expect(text.atEnd).toBe(true);
});

it('says what it found where it expected something else', () => {
  const text = new CommandText('one\n two');
  text.word('one');
  expect(() => text.word('three')).toThrow("Expected 'three', found 'two' [line 2, column 2]");
});
