/**
 * Splits the text after `?` without losing anything a caller should be told about: which names were repeated
 * and which values are not valid percent-encoded UTF-8. Common parsers drop or repair both silently.
 */

/** One `name=value` as it was sent, decoded; `value` is undefined where it cannot be decoded. */
export interface QueryPair {
  readonly name: string;
  readonly value: string | undefined;
}

/** The pairs of a raw query string (without `?`) in their order; pairs whose name cannot be decoded are left out. */
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
