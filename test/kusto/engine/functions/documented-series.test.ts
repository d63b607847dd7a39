/**
 * The examples with a printed answer on the pages of the functions over series and arrays, below
 * https://learn.microsoft.com/kusto/query/: page, query and rows. Whole and real numbers are told apart by their text.
 */
import { describe, expect, test } from '@jest/globals';
import { columnNamesOf, refusalOf, rowsOf, scalar } from '../../../support/engine/kql.ts';

const pairs = `range x from 1 to 3 step 1
| extend y = x * 2
| extend z = y * 2
| project s1 = pack_array(x,y,z), s2 = pack_array(z, y, x)`;
const stats = 'print x=dynamic([23, 46, 23, 87, 4, 8, 3, 75, 2, 56, 13, 75, 32, 16, 29])';
const gaps = 'dynamic([111, null, 36, 41, 23, null, 16, 61, 33, null, null])';
const doubles = 'dynamic([null, 111.0, null, 36.0, 41.0, null, null, 16.0, 61.0, 33.0, null, null])';
const integers = 'dynamic([null, 111, null, 36, 41, null, null, 16, 61, 33, null, null])';
const commands = `datatable(command:string, command_time:datetime, user_id:string)
[
    'chmod',   datetime(2019-07-15),   "user1", 'ls',      datetime(2019-07-02),   "user1",
    'dir',     datetime(2019-07-22),   "user1", 'mkdir',   datetime(2019-07-14),   "user1",
    'rm',      datetime(2019-07-27),   "user1", 'pwd',     datetime(2019-07-25),   "user1",
    'rm',      datetime(2019-07-23),   "user2", 'pwd',     datetime(2019-07-25),   "user2",
]
| summarize timestamps = make_list(command_time), commands = make_list(command) by user_id
| sort by user_id asc`;

const filled = (doublesAre: string, integersAre: string, nullsAre: string) => [
  [doublesAre],
  [integersAre],
  [nullsAre],
];
const linear = (args: string) =>
  `datatable(arr: dynamic)[${doubles}, ${integers}, dynamic([null, null, null, null])] | project tostring(series_fill_linear(arr${args}))`;
const third = `[111.0,111.0,73.5,36.0,41.0,${41 - 25 / 3},${41 - 50 / 3},16.0,61.0,33.0,33.0,33.0]`;

