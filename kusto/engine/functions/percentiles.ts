/**
 * Percentiles by the nearest rank: the smallest value that at least so many percent of all values do not exceed
 * (https://learn.microsoft.com/kusto/query/percentiles-aggregation-function). Kusto estimates them from a digest of the
 * values; here they are exact. A weighted value counts as often as its weight says.
 */
import { KqlError } from '../errors.ts';
import { aggregateCall, cast, customCall, type SqlExpression, sqlCall, sqlLiteral } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import {
  type AggregateCode,
  type AggregateFunction,
  argument,
  ownStep,
  type SqlArgument,
  UnsupportedCallError,
} from './definition.ts';
import { readJson } from './json.ts';
import { numberJson, readNumbers } from './number-array.ts';
import { formatDatetime, formatTimespan } from './ticks.ts';

const PAGE = 'percentiles-aggregation-function';
const WEIGHTED_PAGE = 'percentilesw-aggregation-function';
const NOTE = 'exact, by the nearest rank, where Kusto estimates';

interface Population {
  readonly values: (bigint | number)[];
  /** How often each value counts; empty where all count once. */
  readonly weights: bigint[];
  percentiles: readonly number[];
}

/** A written percentile as a fraction of whole numbers, so that no rank is off by a rounding error. */
function fractionOf(percentile: number): { readonly numerator: bigint; readonly denominator: bigint } {
  const written = String(percentile).includes('e') ? percentile.toFixed(20) : String(percentile);
  const [whole = '0', decimals = ''] = written.split('.');
  return { numerator: BigInt(whole + decimals), denominator: 100n * 10n ** BigInt(decimals.length) };
}

/** The place of the percentile among `total` ordered values, from 1. */
function rankOf(percentile: number, total: bigint): bigint {
  const { numerator, denominator } = fractionOf(percentile);
  const rank = (numerator * total + denominator - 1n) / denominator;
  return rank < 1n ? 1n : rank;
}

function percentilesOf({ values, weights, percentiles }: Population): (bigint | number | null)[] {
  if (values.length === 0) return percentiles.map(() => null);
  if (weights.length > 0) return weightedPercentiles(values, weights, percentiles);
  const sorted = inOrder(values);
  return percentiles.map((one) => sorted[Number(rankOf(one, BigInt(sorted.length))) - 1] ?? null);
}

function inOrder(values: readonly (bigint | number)[]): Float64Array | BigInt64Array {
  return typeof values[0] === 'bigint'
    ? BigInt64Array.from(values as bigint[]).sort()
    : Float64Array.from(values as number[]).sort();
}

function weightedPercentiles(
  values: readonly (bigint | number)[],
  weights: readonly bigint[],
  percentiles: readonly number[],
): (bigint | number | null)[] {
  const weighted = values.map((value, index) => ({ value, weight: weights[index] ?? 0n }));
  weighted.sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  return percentiles.map((one) => {
    const rank = rankOf(one, total);
    let reached = 0n;
    for (const { value, weight } of weighted) {
      reached += weight;
      if (reached >= rank) return value;
    }
    return null;
  });
}

/** Numbers between 0 and 100, or one array of them. */
function readPercentiles(given: readonly SqlValue[]): number[] {
  const [first] = given;
  const written = typeof first === 'string' ? readJson(first) : given;
  const numbers = Array.isArray(written)
    ? written.map((one) => (one === null ? Number.NaN : Number(one)))
    : [];
  const wrong = numbers.find((one) => !(one >= 0 && one <= 100));
  if (numbers.length === 0 || wrong !== undefined)
    throw new KqlError(`A percentile must be a number from 0 to 100, and ${wrong ?? first} is not`);
  return numbers;
}

