/**
 * Arrays of numbers in JSON text. JavaScript's own reader does not tell `1.0`, which is a real number, from `1`, and
 * rounds whole numbers of more than 15 digits; here a whole number is a bigint.
 */
import type { SqlValue } from '../statement.ts';
import { realText } from './conversions.ts';

/** An element of an array of numbers; null where there is something else. */
export type ArrayNumber = bigint | number | null;

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}]|[^\s[\]{},:"]+/g;

/** The JSON text of each element of an array; an array or bag inside is `[]`. Undefined for any other value. */
export function elementTexts(json: SqlValue | undefined): string[] | undefined {
  if (typeof json !== 'string' || !json.startsWith('[')) return undefined;
  const elements: string[] = [];
  let depth = 0;
  for (const [token] of json.matchAll(TOKEN)) {
    const opens = token === '[' || token === '{';
    if (depth === 1 && token !== ']') elements.push(opens ? '[]' : token);
    if (opens) depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
  }
  return elements;
}

/** The elements of an array as numbers; undefined for any other value. */
export function readNumbers(json: SqlValue | undefined): ArrayNumber[] | undefined {
  return elementTexts(json)?.map(readNumber);
}

const LONG_MAX = 9_223_372_036_854_775_807n;

function readNumber(text: string): ArrayNumber {
  if (/^-?\d+$/.test(text)) {
    const whole = BigInt(text);
    return whole <= LONG_MAX && whole >= -LONG_MAX - 1n ? whole : Number(text);
  }
  return /^-?\d/.test(text) ? Number(text) : null;
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
