/** Column lists as commands and `.show` write them, and the .NET names of Kusto's types. */
import {
  type Column,
  DOTNET_TYPES,
  type FunctionParameter,
  type ScalarType,
  type StoredFunction,
  takesTable,
} from '../catalog.ts';
import { KqlError } from '../errors.ts';
import type { CommandText } from './command-text.ts';

const TYPE_NAMES: Readonly<Record<string, ScalarType>> = {
  bool: 'bool',
  boolean: 'bool',
  date: 'datetime',
  datetime: 'datetime',
  decimal: 'decimal',
  double: 'real',
  dynamic: 'dynamic',
  guid: 'guid',
  int: 'int',
  int32: 'int',
  int64: 'long',
  long: 'long',
  real: 'real',
  string: 'string',
  time: 'timespan',
  timespan: 'timespan',
  uniqueid: 'guid',
  uuid: 'guid',
};

/** Reads `(name: type, ...)`. */
export function readColumns(text: CommandText): Column[] {
  text.expect('(');
  const columns: Column[] = [];
  while (!text.try(')')) {
    const name = text.name('a column');
    if (columns.some((column) => column.name === name)) {
      throw new KqlError(`Column '${name}' is declared twice`, { position: text.position });
    }
    text.expect(':');
    columns.push({ name, type: readType(text) });
    if (!text.sees(')')) text.expect(',');
  }
  if (columns.length === 0)
    throw new KqlError('A table needs at least one column', { position: text.position });
  return columns;
}

/** Reads `(name: type = default, ...)` of a function. */
export function readParameters(text: CommandText): FunctionParameter[] {
  text.expect('(');
  const parameters: FunctionParameter[] = [];
  while (!text.try(')')) {
    const name = text.name('a parameter');
    text.expect(':');
    if (text.sees('(')) {
      if (parameters.some((before) => !takesTable(before)))
        text.refuse(`Parameter '${name}' takes a table: write it before those that take a scalar`);
      parameters.push({ name, columns: readTable(text) });
      if (!text.sees(')')) text.expect(',');
      continue;
    }
    const type = readType(text);
    parameters.push(text.try('=') ? { name, type, defaultValue: readDefault(text) } : { name, type });
    if (!text.sees(')')) text.expect(',');
  }
  return parameters;
}

/** Reads `(name: type, ...)`, or `(*)`, which is any table. */
function readTable(text: CommandText): Column[] | undefined {
  const start = text.offset;
  text.skipParenthesis();
  if (/^\(\s*\*\s*\)$/.test(text.text.slice(start, text.offset).trim())) return undefined;
  text.goBack(start);
  return readColumns(text);
}

/** A function's parameters as `.show functions` gives them: `(a:string, n:long=1)`. */
export function parametersText({ parameters }: StoredFunction): string {
  const written = parameters.map((parameter) => {
    if (takesTable(parameter))
      return `${parameter.name}:(${parameter.columns ? columnsText(parameter.columns) : '*'})`;
    const { name, type, defaultValue } = parameter;
    return defaultValue === undefined ? `${name}:${type}` : `${name}:${type}=${defaultValue}`;
  });
  return `(${written.join(', ')})`;
}

/** Columns as `cslschema` gives them: `a:string,b:long`. */
export function columnsText(columns: readonly Column[]): string {
  return columns.map(({ name, type }) => `${writtenName(name)}:${type}`).join(',');
}

/** A function's parameter as `schema as json` gives it; any table has no columns there. */
export function parameterJson(parameter: FunctionParameter) {
  if (!takesTable(parameter)) {
    const { defaultValue } = parameter;
    return { ...columnJson(parameter), ...(defaultValue !== undefined && { CslDefaultValue: defaultValue }) };
  }
  return { Name: parameter.name, Columns: (parameter.columns ?? []).map(columnJson) };
}

/** A column as `schema as json` gives it. */
export function columnJson({ name, type }: Column): { Name: string; Type: string; CslType: string } {
  const dotnet = type === 'decimal' ? 'System.Data.SqlTypes.SqlDecimal' : `System.${DOTNET_TYPES[type]}`;
  return { Name: name, Type: dotnet, CslType: type };
}

function readType(text: CommandText): ScalarType {
  const start = text.position;
  const word = text.anyWord('a type');
  const type = TYPE_NAMES[word];
  if (!type) throw new KqlError(`'${word}' is not a type`, { position: start });
  return type;
}

/** A default is a literal such as `1`, `"a"`, `datetime(null)` or `dynamic([])`. */
function readDefault(text: CommandText): string {
  const start = text.offset;
  if (text.tryString() === undefined) {
    text.value('a default value');
    if (text.sees('(')) text.skipParenthesis();
  }
  return text.text.slice(start, text.offset).trim();
}

/** A name as commands read it. */
export function writtenName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `['${name}']`;
}
