/**
 * The one error that the engine throws at a caller's request: it becomes Kusto's error body
 * (`{"error": {"code", "message", "@message", ...}}`) in `wire/`.
 */

/** Points to what is supported; a refusal of a construct, operator or function ends with it. */
export const LISTED = '(see docs/kql-support.md)';

/** Where in the caller's text, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The fields of an error besides its reason. */
export interface ErrorDetails {
  /** Where the construct stands: in the caller's text, or in the body of `functionName`. */
  readonly position?: Position | undefined;
  /** The stored function in whose body it stands. */
  readonly functionName?: string | undefined;
  /** Kusto's error code. */
  readonly code?: string;
}

/** A query or command that cannot be run as written. `message` is all of it in one sentence, for people. */
export class KqlError extends Error {
  readonly reason: string;
  readonly position: Position | undefined;
  readonly functionName: string | undefined;
  readonly code: string;

  /** @param reason what is wrong, naming the construct */
  constructor(reason: string, { position, functionName, code = 'General_BadRequest' }: ErrorDetails = {}) {
    const where = functionName === undefined ? '' : `In function '${functionName}': `;
    super(`${where}${reason}${position ? ` [line ${position.line}, column ${position.column}]` : ''}`);
    this.name = 'KqlError';
    this.reason = reason;
    this.position = position;
    this.functionName = functionName;
    this.code = code;
  }
}

/** The position of `offset` in `text`. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
