/** Every argument that the language allows is used or refused, and is taken in the type that the language says. */
import { describe, expect, test } from '@jest/globals';
import type { ScalarType } from '../../../../kusto/engine/catalog.ts';
import { type ScalarFunction, UnsupportedCallError } from '../../../../kusto/engine/functions/definition.ts';
import { SCALAR_GROUPS } from '../../../../kusto/engine/functions/function-table.ts';
import { language } from '../../../../kusto/engine/parse/language.ts';
import { printSql } from '../../../../kusto/engine/sql/print.ts';
import { bareName, columnOf } from '../../../../kusto/engine/sql/sql-tree.ts';
import { refusalOf, rowsOf, scalar } from '../../../support/engine/kql.ts';

interface DeclaredFunction {
  readonly Name: string;
  readonly Signatures: {
    readonly Count: number;
    getItem(index: number): { readonly MinArgumentCount: number; readonly MaxArgumentCount: number };
  };
}

/** The numbers of arguments that the language allows, by function; at most eight, where there is no end to them. */
function declaredCounts(): Map<string, Set<number>> {
  language();
  const { Kusto } = globalThis as unknown as {
    Kusto: { Language: { Functions: Record<string, Partial<DeclaredFunction> | undefined> } };
  };
  const counts = new Map<string, Set<number>>();
  for (const declared of Object.values(Kusto.Language.Functions)) {
    if (!declared?.Name || !declared.Signatures) continue;
    const allowed = new Set<number>();
    for (let index = 0; index < declared.Signatures.Count; index++) {
      const { MinArgumentCount, MaxArgumentCount } = declared.Signatures.getItem(index);
      for (let count = MinArgumentCount; count <= Math.min(MaxArgumentCount, 8); count++) allowed.add(count);
    }
    counts.set(declared.Name, allowed);
  }
  return counts;
}

const TYPES: readonly ScalarType[] = ['string', 'long', 'real', 'datetime', 'dynamic', 'bool'];

/** Whether the SQL of a call has all of its arguments, for some type of them; true too if no type is supported. */
function usesAll(fn: ScalarFunction, count: number): boolean {
  const rendered = TYPES.flatMap((type) => {
    const args = Array.from({ length: count }, (_, index) => ({
      sql: columnOf(bareName('t'), bareName(`a${index}_`)),
      type,
      nullable: true,
    }));
    try {
      return [printSql(fn.sql(args, type)).sql];
    } catch (error) {
      if (error instanceof UnsupportedCallError) return [];
      throw error;
    }
  });
  const hasAll = (sql: string) =>
    Array.from({ length: count }, (_, index) => `a${index}_`).every((name) => sql.includes(name));
  return rendered.length === 0 || rendered.some(hasAll);
}

const DECLARED = declaredCounts();
const FUNCTIONS = SCALAR_GROUPS.flatMap(({ functions }) => functions);

test('there are functions to look at', () => {
  expect(FUNCTIONS.length).toBeGreaterThan(100);
  expect(FUNCTIONS.filter(({ name }) => !DECLARED.has(name))).toEqual([]);
});

test.each(FUNCTIONS.map((fn) => [fn.name, fn] as const))('%s uses or refuses each argument', (name, fn) => {
  const ignored = [...(DECLARED.get(name) ?? [])].filter(
    (count) => !(fn.most !== undefined && count > fn.most) && !usesAll(fn, count),
  );
  expect(ignored).toEqual([]);
});

