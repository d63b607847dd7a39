/**
 * 64-bit integers in JSON: `JSON.parse` would round them. They travel through it as marked strings, and
 * come out as the digits that were written.
 */

const MARK = '\u0000integer:';
const ESCAPED_MARK = JSON.stringify(MARK).slice(1, -1);
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG_INTEGER = /^-?\d{16,}$/;
const MARKED = new RegExp(`"${ESCAPED_MARK.replaceAll('\\', '\\\\')}(-?\\d+)"`, 'g');

/** Parses `json`; integers of 16 digits or more become marked strings. */
export function parseExactly(json: string): unknown {
  if (!/\d{16}/.test(json)) return JSON.parse(json);
  return JSON.parse(
    json.replace(TOKENS, (token) => (LONG_INTEGER.test(token) ? `"${ESCAPED_MARK}${token}"` : token)),
  );
}

/** The JSON text of what `parseExactly` gave. */
export function stringifyExactly(value: unknown): string {
  return JSON.stringify(value).replace(MARKED, '$1');
}

/** The digits of a marked string; any other string as it is. */
export function unmarked(text: string): string {
  return text.startsWith(MARK) ? text.slice(MARK.length) : text;
}
