/**
 * Aggregate functions. Nulls are ignored; what a group without values gives follows the table "Aggregates
 * default values" of https://learn.microsoft.com/kusto/query/summarize-operator. `arg_max`, `arg_min` and
 * `take_any` are not functions of one column: `plan/summarize.ts` handles them.
 */
import {
  type AggregateCall,
  aggregateCall,
  customCall,
  operation,
  orEmpty,
  type SqlExpression,
  sqlCall,
  sqlLiteral,
} from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { DECIMAL_CODE, equalityKey } from './decimals.ts';
import {
  type AggregateCode,
  type AggregateFunction,
  type AggregateInput,
  argument,
  type SqlArgument,
  UnsupportedCallError,
} from './definition.ts';
import { jsonSql, mergedBags } from './json.ts';
import { elementTexts } from './number-array.ts';
import { PERCENTILE_CODE, PERCENTILES } from './percentiles.ts';
import { BUILDSCHEMA, SCHEMA_CODE } from './schema-of-values.ts';
import { SERIES_CODE } from './series-building.ts';

/** At most as many elements as Kusto's own default. */
const MAX_LIST = 1_048_576;
/** Of empty texts, with a comma after each but the last and the brackets. */
const BYTES_OF_SHORTEST_LIST = BigInt('"",'.length * MAX_LIST + 1);

/** `filter` is the condition of an aggregate that has one. */
type Template = (
  args: readonly SqlArgument[],
  input: AggregateInput,
  filter: SqlExpression | undefined,
) => SqlExpression;

/** An aggregate and its form with a condition as a further argument. */
function withCondition(
  name: string,
  conditional: string,
  page: string,
  nullable: boolean,
  template: Template,
  { arity = 1, merge }: { readonly arity?: number; readonly merge?: AggregateFunction['merge'] } = {},
): AggregateFunction[] {
  const conditionalPage = page.replace(`${name.replace(/_/g, '-')}-`, `${conditional.replace(/_/g, '-')}-`);
  const common = { nullable, ...(merge && { merge }) };
  return [
    { ...common, name, page, sql: (input) => template(input.args, input, undefined) },
    {
      ...common,
      name: conditional,
      page: conditionalPage,
      sql: (input) => {
        const values = input.args.filter((_, index) => index !== arity);
        return template(values, input, argument(input.args, arity).sql);
      },
    },
  ];
}

function refuse(types: readonly SqlArgument['type'][], name: string, arg: SqlArgument): SqlArgument {
  if (types.includes(arg.type)) throw new UnsupportedCallError(`${name}() of ${arg.type}`);
  return arg;
}

function decimal(
  name: 'min' | 'max' | 'sum' | 'avg',
  value: SqlArgument,
  filter: SqlExpression | undefined,
): SqlExpression {
  return aggregateCall({ name: `decimal_${name}`, custom: true, filter }, value.sql);
}

function list(name: string): Template {
  return (args, input, filter) => {
    const [value, size] = [argument(args, 0), args[1]];
    const { order } = input;
    if (value.type === 'string' && !size && !(name === 'make_set' && order.length > 0))
      return listOfTexts(value.sql, { distinct: name === 'make_set', order, filter });
    const json = jsonSql({
      ...value,
      sql: name === 'make_set' ? equalityKey(value.sql, value.type) : value.sql,
    });
    const values = size ? [json, size.sql] : [json];
    return aggregateCall({ name, custom: true, order, filter }, ...values);
  };
}

/** SQLite makes these several times as fast as JavaScript would, but without an end. */
function listOfTexts(text: SqlExpression, how: Omit<AggregateCall, 'name'>): SqlExpression {
  const whole = aggregateCall({ ...how, name: 'json_group_array' }, text);
  const [most, last] = [sqlLiteral(BYTES_OF_SHORTEST_LIST, 'long'), sqlLiteral(BigInt(MAX_LIST - 1), 'long')];
  const cut = customCall('array_slice', whole, sqlLiteral(0n, 'long'), last);
  return operation`CASE WHEN ${sqlCall('octet_length', whole)} > ${most} THEN ${cut} ELSE ${whole} END`;
}

