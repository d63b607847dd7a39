/**
 * Arrays of numbers in JSON text. JavaScript's own reader does not tell `1.0`, which is a real number, from `1`, and
 * rounds whole numbers of more than 15 digits; here a whole number is a bigint.
 */
import type { SqlValue } from '../statement.ts';
import { realText } from './conversions.ts';
import { ownStep } from './definition.ts';

/** An element of an array of numbers; null where there is something else. */
export type ArrayNumber = bigint | number | null;

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}]|[^\s[\]{},:"]+/g;

/** The JSON text of each element of an array; undefined for any other value. */
export function elementTexts(json: SqlValue | undefined): string[] | undefined {
  if (typeof json !== 'string' || !json.startsWith('[')) return undefined;
  const elements: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of json.matchAll(TOKEN)) {
    const closes = token === ']' || token === '}';
    if (closes) depth -= 1;
    if (depth === 1 && closes) elements.push(json.slice(start, index + 1));
    if (token === '[' || token === '{') {
      if (depth === 1) start = index;
      depth += 1;
    } else if (depth === 1 && !closes) elements.push(token);
  }
  return elements;
}

/** The elements of an array as numbers; undefined for any other value. */
export function readNumbers(json: SqlValue | undefined): ArrayNumber[] | undefined {
  return elementTexts(json)?.map(readNumber);
}

/** The number that a JSON text is; null for anything else. */
export function readNumber(text: string): ArrayNumber {
  if (/^-?\d+$/.test(text)) {
    const whole = BigInt(text);
    return isLong(whole) ? whole : Number(text);
  }
  return /^-?\d/.test(text) ? Number(text) : null;
}

/** Whether a whole number is within the range of a long. */
export function isLong(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

/** A number as JSON, in a form that says whether it is whole. */
export function numberJson(value: ArrayNumber): string {
  if (value === null || typeof value === 'bigint') return String(value);
  return Number.isFinite(value) ? realText(value).toLowerCase() : 'null';
}

/** An array of numbers as JSON. */
export function writeNumbers(values: readonly ArrayNumber[]): string {
  return `[${values.map(numberJson).join(',')}]`;
}

/** The number at a place of an array of numbers. */
export const NUMBER_AT = ownStep(
  'number_at',
  'always',
  (json, index) => readNumbers(json)?.[Number(index)] ?? null,
);
