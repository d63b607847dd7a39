import { describe, expect, test } from '@jest/globals';
import { NOW, refusalOf, rowsOf, scalar } from '../../../support/engine/kql.ts';

const check = (cases: readonly (readonly [string, unknown])[]) =>
  test.each(cases)('%s', (expression, expected) => {
    expect(scalar(expression)).toEqual(expected);
  });

describe('conversions', () => {
  // https://learn.microsoft.com/kusto/query/toint-function
  check([
    ['toint("5.7")', null],
    ['toint("1e3")', null],
    ['toint("0x10")', 16],
    ['toint(" 42 ")', 42],
    ['toint(dynamic(5.7))', 5],
    ['toint(dynamic("7"))', 7],
    ['toint(3000000000)', null],
    ['tolong("9223372036854775807") > 9223372036854775806', true],
    ['tolong(2.9)', 2],
    ['tolong("abc")', null],
    ['tolong(true)', 1],
    ['toreal("1e3")', 1000],
    ['todouble("x")', null],
    ['toreal(3)', 3],
    ['tobool("TRUE")', true],
    ['tobool("0")', false],
    ['tobool(2)', true],
    ['tobool("x")', null],
    ['tostring(1.0)', '1.0'],
    ['tostring(1e21)', '1E+21'],
    ['tostring(1.0 / 0)', 'Infinity'],
    ['tostring(-1h / 0s)', '-Infinity'],
    ['0.0 / 0', null],
    ['toreal(long(null)) / 0', null],
    ['1 / 0', null],
    ['tostring(log(0))', '-Infinity'],
    ['tostring(exp(1000))', 'Infinity'],
    ['log(-1)', null],
    ['round(2.5)', 3],
    ['round(-2.5)', -3],
    ['round(-50.55, -2)', -100],
    ['make_datetime(2020, 2, 30)', null],
    ['make_datetime(2020, 13, 1)', null],
    ['make_datetime(2020, 1, 1, 24, 0, 0)', null],
    ['make_datetime(2020, 1, 1, 0, 60, 0)', null],
    ['make_datetime(2020, 1, 1, 0, 0, 60)', null],
    ['tostring(true)', 'true'],
    ['tostring(dynamic({"a": [1, "x"]}))', '{"a":[1,"x"]}'],
    ['tostring(dynamic("x"))', 'x'],
    ['tostring(datetime(2024-01-02 03:04:05.1234567))', '2024-01-02T03:04:05.1234567Z'],
    ['tostring(1d + 2h)', '1.02:00:00'],
    ['toguid("74BE27DE1E4E49D9B579FE0B331D3642")', '74be27de-1e4e-49d9-b579-fe0b331d3642'],
    ['toguid("x")', null],
    ['totimespan("0.00:01:00")', '00:01:00'],
    ['totimespan("1.5h")', '01:30:00'],
    ['totimespan("9223372036854775807")', null],
    ['todatetime("2024-02-30")', null],
    ['todatetime("2024-02-29T23:00:00+02:00")', '2024-02-29T21:00:00.0000000Z'],
    ['todatetime("Thu, 29 Feb 2024 10:00:00 GMT")', '2024-02-29T10:00:00.0000000Z'],
    ['todatetime("2/29/2024")', '2024-02-29T00:00:00.0000000Z'],
    ['todatetime("2024/2/29 10:00")', '2024-02-29T10:00:00.0000000Z'],
    ['todatetime("02.29.2024")', '2024-02-29T00:00:00.0000000Z'],
    ['todatetime("Feb 29, 2024")', '2024-02-29T00:00:00.0000000Z'],
    ['todatetime("Feb 30, 2024")', null],
    ['todatetime("Fib 29, 2024")', null],
  ]);
});

