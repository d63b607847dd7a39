/**
 * What `make-series` is made of: the slot of a row on the axis, and the aggregates that lay the values of a group's
 * slots out as arrays (https://learn.microsoft.com/kusto/query/make-series-operator). A slot is counted in steps from
 * the axis's origin.
 */
import { KqlError } from '../errors.ts';
import { aggregateCall, sqlLiteral } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { type AggregateCode, type AggregateFunction, argument, ownStep } from './definition.ts';
import { jsonSql } from './json.ts';
import { numberJson } from './number-array.ts';
import { formatDatetime, formatTimespan } from './ticks.ts';

const PAGE = 'make-series-operator';
/** The longest array that Kusto makes. */
const MOST_SLOTS = 1_048_576n;

function slotOf(value: SqlValue, origin: SqlValue, step: SqlValue): bigint | null {
  if (value === null || origin === null || typeof value === 'string' || typeof origin === 'string')
    return null;
  if (step === null || !(Number(step) > 0))
    throw new KqlError('make-series: the step must be greater than zero');
  if (typeof value === 'bigint' && typeof origin === 'bigint' && typeof step === 'bigint') {
    const distance = value - origin;
    const slot = distance / step;
    return distance < 0n && slot * step !== distance ? slot - 1n : slot;
  }
  const slot = Math.floor((Number(value) - Number(origin)) / Number(step));
  return Number.isFinite(slot) ? BigInt(slot) : null;
}

/** In which slot a value of the axis is; null has none. */
export const SLOT = ownStep('series_slot', 'always', slotOf);

/** The last slot that begins before `end`. */
export const LAST_SLOT = ownStep('series_last_slot', 'always', (end, origin, step) => {
  const slot = slotOf(end, origin, step);
  if (slot === null) return null;
  const begins =
    typeof origin === 'bigint' && typeof step === 'bigint' && typeof end === 'bigint'
      ? origin + slot * step < end
      : Number(origin) + Number(slot) * Number(step) < Number(end);
  return begins ? slot : slot - 1n;
});

interface Slots {
  readonly values: Map<bigint, string>;
  first: bigint | undefined;
  last: bigint | undefined;
  /** What an empty slot has. */
  empty: string;
}

/** Where the axis begins and ends is given, or is where the group's values do. */
function reach(slots: Slots, slot: bigint): void {
  if (slots.first === undefined || slot < slots.first) slots.first = slot;
  if (slots.last === undefined || slot > slots.last) slots.last = slot;
}

function numbersOf({ first, last }: Slots): bigint[] {
  if (first === undefined || last === undefined || last < first) return [];
  const count = last - first + 1n;
  if (count > MOST_SLOTS)
    throw new KqlError(`make-series: ${count} steps are more than the ${MOST_SLOTS} that an array can have`);
  return Array.from({ length: Number(count) }, (_, index) => first + BigInt(index));
}

/** Takes slot, value as JSON, what an empty slot has, and the first and last slot, which are null where they are open. */
const SERIES: AggregateCode<Slots> = {
  name: 'series',
  start: () => ({ values: new Map(), first: undefined, last: undefined, empty: 'null' }),
  step: (slots, slot, value, empty, first, last) => {
    if (typeof empty === 'string') slots.empty = empty;
    for (const given of [first, last, slot]) if (typeof given === 'bigint') reach(slots, given);
    if (typeof slot === 'bigint') slots.values.set(slot, typeof value === 'string' ? value : 'null');
    return slots;
  },
  result: (slots) =>
    `[${numbersOf(slots)
      .map((slot) => slots.values.get(slot) ?? slots.empty)
      .join(',')}]`,
};

interface Axis extends Slots {
  origin: SqlValue;
  stepSize: SqlValue;
  type: string;
}

/** Takes slot, origin, step, the axis's type, and the first and last slot. */
const SERIES_AXIS: AggregateCode<Axis> = {
  name: 'series_axis',
  start: () => ({
    values: new Map(),
    first: undefined,
    last: undefined,
    empty: 'null',
    origin: null,
    stepSize: null,
    type: '',
  }),
  step: (axis, slot, origin = null, stepSize = null, type, first, last) => {
    Object.assign(axis, { origin, stepSize, type: String(type) });
    for (const given of [first, last, slot]) if (typeof given === 'bigint') reach(axis, given);
    return axis;
  },
  result: (axis) =>
    `[${numbersOf(axis)
      .map((slot) => axisText(axis, slot))
      .join(',')}]`,
};

function axisText({ origin, stepSize, type }: Axis, slot: bigint): string {
  if (typeof origin !== 'bigint' || typeof stepSize !== 'bigint')
    return numberJson(Number(origin) + Number(slot) * Number(stepSize));
  const value = origin + slot * stepSize;
  if (type === 'datetime') return `"${formatDatetime(value)}"`;
  return type === 'timespan' ? `"${formatTimespan(value)}"` : String(value);
}

export const SERIES_CODE: readonly (AggregateCode<Slots> | AggregateCode<Axis>)[] = [SERIES, SERIES_AXIS];

/** The array of an aggregation: of slot, value, what an empty slot has, first slot and last slot. */
export const SERIES_VALUES: AggregateFunction = {
  name: 'make-series',
  page: PAGE,
  nullable: false,
  sql: ({ args }) => {
    const [value, empty] = [jsonSql(argument(args, 1)), jsonSql(argument(args, 2))];
    const [slot, first, last] = [argument(args, 0).sql, argument(args, 3).sql, argument(args, 4).sql];
    return aggregateCall({ name: SERIES.name, custom: true }, slot, value, empty, first, last);
  },
};

/** The array of the axis: of slot, origin, step, first slot and last slot. */
export const AXIS_VALUES: AggregateFunction = {
  name: 'make-series',
  page: PAGE,
  nullable: false,
  sql: ({ args }) => {
    const [slot, origin, step, first, last] = args.map(({ sql }) => sql);
    const type = sqlLiteral(argument(args, 1).type, 'string');
    const given = [slot, origin, step, type, first, last].filter((sql) => sql !== undefined);
    return aggregateCall({ name: SERIES_AXIS.name, custom: true }, ...given);
  },
};

export const SERIES_STEPS = [SLOT, LAST_SLOT];
