/**
 * The functions of ARM templates: how many arguments each takes, and what it gives where that can be known before a
 * deployment. One without `evaluate` is answered by Azure alone, and stays in a rendered template as it is.
 * The list follows Azure's reference of template functions; lambda functions are left out, because nothing here uses them.
 */
import { isObject, type Json } from '../json.ts';

/** A value that Azure alone knows: the text of the expression that gives it. */
export class Residual {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** JSON, with residuals anywhere in it. */
export type Value = string | number | boolean | null | Residual | readonly Value[] | ValueObject;
export interface ValueObject {
  readonly [key: string]: Value;
}

export interface TemplateFunction {
  /** The least and the greatest number of arguments. */
  readonly takes: readonly [number, number];
  /** Whether it can be evaluated although values in its arguments are residuals. */
  readonly keepsResiduals?: true;
  readonly evaluate?: (given: readonly Value[]) => Value;
}

/** An expression that cannot have a value, such as a text where a number is needed. */
export class EvaluationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EvaluationError';
  }
}

const many = 255;

/** By name, in lower case: ARM does not tell cases apart. `parameters`, `variables` and `copyIndex` depend on the template. */
export const templateFunctions: Readonly<Record<string, TemplateFunction>> = {
  parameters: { takes: [1, 1] },
  variables: { takes: [1, 1] },
  copyindex: { takes: [0, 2] },
  // Texts
  concat: { takes: [1, many], keepsResiduals: true, evaluate: concat },
  format: { takes: [1, many], evaluate: ([pattern, ...items]) => format(text(pattern), items) },
  replace: { takes: [3, 3], evaluate: ([of, old, by]) => text(of).replaceAll(text(old), text(by)) },
  split: { takes: [2, 2], evaluate: ([of, by]) => text(of).split(text(by)) },
  join: { takes: [2, 2], evaluate: ([of, by]) => list(of).map(shown).join(text(by)) },
  tolower: { takes: [1, 1], evaluate: ([of]) => text(of).toLowerCase() },
  toupper: { takes: [1, 1], evaluate: ([of]) => text(of).toUpperCase() },
  trim: { takes: [1, 1], evaluate: ([of]) => text(of).trim() },
  substring: {
    takes: [2, 3],
    evaluate: ([of, from, length = text(of).length]) =>
      text(of).slice(number(from), number(from) + number(length)),
  },
  startswith: { takes: [2, 2], evaluate: ([of, start]) => text(of).startsWith(text(start)) },
  endswith: { takes: [2, 2], evaluate: ([of, end]) => text(of).endsWith(text(end)) },
  string: { takes: [1, 1], evaluate: ([of = null]) => shown(of) },
  base64: { takes: [1, 1], evaluate: ([of]) => Buffer.from(text(of)).toString('base64') },
  uniquestring: { takes: [1, many] },
  guid: { takes: [1, many] },
  newguid: { takes: [0, 0] },
  utcnow: { takes: [0, 1] },
  uri: { takes: [2, 2], evaluate: ([base, path]) => new URL(text(path), text(base)).href },
  // Lists and objects
  createarray: { takes: [0, many], keepsResiduals: true, evaluate: (items) => items },
  createobject: { takes: [0, many], keepsResiduals: true, evaluate: createObject },
  union: { takes: [1, many], keepsResiduals: true, evaluate: union },
  length: {
    takes: [1, 1],
    evaluate: ([of]) =>
      typeof of === 'string' || Array.isArray(of) ? of.length : Object.keys(object(of)).length,
  },
  empty: { takes: [1, 1], evaluate: ([of]) => isEmpty(of) },
  contains: { takes: [2, 2], evaluate: ([of, item]) => contains(of, item) },
  first: {
    takes: [1, 1],
    evaluate: ([of]) => (typeof of === 'string' ? (of[0] ?? '') : (list(of)[0] ?? null)),
  },
  last: {
    takes: [1, 1],
    evaluate: ([of]) => (typeof of === 'string' ? (of.at(-1) ?? '') : (list(of).at(-1) ?? null)),
  },
  range: {
    takes: [2, 2],
    evaluate: ([from, count]) => Array.from({ length: number(count) }, (_, index) => number(from) + index),
  },
  take: {
    takes: [2, 2],
    evaluate: ([of, count]) =>
      typeof of === 'string' ? of.slice(0, number(count)) : list(of).slice(0, number(count)),
  },
  indexof: {
    takes: [2, 2],
    evaluate: ([of, item]) =>
      typeof of === 'string' ? of.indexOf(text(item)) : list(of).findIndex((other) => isEqual(other, item)),
  },
  json: { takes: [1, 1], evaluate: ([of]) => JSON.parse(text(of)) },
  coalesce: { takes: [1, many], evaluate: (given) => given.find((value) => value !== null) ?? null },
  // Logic and numbers
  if: { takes: [3, 3] },
  and: { takes: [2, many], evaluate: (given) => given.every((value) => value === true) },
  or: { takes: [2, many], evaluate: (given) => given.includes(true) },
  not: { takes: [1, 1], evaluate: ([of]) => of !== true },
  equals: { takes: [2, 2], evaluate: ([left, right]) => isEqual(left, right) },
  greater: { takes: [2, 2], evaluate: ([left, right]) => number(left) > number(right) },
  less: { takes: [2, 2], evaluate: ([left, right]) => number(left) < number(right) },
  true: { takes: [0, 0], evaluate: () => true },
  false: { takes: [0, 0], evaluate: () => false },
  null: { takes: [0, 0], evaluate: () => null },
  bool: { takes: [1, 1], evaluate: ([of]) => bool(of) },
  int: { takes: [1, 1], evaluate: ([of]) => int(of) },
  add: { takes: [2, 2], evaluate: ([left, right]) => number(left) + number(right) },
  sub: { takes: [2, 2], evaluate: ([left, right]) => number(left) - number(right) },
  mul: { takes: [2, 2], evaluate: ([left, right]) => number(left) * number(right) },
  div: { takes: [2, 2], evaluate: ([left, right]) => Math.trunc(number(left) / number(right)) },
  mod: { takes: [2, 2], evaluate: ([left, right]) => number(left) % number(right) },
  min: { takes: [1, many], evaluate: (given) => Math.min(...given.map(number)) },
  max: { takes: [1, many], evaluate: (given) => Math.max(...given.map(number)) },
  // What is deployed where
  deployment: { takes: [0, 0] },
  environment: { takes: [0, 0] },
  resourcegroup: { takes: [0, 0] },
  subscription: { takes: [0, 0] },
  tenant: { takes: [0, 0] },
  resourceid: { takes: [2, many] },
  subscriptionresourceid: { takes: [2, many] },
  tenantresourceid: { takes: [2, many] },
  extensionresourceid: { takes: [3, many] },
  reference: { takes: [1, 3] },
  listkeys: { takes: [2, 3] },
  listaccountsas: { takes: [3, 3] },
  pickzones: { takes: [3, 5] },
};

