/** Tables: columns as wide as their widest cell, two spaces between them, no space at the end of a line. */
import type { Capabilities } from './capabilities.ts';
import { plainText, styled, type Text } from './styled-text.ts';

/** The lines of a table. Headings are ours; cells may be from outside. */
export function alignedLines(
  headings: readonly string[],
  rows: readonly (readonly Text[])[],
  capabilities: Capabilities,
): string[] {
  const titles = headings.map((text): Text => ({ text, tone: 'heading' }));
  const lines = [titles, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((cells) => widthOf(cells[column] ?? ''))));
  return lines.map((cells) => {
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
