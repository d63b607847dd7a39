/** https://learn.microsoft.com/kusto/query/make-series-operator */
import { describe, expect, test } from '@jest/globals';
import { columnNamesOf, refusalOf, rowOf, rowsOf } from '../../../support/engine/kql.ts';

const data = `let data=datatable(timestamp:datetime, metric: real)
[
  datetime(2016-12-31T06:00), 50, datetime(2017-01-01), 4, datetime(2017-01-02), 3, datetime(2017-01-03), 4,
  datetime(2017-01-03T03:00), 6, datetime(2017-01-05), 8, datetime(2017-01-05T13:40), 13, datetime(2017-01-06), 4,
  datetime(2017-01-07), 3, datetime(2017-01-08), 8, datetime(2017-01-08T21:00), 8, datetime(2017-01-09), 2,
  datetime(2017-01-09T12:00), 11, datetime(2017-01-10T05:00), 5,
];
let interval = 1d; let stime = datetime(2017-01-01); let etime = datetime(2017-01-10); data`;
const days = (count: number) =>
  Array.from({ length: count }, (_, day) => `2017-01-${String(day + 1).padStart(2, '0')}T00:00:00.0000000Z`);

const numbers = 'datatable(k:string, n:long)["a", 1, "b", 5, "a", 6, "b", long(null), "c", -1]';

describe('as documented', () => {
  test('a start and an end', () => {
    const query = `${data} | make-series avg(metric) on timestamp from stime to etime step interval`;
    expect(columnNamesOf(query)).toEqual(['avg_metric', 'timestamp']);
    expect(rowOf(query)).toEqual([[4, 3, 5, 0, 10.5, 4, 3, 8, 6.5], days(9)]);
  });

  test('nothing of nothing, or the defaults where they are asked for', () => {
    const series = 'avg(metric) default=1.0 on timestamp from stime to etime step interval';
    expect(rowOf(`${data} | take 0 | make-series ${series} | count`)).toEqual([0]);
    expect(rowOf(`${data} | take 0 | make-series kind=nonempty ${series}`)).toEqual([
      [1, 1, 1, 1, 1, 1, 1, 1, 1],
      days(9),
    ]);
    expect(rowOf(`${data} | make-series kind=nonempty ${series}`)).toEqual([
      [4, 3, 5, 1, 10.5, 4, 3, 8, 6.5],
      days(9),
    ]);
  });

  test('missing records', () => {
    const query = `let startDate = datetime(2025-01-06);
let endDate = datetime(2025-02-09);
let data = datatable(Time: datetime, Value: int, other:int)[
    datetime(2025-01-07), 10, 11, datetime(2025-01-16), 20, 21, datetime(2025-02-01), 30, 5];
data
| make-series Value=sum(Value), other=-1 default=-2 on Time from startDate to endDate step 7d
| mv-expand Value, Time, other
| extend Time=todatetime(Time), Value=toint(Value), other=toint(other)
| project-reorder Time, Value, other`;
    expect(rowsOf(query)).toEqual([
      ['2025-01-06T00:00:00.0000000Z', 10, -1],
      ['2025-01-13T00:00:00.0000000Z', 20, -1],
      ['2025-01-20T00:00:00.0000000Z', 0, -2],
      ['2025-01-27T00:00:00.0000000Z', 30, -1],
      ['2025-02-03T00:00:00.0000000Z', 0, -2],
    ]);
  });

  test('the form with range() has its stop, and steps counted from zero', () => {
    expect(rowOf(`${data} | make-series avg(metric) on timestamp in range(stime, etime, interval)`)).toEqual([
      [4, 3, 5, 0, 10.5, 4, 3, 8, 6.5, 5],
      days(10),
    ]);
    expect(rowOf(`${numbers} | make-series count() on n in range(1, 6, 2)`)).toEqual([
      [1, 0, 1, 1],
      [0, 2, 4, 6],
    ]);
  });
});