const bag: Template = (args, input, filter) => {
  if (args.length > 1) throw new UnsupportedCallError('make_bag() with a size');
  return list('make_bag')(args, input, filter);
};

/**
 * SQLite takes bare columns from the row of the only native `min()` or `max()`, so beside an `arg_max`
 * every other one is JavaScript.
 */
function extreme(name: 'min' | 'max'): Template {
  return (args, { besideArgMax }, filter) => {
    const value = refuse(['dynamic'], name, argument(args, 0));
    if (value.type === 'decimal') return decimal(name, value, filter);
    const sql = aggregateCall({ name, custom: besideArgMax, filter }, value.sql);
    return value.type === 'string' ? orEmpty(sql) : sql;
  };
}

const sum: Template = (args, _, filter) => {
  const value = argument(args, 0);
  if (value.type === 'decimal') return decimal('sum', value, filter);
  if (value.type === 'real') return aggregateCall({ name: 'total', filter }, value.sql);
  return sqlCall('IFNULL', aggregateCall({ name: 'sum', filter }, value.sql), sqlLiteral(0n, 'long'));
};

const average: Template = (args, _, filter) => {
  const value = argument(args, 0);
  if (value.type === 'decimal') return decimal('avg', value, filter);
  const ticks = value.type === 'timespan' || value.type === 'datetime';
  return aggregateCall(
    ticks ? { name: 'avg_ticks', custom: true, filter } : { name: 'avg', filter },
    value.sql,
  );
};

const count: Template = (_args, _input, filter) => aggregateCall({ name: 'count', filter });
const distinct: Template = (args, _, filter) => {
  const { sql, type } = argument(args, 0);
  return aggregateCall({ name: 'count', distinct: true, filter }, equalityKey(sql, type));
};

function spread(name: string): Template {
  return (args, _, filter) => aggregateCall({ name, custom: true, filter }, argument(args, 0).sql);
}

export const AGGREGATES: readonly AggregateFunction[] = [
  ...withCondition('count', 'countif', 'count-aggregation-function', false, count, {
    arity: 0,
    merge: 'count',
  }),
  ...withCondition('dcount', 'dcountif', 'dcount-aggregation-function', false, distinct).map((fn) => ({
    ...fn,
    note: 'exact; accuracy is ignored',
  })),
  ...withCondition(
    'count_distinct',
    'count_distinctif',
    'count-distinct-aggregation-function',
    false,
    distinct,
  ),
  ...withCondition('sum', 'sumif', 'sum-aggregation-function', false, sum, { merge: 'sum' }),
  ...withCondition('avg', 'avgif', 'avg-aggregation-function', true, average),
  ...withCondition('min', 'minif', 'min-aggregation-function', true, extreme('min'), { merge: 'min' }),
  ...withCondition('max', 'maxif', 'max-aggregation-function', true, extreme('max'), { merge: 'max' }),
  ...withCondition('make_list', 'make_list_if', 'make-list-aggregation-function', false, list('make_list')),
  ...withCondition('make_set', 'make_set_if', 'make-set-aggregation-function', false, list('make_set')),
  ...withCondition('make_bag', 'make_bag_if', 'make-bag-aggregation-function', false, bag),
  ...withCondition('stdev', 'stdevif', 'stdev-aggregation-function', false, spread('stdev')),
  ...withCondition('variance', 'varianceif', 'variance-aggregation-function', false, spread('variance')),
  // Their forms with a condition are left out: the answer on the page of variancepif() is that of varianceif().
  {
    name: 'stdevp',
    page: 'stdevp-aggregation-function',
    nullable: true,
    sql: (input) => spread('stdevp')(input.args, input, undefined),
  },
  {
    name: 'variancep',
    page: 'variancep-aggregation-function',
    nullable: true,
    sql: (input) => spread('variancep')(input.args, input, undefined),
  },
  {
    name: 'make_list_with_nulls',
    page: 'make-list-with-nulls-aggregation-function',
    nullable: false,
    sql: ({ args, order }) => {
      const value = sqlCall('IFNULL', jsonSql(argument(args, 0)), sqlLiteral('null', 'string'));
      return aggregateCall({ name: 'make_list', custom: true, order }, value);
    },
  },
  ...PERCENTILES,
  BUILDSCHEMA,
];