// The examples of https://learn.microsoft.com/kusto/query/ with the answers printed there.
describe('as documented', () => {
  const arr = 'dynamic(["this", "is", "an", "example", "an", "example"])';
  test.each([
    [`array_index_of(${arr}, "an")`, 2],
    [`array_index_of(${arr}, "example", 1, 3)`, 3],
    [`array_index_of(${arr}, "example", 1, 2)`, -1],
    [`array_index_of(${arr}, "is", 2, 4)`, -1],
    [`array_index_of(${arr}, "example", 2, -1)`, 3],
    [`array_index_of(${arr}, "an", 1, -1, 2)`, 4],
    [`array_index_of(${arr}, "an", 1, -1, 3)`, -1],
    [`array_index_of(${arr}, "an", -3)`, 4],
    [`array_index_of(${arr}, "is", -4)`, -1],
    [`array_index_of(${arr}, "is", 0, -2)`, null],
    [`array_index_of(${arr}, "is", 0, -1, -1)`, null],
    ['array_index_of(dynamic([1, true, 2]), true)', 1],
    ['array_index_of(dynamic([1, 2]), 2)', 1],
    ['array_index_of(parse_json("{}"), 2)', null],
    ['indexof("abcdefg", "cde", 1, 4)', 2],
    ['indexof("abcdefg", "cde", 1, 2)', 2],
    ['indexof("abcdefg", "cde", 1, 1)', -1],
    ['indexof("abcdefg", "cde", 3, 4)', -1],
    ['indexof("abcdefg", "cde", -5)', 2],
    ['indexof(1234567, 5, 1, 4)', 4],
    ['indexof("abcdefg", "cde", 2, -1)', 2],
    ['indexof("abcdefgabcdefg", "cde", 1, 10, 2)', 9],
    ['indexof("abcdefgabcdefg", "cde", 1, -1, 3)', -1],
    ['indexof("abc", "a", 0, -2)', null],
    ['indexof("abc", "a", 0, -1, -1)', null],
    ['countof("aaa", "a")', 3],
    ['countof("aaaa", "aa")', 3],
    ['countof("ababa", "ab", "normal")', 2],
    ['countof("ababa", "aba")', 2],
    ['countof("ababa", "aba", "regex")', 1],
    ['countof("abcabc", "a.c", "regex")', 2],
    ['strrep(123, 3, ".")', '123.123.123'],
    ['strrep(3s, 2, " ")', '00:00:03 00:00:03'],
    ['reverse(12345)', '54321'],
    ['reverse(123.45)', '54.321'],
    ['reverse(datetime(2017-10-15 12:00))', 'Z0000000.00:00:21T51-01-7102'],
    ['reverse(3h)', '00:00:30'],
    ['base64_decode_tostring("S3VzdG8=")', 'Kusto'],
    ['base64_decode_tostring("U3RyaW5n0KHR0tGA0L7Rh9C60LA=")', ''],
    ['set_difference(dynamic([1, 2, 4]), dynamic([1, 2]), dynamic([1, 2, 8]))', [4]],
    ['set_difference(dynamic([1, 2, 3]), dynamic([1, 2, 3]))', []],
    ['set_intersect(dynamic([1, 2, 1, 4]), dynamic([1, 2]), dynamic([8, 1]))', [1]],
    ['set_intersect(dynamic([1, 2, 3]), dynamic([4, 5]))', []],
    [
      'array_sort_asc(dynamic([null, "blue", "yellow", "green", null]))',
      ['blue', 'green', 'yellow', null, null],
    ],
    [
      'array_sort_asc(dynamic([null, "blue", "yellow", "green", null]), false)',
      [null, null, 'blue', 'green', 'yellow'],
    ],
    [
      'array_sort_desc(dynamic([null, "blue", "yellow", "green", null]), false)',
      [null, null, 'yellow', 'green', 'blue'],
    ],
    ['array_sort_asc(dynamic([true, "b", 10, "a", {"c": 1}, 9]))', [9, 10, 'a', 'b', true, { c: 1 }]],
    ['array_sort_desc(dynamic([true, "b", 10, "a", {"c": 1}, 9]))', [10, 9, 'b', 'a', true, { c: 1 }]],
    ['extract_all(@"([\\da-f]{2})", "82b8-be")', ['82', 'b8', 'be']],
    [
      'extract_all(@"(\\w)(\\w+)(\\w)", dynamic([1, 3]), "82b8be2d-dfa7")',
      [
        ['8', 'd'],
        ['d', '7'],
      ],
    ],
    ['extract_all(@"(\\w)(\\w+)(\\w)", dynamic([3]), "82b8be2d-dfa7")', ['d', '7']],
    [
      "extract_all(@'(?P<first>\\w)(?P<middle>\\w+)(?P<last>\\w)', dynamic(['first',2,'last']), '82b8be2d-dfa7')",
      [
        ['8', '2b8be2', 'd'],
        ['d', 'fa', '7'],
      ],
    ],
    ['extract_all(@"(x)", "abc")', null],
    ['bag_has_key(dynamic({"key1": 123, "key2": {"prop1": "abc"}}), "$.key2.prop1")', true],
    ['bag_has_key(dynamic({"key1": 123, "key2": {"prop1": "abc"}}), "$[\'key2\'].prop2")', false],
    ['bag_has_key(dynamic({"key1": 123}), "$.key1.prop2")', false],
    ['bag_has_key(dynamic({"$key": 1}), "$key")', true],
    [
      'bag_remove_keys(dynamic({"key1": 123, "key2": {"prop1": "abc", "prop2": "xyz"}, "key3": [100]}), dynamic(["$.key2.prop1", "key3", "no"]))',
      { key1: 123, key2: { prop2: 'xyz' } },
    ],
    ['gettype("a")', 'string'],
    ['gettype(111)', 'long'],
    ['gettype(1 == 1)', 'bool'],
    ['gettype(now())', 'datetime'],
    ['gettype(1s)', 'timespan'],
    ["gettype(parse_json('1'))", 'int'],
    ["gettype(parse_json('1.0'))", 'double'],
    ["gettype(parse_json('1e3'))", 'double'],
    ["gettype(parse_json('-2147483648'))", 'int'],
    ["gettype(parse_json('2147483648'))", 'long'],
    ['gettype(parse_json(\' "abc" \'))', 'string'],
    ['gettype(parse_json(\' {"abc":1} \'))', 'dictionary'],
    ["gettype(parse_json(' [1, 2, 3] '))", 'array'],
    ['gettype(123.45)', 'real'],
    ['gettype(guid(12e8b78d-55b4-46ae-b068-26d7a0080254))', 'guid'],
    ["gettype(parse_json(''))", 'null'],
    ['hash_sha1("World")', '70c07ec18ef89c5309bbb0937f3a6342411e1fdd'],
    ['hash_sha1(datetime(2020-01-01))', 'e903e533f4d636b4fc0dcf3cf81e7b7f330de776'],
    ['array_rotate_left(dynamic([1,2,3,4,5]), 2)', [3, 4, 5, 1, 2]],
    ['array_rotate_left(dynamic([1,2,3,4,5]), -2)', [4, 5, 1, 2, 3]],
    ['array_rotate_right(dynamic([1,2,3,4,5]), 7)', [4, 5, 1, 2, 3]],
    ['array_rotate_left(dynamic([]), 2)', []],
    ['week_of_year(datetime(2020-12-31))', 53],
    ['week_of_year(datetime(2020-06-15))', 25],
    ['week_of_year(datetime(1970-01-01))', 1],
    ['week_of_year(datetime(2000-01-01))', 52],
    ['bin_at(6.5, 2.5, 7)', 4.5],
    ['bin_at(time(1h), 1d, 12h)', '-12:00:00'],
    [
      'bin_at(datetime(2017-05-15 10:20:00.0), 1d, datetime(1970-01-01 12:00:00.0))',
      '2017-05-14T12:00:00.0000000Z',
    ],
    [
      'bin_at(datetime(2017-05-17 10:20:00.0), 7d, datetime(2017-06-04 00:00:00.0))',
      '2017-05-14T00:00:00.0000000Z',
    ],
    [
      "replace_strings('A magic trick can turn a cat into a dog', dynamic(['cat', 'dog']), dynamic(['dog', 'pigeon']))",
      'A magic trick can turn a dog into a pigeon',
    ],
    [
      "replace_strings('A magic trick can turn a cat into a dog', dynamic(['turn', ' into a dog']), dynamic(['disappear', '']))",
      'A magic trick can disappear a cat',
    ],
    ["replace_strings('This is it', dynamic(['This', 'is']), dynamic(['This', 'was']))", 'This was it'],
    ["replace_strings('This is it', dynamic(['is', 'This']), dynamic(['was', 'This']))", 'Thwas was it'],
    ["replace_strings('This is it', dynamic(['This', 'is']), dynamic([12345, 'was']))", 'This was it'],
    ['replace("a", "b", "xax")', 'xbx'],
    ['toupper(1.5)', '1.5'],
    ['strlen(parse_json("[1]"))', 3],
  ])('%s', (expression, expected) => {
    expect(scalar(expression)).toEqual(expected);
  });

  test('text of a column of another type, and of an aggregate', () => {
    const run = { tables: { T: { columns: 'd:datetime, n:long', rows: [[630_822_816_000_000_000n, 12n]] } } };
    expect(rowsOf('T | project reverse(n), strrep(d, 1), indexof(d, 1)', run)).toEqual([
      ['21', '2000-01-01T00:00:00.0000000Z', 6],
    ]);
    expect(rowsOf('T | summarize x = reverse(max(n))', run)).toEqual([['21']]);
  });

  test('make_set of arrays is a set of their elements', () => {
    const rows = [
      [1n, '["A1","A2","A3"]'],
      [5n, '["A2","C1"]'],
      [7n, '["C2","A3",null]'],
      [5n, '["C2","A1"]'],
    ];
    const run = { tables: { T: { columns: 'v:int, a:dynamic', rows } } };
    expect(rowsOf('T | summarize make_set(v), make_set(a), make_set(a, 2)', run)).toEqual([
      [
        [1, 5, 7],
        ['A1', 'A2', 'A3', 'C1', 'C2'],
        ['A1', 'A2'],
      ],
    ]);
  });
});

describe('what cannot be right is refused', () => {
  test.each([
    ['print extract_all("a", "a")', 'extract_all(): the regular expression has no capture group'],
    [
      'print extract_all("(a)", dynamic([2]), "a")',
      "[2] is not an array of the regular expression's capture groups",
    ],
    ['print indexof("a", "a", 0, -1, 0)', 'indexof(): the occurrence must be 1 or more'],
    ['print array_index_of(dynamic([1]), 1, 0, -1, 0)', 'array_index_of(): the occurrence must be 1 or more'],
    ['print bag_has_key(dynamic({"a": [1]}), "$.a[0]")', "'$.a[0]' is not a path of keys"],
    [
      'print a = dynamic({}) | summarize make_bag(a, 1)',
      "'make_bag': make_bag() with a size is not supported",
    ],
  ])('%s', (query, message) => {
    expect(refusalOf(query)).toContain(message);
  });
});
