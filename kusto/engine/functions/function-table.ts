/** All functions and operators by name. */
import { AGGREGATES } from './aggregates.ts';
import { ARRAYS } from './arrays.ts';
import { BAG_SLOT, BAG_SLOTS } from './bags.ts';
import { CONDITIONS } from './conditions.ts';
import { CAST_ELEMENT, CONVERSIONS } from './conversions.ts';
import { DATES } from './dates.ts';
import { DECIMAL_STEPS, TODECIMAL } from './decimals.ts';
import type { AggregateFunction, Callable, ScalarFunction } from './definition.ts';
import {
  DYNAMICS,
  EXPANSION,
  FILLED_MEMBERS,
  MEMBER,
  PACK_COLUMNS,
  PAIR_EXPANSION,
  PATH,
} from './dynamics.ts';
import { NUMBER_AT } from './number-array.ts';
import { NUMBERS } from './numbers.ts';
import { OPERATORS } from './operators.ts';
import { CAPTURE, CAPTURED, PATTERNS } from './patterns.ts';
import { TIMES_AS_TEXT } from './percentiles.ts';
import { SERIES } from './series.ts';
import { SERIES_STEPS } from './series-building.ts';
import { STRINGS } from './strings.ts';

/** The scalar functions by group, as the documentation lists them. */
export const SCALAR_GROUPS: readonly {
  readonly title: string;
  readonly functions: readonly ScalarFunction[];
}[] = [
  { title: 'Conversions', functions: [...CONVERSIONS, TODECIMAL] },
  { title: 'Strings', functions: STRINGS },
  { title: 'Regular expressions', functions: PATTERNS },
  { title: 'Dynamic values', functions: [...DYNAMICS, PACK_COLUMNS] },
  { title: 'Arrays and sets', functions: ARRAYS },
  { title: 'Series', functions: SERIES },
  { title: 'Dates and times', functions: DATES },
  { title: 'Choices and nulls', functions: CONDITIONS },
  { title: 'Numbers', functions: NUMBERS },
];

/** Everything that is implemented in JavaScript. */
export const ALL_CALLABLES: readonly Callable[] = [
  ...OPERATORS,
  ...SCALAR_GROUPS.flatMap(({ functions }) => functions),
  PATH,
  MEMBER,
  FILLED_MEMBERS,
  EXPANSION,
  PAIR_EXPANSION,
  CAPTURE,
  CAPTURED,
  BAG_SLOT,
  BAG_SLOTS,
  CAST_ELEMENT,
  NUMBER_AT,
  TIMES_AS_TEXT,
  ...SERIES_STEPS,
  ...DECIMAL_STEPS,
];

const SCALARS = new Map(SCALAR_GROUPS.flatMap(({ functions }) => functions).map((fn) => [fn.name, fn]));
const BY_TOKEN = new Map(OPERATORS.map((fn) => [fn.name, fn]));
const BY_AGGREGATE = new Map(AGGREGATES.map((fn) => [fn.name, fn]));

export function scalarFunction(name: string): ScalarFunction | undefined {
  return SCALARS.get(name);
}

/** The operator that `token` writes, such as `!contains`. */
export function operator(token: string): ScalarFunction | undefined {
  return BY_TOKEN.get(token);
}

export function aggregateFunction(name: string): AggregateFunction | undefined {
  return BY_AGGREGATE.get(name);
}

/** The names of all scalar functions. */
export function scalarNames(): Iterable<string> {
  return SCALARS.keys();
}

/** The names of all aggregates over columns. */
export function aggregateNames(): Iterable<string> {
  return BY_AGGREGATE.keys();
}

/** All operators between values. */
export function operatorNames(): Iterable<string> {
  return BY_TOKEN.keys();
}

/** A function that the compiler itself relies on. */
export function required(name: string): ScalarFunction {
  const found = SCALARS.get(name) ?? BY_TOKEN.get(name);
  if (!found) throw new Error(`The function table has no entry for ${name}`);
  return found;
}
