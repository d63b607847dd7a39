/**
 * The examples with a printed answer on the pages of hashes, time zones, schemas and bags, below
 * https://learn.microsoft.com/kusto/query/: page, query and rows.
 */
import { describe, expect, test } from '@jest/globals';
import { refusalOf, rowsOf, scalar } from '../../../support/engine/kql.ts';

test.each<[string, string, unknown[][]]>([
  [
    'hash-function',
    'print tostring(hash("World")), tostring(hash(datetime("2015-01-01")))',
    [['1846988464401551951', '1380966698541616202']],
  ],
  [
    'hash-xxhash64-function',
    'print tostring(hash_xxhash64("World")), tostring(hash_xxhash64(datetime("2015-01-01")))',
    [['1846988464401551951', '1380966698541616202']],
  ],
  ['hash-function', 'print hash("World", 100), hash_xxhash64("World", 100), hash("World", 7)', [[51, 51, 4]]],
  ['hash-combine-function', 'print tostring(hash("Hello"))', [['753694413698530628']]],
  [
    'hash-md5-function',
    'print h1=hash_md5("World"), h2=hash_md5(datetime(2020-01-01))',
    [['f5a7924e621e84c9280a9a27e1bcb7f6', '786c530672d1f8db31fee25ea8a9390b']],
  ],
  [
    'hash-sha256-function',
    'print h1=hash_sha256("World"), h2=hash_sha256(datetime(2020-01-01))',
    [
      [
        '78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524',
        'ba666752dc1a20eb750b0eb64e780cc4c968bc9fb8813461c1d7e750f302d71d',
      ],
    ],
  ],
  [
    'datetime-utc-to-local-function',
    `print dt=datetime(2022-07-11 22:18:48.4678620)
| extend pacific_dt = datetime_utc_to_local(dt, 'US/Pacific'), canberra_dt = datetime_utc_to_local(dt, 'Australia/Canberra')
| extend diff = pacific_dt - canberra_dt`,
    [
      [
        '2022-07-11T22:18:48.4678620Z',
        '2022-07-11T15:18:48.4678620Z',
        '2022-07-12T08:18:48.4678620Z',
        '-17:00:00',
      ],
    ],
  ],
  [
    'datetime-local-to-utc-function',
    `datatable(local_dt: datetime, tz: string)
[ datetime(2020-02-02 20:02:20), 'US/Pacific',
  datetime(2020-02-02 20:02:20), 'America/Chicago',
  datetime(2020-02-02 20:02:20), 'Europe/Paris']
| project datetime_local_to_utc(local_dt, tz)`,
    [['2020-02-03T04:02:20.0000000Z'], ['2020-02-03T02:02:20.0000000Z'], ['2020-02-02T19:02:20.0000000Z']],
  ],
  [
    'datetime-local-to-utc-function',
    `range Local from datetime(2022-03-27 01:00:00.0000000) to datetime(2022-03-27 04:00:00.0000000) step 1h
| extend UTC=datetime_local_to_utc(Local, 'Europe/Brussels')
| extend BackToLocal=datetime_utc_to_local(UTC, 'Europe/Brussels')
| project UTC, diff=Local-BackToLocal`,
    [
      ['2022-03-27T00:00:00.0000000Z', '00:00:00'],
      ['2022-03-27T00:00:00.0000000Z', '01:00:00'],
      ['2022-03-27T01:00:00.0000000Z', '00:00:00'],
      ['2022-03-27T02:00:00.0000000Z', '00:00:00'],
    ],
  ],
  [
    'buildschema-aggregation-function',
    `datatable(value: dynamic) [
    dynamic({"x":1, "y":3.5}),
    dynamic({"x":"somevalue", "z":[1, 2, 3]}),
    dynamic({"y":{"w":"zzz"}, "t":["aa", "bb"], "z":["foo"]})
]
| summarize tostring(buildschema(value))`,
    [
      [
        '{"x":["long","string"],"y":["double",{"w":"string"}],"z":{"`indexer`":["long","string"]},"t":{"`indexer`":"string"}}',
      ],
    ],
  ],
  [
    'summarize-operator',
    'datatable(x:long)[] | summarize buildschema(todynamic(tostring(x))), percentile(x, 55)',
    [[null, null]],
  ],
  [
    'bag-merge-function',
    "print tostring(bag_merge(dynamic({'A1':12, 'B1':2, 'C1':3}), dynamic({'A2':81, 'B2':82, 'A1':1})))",
    [['{"A1":12,"B1":2,"C1":3,"A2":81,"B2":82}']],
  ],
  [
    'make-bag-aggregation-function',
    `datatable(prop:string, value:string)["prop01", "val_a", "prop02", "val_b", "prop03", "val_c"]
| extend p = bag_pack(prop, value)
| summarize dict=tostring(make_bag(p))`,
    [['{"prop01":"val_a","prop02":"val_b","prop03":"val_c"}']],
  ],
  [
    'datetime-part-function',
    'print datetime_part("week_of_year", datetime(2017-10-30 01:02:03.7654321))',
    [[44]],
  ],
  ['todatetime-function', "print todatetime('12-02-2022') == datetime('12-02-2022')", [[true]]],
  [
    'datetime-diff-function',
    "print datetime_diff('nanosecond', datetime(2017-10-30 23:00:10.100005), datetime(2017-10-30 23:00:10.1000050))",
    [[0]],
  ],
])('%s: %s', (_page, query, rows) => {
  expect(rowsOf(query)).toEqual(rows);
});