/** @param result what is made of the percentiles, which are in the order in which they were asked for */
function population(
  name: string,
  result: (percentiles: readonly (bigint | number | null)[]) => SqlValue,
): AggregateCode<Population> {
  return {
    name,
    start: () => ({ values: [], weights: [], percentiles: [] }),
    step: (state, value, weight, ...percentiles) => {
      if (state.percentiles.length === 0) state.percentiles = readPercentiles(percentiles);
      if (value === null || value === undefined || typeof value === 'string') return state;
      if (weight === null) state.values.push(value);
      else if (typeof weight === 'bigint' && weight > 0n) {
        state.values.push(value);
        state.weights.push(weight);
      }
      return state;
    },
    result: (state) => result(percentilesOf(state)),
  };
}

export const PERCENTILE_CODE: readonly AggregateCode<Population>[] = [
  population('percentile', ([only]) => only ?? null),
  population('percentiles', (all) => (all.length === 0 ? null : `[${all.map(numberJson).join(',')}]`)),
];

/** Percentiles as an array, in which points and spans of time are text. */
export const TIMES_AS_TEXT = ownStep('times_as_text', 'always', (json, type) => {
  if (typeof json !== 'string') return null;
  const format = type === 'datetime' ? formatDatetime : formatTimespan;
  return JSON.stringify(
    (readNumbers(json) ?? []).map((ticks) => (ticks === null ? null : format(BigInt(ticks)))),
  );
});

/** What has an order in which a rank has a meaning. */
const MEASURES: readonly SqlArgument['type'][] = ['int', 'long', 'real', 'datetime', 'timespan'];

/** The call that gives the percentiles: `percentile` one value, `percentiles` a JSON array. */
function rendered(
  name: string,
  code: 'percentile' | 'percentiles',
  weighted: boolean,
  args: readonly SqlArgument[],
): SqlExpression {
  const value = argument(args, 0);
  if (!MEASURES.includes(value.type)) throw new UnsupportedCallError(`${name}() of ${value.type}`);
  const percentiles = args.slice(weighted ? 2 : 1).map(({ sql }) => sql);
  return aggregateCall(
    { name: code, custom: true },
    value.type === 'real' ? cast(value.sql, 'REAL') : value.sql,
    weighted ? weightOf(name, argument(args, 1)) : sqlLiteral(null, 'long'),
    ...percentiles,
  );
}

/** A row whose weight is null does not count, as one without weights would. */
function weightOf(name: string, { sql, type }: SqlArgument): SqlExpression {
  if (type !== 'long' && type !== 'int')
    throw new UnsupportedCallError(`${name}() with weights of type ${type}`);
  return sqlCall('IFNULL', sql, sqlLiteral(0n, 'long'));
}

function asArray(sql: SqlExpression, { type }: SqlArgument): SqlExpression {
  const isTime = type === 'datetime' || type === 'timespan';
  return isTime ? customCall('times_as_text', sql, sqlLiteral(type, 'string')) : sql;
}

function family(suffix: '' | 'w', page: string): AggregateFunction[] {
  const weighted = suffix === 'w';
  const first = weighted ? 2 : 1;
  const common = { page, nullable: true, note: NOTE, constantsFrom: first, check: checkPercentiles(first) };
  const single = `percentile${suffix}`;
  const several = `percentiles${suffix}`;
  return [
    { ...common, name: single, sql: ({ args }) => rendered(single, 'percentile', weighted, args) },
    { ...common, name: several, sql: ({ args }) => rendered(several, 'percentiles', weighted, args) },
    {
      ...common,
      name: `${several}_array`,
      sql: ({ args }) =>
        asArray(rendered(`${several}_array`, 'percentiles', weighted, args), argument(args, 0)),
    },
  ];
}

/** Refuses written percentiles that are none, whatever the rows are. */
function checkPercentiles(first: number): AggregateFunction['check'] {
  return (args) => {
    const written = args.slice(first);
    if (written.every((arg) => arg !== undefined)) readPercentiles(written.map(({ literal }) => literal));
  };
}

/** `percentiles` and `percentilesw` give a column for each percentile, which `plan/summarize.ts` makes of their array. */
export const PERCENTILES: readonly AggregateFunction[] = [...family('', PAGE), ...family('w', WEIGHTED_PAGE)];
