/**
 * From a message to the event in it, or to an {@link UnreadableEventError} that says why there is none. It is not
 * documented whether Azure DevOps puts JSON or base64 of JSON on the queue, so both are read. Limits come first:
 * nothing is parsed before its size, encoding and depth are known to be harmless. Everything after this point
 * works on the parsed object.
 */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';

/** A JSON object of unknown content. */
export type JsonObject = { readonly [name: string]: unknown };

/** A message that holds no event. The reason quotes no content, which may be private. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';
}

/** An event within the limits, parsed once. */
export interface IncomingEvent {
  readonly event: JsonObject;
  /** The event's JSON: as it came, where it came as text. */
  readonly text: string;
  /** `sha256-…` of the JSON: identifies an event that has no id of its own. */
  readonly digest: string;
  /** Size of the JSON in bytes; for an event that came as an object, not counting escapes. */
  readonly size: number;
}

/** The largest JSON that is read, in bytes. A queue message holds 64 KiB; the body of a webhook can be larger. */
export const largestEventBytes = 1024 * 1024;
/** Service hooks nest about eight levels deep. */
const deepestNesting = 64;

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Base64, with line breaks in it but not at the end. No part of it can match what the part before it matches. */
const base64 = /^[A-Za-z0-9+/\s]+={0,2}$/;

/**
 * Decodes JSON, or base64 of JSON.
 *
 * @throws UnreadableEventError
 */
export function decodeEvent(message: Uint8Array | string): IncomingEvent {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : Buffer.from(message);
  if (bytes.length > (largestEventBytes * 4) / 3 + 4) throw tooLarge();
  const json = jsonBytes(bytes);
  if (json.length > largestEventBytes) throw tooLarge();
  const text = decodeText(json);
  if (nesting(text) > deepestNesting) throw tooDeep();
  return {
    event: parseObject(text),
    text,
    // Computed on demand: few events lack an id.
    get digest() {
      return digestOf(json);
    },
    size: json.length,
  };
}

/**
 * Takes an event that is an object already: parsed by the Functions host, or made from records of the REST API.
 *
 * @throws UnreadableEventError where it is too large or nests too deep
 */
export function eventOfObject(event: JsonObject): IncomingEvent {
  return {
    event,
    get text() {
      return JSON.stringify(event);
    },
    get digest() {
      return digestOf(JSON.stringify(event));
    },
    size: sizeWithinLimits(event),
  };
}

function tooLarge(): UnreadableEventError {
  return new UnreadableEventError(`The message is larger than ${largestEventBytes} bytes`);
}

function tooDeep(): UnreadableEventError {
  return new UnreadableEventError(`The JSON nests deeper than ${deepestNesting} levels`);
}

function digestOf(json: Buffer | string): string {
  return `sha256-${createHash('sha256').update(json).digest('hex')}`;
}

/** What starts with a brace is JSON; anything else may be base64, unless that gives no text. */
function jsonBytes(bytes: Buffer): Buffer {
  const start = bytes.toString('latin1', 0, 64).trimStart();
  if (start.startsWith('{') || start.startsWith('\u00ef\u00bb\u00bf')) return bytes;
  const text = bytes.toString('latin1').trim();
  if (text === '') throw new UnreadableEventError('The message is empty');
  if (!base64.test(text)) return bytes;
  const decoded = Buffer.from(text, 'base64');
  return isUtf8(decoded) ? decoded : bytes;
}

function decodeText(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new UnreadableEventError('The message is neither UTF-8 nor base64 of it');
  }
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableEventError('The message is neither JSON nor base64 of it');
  }
  if (!isJsonObject(value)) throw new UnreadableEventError('The JSON is not an object');
  return value;
}

/** The deepest nesting of arrays and objects, found without parsing: parsers may recurse. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) i++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (char === 0x7d || char === 0x5d) depth--;
  }
  return deepest;
}

/** The size of an object's JSON in bytes, counted level by level without writing it. */
function sizeWithinLimits(root: JsonObject): number {
  let size = 0;
  let level: readonly unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const value of level) {
      size += sizeOf(value, next);
      if (size > largestEventBytes) throw tooLarge();
    }
    if (next.length > 0 && depth >= deepestNesting) throw tooDeep();
    level = next;
  }
  return size;
}

/** The size of a value without its children, which are added to `children`; names count with their object. */
function sizeOf(value: unknown, children: unknown[]): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 2;
  if (typeof value !== 'object' || value === null) return String(value).length;
  const values: readonly unknown[] = Object.values(value);
  for (const child of values) children.push(child);
  if (Array.isArray(value)) return values.length + 1;
  return Object.keys(value).reduce((size, name) => size + Buffer.byteLength(name) + 4, 1);
}

/** Whether a JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
