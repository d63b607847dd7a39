/** String literals as text: https://learn.microsoft.com/kusto/query/scalar-data-types/string */

const ESCAPED = /^h?(["'])((?:(?!\1)[^\\\r\n]|\\[^\r\n])*)\1$/iu;
const VERBATIM = /^(?:h?@|@h)(["'])((?:(?!\1)[\s\S]|\1\1)*)\1$/iu;
const ESCAPE = /\\(?:u([\da-f]{4})|U([\da-f]{8})|x([\da-f]{2})|(.))/gu;
const CONTROLS: Readonly<Record<string, string>> = {
  0: '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** What one whole literal, such as `"a\\n"`, `'a'`, `@"a\b"` or `h'a'`, stands for; undefined if `written` is none. */
export function textOfLiteral(written: string): string | undefined {
  // Most texts are none, and one character tells.
  if (!written.endsWith('"') && !written.endsWith("'")) return undefined;
  const verbatim = VERBATIM.exec(written);
  if (verbatim) {
    const [, quote = '', inside = ''] = verbatim;
    return inside.replaceAll(quote + quote, quote);
  }
  const inside = ESCAPED.exec(written)?.[2];
  return inside?.replace(ESCAPE, (whole, four?: string, eight?: string, two?: string, character?: string) => {
    const code = Number.parseInt(four ?? eight ?? two ?? '', 16);
    if (Number.isNaN(code)) return CONTROLS[character ?? ''] ?? character ?? whole;
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