describe('dates', () => {
  check([
    ['datetime(2024-01-01 10:00:00.0000001) - 1tick', '2024-01-01T10:00:00.0000000Z'],
    ['datetime(2024-03-01) - datetime(2024-02-28)', '2.00:00:00'],
    ['now() - now()', '00:00:00'],
    ['now()', NOW],
    ['ago(1d)', '2024-05-31T12:00:00.1234567Z'],
    ['now(-1h)', '2024-06-01T11:00:00.1234567Z'],
    ['bin(datetime(2024-01-01 10:47:00), 15m)', '2024-01-01T10:45:00.0000000Z'],
    ['bin(-5, 3)', -6],
    ['bin(4.7, 0.5)', 4.5],
    ['startofday(datetime(2024-01-31 10:00))', '2024-01-31T00:00:00.0000000Z'],
    ['startofday(datetime(2024-01-31 10:00), 1)', '2024-02-01T00:00:00.0000000Z'],
    ['startofweek(datetime(2024-01-31))', '2024-01-28T00:00:00.0000000Z'],
    ['startofmonth(datetime(2024-01-31))', '2024-01-01T00:00:00.0000000Z'],
    ['startofyear(datetime(2024-05-31))', '2024-01-01T00:00:00.0000000Z'],
    ['endofday(datetime(2024-01-31))', '2024-01-31T23:59:59.9999999Z'],
    ['endofweek(datetime(2024-01-31))', '2024-02-03T23:59:59.9999999Z'],
    ['endofmonth(datetime(2024-02-01))', '2024-02-29T23:59:59.9999999Z'],
    ['endofyear(datetime(2024-02-01))', '2024-12-31T23:59:59.9999999Z'],
    ["datetime_add('month', 1, datetime(2024-01-31))", '2024-02-29T00:00:00.0000000Z'],
    ["datetime_add('hour', -2, datetime(2024-01-31))", '2024-01-30T22:00:00.0000000Z'],
    ["datetime_add('nanosecond', 250, datetime(2024-01-31))", '2024-01-31T00:00:00.0000002Z'],
    ['make_datetime(2024, 5, 6, 7, 8, 9.5)', '2024-05-06T07:08:09.5000000Z'],
    ["datetime_diff('year', datetime(2017-01-01), datetime(2000-12-31))", 17],
    ["datetime_diff('minute', datetime(2017-10-30 23:05:01), datetime(2017-10-30 23:00:59))", 5],
    ["datetime_part('year', datetime(2017-10-30 01:02:03.7654321))", 2017],
    ["datetime_part('microsecond', datetime(2017-10-30 01:02:03.7654321))", 765432],
    ["datetime_part('quarter', datetime(2017-10-30))", 4],
    ['dayofyear(datetime(2024-03-01))', 61],
    ['dayofweek(datetime(2015-12-14))', '1.00:00:00'],
    ['getmonth(datetime(2015-10-15))', 10],
    ['hourofday(datetime(2015-12-14 18:54))', 18],
    ['make_datetime(2017, 10, 1, 12, 10)', '2017-10-01T12:10:00.0000000Z'],
    [
      "format_datetime(datetime(2017-01-29 09:00:05.345), 'yy-MM-dd [HH:mm:ss.fff] tt')",
      '17-01-29 [09:00:05.345] AM',
    ],
    ["format_timespan(time(29.09:00:05.12345), 'dd.hh:mm:ss:FF')", '29.09:00:05:12'],
    ["format_timespan(time(15.13:45:30.0050000), 'ss [FF] [FFFF]')", '30 [] [005]'],
    ["format_datetime(datetime(2024-06-15 13:45:30.0050000), 'ss [FF] [FFFF]')", '30 [] [005]'],
    ['bin(5, -2)', null],
    ['bin(5, 0)', null],
    ['bin(5.0, -2)', null],
    ['bin(5m, -2m)', null],
    ['bin(decimal(5), decimal(-2))', null],
    ['unixtime_seconds_todatetime(1546300800)', '2019-01-01T00:00:00.0000000Z'],
    ['unixtime_milliseconds_todatetime(1546300800000)', '2019-01-01T00:00:00.0000000Z'],
    ['datetime(2024-01-05) between (datetime(2024-01-01) .. 5d)', true],
    ['1h / 30m', 2],
    ['1h * 1.5', '01:30:00'],
    ['datetime(null)', null],
  ]);

  test('now() is one value for the whole query', () => {
    expect(rowsOf('range x from 1 to 3 step 1 | extend n = now() | summarize dcount(n)')).toEqual([[1]]);
  });

  test('ingestion_time() is the row’s own, and is lost after project and summarize', () => {
    // https://learn.microsoft.com/kusto/query/ingestion-time-function
    const run = { tables: { T: { columns: 'a:string', rows: [['x'], ['y']] } } };
    expect(rowsOf('T | where a == "y" | extend t = ingestion_time()', run)).toEqual([
      ['y', '2024-01-01T01:00:00.0000000Z'],
    ]);
    expect(rowsOf('T | where ingestion_time() > datetime(2024-01-01) | project a', run)).toEqual([['y']]);
    expect(rowsOf('T | project a | extend t = ingestion_time()', run)).toEqual([
      ['x', null],
      ['y', null],
    ]);
    expect(rowsOf('T | summarize by a | extend t = ingestion_time() | where isnull(t) | count', run)).toEqual(
      [[2]],
    );
  });
});

