/**
 * The text formats of ingestion, cut into records: separated values into fields, JSON into objects.
 * https://learn.microsoft.com/azure/data-explorer/ingestion-supported-formats
 */
import { KqlError, positionAt } from '../errors.ts';
import { parseExactly } from './big-integers.ts';

const SEPARATORS = { csv: ',', tsv: '\t', psv: '|', scsv: ';', sohsv: '\u0001' } as const;

type SeparatedFormat = keyof typeof SEPARATORS;
type JsonFormat = 'json' | 'multijson' | 'singlejson';

/** The formats that can be ingested. */
export type DataFormat = SeparatedFormat | JsonFormat | 'txt' | 'raw';

/** One record: the fields of a line, or a parsed JSON object. */
export type SourceRecord =
  | { readonly kind: 'fields'; readonly fields: readonly string[] }
  | { readonly kind: 'object'; readonly object: Readonly<Record<string, unknown>> };

/**
 * The format called `name`, in any case.
 *
 * @throws KqlError naming the formats there are
 */
export function dataFormat(name: string): DataFormat {
  const format = name.toLowerCase();
  if (isSeparated(format) || isJson(format) || format === 'txt' || format === 'raw') return format;
  const known = [...Object.keys(SEPARATORS), 'json', 'multijson', 'singlejson', 'txt', 'raw'];
  throw new KqlError(`Data format '${name}' is not supported; use one of ${known.join(', ')}`);
}

/** Whether `format` is mapped by JSON path rather than by position. */
export function isJson(format: string): format is JsonFormat {
  return format === 'json' || format === 'multijson' || format === 'singlejson';
}

/**
 * The records of `text`.
 *
 * @throws KqlError with the position where the text is malformed; nothing of it may then be ingested
 */
export function* recordsOf(format: DataFormat, text: string): Generator<SourceRecord> {
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (isSeparated(format)) yield* separatedRecords(content, SEPARATORS[format]);
  else if (format === 'raw') yield { kind: 'fields', fields: [content] };
  else if (format === 'txt') {
    for (const line of content.split(/\r?\n/)) if (line !== '') yield { kind: 'fields', fields: [line] };
  } else yield* jsonRecords(content);
}

function isSeparated(format: string): format is SeparatedFormat {
  return Object.hasOwn(SEPARATORS, format);
}

/**
 * RFC 4180: a quoted field may hold separators, line ends and doubled quotes; spaces may stand before its
 * quote, as commands are indented. Empty lines are skipped.
 */
function* separatedRecords(text: string, separator: string): Generator<SourceRecord> {
  let offset = 0;
  while (offset < text.length) {
    const fields: string[] = [];
    const lineEnd = text.startsWith('\r\n', offset)
      ? offset + 2
      : text[offset] === '\n'
        ? offset + 1
        : undefined;
    if (lineEnd !== undefined) {
      offset = lineEnd;
      continue;
    }
    for (let more = true; more; ) {
      const quote = quoteAt(text, offset);
      const { field, end } =
        quote === undefined ? plainField(text, offset, separator) : quotedField(text, quote, separator);
      fields.push(field);
      more = text[end] === separator;
      offset = end + (text.startsWith('\r\n', end) ? 2 : 1);
    }
    yield { kind: 'fields', fields };
  }
}

/** Where the quote of a quoted field stands, if the field at `offset` is one. */
function quoteAt(text: string, offset: number): number | undefined {
  let at = offset;
  while (text[at] === ' ') at += 1;
  return text[at] === '"' ? at : undefined;
}

function quotedField(text: string, start: number, separator: string): { field: string; end: number } {
  let field = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) throw new KqlError('A quoted field is not closed', { position: positionAt(text, start) });
    field += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      const end = quote + 1;
      const next = text[end];
      if (next === undefined || next === separator || next === '\n' || next === '\r') return { field, end };
      throw new KqlError('Text follows the closing quote of a field', { position: positionAt(text, end) });
    }
    field += '"';
    from = quote + 2;
  }
}

function plainField(text: string, start: number, separator: string): { field: string; end: number } {
  let end = start;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return { field: text.slice(start, end), end };
}

/** JSON objects one after another, with any white space between them, or in one array. */
function* jsonRecords(text: string): Generator<SourceRecord> {
  let offset = skipSpace(text, 0);
  const inArray = text[offset] === '[';
  if (inArray) offset = skipSpace(text, offset + 1);
  while (offset < text.length && !(inArray && text[offset] === ']')) {
    const end = objectEnd(text, offset);
    yield { kind: 'object', object: parseObject(text, offset, end) };
    offset = skipSpace(text, end);
    if (text[offset] === ',') offset = skipSpace(text, offset + 1);
    else if (inArray && text[offset] !== ']') {
      throw new KqlError("Expected ',' or ']' in the array of records", {
        position: positionAt(text, offset),
      });
    }
  }
  if (inArray && skipSpace(text, offset + 1) < text.length) {
    throw new KqlError('Text follows the array of records', { position: positionAt(text, offset + 1) });
  }
}

function parseObject(text: string, start: number, end: number): Record<string, unknown> {
  try {
    return Object.fromEntries(Object.entries(Object(parseExactly(text.slice(start, end)))));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KqlError(`A record is not valid JSON: ${reason}`, { position: positionAt(text, start) });
  }
}

/** The offset just after the object that starts at `start`. */
function objectEnd(text: string, start: number): number {
  if (text[start] !== '{') {
    throw new KqlError('A JSON record must be an object', { position: positionAt(text, start) });
  }
  let depth = 0;
  for (let offset = start; offset < text.length; offset++) {
    const character = text[offset];
    if (character === '"') offset = stringEnd(text, offset);
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return offset + 1;
    }
  }
  throw new KqlError('A JSON record is not closed', { position: positionAt(text, start) });
}

function stringEnd(text: string, start: number): number {
  for (let offset = start + 1; offset < text.length; offset++) {
    if (text[offset] === '\\') offset += 1;
    else if (text[offset] === '"') return offset;
  }
  throw new KqlError('A string in a JSON record is not closed', { position: positionAt(text, start) });
}

function skipSpace(text: string, offset: number): number {
  let at = offset;
  while (at < text.length && (text.charCodeAt(at) <= 32 || text[at] === '\uFEFF')) at += 1;
  return at;
}
