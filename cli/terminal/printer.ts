/**
 * The one writer of text to a stream. Ids, names and messages come from outside and may hold escape sequences, line
 * breaks that fake a line of ours, or characters that turn the direction of writing; so commands say what a text is
 * (a line, a block, a table, JSON), and the printer makes it harmless.
 */
import { printableLines } from '../../net/printable.ts';
import { type Capabilities, capabilitiesOf, type OutputStream } from './capabilities.ts';
import { createFrame } from './frame.ts';
import { styled, type Text } from './styled-text.ts';
import { alignedLines } from './table.ts';

export interface Printer {
  readonly capabilities: Capabilities;
  /** Prints one line of one or more pieces; a line break within it becomes a space. */
  line(...pieces: readonly Text[]): void;
  /** Prints text that may have lines of its own, such as help, a stack or the body of a message. */
  block(text: string): void;
  /** Prints rows under their headings, aligned; nothing without rows. On a terminal, long cells are cut to fit it. */
  table(headings: readonly string[], rows: readonly (readonly Text[])[]): void;
  /** Prints a value as JSON on one line, in ASCII where a character could do harm. */
  json(value: unknown): void;
  /**
   * Prints what `draw` prints in place of what it printed the time before: on a terminal over it, elsewhere below it and
   * only if it has changed.
   */
  frame(draw: (printer: Printer) => void): void;
}

/** Creates the printer of a stream. */
export function createPrinter(
  stream: OutputStream,
  environment: Readonly<Record<string, string | undefined>>,
): Printer {
  const capabilities = capabilitiesOf(stream, environment);
  const show = createFrame(stream);
  const frame: Printer['frame'] = (draw) => {
    const lines: string[] = [];
    draw({ ...printerOf((text) => lines.push(...text.split('\n')), stream, capabilities), frame });
    show(lines);
  };
  return { ...printerOf((text) => stream.write(`${text}\n`), stream, capabilities), frame };
}

function printerOf(
  write: (text: string) => unknown,
  stream: OutputStream,
  capabilities: Capabilities,
): Omit<Printer, 'frame'> {
  return {
    capabilities,
    line: (...pieces) => write(pieces.map((piece) => styled(piece, capabilities)).join('')),
    block: (text) => write(printableLines(text)),
    table(headings, rows) {
      if (rows.length > 0) write(alignedLines(headings, rows, capabilities, stream.columns).join('\n'));
    },
    json: (value) => write(harmlessJson(value)),
  };
}

/** JSON escapes control characters below U+0020 only. */
function harmlessJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, escaped);
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
