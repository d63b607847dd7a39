/**
 * Makes text from outside safe to print: control characters can move a terminal's cursor or hide text, and
 * characters for the direction of writing can make one text look like another.
 */

const bidirectional = '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069';
const breaking = new RegExp(`[\\p{Cc}\\u2028\\u2029${bidirectional}]`, 'gu');
const breakingExceptLines = new RegExp(`(?![\\n\\t])[\\p{Cc}\\u2028\\u2029${bidirectional}]`, 'gu');

/** The text on one line: line breaks and tabs become spaces, other control characters become `�`. */
export function printable(text: string): string {
  return text.replace(/[\r\n\t]+/g, ' ').replace(breaking, '\ufffd');
}

/** The text with its lines and tabs; other control characters become `�`. */
export function printableLines(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(breakingExceptLines, '\ufffd');
}