function concat(given: readonly Value[]): Value {
  if (given.every(Array.isArray)) return given.flat();
  if (given.some((value) => value instanceof Residual)) return new Residual('');
  return given.map(shown).join('');
}

function format(pattern: string, items: readonly Value[]): string {
  return pattern.replaceAll(/\{(\d+)\}/g, (_, index: string) => {
    const item = items[Number(index)];
    if (item === undefined) throw new EvaluationError(`format has no item {${index}} for "${pattern}"`);
    return shown(item);
  });
}

function createObject(given: readonly Value[]): Value {
  if (given.length % 2 === 1) throw new EvaluationError('createObject takes a value for every key');
  const entries = Array.from({ length: given.length / 2 }, (_, index) => [
    text(given[2 * index]),
    given[2 * index + 1],
  ]);
  return Object.fromEntries(entries);
}

function union(given: readonly Value[]): Value {
  if (given.some((value) => value instanceof Residual)) return new Residual('');
  if (given.every(Array.isArray)) return [...new Set(given.flat())];
  return Object.assign({}, ...given.map(object));
}

function contains(of: Value | undefined, item: Value | undefined): boolean {
  if (typeof of === 'string') return of.includes(text(item));
  if (Array.isArray(of)) return of.some((other: Value) => isEqual(other, item));
  return Object.keys(object(of)).some((key) => key.toLowerCase() === text(item).toLowerCase());
}

function isEmpty(of: Value | undefined): boolean {
  if (of === null || of === undefined || of === '') return true;
  return typeof of === 'object' && Object.keys(of).length === 0;
}

function isEqual(left: Value | undefined, right: Value | undefined): boolean {
  if (typeof left === 'string' && typeof right === 'string')
    return left.toLowerCase() === right.toLowerCase();
  return JSON.stringify(left) === JSON.stringify(right);
}

function bool(of: Value | undefined): boolean {
  const word = typeof of === 'string' ? of.toLowerCase() : of;
  if (word === true || word === 'true' || word === 1) return true;
  if (word === false || word === 'false' || word === 0) return false;
  throw new EvaluationError(`${JSON.stringify(of)} is neither true nor false`);
}

function int(of: Value | undefined): number {
  const value = typeof of === 'string' && /^-?\d+$/.test(of) ? Number(of) : of;
  if (typeof value !== 'number') throw new EvaluationError(`${JSON.stringify(of)} is not a whole number`);
  return value;
}

function text(of: Value | undefined): string {
  if (typeof of !== 'string') throw new EvaluationError(`${JSON.stringify(of)} is not a text`);
  return of;
}

function number(of: Value | undefined): number {
  if (typeof of !== 'number') throw new EvaluationError(`${JSON.stringify(of)} is not a number`);
  return of;
}

function list(of: Value | undefined): readonly Value[] {
  if (!Array.isArray(of)) throw new EvaluationError(`${JSON.stringify(of)} is not a list`);
  return of;
}

function object(of: Value | undefined): ValueObject {
  if (!isObject(of) || of instanceof Residual)
    throw new EvaluationError(`${JSON.stringify(of)} is not an object`);
  return of as ValueObject;
}

function shown(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Whether anything in a value is known by Azure alone. */
export function hasResidual(value: Value): boolean {
  if (value instanceof Residual) return true;
  if (Array.isArray(value)) return value.some(hasResidual);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasResidual);
}

/** The value as a template has it: residuals are expressions again. */
export function asJson(value: Value): Json {
  if (value instanceof Residual) return `[${value.text}]`;
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asJson(item)]));
  if (typeof value === 'string' && value.startsWith('[')) return `[${value}`;
  return value as Json;
}