test.each<[string, string, unknown[][]]>([
  [
    'series-stats',
    `${stats} | project series_stats(x)`,
    [[2, 8, 87, 3, 32.8, 28.503633853548269, 812.45714285714291]],
  ],
  [
    'series-stats-dynamic',
    `${stats} | project stats=tostring(series_stats_dynamic(x))`,
    [
      [
        `{"min":2.0,"min_idx":8,"max":87.0,"max_idx":3,"avg":32.8,"stdev":${28.503633853548269},"variance":${812.45714285714291},"sum":492.0,"len":15}`,
      ],
    ],
  ],
  [
    'series-fill-const',
    `print tostring(series_fill_const(${gaps}, 0.0)), tostring(series_fill_const(${gaps}, -1))`,
    [['[111,0.0,36,41,23,0.0,16,61,33,0.0,0.0]', '[111,-1,36,41,23,-1,16,61,33,-1,-1]']],
  ],
  [
    'series-fill-linear',
    linear(''),
    filled(third, '[111,111,73,36,41,32,24,16,61,33,33,33]', '[0.0,0.0,0.0,0.0]'),
  ],
  [
    'series-fill-linear',
    linear(', double(null), true'),
    filled(third, '[111,111,73,36,41,32,24,16,61,33,33,33]', '[0.0,0.0,0.0,0.0]'),
  ],
  [
    'series-fill-linear',
    linear(', double(null), true, 3.14159'),
    filled(third, '[111,111,73,36,41,32,24,16,61,33,33,33]', '[3.14159,3.14159,3.14159,3.14159]'),
  ],
  [
    'series-fill-linear',
    `print a=tostring(series_fill_linear(${doubles}, double(null), false)), b=tostring(series_fill_linear(${integers}, double(null), false))`,
    [
      [
        `[null,111.0,73.5,36.0,41.0,${41 - 25 / 3},${41 - 50 / 3},16.0,61.0,33.0,null,null]`,
        '[null,111,73,36,41,32,24,16,61,33,null,null]',
      ],
    ],
  ],
  [
    'series-fill-forward',
    'print series_fill_forward(dynamic([null, null, 36, 41, null, null, 16, 61, 33, null, null]))',
    [[[null, null, 36, 41, 41, 41, 16, 61, 33, 33, 33]]],
  ],
  [
    'series-fill-backward',
    'print series_fill_backward(dynamic([111, null, 36, 41, null, null, 16, 61, 33, null, null]))',
    [[[111, 36, 36, 41, 16, 16, 16, 61, 33, null, null]]],
  ],
  [
    'series-iir',
    'let x = dynamic([1.0,2.0,3.0,4.0,5.0]); print tostring(series_iir(x, dynamic([1]), dynamic([1,-1])))',
    [['[1.0,3.0,6.0,10.0,15.0]']],
  ],
  [
    'series-iir',
    `let vector_sum=(x: dynamic) {
    let y=array_length(x) - 1;
    todouble(series_iir(x, dynamic([1]), dynamic([1, -1]))[y])
};
print d=dynamic([0, 1, 2, 3, 4])
| extend dd=vector_sum(d)`,
    [[[0, 1, 2, 3, 4], 10]],
  ],
  [
    'series-add',
    `${pairs} | extend s1_add_s2 = tostring(series_add(s1, s2))`,
    [
      [[1, 2, 4], [4, 2, 1], '[5,4,5]'],
      [[2, 4, 8], [8, 4, 2], '[10,8,10]'],
      [[3, 6, 12], [12, 6, 3], '[15,12,15]'],
    ],
  ],
  [
    'series-subtract',
    `${pairs} | project tostring(series_subtract(s1, s2))`,
    [['[-3,0,3]'], ['[-6,0,6]'], ['[-9,0,9]']],
  ],
  [
    'series-multiply',
    `${pairs} | project tostring(series_multiply(s1, s2))`,
    [['[4,4,4]'], ['[16,16,16]'], ['[36,36,36]']],
  ],
  [
    'series-divide',
    `${pairs} | project tostring(series_divide(s1, s2))`,
    [['[0.25,1.0,4.0]'], ['[0.25,1.0,4.0]'], ['[0.25,1.0,4.0]']],
  ],
  [
    'series-pow',
    'print tostring(series_pow(dynamic([1, 2, 3, 4]), dynamic([1, 2, 3, 0.5])))',
    [['[1.0,4.0,27.0,2.0]']],
  ],
  ['series-dot-product', `${pairs} | project series_dot_product(s1, s2)`, [[12], [48], [108]]],
  [
    'series-dot-product',
    'range x from 1 to 3 step 1 | project series_dot_product(pack_array(x, x * 2, x * 4), x)',
    [[7], [28], [63]],
  ],
  ['series-sum', 'print series_sum(dynamic([1,2,3,4]))', [[10]]],
  ['series-product', 'print series_product(dynamic([1,2,3,4]))', [[24]]],
  ['series-abs', 'print tostring(series_abs(dynamic([-6.5,0,8.2])))', [['[6.5,0,8.2]']]],
  ['series-sign', 'print tostring(series_sign(dynamic([-6, 0, 8])))', [['[-1,0,1]']]],
  ['series-ceiling', 'print tostring(series_ceiling(dynamic([-1.5,1,2.5])))', [['[-1.0,1.0,3.0]']]],
  [
    'series-log',
    'print series_log(dynamic([1,2,3]))',
    [[[0, expect.closeTo(Math.LN2, 15), expect.closeTo(1.0986122886681098, 15)]]],
  ],
  ['series-equals', 'print series_equals(dynamic([1,2,4]), dynamic([4,2,1]))', [[[false, true, false]]]],
  [
    'series-not-equals',
    'print series_not_equals(dynamic([1,2,4]), dynamic([4,2,1]))',
    [[[true, false, true]]],
  ],
  ['series-greater', 'print series_greater(dynamic([1,2,4]), dynamic([4,2,1]))', [[[false, false, true]]]],
  [
    'series-greater-equals',
    'print series_greater_equals(dynamic([1,2,4]), dynamic([4,2,1]))',
    [[[false, true, true]]],
  ],
  ['series-less', 'print series_less(dynamic([1,2,4]), dynamic([4,2,1]))', [[[true, false, false]]]],
  [
    'series-less-equals',
    'print series_less_equals(dynamic([1,2,4]), dynamic([4,2,1]))',
    [[[true, true, false]]],
  ],
  [
    'array-sort-asc',
    'let array1 = dynamic([1,3,4,5,2]); let array2 = dynamic(["a","b","c","d","e"]); print array_sort_asc(array1,array2)',
    [
      [
        [1, 2, 3, 4, 5],
        ['a', 'e', 'b', 'c', 'd'],
      ],
    ],
  ],
  [
    'array-sort-asc',
    'let Names = "John,Paul,Jane,Kao"; let SortedNames = strcat_array(array_sort_asc(split(Names, ",")), ","); print result = SortedNames',
    [['Jane,John,Kao,Paul']],
  ],
  [
    'array-sort-asc',
    `${commands} | project user_id, commands_in_chronological_order = array_sort_asc(timestamps, commands)[1]`,
    [
      ['user1', ['ls', 'mkdir', 'chmod', 'dir', 'pwd', 'rm']],
      ['user2', ['rm', 'pwd']],
    ],
  ],
  [
    'array-sort-desc',
    'let array1 = dynamic([1,3,4,5,2]); let array2 = dynamic(["a","b","c","d","e"]); print array_sort_desc(array1,array2)',
    [
      [
        [5, 4, 3, 2, 1],
        ['d', 'c', 'b', 'e', 'a'],
      ],
    ],
  ],
  [
    'array-sort-desc',
    'let Names = "John,Paul,Jane,Kayo"; let SortedNames = strcat_array(array_sort_desc(split(Names, ",")), ","); print result = SortedNames',
    [['Paul,Kayo,John,Jane']],
  ],
  [
    'array-sort-desc',
    `${commands} | project user_id, commands_in_chronological_order = array_sort_desc(timestamps, commands)[1]`,
    [
      ['user1', ['rm', 'pwd', 'dir', 'chmod', 'mkdir', 'ls']],
      ['user2', ['pwd', 'rm']],
    ],
  ],
  ['range', 'print r = range(1, 8, 3)', [[[1, 4, 7]]]],
  ['range', 'print range(1, 3)', [[[1, 2, 3]]]],
  ['range', 'print range(1h, 5h)', [[['01:00:00', '02:00:00', '03:00:00', '04:00:00', '05:00:00']]]],
  [
    'range',
    'print r = range(datetime(2007-01-01), datetime(2007-12-31), 1d) | project array_length(r), r[0], r[364]',
    [[365, '2007-01-01T00:00:00.0000000Z', '2007-12-31T00:00:00.0000000Z']],
  ],
  ['range', 'print r = range(1,1000000000) | project array_length(r)', [[1_048_576]]],
  ['repeat', 'print r = repeat(1, 3)', [[[1, 1, 1]]]],
  [
    'zip',
    'print zip(dynamic([1,3,5]), dynamic([2,4,6]))',
    [
      [
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      ],
    ],
  ],
  [
    'zip',
    'print zip(dynamic(["A", 1, 1.5]), dynamic([{}, "B"]))',
    [
      [
        [
          ['A', {}],
          [1, 'B'],
          [1.5, null],
        ],
      ],
    ],
  ],
  [
    'zip',
    'datatable(a:int, b:string) [1,"one",2,"two",3,"three"] | summarize a = make_list(a), b = make_list(b) | project zip(a, b)',
    [
      [
        [
          [1, 'one'],
          [2, 'two'],
          [3, 'three'],
        ],
      ],
    ],
  ],
  [
    'array-iff',
    'print array_iff(dynamic([true,false,true]), dynamic([1,2,3]), dynamic([4,5,6]))',
    [[[1, 5, 3]]],
  ],
  ['array-iff', 'print array_iff(dynamic([1,0,50]), "yes", "no")', [[['yes', 'no', 'yes']]]],
  [
    'array-iff',
    'print array_iff(dynamic(["some string value", datetime("01-01-2022"), null]), 1, 0)',
    [[[null, null, null]]],
  ],
  [
    'array-iff',
    'print array_iff(dynamic([true,true,true]), dynamic([1,2]), dynamic([3,4]))',
    [[[1, 2, null]]],
  ],
  ['array-shift-left', 'print array_shift_left(dynamic([1,2,3,4,5]), 2)', [[[3, 4, 5, null, null]]]],
  ['array-shift-left', 'print array_shift_left(dynamic([1,2,3,4,5]), 2, -1)', [[[3, 4, 5, -1, -1]]]],
  ['array-shift-left', 'print array_shift_left(dynamic([1,2,3,4,5]), -2, -1)', [[[-1, -1, 1, 2, 3]]]],
  ['array-shift-right', 'print array_shift_right(dynamic([1,2,3,4,5]), 2)', [[[null, null, 1, 2, 3]]]],
  ['array-shift-right', 'print array_shift_right(dynamic([1,2,3,4,5]), 2, -1)', [[[-1, -1, 1, 2, 3]]]],
  ['array-shift-right', 'print array_shift_right(dynamic([1,2,3,4,5]), -2, -1)', [[[3, 4, 5, -1, -1]]]],
  [
    'array-split',
    'print array_split(dynamic([1,2,3,4,5]), 2)',
    [
      [
        [
          [1, 2],
          [3, 4, 5],
        ],
      ],
    ],
  ],
  ['array-split', 'print array_split(dynamic([1,2,3,4,5]), dynamic([1,3]))', [[[[1], [2, 3], [4, 5]]]]],
])('%s-function: %s', (_page, query, rows) => {
  expect(rowsOf(query)).toEqual(rows);
});

