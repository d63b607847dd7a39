/** What the functions over series have in common: how they are called, and how they read their numbers. */
import { KqlError } from '../errors.ts';
import { customCall } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import {
  inSql,
  type Nullability,
  type ScalarCode,
  type ScalarFunction,
  type SqlArgument,
  UnsupportedCallError,
} from './definition.ts';
import { type ArrayNumber, elementTexts, readNumber } from './number-array.ts';

const NUMBERS: readonly SqlArgument['type'][] = ['int', 'long', 'real'];

/** A function of series, and of numbers where the language allows them, which stand for a series of them. */
export function ofSeries(
  name: string,
  nullable: Nullability,
  run: ScalarCode['run'],
  options: { readonly most?: number; readonly note?: string } = {},
): ScalarFunction {
  const sql = (args: readonly SqlArgument[]) => {
    const other = args.find(({ type }) => type !== 'dynamic' && type !== 'bool' && !NUMBERS.includes(type));
    if (other) throw new UnsupportedCallError(`${name}() with a ${other.type}`);
    return customCall(name, ...args.map((arg) => arg.sql));
  };
  const page = `${name.replaceAll('_', '-')}-function`;
  return inSql(name, page, nullable, sql, { code: [{ name, run, variadic: true }], ...options });
}

/** The result, or null where it is not a finite number. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Equality by value, also of a whole number and a real one. */
export function isSame(a: number | bigint, b: number | bigint): boolean {
  return !(a < b || a > b);
}

/** The numbers of a series in which there may be nulls, but nothing else. */
export function withGaps(name: string, json: SqlValue | undefined): ArrayNumber[] | undefined {
  return elementTexts(json)?.map((text, index) => {
    const number = readNumber(text);
    if (number === null && text !== 'null') throw new KqlError(`${name}(): element ${index} is not a number`);
    return number;
  });
}

/** The numbers of a series without gaps. */
export function withoutGaps(name: string, json: SqlValue | undefined): number[] | undefined {
  return withGaps(name, json)?.map((number, index) => {
    if (number === null)
      throw new KqlError(
        `${name}(): element ${index} is null: fill the series first, such as with series_fill_const()`,
      );
    return Number(number);
  });
}
