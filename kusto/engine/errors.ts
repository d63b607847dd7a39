/**
 * The one error that the engine throws at a caller's request: it becomes Kusto's error body
 * (`{"error": {"code", "message", "@message", ...}}`) in `wire/`.
 */

/** Where in the caller's text, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A query or command that cannot be run as written; `message` names the construct. */
export class KqlError extends Error {
  readonly code: string;
  readonly position: Position | undefined;

  /**
   * @param message what is wrong, naming the construct
   * @param position where it stands in the caller's text
   * @param code Kusto's error code
   */
  constructor(message: string, position?: Position, code = 'General_BadRequest') {
    super(position ? `${message} [line ${position.line}, column ${position.column}]` : message);
    this.name = 'KqlError';
    this.code = code;
    this.position = position;
  }
}

/** The position of `offset` in `text`. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