describe('several columns', () => {
  const table = 'datatable(k:string, d:dynamic)["a", dynamic([3, 1]), "b", dynamic([5])]';

  test('are named by the caller as far as names go, then by the language', () => {
    const query = `${table} | extend (low, at) = series_stats(d), (k) = array_sort_asc(d, d)`;
    expect(columnNamesOf(query)).toEqual([
      ...['k', 'd', 'low', 'at', 'series_stats_d_max', 'series_stats_d_max_idx', 'series_stats_d_avg'],
      ...['series_stats_d_stdev', 'series_stats_d_variance', 'd_sorted'],
    ]);
    expect(rowsOf(`${query} | project k, low, at, series_stats_d_max, d_sorted`)).toEqual([
      [[1, 3], 1, 1, 3, [1, 3]],
      [[5], 5, 0, 5, [5]],
    ]);
  });

  test('stand in project and summarize, beside rows before them', () => {
    expect(
      rowsOf(
        `${table} | serialize | project (low) = series_stats(d), before = prev(k) | project low, before`,
      ),
    ).toEqual([
      [1, ''],
      [5, 'a'],
    ]);
    expect(
      rowsOf(
        'datatable(n:long, s:string)[2, "b", 1, "a"] | summarize (numbers, texts) = array_sort_asc(make_list(n), make_list(s)), count()',
      ),
    ).toEqual([[[1, 2], ['a', 'b'], 2]]);
  });
});

