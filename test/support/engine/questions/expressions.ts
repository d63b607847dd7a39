/** Scalar expressions of a type over the columns at hand. */
import type { Column, ScalarType } from '../../../../kusto/engine/catalog.ts';
import type { Draw } from './draw.ts';
import { TEXTS } from './tables.ts';

/** The types that rows are told apart, grouped and joined by. */
export const KEYS: readonly ScalarType[] = ['string', 'long', 'datetime', 'bool', 'timespan'];

export function columnsOfType(columns: readonly Column[], ...types: readonly ScalarType[]): string[] {
  return columns.filter(({ type }) => types.includes(type)).map(({ name }) => name);
}

const LITERALS: Readonly<Record<string, readonly string[]>> = {
  string: TEXTS.map((text) => `"${text}"`),
  long: ['0', '1', '2', '3', '-1', 'long(null)'],
  real: ['0.0', '1.25', '2.5', 'real(null)'],
  bool: ['true', 'false', 'bool(null)'],
  datetime: ['datetime(2024-05-31)', 'datetime(2024-06-01 12:30)', 'datetime(null)'],
  timespan: ['0s', '30m', '1h', 'time(null)'],
  dynamic: ['dynamic([])', 'dynamic(["web", "x"])', 'dynamic(null)'],
};

export function literalOf(type: ScalarType, draw: Draw): string {
  return draw.pick(LITERALS[type] ?? ['""']);
}

/** An expression of a type, at most `depth` calls deep. */
export function expressionOf(type: ScalarType, columns: readonly Column[], draw: Draw, depth = 2): string {
  const own = columnsOfType(columns, type);
  if (depth === 0 || draw.once(3))
    return own.length > 0 && !draw.once(5) ? draw.pick(own) : literalOf(type, draw);
  const of = (other: ScalarType): string => expressionOf(other, columns, draw, depth - 1);
  if (draw.once(6)) return `iff(${conditionOf(columns, draw, depth - 1)}, ${of(type)}, ${of(type)})`;
  if (draw.once(8) && type !== 'string' && type !== 'dynamic') return `coalesce(${of(type)}, ${of(type)})`;
  const bags = columnsOfType(columns, 'dynamic');
  const bag = bags.length > 0 ? draw.pick(bags) : `parse_json('{"env": "web", "size": 2}')`;
  switch (type) {
    case 'string':
      return draw.pick([
        `strcat(${of('string')}, "-", tostring(${of('long')}))`,
        `tolower(${of('string')})`,
        `substring(${of('string')}, 0, 3)`,
        `tostring(${bag}.env)`,
        `replace_string(${of('string')}, "prod", "p")`,
      ]);
    case 'long':
      return draw.pick([
        `(${of('long')} + ${of('long')})`,
        `strlen(${of('string')})`,
        `tolong(${bag}.size)`,
        `tolong(${bag}.inner.ring)`,
        `hourofday(${of('datetime')})`,
        `datetime_diff("hour", ${of('datetime')}, ${of('datetime')})`,
        `array_length(parse_json(tostring(${bag})))`,
      ]);
    case 'real':
      return draw.pick([
        `todouble(${of('long')})`,
        `(${of('real')} * 0.5)`,
        `(${of('real')} + ${of('long')})`,
      ]);
    case 'datetime':
      return draw.pick([
        `bin(${of('datetime')}, 1h)`,
        `startofday(${of('datetime')})`,
        `(${of('datetime')} + ${of('timespan')})`,
      ]);
    case 'timespan':
      return draw.pick([`(${of('datetime')} - ${of('datetime')})`, `(${of('timespan')} + 30m)`]);
    case 'bool':
      return conditionOf(columns, draw, depth - 1);
    default:
      return draw.pick([
        `bag_pack("env", ${of('string')}, "size", ${of('long')})`,
        `parse_json(tostring(${bag}))`,
      ]);
  }
}

/** A condition, which may be null. */
export function conditionOf(columns: readonly Column[], draw: Draw, depth = 1): string {
  const of = (type: ScalarType): string => expressionOf(type, columns, draw, depth);
  const type = draw.pick<ScalarType>(['string', 'string', 'long', 'real', 'datetime', 'timespan']);
  if (depth > 0 && draw.once(4)) {
    const [a, b] = [conditionOf(columns, draw, depth - 1), conditionOf(columns, draw, depth - 1)];
    return draw.pick([`(${a}) and (${b})`, `(${a}) or (${b})`, `not(${a})`]);
  }
  if (type === 'string' && draw.once(2)) {
    const operator = draw.pick(['has', 'contains', 'startswith', '=~', '!contains', 'endswith', '!has']);
    return `${of('string')} ${operator} ${literalOf('string', draw)}`;
  }
  return draw.pick([
    `${of(type)} == ${of(type)}`,
    `${of(type)} != ${of(type)}`,
    ...(type === 'string' ? [] : [`${of(type)} < ${of(type)}`, `${of(type)} >= ${of(type)}`]),
    `${of(type)} in (${literalOf(type, draw)}, ${literalOf(type, draw)})`,
    `${of(type)} !in (${literalOf(type, draw)}, ${literalOf(type, draw)})`,
    type === 'string' ? `isempty(${of(type)})` : `isnull(${of(type)})`,
  ]);
}
