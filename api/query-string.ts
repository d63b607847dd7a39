/**
 * Splits a query string and keeps what callers should be told about: repeated names, and values that are not
 * valid percent-encoded UTF-8. Most parsers silently drop or repair both.
 */

/** One `name=value`, decoded; `value` is undefined if it cannot be decoded. */
export interface QueryPair {
  readonly name: string;
  readonly value: string | undefined;
}

/** The pairs of a raw query string (without `?`), in order. Pairs whose name cannot be decoded are left out. */
export function queryPairs(raw: string): QueryPair[] {
  const pairs: QueryPair[] = [];
  for (const part of raw.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    if (name === undefined) continue;
    pairs.push({ name, value: decode(equals < 0 ? '' : part.slice(equals + 1)) });
  }
  return pairs;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.includes('+') ? text.replaceAll('+', ' ') : text);
  } catch {
    return undefined;
  }
}