describe('where the pages print nothing', () => {
  test.each([
    ['series_add(dynamic([1, 2]), 1.5)', [2.5, 3.5]],
    ['series_add(dynamic([1, "a", 3]), dynamic([1, 2]))', [2, null, null]],
    ['series_subtract(10, dynamic([1, 2]))', [9, 8]],
    ['series_divide(dynamic([1, 0]), dynamic([0, 0]))', [null, null]],
    ['series_equals(dynamic([1, 2.5]), dynamic([1.0, 2]))', [true, false]],
    ['tostring(series_add(dynamic([9007199254740993]), 1))', '[9007199254740994]'],
    ['series_abs(parse_json("{}"))', null],
    ['series_fill_const(dynamic([1, -1, null]), 0, -1)', [1, 0, null]],
    ['series_fill_forward(dynamic([-1, 2, -1.0]), -1)', [-1, 2, 2]],
    ['series_fill_linear(dynamic([null, null]), double(null), true, double(null))', [null, null]],
    ['series_fill_linear(dynamic([0, -1, -1, -1, -9]), -1)', [0, -2, -4, -6, -9]],
    ['tostring(series_floor(dynamic([-1.5, 1])))', '[-2.0,1.0]'],
    ['series_stats_dynamic(dynamic([1, null]))', null],
    ['series_stats_dynamic(dynamic([1, null, 3]), true).max_idx', 2],
    ['series_stats_dynamic(dynamic([1, null, 3]), true).len', 3],
    ['series_dot_product(dynamic([1, 2, 3]), dynamic([]))', null],
    ['series_dot_product(dynamic([1, "a", 3]), dynamic([2, 2, 2, 2]))', 8],
    [
      'series_fir(dynamic([0, 0, 0, 0, 2, 2, 2, 2, 3, 3, 3, 3]), dynamic([1, -1]), false, false)',
      [0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0],
    ],
    ['series_fir(dynamic([0, 0, 10, 20, 40, 100]), dynamic([1, 1, 1, 1, 1]))', [0, 0, 2, 6, 14, 34]],
    [
      'series_fir(dynamic([0, 0, 10, 20, 40, 100]), dynamic([1, 1, 1, 1, 1]), true, true)',
      [2, 6, 14, 34, 34, 32],
    ],
    ['series_fir(dynamic([1, 2]), dynamic([1, -1]), true)', null],
    ['series_subtract(dynamic([2.5, 10.5]), dynamic([1.0, 0.25]))', [1.5, 10.25]],
    ['series_fill_forward(dynamic([5, null, null, 7]))', [5, 5, 5, 7]],
    ['series_fill_backward(dynamic([null, 5, null, 7, null]))', [5, 5, 7, 7, null]],
    ['series_stats_dynamic(dynamic([3, 1, 3, 1])).min_idx', 1],
    ['series_stats_dynamic(dynamic([3, 1, 3, 1])).max_idx', 0],
    ['series_iir(dynamic([2, 4]), dynamic([1]), dynamic([2, -1]))', [1, 2.5]],
    ['series_ceiling(dynamic([1.2, -1.8]))', [2, -1]],
    ['series_exp(dynamic([0, 1]))', [1, Math.E]],
    ['series_tan(dynamic([0, 1]))', [0, Math.tan(1)]],
    ['series_acos(dynamic([1, 0]))', [0, Math.acos(0)]],
    ['range(3, 1)', []],
    ['range(long(null), 1)', null],
    ['tostring(range(1.0, 2.5))', '[1.0,2.0]'],
    ['tostring(range(0.0, 0.5, 0.25))', '[0.0,0.25,0.5]'],
    ['repeat(1, -1)', null],
    ['repeat("a", 0)', []],
    ['repeat(1h, 1)', ['01:00:00']],
    ['array_shift_left(dynamic(["a", "b"]), 1)', ['b', '']],
    ['array_shift_right(dynamic([1, 2]), 7)', [null, null]],
    ['array_split(dynamic([1, 2, 3]), -1)', [[1, 2], [3]]],
    ['array_iff(dynamic([true]), dynamic(null), 1)', [null]],
    [
      'tostring(array_reverse(array_rotate_left(array_concat(dynamic([1.0, 9007199254740993]), dynamic([2])), 1)))',
      '[1.0,2,9007199254740993]',
    ],
    [
      'tostring(array_slice(array_sort_desc(dynamic([1.0, 9007199254740993, 2])), 0, 1))',
      '[9007199254740993,2]',
    ],
  ])('%s', (expression, value) => {
    expect(scalar(expression)).toEqual(value);
  });

  test.each([
    [
      'series_add(dynamic([9223372036854775807]), 1)',
      'series_add(): 9223372036854775808 is beyond the range of long',
    ],
    ['series_fill_const(dynamic([1, "a"]), 0)', 'series_fill_const(): element 1 is not a number'],
    ['series_fill_linear(dynamic([null, -1, 3]), -1)', 'there is a null beside what is to be filled'],
    ['series_sum(dynamic([1, null]))', 'series_sum(): element 1 is null: fill the series first'],
    ['series_sum(dynamic([]))', 'series_sum(): the series is empty'],
    [
      'series_fir(dynamic([1]), dynamic([1, 1]), true, true)',
      'a centered filter of an even length is not supported',
    ],
    ['range(1, 2, 0)', 'range(): a step that is not greater than zero is not supported'],
    [
      'range(datetime(2024-01-01), datetime(2024-01-02), 1)',
      'range() of datetime, datetime, long is not supported',
    ],
    ['repeat(1, 2000000)', 'repeat(): 2000000 elements are more than the 1048576 that an array can have'],
    ['series_iir(dynamic([1]), dynamic([1]), dynamic([0]))', 'the first denominator must not be zero'],
  ])('%s is refused', (expression, message) => {
    expect(refusalOf(`print ${expression}`)).toContain(message);
  });
});