describe('hash', () => {
  test('a modulus gives what is between 0 and it', () => {
    expect(rowsOf('datatable(m: long) [10, -1, long(null)] | project hash("abc", m)')).toEqual([
      [Number(((BigInt.asIntN(64, 0x44bc2cf5ad770999n) % 10n) + 10n) % 10n)],
      [null],
      [null],
    ]);
    expect(scalar('hash("Nobody inspects the spammish repetition", 10)')).toBe(
      Number(((BigInt.asIntN(64, 0xfbcea83c8a378bf1n) % 10n) + 10n) % 10n),
    );
  });

  // The vectors of https://github.com/Cyan4973/xxHash, as signed numbers.
  test.each([
    ['hash("")', BigInt.asIntN(64, 0xef46db3751d8e999n)],
    ['hash("abc")', BigInt.asIntN(64, 0x44bc2cf5ad770999n)],
    ['hash("Nobody inspects the spammish repetition")', BigInt.asIntN(64, 0xfbcea83c8a378bf1n)],
  ])('%s', (expression, value) => {
    expect(scalar(`tostring(${expression})`)).toBe(String(value));
  });
});

describe('time zones', () => {
  test.each([
    ["datetime_local_to_utc(datetime(2022-10-30 02:30), 'Europe/Brussels')", '2022-10-30T00:30:00.0000000Z'],
    ["datetime_local_to_utc(datetime(2022-10-30 03:00), 'Europe/Brussels')", '2022-10-30T02:00:00.0000000Z'],
    [
      "datetime_utc_to_local(datetime(2022-10-30 00:59:59.9999999), 'Europe/Brussels')",
      '2022-10-30T02:59:59.9999999Z',
    ],
    ["datetime_utc_to_local(datetime(2024-01-01 10:00), 'Asia/Kathmandu')", '2024-01-01T15:45:00.0000000Z'],
    ["datetime_utc_to_local(datetime(1800-01-01), 'Europe/Paris')", '1800-01-01T00:09:21.0000000Z'],
    ["datetime_utc_to_local(datetime(0001-01-01), 'US/Pacific')", null],
    ["datetime_utc_to_local(datetime(null), 'UTC')", null],
  ])('%s', (expression, value) => {
    expect(scalar(expression)).toBe(value);
  });
});

test.each([
  ['totimespan(36000000000.9)', '01:00:00'],
  ['totimespan(-1.5)', '-00:00:00.0000001'],
  ['totimespan(real(null))', null],
  ['totimespan(1e300)', null],
])('a real number is one of ticks: %s', (expression, value) => {
  expect(scalar(expression)).toBe(value);
});

test('a sum beyond the calendar is null', () => {
  const run = { tables: { T: { columns: 'n:long', rows: [[9_223_372_036_854_775_807n]] } } };
  expect(rowsOf("T | project datetime_add('day', n, datetime(2024-01-01))", run)).toEqual([[null]]);
  expect(scalar("datetime_add('day', 9223372036854775807, datetime(2024-01-01))")).toBeNull();
});

test('in~ and !in~ take a table', () => {
  const table = 'datatable(s:string)["Ä", "b", "C"]';
  const list = 'let L = datatable(x:string, y:long)["ä", 1, "c", 2];';
  expect(rowsOf(`${list} ${table} | where s in~ (L)`)).toEqual([['Ä'], ['C']]);
  expect(rowsOf(`${list} ${table} | where s !in~ ((L | where y == 2))`)).toEqual([['Ä'], ['b']]);
});

test.each([
  ['print hash(1)', 'hash() of long is not supported'],
  ['print hash("a", 5, 1)', 'KS119'],
  ['print hash("a", 0)', 'hash() with the modulus 0 is not supported'],
  [
    "print datetime_utc_to_local(now(), 'Nowhere')",
    "'Nowhere' is not a time zone, such as 'Europe/Paris' or 'US/Pacific'",
  ],
  ["print datetime_local_to_utc(now(), '+01:00')", "'+01:00' is not a time zone"],
  [
    'print d = dynamic({"a": []}) | summarize buildschema(d)',
    'buildschema(): what a null or an empty array adds to a schema is not documented',
  ],
])('%s is refused', (query, message) => {
  expect(refusalOf(query)).toContain(message);
});

const approximately = (value: number) => expect.closeTo(value, 12);

