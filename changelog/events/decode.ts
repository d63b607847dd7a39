/**
 * From the bytes of a message to a JSON object, or an {@link UnreadableEventError} that says why not. Whether
 * Azure DevOps puts JSON or base64 of it on the queue is not documented, so both are read. Limits come first:
 * nothing is parsed before its size, encoding and depth are known to be harmless.
 */
import { createHash } from 'node:crypto';

/** A JSON object of unknown content. */
export type JsonObject = { readonly [name: string]: unknown };

/** A message in which no event can be found. The reason names no content: that may be private. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';
}

/** A decoded message. */
export interface DecodedEvent {
  readonly event: JsonObject;
  /** `sha256-…` of the JSON's bytes: names an event that has no id of its own. */
  readonly digest: string;
  /** Bytes of the JSON. */
  readonly size: number;
}

/** Largest JSON that is read; a queue message holds 64 KiB, a webhook's body can be larger. */
export const largestEventBytes = 1024 * 1024;
/** Service hooks nest about eight levels deep. */
const deepestNesting = 64;

const utf8 = new TextDecoder('utf-8', { fatal: true });
const base64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

/**
 * Decodes raw JSON, or base64 of it.
 *
 * @throws UnreadableEventError
 */
export function decodeEvent(message: Uint8Array | string): DecodedEvent {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : Buffer.from(message);
  if (bytes.length > (largestEventBytes * 4) / 3 + 4) throw tooLarge();
  const json = jsonBytes(bytes);
  if (json.length > largestEventBytes) throw tooLarge();
  const text = decodeText(json);
  if (nesting(text) > deepestNesting) {
    throw new UnreadableEventError(`The JSON nests deeper than ${deepestNesting} levels`);
  }
  return {
    event: parseObject(text),
    // Only asked of an event without an id.
    get digest() {
      return `sha256-${createHash('sha256').update(json).digest('hex')}`;
    },
    size: json.length,
  };
}

function tooLarge(): UnreadableEventError {
  return new UnreadableEventError(`The message is larger than ${largestEventBytes} bytes`);
}

/** What starts with a brace is JSON; otherwise base64 is tried. */
function jsonBytes(bytes: Buffer): Buffer {
  const start = bytes.toString('latin1', 0, 64).trimStart();
  if (start.startsWith('{') || start.startsWith('\u00ef\u00bb\u00bf')) return bytes;
  const text = bytes.toString('latin1');
  if (text.trim() === '') throw new UnreadableEventError('The message is empty');
  return base64.test(text) ? Buffer.from(text, 'base64') : bytes;
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

/** The deepest nesting of arrays and objects, without parsing: parsers may recurse. */
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

/** Whether a JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
