/**
 * Ingestion mappings: which field of a record fills which column. Without one, separated values go by
 * position and JSON by property name.
 * https://learn.microsoft.com/kusto/management/json-mapping
 */
import type { StoredColumn } from '../catalog.ts';
import type { SqlValue } from '../compile.ts';
import { KqlError } from '../errors.ts';
import type { SourceRecord } from './formats.ts';
import { valueOfJson, valueOfText } from './values.ts';

/** Where one column's value comes from. */
export interface FieldMapping {
  readonly column: string;
  readonly source:
    | { readonly kind: 'path'; readonly path: readonly (string | number)[] }
    | { readonly kind: 'ordinal'; readonly ordinal: number }
    | { readonly kind: 'constant'; readonly value: string };
}

/**
 * Reads a mapping as Kusto writes it: `[{"column": "A", "Properties": {"Path": "$.a"}}]`, also with the
 * older `path` and `ordinal` beside `column`.
 *
 * @throws KqlError naming the entry that is wrong
 */
export function parseMapping(json: string): FieldMapping[] {
  let entries: unknown;
  try {
    entries = JSON.parse(json);
  } catch {
    throw new KqlError('The ingestion mapping is not valid JSON');
  }
  if (!Array.isArray(entries)) throw new KqlError('The ingestion mapping must be a JSON array');
  return entries.map((entry: unknown, index) => parseEntry(entry, index));
}

/** The record as values for `columns`, in order. */
export type RecordReader = (record: SourceRecord) => SqlValue[];

/** How to read records into `columns`. */
export function recordReader(
  columns: readonly StoredColumn[],
  mapping: readonly FieldMapping[] | undefined,
): RecordReader {
  if (!mapping) {
    return (record) =>
      record.kind === 'object'
        ? columns.map(({ name, type }) => valueOfJson(type, own(record.object, name)))
        : columns.map(({ type }, index) => valueOfText(type, record.fields[index] ?? ''));
  }
  const sources = columns.map(({ name }) => mapping.find(({ column }) => column === name)?.source);
  return (record) =>
    columns.map(({ type }, index) => {
      const source = sources[index];
      if (!source) return valueOfJson(type, undefined);
      if (source.kind === 'constant') return valueOfText(type, source.value);
      if (source.kind === 'ordinal') {
        return valueOfText(type, record.kind === 'fields' ? (record.fields[source.ordinal] ?? '') : '');
      }
      return valueOfJson(type, record.kind === 'object' ? follow(record.object, source.path) : undefined);
    });
}

function parseEntry(entry: unknown, index: number): FieldMapping {
  if (!isBag(entry)) throw new KqlError(`Entry ${index} of the ingestion mapping must be an object`);
  const nested = own(entry, 'Properties') ?? own(entry, 'properties');
  const fields = lowerCased({ ...entry, ...(isBag(nested) ? nested : {}) });
  const column = fields.column ?? fields.name;
  if (typeof column !== 'string')
    throw new KqlError(`Entry ${index} of the ingestion mapping has no 'column'`);
  const { path, ordinal, constvalue, transform } = fields;
  if (transform !== undefined && transform !== null && transform !== '') {
    throw new KqlError(`Entry ${index} of the ingestion mapping: 'Transform' is not supported`);
  }
  if (typeof path === 'string') return { column, source: { kind: 'path', path: parsePath(path, index) } };
  if (ordinal !== undefined && ordinal !== null) {
    return { column, source: { kind: 'ordinal', ordinal: Number(ordinal) } };
  }
  if (typeof constvalue === 'string') return { column, source: { kind: 'constant', value: constvalue } };
  throw new KqlError(
    `Entry ${index} of the ingestion mapping has neither 'Path', 'Ordinal' nor 'ConstValue'`,
  );
}

/** `$.a.b`, `$['a']['b']` and `$.a[0]`. */
function parsePath(path: string, index: number): (string | number)[] {
  if (!path.startsWith('$')) {
    throw new KqlError(`Entry ${index} of the ingestion mapping: path '${path}' must begin with '$'`);
  }
  const steps: (string | number)[] = [];
  const step = /\.([^.[\]]+)|\[(?:'([^']*)'|"([^"]*)"|(\d+))\]/y;
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const match = step.exec(path);
    if (!match)
      throw new KqlError(`Entry ${index} of the ingestion mapping: path '${path}' is not supported`);
    steps.push(match[4] === undefined ? (match[1] ?? match[2] ?? match[3] ?? '') : Number(match[4]));
  }
  return steps;
}

function follow(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof step === 'number' ? !Array.isArray(at) : !isBag(at)) return undefined;
    at = Array.isArray(at) ? at[Number(step)] : isBag(at) ? own(at, String(step)) : undefined;
  }
  return at;
}

function lowerCased(bag: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(bag).map(([key, value]) => [key.toLowerCase(), value]));
}

function isBag(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(bag: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(bag, key) ? bag[key] : undefined;
}