test.each<[string, string, unknown[][]]>([
  ['sin', 'print sin(1)', [[approximately(0.841470984807897)]]],
  ['cos', 'print cos(1)', [[approximately(0.54030230586813977)]]],
  ['cot', 'print cot(1)', [[approximately(0.64209261593433065)]]],
  ['atan', 'print atan(0.5)', [[approximately(0.46364760900080609)]]],
  ['atan2', 'print atan2(1,1), atan2(0,-1), atan2(-1,0)', [[Math.PI / 4, Math.PI, -Math.PI / 2]]],
  ['degrees', 'print degrees(pi()/4), degrees(pi()*1.5), degrees(0)', [[45, 270, 0]]],
  ['radians', 'print radians(90), radians(180), radians(360)', [[Math.PI / 2, Math.PI, 2 * Math.PI]]],
  ['exp2', 'print exp2(3), exp10(2)', [[8, 100]]],
  ['binary-and', 'print binary_and(6, 3), binary_or(5, 3), binary_xor(1,1), binary_xor(1,2)', [[2, 7, 0, 3]]],
  ['binary-not', 'print binary_not(100)', [[-101]]],
  [
    'binary-shift-left',
    'print binary_shift_left(1,2), binary_shift_right(1,2), binary_shift_left(1,-1)',
    [[4, 0, null]],
  ],
  ['bitset-count-ones', 'print bitset_count_ones(42), bitset_count_ones(-1)', [[3, 64]]],
  [
    'tohex',
    'print tohex(256), tohex(-256), tohex(toint(-256), 8), tohex(256, 8), tohex(256, 2)',
    [['100', 'ffffffffffffff00', 'ffffff00', '00000100', '100']],
  ],
  [
    'make-timespan',
    'print make_timespan(1,12,30,55), make_timespan(1,12), make_timespan(24,0)',
    [['1.12:30:55', '01:12:00', null]],
  ],
  ['string-size', 'print string_size("hello"), string_size("⒦⒰⒮⒯⒪")', [[5, 15]]],
  [
    'variancep',
    'range x from 1 to 5 step 1 | summarize variancep(x), stdevp(x)',
    [[2, approximately(Math.SQRT2)]],
  ],
  [
    'make-list-with-nulls',
    'datatable(x:int)[int(null), 4, 4, 5] | summarize mylist = make_list_with_nulls(x)',
    [[[null, 4, 4, 5]]],
  ],
  [
    'bag-set-key',
    `datatable(input: dynamic)[dynamic({'key1': 1, 'key2': 2}), dynamic({'key1': 1, 'key3': 'abc'})]
| project tostring(bag_set_key(input, 'key3', 3))`,
    [['{"key1":1,"key2":2,"key3":3}'], ['{"key1":1,"key3":3}']],
  ],
  [
    'bag-set-key',
    `datatable(input: dynamic)[dynamic({'key1': 123, 'key2': {'prop1': 123, 'prop2': 'xyz'}}), dynamic({'key1': 123})]
| project bag_set_key(input, '$.key2.prop1', 'abc')`,
    [[{ key1: 123, key2: { prop1: 'abc', prop2: 'xyz' } }], [{ key1: 123, key2: { prop1: 'abc' } }]],
  ],
  [
    'bag-zip',
    `datatable(k: dynamic, v: dynamic)[
      dynamic(['a', 'b', 'c']), dynamic([1, '2', 3.4]), dynamic(['a', 'b', 'c']), dynamic([1, '2']),
      dynamic(['a', 'b']), dynamic([1, '2', 2.5]), dynamic(['a', 8, 'b']), dynamic([1, '2', 2.5]),
      dynamic(['a', 8, 'b']), dynamic(1), dynamic('a'), dynamic([1, '2', 2.5])]
| project bag_zip(k, v)`,
    [
      [{ a: 1, b: '2', c: 3.4 }],
      [{ a: 1, b: '2', c: null }],
      [{ a: 1, b: '2' }],
      [{ a: 1, b: 2.5 }],
      [{ a: null, b: null }],
      [null],
    ],
  ],
])('%s: %s', (_page, query, rows) => {
  expect(rowsOf(query)).toEqual(rows);
});

test('numbers that are only moved about keep their digits and their points', () => {
  const texts = (expression: string) => scalar(`tostring(${expression})`);
  expect(texts('bag_merge(dynamic({"a":9007199254740993}), dynamic({"b":1.0}))')).toBe(
    '{"a":9007199254740993,"b":1.0}',
  );
  expect(texts('bag_remove_keys(dynamic({"a":9007199254740993,"b":1}), dynamic(["b"]))')).toBe(
    '{"a":9007199254740993}',
  );
  expect(texts('bag_set_key(dynamic({"a":1.0}), "b", 9007199254740993)')).toBe(
    '{"a":1.0,"b":9007199254740993}',
  );
  expect(texts('set_union(dynamic([1.0, 9007199254740993]), dynamic([1, 9007199254740992]))')).toBe(
    '[1.0,9007199254740993,9007199254740992]',
  );
  expect(texts('set_difference(dynamic([1.0, 9007199254740993]), dynamic([9007199254740992, 1]))')).toBe(
    '[9007199254740993]',
  );
  expect(
    rowsOf('print d=dynamic([9007199254740993, 1.0, {"a":2.0}]) | mv-expand d | project tostring(d)'),
  ).toEqual([['9007199254740993'], ['1.0'], ['{"a":2.0}']]);
});
