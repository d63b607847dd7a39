/** Literals as values: https://learn.microsoft.com/kusto/query/scalar-data-types/ */
import type { ScalarType } from '../catalog.ts';
import { parseGuid, parseInteger, parseReal } from '../functions/conversions.ts';
import { parseDecimal } from '../functions/decimals.ts';
import { parseJson } from '../functions/dynamics.ts';
import { formatDatetime, formatTimespan, parseDatetime, parseTimespan } from '../functions/ticks.ts';
import type { Syntax } from '../parse/syntax.ts';
import type { SqlValue } from '../statement.ts';

const LONG_MAX = 9_223_372_036_854_775_807n;

/** The value of a scalar literal; undefined if the syntax is none. */
export function literalValue(syntax: Syntax): { value: SqlValue; type: ScalarType } | undefined {
  switch (syntax.kind) {
    case 'StringLiteralExpression':
    case 'CompoundStringLiteralExpression':
      return { value: String(syntax.literalValue ?? ''), type: 'string' };
    case 'BooleanLiteralExpression':
    case 'IntLiteralExpression':
    case 'LongLiteralExpression':
    case 'RealLiteralExpression':
    case 'DecimalLiteralExpression':
    case 'DateTimeLiteralExpression':
    case 'TimespanLiteralExpression':
    case 'GuidLiteralExpression': {
      const { type } = syntax;
      const value = readLiteral(syntax.text, type);
      if (value === undefined && /^\w+\(\s*nan\s*\)$/i.test(syntax.text))
        return syntax.refuseUnsupported(`'${syntax.text}' is not supported: no real number is NaN here`);
      if (value === undefined) return syntax.refuse(`'${syntax.text}' is not a valid ${type}`);
      return { value, type };
    }
    case 'NullLiteralExpression':
      return { value: null, type: syntax.type };
    case 'DynamicExpression':
      return { value: dynamicValue(syntax.part('Expression')), type: 'dynamic' };
    default:
      return undefined;
  }
}

/**
 * The value of a written literal: bare (`5`, `true`, `2024-01-01`) or with its type (`long(5)`).
 *
 * @returns undefined if it is none of `type`
 */
export function readLiteral(text: string, type: ScalarType): SqlValue | undefined {
  if (type === 'string') return text;
  const inside = unwrapped(text.trim(), type);
  if (inside === 'null') return null;
  switch (type) {
    case 'bool':
      if (/^(true|1)$/i.test(inside)) return 1n;
      return /^(false|0)$/i.test(inside) ? 0n : undefined;
    case 'int':
      return parseInteger(inside, 2_147_483_647n) ?? undefined;
    case 'long':
      return parseInteger(inside, LONG_MAX) ?? undefined;
    case 'real':
      if (/^[+-]inf$/i.test(inside)) return inside.startsWith('-') ? -Infinity : Infinity;
      return parseReal(inside) ?? undefined;
    case 'decimal':
      return /^[+-]?\d{1,20}(\.\d{1,14})?$/.test(inside) ? inside : (parseDecimal(inside) ?? undefined);
    case 'datetime':
      return parseDatetime(inside.replace(SPACED_DATE, '$1-$2-$3')) ?? undefined;
    case 'timespan':
      return parseTimespan(inside) ?? undefined;
    case 'guid':
      return parseGuid(inside) ?? undefined;
    case 'dynamic':
      return parseJson(inside);
  }
}

/** `2024, 6, 1` and `2024 - 06 - 01`, as some pages of the language write a date. */
const SPACED_DATE = /^(\d{4})\s*[-,]\s*(\d{1,2})\s*[-,]\s*(\d{1,2})$/;

const TYPE_WORDS: Readonly<Partial<Record<ScalarType, string>>> = {
  bool: 'bool(?:ean)?',
  real: 'real|double',
  datetime: 'datetime|date',
  timespan: 'timespan|time',
  guid: 'guid|uuid|uniqueid',
};

function unwrapped(text: string, type: ScalarType): string {
  const wrapped = new RegExp(`^(?:${TYPE_WORDS[type] ?? type})\\s*\\(([\\s\\S]*)\\)$`).exec(text);
  const inside = (wrapped?.[1] ?? text).trim();
  const quoted = type === 'dynamic' ? null : /^(["'])(.*)\1$/.exec(inside);
  return quoted?.[2] ?? inside;
}

/** The JSON text of the value in `dynamic(...)`. */
function dynamicValue(syntax: Syntax): SqlValue {
  const json = jsonOf(syntax);
  return json === 'null' ? null : json;
}

function jsonOf(syntax: Syntax): string {
  switch (syntax.kind) {
    case 'JsonObjectExpression':
      return `{${syntax
        .parts('Pairs')
        .map((pair) => `${JSON.stringify(unquoted(pair.part('Name')))}:${jsonOf(pair.part('Value'))}`)
        .join(',')}}`;
    case 'JsonArrayExpression':
      return `[${syntax.parts('Values').map(jsonOf).join(',')}]`;
    case 'StringLiteralExpression':
      return JSON.stringify(syntax.literalValue ?? '');
    case 'NullLiteralExpression':
      return 'null';
    case 'LongLiteralExpression':
    case 'IntLiteralExpression':
    case 'RealLiteralExpression':
    case 'BooleanLiteralExpression': {
      const value = literalValue(syntax)?.value ?? null;
      return syntax.type === 'bool'
        ? String(value === 1n)
        : syntax.type === 'real'
          ? syntax.text
          : String(value);
    }
    case 'DateTimeLiteralExpression':
    case 'TimespanLiteralExpression': {
      const value = literalValue(syntax)?.value;
      if (typeof value !== 'bigint') return 'null';
      return JSON.stringify(syntax.type === 'datetime' ? formatDatetime(value) : formatTimespan(value));
    }
    case 'UnaryMinusExpression':
      return `-${jsonOf(syntax.part('Expression'))}`;
    default:
      return syntax.refuseUnsupported(`'${syntax.text}' in a dynamic literal is not supported`);
  }
}

function unquoted(name: Syntax): string {
  const value = name.literalValue;
  if (typeof value === 'string') return value;
  const text = name.name.trim();
  return /^["']/.test(text) ? String(JSON.parse(`"${text.slice(1, -1)}"`)) : text;
}
