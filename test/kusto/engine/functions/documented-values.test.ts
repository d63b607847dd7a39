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

test('a sum of the whole calendar is null, and beyond what a number can be is refused', () => {
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
  ['print hash("a", 5)', "'hash' with 2 arguments is not supported"],
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
