/**
 * How long the address and the headers of a request may be, on every server of ours, and what is answered to requests
 * that Node does not hand over: too long for it, too slow, or not HTTP.
 */
import type { IncomingMessage } from 'node:http';

/** The most characters of an address. Every query of the contract has fewer, percent-encoding included. */
export const longestAddress = 16 * 1_024;
/** Names and values of all headers. */
const longestHeaders = 16 * 1_024;

/** An answer that is an error; its message is for the client. */
export interface RequestRefusal {
  readonly status: number;
  readonly message: string;
}

const addressTooLong: RequestRefusal = {
  status: 414,
  message: `The address is longer than ${kibibytes(longestAddress)}.`,
};
const headersTooLong: RequestRefusal = {
  status: 431,
  message: `The headers are longer than ${kibibytes(longestHeaders)}.`,
};
const bothTooLong: RequestRefusal = {
  status: 431,
  message: `The headers are longer than ${kibibytes(longestHeaders)}, or the address is longer than ${kibibytes(longestAddress)}.`,
};

/** Why a request is too long to be answered, apart from its body; undefined where it is not. */
export function refusalOfSize({
  url = '',
  rawHeaders,
}: Pick<IncomingMessage, 'url' | 'rawHeaders'>): RequestRefusal | undefined {
  if (url.length > longestAddress) return addressTooLong;
  let length = 0;
  for (const text of rawHeaders) length += text.length;
  return length > longestHeaders ? headersTooLong : undefined;
}

/** The answer to a body of more than `limit` bytes; 0 where none is taken. */
export function bodyTooLong(limit: number): RequestRefusal {
  const message = limit === 0 ? 'No body is taken here.' : `The body is longer than ${kibibytes(limit)}.`;
  return { status: 413, message };
}

/** An error of Node's event `clientError`, which hands over bytes instead of a request. */
export interface SocketError extends Error {
  readonly code?: string;
  /** The bytes that could not be read, at most as many as arrived together. */
  readonly rawPacket?: unknown;
}

/** The answer to what Node could not read as a request; undefined where nobody is there to read an answer. */
export function refusalOfUnreadable({ code, rawPacket }: SocketError): RequestRefusal | undefined {
  switch (code) {
    case 'ECONNRESET':
      return undefined;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, message: 'The request did not arrive in time.' };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, message: 'The extensions of a chunk are too long.' };
    case 'HPE_HEADER_OVERFLOW':
      return refusalOfOverflow(rawPacket);
    default:
      return { status: 400, message: 'The request is not valid HTTP.' };
  }
}

/** The whole answer, as it is written to a socket. */
export function rawAnswer(status: number, content: string): string {
  const reason = reasons[status] ?? 'Bad Request';
  const length = new TextEncoder().encode(content).length;
  return `HTTP/1.1 ${status} ${reason}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${content}`;
}

const reasons: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  413: 'Payload Too Large',
  414: 'URI Too Long',
  431: 'Request Header Fields Too Large',
};

/** The first line tells which of the two is too long, where it arrived with what came too much. */
function refusalOfOverflow(packet: unknown): RequestRefusal {
  const text = packet instanceof Uint8Array ? new TextDecoder('latin1').decode(packet) : '';
  const [, address] = /^[A-Z-]{1,20} (\S*)/.exec(text) ?? [];
  if (address === undefined) return bothTooLong;
  return address.length > longestAddress ? addressTooLong : headersTooLong;
}

function kibibytes(bytes: number): string {
  return bytes % (1_024 * 1_024) === 0 ? `${bytes / 1_024 / 1_024} MiB` : `${bytes / 1_024} KiB`;
}