interface Collected {
  readonly items: string[];
  readonly seen: Set<string>;
}

function collect(name: string, unique: boolean): AggregateCode<Collected> {
  return {
    name,
    start: () => ({ items: [], seen: new Set() }),
    step: (state, json, limit) => {
      const most = limit === undefined || limit === null ? MAX_LIST : Number(limit);
      if (typeof json !== 'string') return state;
      for (const item of unique ? membersOf(json) : [json]) {
        if (state.items.length >= most) break;
        if (unique && state.seen.has(item)) continue;
        state.items.push(item);
        if (unique) state.seen.add(item);
      }
      return state;
    },
    result: ({ items }) => `[${items.join(',')}]`,
  };
}

/** A set of arrays is one of their elements. */
function membersOf(json: string): readonly string[] {
  return elementTexts(json)?.filter((item) => item !== 'null') ?? [json];
}

const MAKE_BAG: AggregateCode<Collected> = {
  name: 'make_bag',
  start: () => ({ items: [], seen: new Set() }),
  step: (state, json) => {
    if (typeof json === 'string' && json.startsWith('{')) state.items.push(json);
    return state;
  },
  result: ({ items }) => mergedBags(items) ?? '{}',
};

function best(
  name: string,
  better: (value: NonNullable<SqlValue>, than: NonNullable<SqlValue>) => boolean,
): AggregateCode<{ value: SqlValue }> {
  return {
    name,
    start: () => ({ value: null }),
    step: (state, value) => {
      if (value !== undefined && value !== null && (state.value === null || better(value, state.value)))
        state.value = value;
      return state;
    },
    result: ({ value }) => value,
  };
}

interface Ticks {
  sum: bigint;
  count: bigint;
}

/** A real number could not tell neighbouring ticks of our time apart. */
const AVERAGE_TICKS: AggregateCode<Ticks> = {
  name: 'avg_ticks',
  start: () => ({ sum: 0n, count: 0n }),
  step: (state, value) => {
    if (typeof value !== 'bigint') return state;
    state.sum += value;
    state.count += 1n;
    return state;
  },
  result: ({ sum, count }) => (count === 0n ? null : sum / count),
};

interface Moments {
  count: number;
  mean: number;
  squares: number;
}

function moments(name: string, result: AggregateCode<Moments>['result']): AggregateCode<Moments> {
  return {
    name,
    start: () => ({ count: 0, mean: 0, squares: 0 }),
    step: (state, value) => {
      if (value === undefined || value === null) return state;
      state.count += 1;
      const delta = Number(value) - state.mean;
      state.mean += delta / state.count;
      state.squares += delta * (Number(value) - state.mean);
      return state;
    },
    result,
  };
}

function sampleVariance({ count, squares }: Moments): number {
  return count < 2 ? 0 : squares / (count - 1);
}

/** The JavaScript that SQLite calls for these aggregates, each with a state of its own kind. */
export const AGGREGATE_CODE: readonly AggregateCode<object>[] = [
  AVERAGE_TICKS,
  collect('make_list', false),
  collect('make_set', true),
  MAKE_BAG,
  best('min', (value, than) => value < than),
  best('max', (value, than) => value > than),
  moments('stdev', (of) => Math.sqrt(sampleVariance(of))),
  moments('variance', sampleVariance),
  moments('stdevp', (of) => (of.count === 0 ? null : Math.sqrt(of.squares / of.count))),
  moments('variancep', ({ count, squares }) => (count === 0 ? null : squares / count)),
  ...PERCENTILE_CODE,
  ...SERIES_CODE,
  SCHEMA_CODE,
  ...DECIMAL_CODE,
];
