/** Positions of errors, moved from a piece of a text to the whole of it. */
import { KqlError, type Position, positionAt } from '../errors.ts';

/** The error at another position, which is in the caller's text. */
export function movedTo({ reason, code }: KqlError, position: Position): KqlError {
  return new KqlError(reason, { position, code });
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
    // An error inside another stored function has its position there.
    if (error.functionName !== undefined && error.functionName !== functionName) throw error;
    const from = positionAt(text, start);
    const { line, column } = error.position;
    throw movedTo(error, {
      line: from.line + line - 1,
      column: line === 1 ? from.column + column - 1 : column,
    });
  }
}

/** A text that was put into the caller's, without line breaks. */
export interface Insertion {
  readonly at: Position;
  readonly length: number;
}

/** The error with its position as if nothing had been put in. @param insertions in the order in which they were made */
export function withoutInsertions(error: unknown, insertions: readonly Insertion[]): unknown {
  if (!(error instanceof KqlError) || !error.position || error.functionName !== undefined) return error;
  const position = [...insertions].reverse().reduce(({ line, column }, { at, length }): Position => {
    if (line !== at.line || column <= at.column) return { line, column };
    return { line, column: Math.max(at.column, column - length) };
  }, error.position);
  return movedTo(error, position);
}
