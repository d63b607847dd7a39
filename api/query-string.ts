/**
 * Splits a query string and keeps what callers should be told about: repeated names, and values that are not
 * valid percent-encoded UTF-8. Most parsers silently drop or repair both.
 */

/** One `name=value`, decoded; `value` is undefined if it cannot be decoded. */
export interface QueryPair {
  /** In lower case: the case of names does not matter. */
  readonly name: string;
  readonly value: string | undefined;
}

/** The pairs of a raw query string (without `?`), in order. Pairs whose name cannot be decoded are left out. */
export function queryPairs(raw: string): QueryPair[] {
  const pairs: QueryPair[] = [];
  let start = 0;
  while (start < raw.length) {
    const next = raw.indexOf('&', start);
    const part = raw.slice(start, next < 0 ? raw.length : next);
    start += part.length + 1;
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    if (name === undefined) continue;
    pairs.push({ name: name.toLowerCase(), value: decode(equals < 0 ? '' : part.slice(equals + 1)) });
  }
  return pairs;
}

function decode(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  try {
    return spaced.includes('%') ? decodeURIComponent(spaced) : spaced;
  } catch {
    return undefined;
  }
}
