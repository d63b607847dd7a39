/** Draws lines over those that were drawn before, as `top` does. */
import type { OutputStream } from './capabilities.ts';

/** Returns a function that shows lines in place of those of its last call. A pipe gets them only when they change. */
export function createFrame(stream: OutputStream): (lines: readonly string[]) => void {
  let shown: string | undefined;
  let height = 0;
  return (lines) => {
    const visible = stream.isTTY ? cutTo(lines, (stream.rows ?? 24) - 1) : lines;
    const text = visible.map((line) => `${line}\n`).join('');
    if (text === shown && !stream.isTTY) return;
    // Up to where the last frame began, then clear to the end of the screen.
    const back = stream.isTTY && height > 0 ? `\u001b[${height}A\u001b[0J` : '';
    stream.write(back + text);
    shown = text;
    height = visible.length;
  };
}

/** The cursor cannot go up beyond the top of the screen. */
function cutTo(lines: readonly string[], most: number): readonly string[] {
  const room = Math.max(most, 2);
  if (lines.length <= room) return lines;
  return [...lines.slice(0, room - 1), `… and ${lines.length - room + 1} more lines`];
}
