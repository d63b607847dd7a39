/** Members of a bag that the query itself has packed are read beside it, and are what the bag would give. */
import { expect, test } from '@jest/globals';
import { compileQuery } from '../../../../kusto/engine/compile.ts';
import { parseDatetime } from '../../../../kusto/engine/functions/ticks.ts';
import { catalogOf, type KqlRun, rowsOf } from '../../../support/engine/kql.ts';

const run: KqlRun = {
  tables: {
    T: {
      columns: 'Name: string, At: datetime, Tags: dynamic',
      rows: [
        ['a', parseDatetime('2024-01-02T03:04:05.1234567Z'), '{"x": [1,  2], "none": null}'],
        ['b', parseDatetime('2024-01-01'), '[]'],
      ],
    },
  },
};
const sqlOf = (query: string) => compileQuery(catalogOf(run), query).sql;
const packed = (pairs: string, rows = "T | where Name == 'a'") =>
  `let x = toscalar(${rows} | project bag_pack(${pairs}));`;

test('a bag of which only members are read is not made', () => {
  const query = `${packed("'n', Name, 't', At")} print x.n, todatetime(x.t)`;
  expect(sqlOf(query)).not.toContain('kql_bag');
  expect(sqlOf(query)).not.toContain('kql_dynamic_todatetime');
  expect(rowsOf(query, run)).toEqual([['a', '2024-01-02T03:04:05.1234567Z']]);
  const whole = `${packed("'n', Name")} print x.n, x`;
  expect(rowsOf(whole, run)).toEqual([['a', { n: 'a' }]]);
});

test.each([
  ["'t', Tags", 'tostring(x.t), x.t.x[1], isnull(x.t.none)', ['{"x":[1,2],"none":null}', 2, true]],
  ["'n', 1, 'n', 2", 'x.n, x["n"]', [2, 2]],
  ["'n', 1", 'x.other, x.n', [null, 1]],
  ["'n', dynamic(null), 's', ''", 'isnull(x.n), isnull(x.s), tostring(x.s)', [true, false, '']],
  ["Name, 1, 'a', 2", 'x.a', [2]],
  ["'at', At + 3000000d", 'isnull(todatetime(x.at))', [true]],
  [
    "'at', At",
    'tostring(x.at), todatetime(x.at) == datetime(2024-01-02 03:04:05.1234567)',
    ['2024-01-02T03:04:05.1234567Z', true],
  ],
  [
    "'d', 1.0, 'b', true, 'l', 9007199254740993, 's', 90s",
    'tostring(x.d), x.b, tolong(x.l) == 9007199254740993, totimespan(x.s)',
    ['1.0', true, true, '00:01:30'],
  ],
])('bag_pack(%s): %s', (pairs, read, row) => {
  expect(rowsOf(`${packed(pairs)} print ${read}`, run)).toEqual([row]);
});

test('of no row, each member is null', () => {
  const query = `${packed("'n', Name, 't', At", "T | where Name == 'z'")} print isnull(x.n), isnull(todatetime(x.t)), tostring(x.n)`;
  expect(rowsOf(query, run)).toEqual([[true, true, '']]);
});

test('a member with a name of its own is not computed once more', () => {
  const sql = sqlOf(
    "let x = toscalar(T | summarize n = count() | project bag_pack('n', n)); let n = x.n; print n, n",
  );
  expect(sql.match(/ AS (MATERIALIZED )?\(SELECT/g)).toHaveLength(1);
});

test('queries that differ in the member that they read are not taken for the same', () => {
  const query = `${packed("'one', 'a', 'other', 'b'")}
let one = tostring(x.one);
let other = tostring(x.other);
let oneAt = toscalar(T | where Name == one | summarize min(At));
let otherAt = toscalar(T | where Name == other | summarize min(At));
print oneAt, otherAt`;
  expect(rowsOf(query, run)).toEqual([['2024-01-02T03:04:05.1234567Z', '2024-01-01T00:00:00.0000000Z']]);
});

test('rows that are numbered are put in order by that number', () => {
  const query = 'T | order by Name desc | extend n = row_number() | where n < 3 | project Name, n';
  expect(sqlOf(query).match(/row_number/g)).toHaveLength(1);
  expect(rowsOf(query, run)).toEqual([
    ['b', 1],
    ['a', 2],
  ]);
  const later = 'T | order by Name desc | extend n = row_number(5) | project Name, n';
  expect(rowsOf(later, run)).toEqual([
    ['b', 5],
    ['a', 6],
  ]);
});
