/**
 * Who may ask the engine anything: requests that no page of another site has sent, with the engine's token where it
 * has one. A form needs no permission of the browser to send a body as text, so bodies of such types are refused.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { refusalAtLoopback } from '../../../net/loopback-door.ts';
import { WireError } from './failure.ts';

/** The types of a body that a page may send anywhere without asking. */
const FORM_TYPES = /^\s*(text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)\b/i;

/** Checks requests before they are looked at. */
export class Door {
  readonly #expected: Buffer | undefined;

  /** @param token what clients have to send as their bearer token; without one, everybody on this machine may ask */
  constructor(token: string | undefined) {
    this.#expected = token === undefined ? undefined : digestOf(`Bearer ${token}`);
  }

  /** @throws WireError 403 for a request that a page of another site may have sent */
  checkSource({ headers, socket }: IncomingMessage): void {
    const refusal = refusalAtLoopback(headers, socket.localPort);
    if (refusal !== undefined) throw new WireError(403, refusal);
  }

  /** @throws WireError 401 for a request without the token */
  checkToken({ headers }: IncomingMessage): void {
    if (this.#expected === undefined) return;
    if (timingSafeEqual(digestOf(headers.authorization ?? ''), this.#expected)) return;
    throw new WireError(
      401,
      "This engine wants its token: 'Authorization: Bearer …'. The file engine.json in its data folder has it.",
    );
  }
}

/** @throws WireError 415 for a body that is not declared as JSON */
export function requireJson({ headers }: IncomingMessage): void {
  if (/^\s*application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return;
  throw new WireError(415, "A query or command is sent as 'Content-Type: application/json'");
}

/** Some clients declare no type for rows. @throws WireError 415 for a body as a form sends it */
export function refuseForms({ headers }: IncomingMessage): void {
  if (!FORM_TYPES.test(headers['content-type'] ?? '')) return;
  throw new WireError(415, "Rows are sent as 'Content-Type: application/octet-stream', not as a form's text");
}

/** Digests have one length, which the comparison needs. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
