/** Reads what a client sends: the body, whole and unpacked, and the options of a query or command. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { bodyTooLong } from '../../../net/request-size.ts';
import { LISTED } from '../errors.ts';
import { parseDatetime, parseTimespan, TICKS_PER_MILLISECOND } from '../functions/ticks.ts';
import type { RunOptions } from '../store/statement-runner.ts';
import { WireError } from './failure.ts';
import type { FrameOptions } from './fragmented-response.ts';

/** A body may be this long, packed and unpacked. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

const DEFAULT_RECORDS = 500_000;
const DEFAULT_RESULT_BYTES = 64 * 1024 * 1024;
const QUERY_MILLISECONDS = 4 * 60_000;
const COMMAND_MILLISECONDS = 10 * 60_000;
const LONGEST_MILLISECONDS = 60 * 60_000;

const UNPACK = {
  br: promisify(brotliDecompress),
  deflate: promisify(inflate),
  gzip: promisify(gunzip),
} as const;

type Bag = Readonly<Record<string, unknown>>;

/** A query or command with its options. */
export interface KustoRequest extends RunOptions {
  readonly database: string | undefined;
  readonly text: string;
  /** `request_readonly`: nothing may be changed. */
  readonly readOnly: boolean;
  /** How the frames of an answer of the second version are put, where not as usual. */
  readonly frames?: FrameOptions;
}

/**
 * The body of `request`, unpacked.
 *
 * @throws WireError 413 where it is too long, 415 and 400 where it cannot be unpacked
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const packed = await readPacked(request);
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return packed;
  if (encoding !== 'gzip' && encoding !== 'deflate' && encoding !== 'br') {
    throw new WireError(415, `Content-Encoding '${encoding}' is not supported; use gzip, deflate or br`);
  }
  try {
    return await UNPACK[encoding](packed, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if (isTooLarge(error)) throw tooLong();
    throw new WireError(400, `The body is not valid ${encoding}`);
  }
}

/**
 * Reads the JSON body of a query or command.
 *
 * @throws WireError naming the field that is missing or wrong
 */
export function readKustoRequest(body: Buffer, kind: 'query' | 'command'): KustoRequest {
  const json = bag(parseJson(body), 'The body');
  const text = json.csl;
  if (typeof text !== 'string' || text.trim() === '') {
    throw new WireError(400, "Field 'csl' has to be a text: the query or command");
  }
  const database = json.db ?? '';
  if (typeof database !== 'string') {
    throw new WireError(400, "Field 'db' has to be a text: the database's name");
  }
  const properties = bag(propertiesOf(json.properties), "Field 'properties'");
  const options = bag(properties.Options ?? properties.options ?? {}, "Field 'properties.Options'");
  const parameters = bag(
    properties.Parameters ?? properties.parameters ?? {},
    "Field 'properties.Parameters'",
  );
  refuseAnswering(options);
  const now = nowOf(options);
  const unlimited = flag(options, 'notruncation');
  return {
    // Clients whose commands are for no database in particular send an empty name.
    database: database || undefined,
    text,
    readOnly: flag(options, 'request_readonly'),
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [
        name,
        typeof value === 'object' ? JSON.stringify(value) : String(value),
      ]),
    ),
    timeout: timeoutOf(options, kind),
    ...(now !== undefined && { now }),
    readsRemotes: !flag(options, 'request_remote_entities_disabled'),
    ...(flag(options, 'results_v2_fragment_primary_tables') && {
      frames: {
        newlines: flag(options, 'results_v2_newlines_between_frames'),
        errorsAtTables: options.results_error_reporting_placement === 'end_of_table',
      },
    }),
    limits: {
      take: count(options, 'query_take_max_records') ?? Infinity,
      records: count(options, 'truncationmaxrecords') ?? (unlimited ? Infinity : DEFAULT_RECORDS),
      bytes: count(options, 'truncationmaxsize') ?? (unlimited ? Infinity : DEFAULT_RESULT_BYTES),
    },
  };
}

/** The body as it was sent. With listeners: iterating over the request takes longer than many a query. */
function readPacked(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return reject(tooLong());
    const chunks: Buffer[] = [];
    let length = 0;
    const endEarly = () => {
      if (!request.complete) reject(new WireError(400, 'The body ended early'));
    };
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) reject(tooLong());
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', endEarly);
    request.on('close', endEarly);
  });
}

/** What zlib throws where the unpacked body is longer than allowed. */
function isTooLarge(error: unknown): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'code') === 'ERR_BUFFER_TOO_LARGE';
}

function tooLong(): WireError {
  const { status, message } = bodyTooLong(MAX_BODY_BYTES);
  return new WireError(status, message);
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(UTF_8.decode(body));
  } catch {
    throw new WireError(400, 'The body is not valid JSON in UTF-8');
  }
}

/** Clients send the properties as an object, or as a text that holds one. */
function propertiesOf(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? {};
  return value === '' ? {} : parseJson(Buffer.from(value));
}

function bag(value: unknown, what: string): Bag {
  if (isBag(value)) return value;
  throw new WireError(400, `${what} has to be a JSON object`);
}

function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function flag(options: Bag, name: string): boolean {
  return options[name] === true || String(options[name]).toLowerCase() === 'true';
}

function count(options: Bag, name: string): number | undefined {
  const value = options[name];
  if (value === undefined || value === null) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new WireError(400, `Option '${name}' has to be a whole number, not negative`);
}

/** Options that change an answer and are not followed: https://learn.microsoft.com/kusto/api/rest/request-properties */
function refuseAnswering(options: Bag): void {
  const refused = Object.keys(options).find((name) => {
    const value = options[name] ?? '';
    if (name === 'query_language') return !/^(?:kql|csl|kusto|)$/i.test(String(value));
    if (name === 'query_results_apply_getschema') return flag(options, name);
    return /^query_datetimescope_/.test(name) && value !== '';
  });
  if (refused) throw new WireError(400, `Option '${refused}' is not supported ${LISTED}`);
}

/** `query_now` is a datetime, as a literal or without its word. */
function nowOf({ query_now: value }: Bag): bigint | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const now = parseDatetime(/^datetime\((.*)\)$/.exec(String(value))?.[1] ?? String(value));
  if (now !== null) return now;
  throw new WireError(400, "Option 'query_now' has to be a datetime such as '2024-01-31T12:00:00Z'");
}

/** `servertimeout` is a timespan; it may not be longer than an hour, as in Kusto. */
function timeoutOf(options: Bag, kind: 'query' | 'command'): number {
  const value = options.servertimeout;
  if (value === undefined || value === null)
    return kind === 'query' ? QUERY_MILLISECONDS : COMMAND_MILLISECONDS;
  const ticks = parseTimespan(String(value));
  if (ticks === null || ticks <= 0n) {
    throw new WireError(400, "Option 'servertimeout' has to be a timespan such as '00:00:30'");
  }
  return Math.min(Number(ticks / TICKS_PER_MILLISECOND), LONGEST_MILLISECONDS);
}