describe('the axis', () => {
  test('of each group begins and ends where its values do, unless that is written', () => {
    expect(rowsOf(`${numbers} | make-series sum(n), count() on n step 2 by k | sort by k asc`)).toEqual([
      ['a', [1, 0, 0, 6], [1, 0, 0, 1], [0, 2, 4, 6]],
      ['b', [5], [1], [4]],
      ['c', [-1], [1], [-2]],
    ]);
    expect(rowsOf(`${numbers} | make-series count() on n from -1 step 4 by k | sort by k asc`)).toEqual([
      ['a', [1, 1], [-1, 3]],
      ['b', [0, 1], [-1, 3]],
      ['c', [1], [-1]],
    ]);
    expect(rowsOf(`${numbers} | make-series count() on n to 6 step 4 by k | sort by k asc`)).toEqual([
      ['a', [1, 0], [0, 4]],
      ['b', [1], [4]],
      ['c', [1, 0, 0], [-4, 0, 4]],
    ]);
  });

  test('has no series for a group without a value on it', () => {
    expect(
      rowsOf(
        "datatable(k: string, t: long) ['a', 1, 'a', long(null), 'b', long(null)] | make-series count() on t step 1 by k",
      ),
    ).toEqual([['a', [1], [1]]]);
  });

  test('leaves out rows before the start and from the end on', () => {
    expect(rowsOf(`${numbers} | make-series sum(n) on n from 1 to 6 step 4 by k | sort by k asc`)).toEqual([
      ['a', [1, 0], [1, 5]],
      ['b', [0, 5], [1, 5]],
    ]);
  });

  test('can be of spans of time, real numbers and an expression', () => {
    const table = 'datatable(s:timespan, r:real)[1h, 0.5, 150m, 1.75]';
    expect(rowOf(`${table} | make-series count() on s step 1h`)).toEqual([
      [1, 1],
      ['01:00:00', '02:00:00'],
    ]);
    expect(rowOf(`${table} | make-series count() on r from 0.0 to 2.0 step 0.5`)).toEqual([
      [0, 1, 0, 1],
      [0, 0.5, 1, 1.5],
    ]);
    expect(rowOf(`${table} | make-series count() on x = s * 2 from 0h to 6h step 3h`)).toEqual([
      [1, 1],
      ['00:00:00', '03:00:00'],
    ]);
  });
});

describe('the values', () => {
  test('are of any aggregation and its columns, with a default each', () => {
    const query = `${numbers} | make-series (low, high) = percentiles(n, 1, 99), spread = max(n) - min(n), avg(n) default=real(null) on n from 0 to 8 step 4`;
    expect(columnNamesOf(query)).toEqual(['low', 'high', 'spread', 'avg_n', 'n']);
    expect(rowOf(query)).toEqual([
      [1, 5],
      [1, 6],
      [0, 1],
      [1, 5.5],
      [0, 4],
    ]);
    expect(
      rowOf(
        'datatable(n:long, t:datetime)[1, datetime(null)] | make-series max(t) default=datetime(null), avg(n) default=5, count() default=2.0 on n from 0 to 2 step 1',
      ),
    ).toEqual([
      [null, null],
      [5, 1],
      [2, 1],
      [0, 1],
    ]);
  });

  test('tell real numbers from whole ones', () => {
    expect(
      rowsOf(
        `${numbers} | make-series avg(n), sum(n) on n from 0 to 3 step 1 | project tostring(avg_n), tostring(sum_n)`,
      ),
    ).toEqual([['[0.0,1.0,0.0]', '[0,1,0]']]);
  });
});

test.each([
  ['count() on n step 0', 'make-series: the step must be greater than zero'],
  ['count() on n from 0 to 2000000 step 1', '2000000 steps are more than the 1048576 that an array can have'],
  ['count() on n from n to 5 step 1', "'n' must be the same for all rows"],
  ['count() default=1.5 on n step 1', "The default '1.5' is a real, and the values are of type long"],
  ['count() default=rand() on n step 1', 'rand'],
  ['make_list(n) on n step 1', 'A series of dynamic values is not supported'],
  ['max(now()) on n step 1', 'A series of datetime values needs a default'],
  ['count() on decimal(1) step decimal(1)', 'make-series on a decimal is not supported'],
  ['kind=nonempty count() on n step 1', 'without a start and an end, is not supported'],
  ['kind=nonempty count() on n from 0 to 1 step 1 by k', 'make-series kind=nonempty with by'],
])('make-series %s is refused', (series, message) => {
  expect(refusalOf(`${numbers} | make-series ${series}`)).toContain(message);
});
