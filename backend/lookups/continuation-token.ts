/**
 * Where a page ended, as an opaque text. It names a place in the order and not a number of entries, so pages stay right
 * while things change. The digest refuses what no answer gave, and a token of another query; it needs no secret,
 * because a place in the order gives away nothing.
 */
import { hash } from 'node:crypto';

const digestLength = 16;

/** The token for the page after `place`, a JSON value. @param query everything that both pages must agree in */
export function tokenOf(query: readonly unknown[], place: readonly unknown[]): string {
  const text = Buffer.from(JSON.stringify(place)).toString('base64url');
  return digestOf(query, text) + text;
}

/**
 * The place that a token of the same query names; undefined for any other text. Anybody can make a digest, so the place
 * may be any list.
 */
export function placeIn(query: readonly unknown[], token: string): readonly unknown[] | undefined {
  const text = token.slice(digestLength);
  if (token.slice(0, digestLength) !== digestOf(query, text)) return undefined;
  try {
    const place: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(place) ? place : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(query: readonly unknown[], place: string): string {
  return hash('sha256', JSON.stringify([...query, place]), 'base64url').slice(0, digestLength);
}
