/** Positions of errors, moved from a piece of a text to the whole of it. */
import { KqlError, type Position, positionAt } from '../errors.ts';

/** An error's message without the position that it ends in. */
export function bareMessage({ message, position }: KqlError): string {
  return position ? message.replace(/ \[line \d+, column \d+\]$/, '') : message;
}

/** The error at another position. */
export function movedTo(error: KqlError, position: Position, message = bareMessage(error)): KqlError {
  return new KqlError(message, position, error.code);
}

/**
 * Waits for `work` on a piece of a text; the positions of its errors are those in the whole text.
 *
 * @param start where the piece begins in `text`
 * @param functionName the function whose body the piece is
 */
export async function within<T>(
  text: string,
  start: number,
  work: Promise<T>,
  functionName?: string,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof KqlError) || !error.position) throw error;
    const own = `In function '${functionName}': `;
    const bare = bareMessage(error);
    const message = bare.startsWith(own) ? bare.slice(own.length) : bare;
    // An error inside another stored function has its position there.
    if (message.startsWith('In function')) throw error;
    const from = positionAt(text, start);
    const { line, column } = error.position;
    const position = { line: from.line + line - 1, column: line === 1 ? from.column + column - 1 : column };
    throw movedTo(error, position, message);
  }
}
