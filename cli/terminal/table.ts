/** Tables: columns as wide as their widest cell, two spaces between them, no space at the end of a line. */
import type { Capabilities } from './capabilities.ts';
import { plainText, styled, type Text } from './styled-text.ts';

/** A column that has to give way is not made narrower than this. */
const narrowest = 8;

/**
 * The lines of a table. Headings are ours; cells may be from outside.
 *
 * @param room columns of the terminal; cells of the widest columns are cut to fit it
 */
export function alignedLines(
  headings: readonly string[],
  rows: readonly (readonly Text[])[],
  capabilities: Capabilities,
  room = Number.POSITIVE_INFINITY,
): string[] {
  const titles = headings.map((text): Text => ({ text, tone: 'heading' }));
  const lines = [titles, ...rows];
  const widths = fitting(
    headings.map((_, column) => Math.max(...lines.map((cells) => widthOf(cells[column] ?? '')))),
    room,
  );
  return lines.map((all) => {
    const cells = all.map((cell, column) => cutTo(cell, widths[column] ?? 0));
    const last = cells.findLastIndex((cell) => widthOf(cell) > 0);
    return cells
      .slice(0, last + 1)
      .map((cell, column) => {
        const padding = column === last ? 0 : (widths[column] ?? 0) - widthOf(cell);
        return styled(cell, capabilities) + ' '.repeat(padding);
      })
      .join('  ');
  });
}

/** In characters as people count them. */
function widthOf(text: Text): number {
  const plain = plainText(text);
  return isAscii.test(plain) ? plain.length : [...new Intl.Segmenter().segment(plain)].length;
}

const isAscii = /^[\x20-\x7e]*$/;

/** The widest columns give way, one character at a time, until all fit or none is wide. */
function fitting(wanted: readonly number[], room: number): number[] {
  const widths = [...wanted];
  const gaps = 2 * (widths.length - 1);
  for (let over = widths.reduce((sum, width) => sum + width, gaps) - room; over > 0; over--) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= narrowest) break;
    widths[widest] = width - 1;
  }
  return widths;
}

/** Cut in the middle: ids and versions differ at their ends. */
function cutTo(text: Text, width: number): Text {
  if (widthOf(text) <= width) return text;
  const characters = Array.from(new Intl.Segmenter().segment(plainText(text)), ({ segment }) => segment);
  const tail = Math.floor((width - 1) / 2);
  const cut = `${characters.slice(0, width - 1 - tail).join('')}…${tail > 0 ? characters.slice(-tail).join('') : ''}`;
  return typeof text === 'string' ? cut : { ...text, text: cut };
}