describe('strings', () => {
  check([
    ['url_encode("https://a b/ü?x=\'~\'")', 'https%3a%2f%2fa+b%2f%c3%bc%3fx%3d%27%7e%27'],
    ['url_decode("a+b%2fc")', 'a b/c'],
    ['url_decode("%")', '%'],
    ['split("aa_bb_cc", "_")', ['aa', 'bb', 'cc']],
    ['split("a__b", "_")', ['a', '', 'b']],
    ['split("aa_bb", "_", 1)', ['bb']],
    ['split("", "_")', ['']],
    ['tostring(split("a/b", "/")[5])', ''],
    ['substring("ABCD", 1, 2)', 'BC'],
    ['substring("ABCD", -2)', 'CD'],
    ['indexof("abcdefg", "cde")', 2],
    ['indexof("abcabc", "b", 0, -1, 2)', 4],
    ['indexof("abc", "x")', -1],
    ['strlen("añb")', 3],
    ['replace_string("a.b.c", ".", "-")', 'a-b-c'],
    ["replace_regex('Number is 12', @'is (\\d+)', @'was: \\1')", 'Number was: 12'],
    ["replace_regex('a-b_c', @'[^\\p{L}]', '')", 'abc'],
    ['extract(@"(\\d+)-(\\d+)", 2, "a 12-34")', '34'],
    ['extract("x", 0, "y")', ''],
    [
      'extract_all(@"(\\w)(\\d)", "a1b2")',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['trim("-", "--a-b--")', 'a-b'],
    ['trim_start("[ ]+", "  a ")', 'a '],
    ['trim_end("/", "a//")', 'a'],
    ['toupper("straße")', 'STRAßE'],
    ['tolower("ÀB")', 'àb'],
    ['strcat_delim("-", "a", 1, true)', 'a-1-true'],
    ['strcmp("a", "b")', -1],
    ['strcmp("b", "a")', 1],
    ['strcmp("a", "a")', 0],
    ['strcmp("B", "a")', -1],
    ['strcmp("ab", "a")', 1],
    ['reverse("abc")', 'cba'],
    ['countof("ababa", "ab")', 2],
    ['strrep("ab", 2)', 'abab'],
    ['hash_sha256("World")', '78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524'],
    ['base64_decode_tostring(base64_encode_tostring("Kusto"))', 'Kusto'],
    ['tostring(parse_url("https://host:8/p?a=1#f").Port)', '8'],
    ['isascii("é")', false],
  ]);
});

describe('dynamic values', () => {
  check([
    ['parse_json("{\\"a\\": {\\"b\\": [1, 2.50]}}")', { a: { b: [1, 2.5] } }],
    ['parse_json("not json")', 'not json'],
    ['parse_json("")', null],
    ['parse_json("null")', null],
    [
      'tostring(parse_json(\'{"n": 1.50, "big": 12345678901234567890}\'))',
      '{"n":1.50,"big":12345678901234567890}',
    ],
    ['parse_json(tostring(dynamic("{\\"a\\":1}"))).a', 1],
    ['dynamic({"a b": {"c": 1}})["a b"].c', 1],
    ['dynamic([1, 2, 3])[-1]', 3],
    [
      'dynamic([-1.5, true, datetime(2024-01-01), 1h])',
      [-1.5, true, '2024-01-01T00:00:00.0000000Z', '01:00:00'],
    ],
    ['dynamic({"a": null}).a', null],
    ['dynamic({"q\\"x": 5})[\'q"x\']', 5],
    ['isnull(dynamic({"a": null}).a)', true],
    ['bag_pack("a", 1, "b", "x", "c", dynamic([1]), "d", long(null))', { a: 1, b: 'x', c: [1], d: null }],
    [
      'bag_pack("q\\"é\\n", "q\\"é\\n", "n", int(null), "b", bool(null), "t", 1s, "none", dynamic(null))',
      { 'q"é\n': 'q"é\n', n: null, b: null, t: '00:00:01', none: null },
    ],
    ['bag_pack("a", 1, "b", 2, "a", 3)', { a: 3, b: 2 }],
    [
      `bag_pack(${Array.from({ length: 120 }, (_, index) => `"k${index}", ${index}`).join()})`,
      Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`k${index}`, index])),
    ],
    ['pack_array(1, "a", datetime(2024-01-01), true)', [1, 'a', '2024-01-01T00:00:00.0000000Z', true]],
    ['bag_keys(dynamic({"a": 1, "b": 2}))', ['a', 'b']],
    ['bag_merge(dynamic({"a": 1}), dynamic({"a": 2, "b": 3}))', { a: 1, b: 3 }],
    ['bag_has_key(dynamic({"a": 1}), "a")', true],
    ['bag_remove_keys(dynamic({"a": 1, "b": 2}), dynamic(["a"]))', { b: 2 }],
    ['array_length(dynamic([1, 2]))', 2],
    ['array_length(parse_json("{}"))', null],
    ['array_concat(dynamic([1]), dynamic([2, 3]))', [1, 2, 3]],
    ['array_slice(dynamic([1, 2, 3]), 1, 2)', [2, 3]],
    ['array_reverse(dynamic([1, 2]))', [2, 1]],
    ['array_index_of(dynamic(["a", "b"]), "b")', 1],
    ['array_sort_asc(dynamic([3, 1, null, 2]))', [1, 2, 3, null]],
    ['array_sort_desc(dynamic(["a", "b"]))', ['b', 'a']],
    ['array_sum(dynamic([1, 2.5]))', 3.5],
    ['set_union(dynamic([1, 2]), dynamic([2, 3]))', [1, 2, 3]],
    ['set_difference(dynamic([1, 2]), dynamic([2]))', [1]],
    ['set_intersect(dynamic([1, 2]), dynamic([2]))', [2]],
    ['set_has_element(dynamic(["a", 1]), 1)', true],
    ['strcat_array(dynamic([1, "a"]), "-")', '1-a'],
    ['gettype(dynamic([1]))', 'array'],
    ['dynamic({"a": "x"}).a == "x"', true],
    ['dynamic({"a": 5}).a > 4', true],
  ]);

  test('a key that is computed is looked up', () => {
    expect(
      rowsOf('datatable(k:string, d:dynamic)["a", dynamic({"a": 1}), "b", dynamic([1])] | extend v = d[k]'),
    ).toEqual([
      ['a', { a: 1 }, 1],
      ['b', [1], null],
    ]);
  });

  test.each([
    ["format_datetime(datetime(2024-01-01), 'MMM d')", "format_datetime(): 'MMM' is not a field"],
    ["format_timespan(1d, 'hhh')", "format_timespan(): 'hhh' is not a field"],
  ])('%s is refused', (expression, message) => {
    expect(refusalOf(`print ${expression}`)).toContain(message);
  });

  test('a text may have any number of control characters', () => {
    const text = 'a\\u0000\\n'.repeat(600);
    expect(scalar(`strlen('${text}')`)).toBe(1800);
    expect(scalar(`strcat('${text}', 5) == strcat('${text}', '5')`)).toBe(true);
    expect(scalar("strlen(strrep('\\u0000', 1024))")).toBe(1024);
    expect(rowsOf(`datatable(t: string)['${text}', 'b'] | where t == '${text}' | count`)).toEqual([[1]]);
  });

  test('pack_all(true) leaves out what is null or empty, and keeps numbers to the digit', () => {
    const row = 'print a = 9007199254740993, b = "", c = long(null), d = dynamic([null])';
    expect(rowsOf(`${row} | project tostring(pack_all(true)), pack_all(false).b`)).toEqual([
      ['{"a":9007199254740993,"d":[null]}', ''],
    ]);
    expect(rowsOf('print a = "" | project pack_all(true)')).toEqual([[{}]]);
    expect(refusalOf('print a = true | project pack_all(a)')).toContain('must be a literal');
  });

  test('bag_pack_columns and pack_all pack columns by name', () => {
    expect(
      rowsOf(
        'print a = 1, b = "x" | extend both = bag_pack_columns(a, b), all = pack_all() | project both, all',
      ),
    ).toEqual([
      [
        { a: 1, b: 'x' },
        { a: 1, b: 'x' },
      ],
    ]);
  });
});

describe('choices and numbers', () => {
  check([
    ['iff(1 > 2, "a", "b")', 'b'],
    ['iif(bool(null), 1, 2)', 2],
    ['case(1 > 2, "a", 2 > 1, "b", "c")', 'b'],
    ['max_of(3, 9, 1)', 9],
    ['min_of(datetime(2024-01-02), datetime(2024-01-01))', '2024-01-01T00:00:00.0000000Z'],
    ['7 / 2', 3],
    ['7 / 2.0', 3.5],
    ['7 % 3', 1],
    ['-7 % 3', 2],
    ['5.5 % 2', 1.5],
    ['-(3)', -3],
    ['1 / 0', null],
    ['abs(-3)', 3],
    ['round(2.567, 1)', 2.6],
    ['pow(2, 10)', 1024],
    ['sqrt(-1)', null],
    ['ceiling(1.2)', 2],
    ['not(true and false or true)', false],
    ['toscalar(range x from 1 to 3 step 1 | summarize max(x))', 3],
    ['2 in (range x from 1 to 3 step 1)', true],
    ['column_ifexists("nothing", "d")', 'd'],
    ['9223372036854775807 - 1 > 9223372036854775805', true],
  ]);
});
