/**
 * Where a page of entities ended, as an opaque text. It names a place in the order and not a number of entities, so pages
 * stay right while entities change. The digest refuses what no answer gave, and a token of another query; it needs no
 * secret, because a place in the order gives away nothing.
 */
import { hash } from 'node:crypto';
import type { EntitiesReading } from '../../api/parameters.ts';

/** The place of an entity in the order: see EntityRows.kql. */
export interface Place {
  readonly order: number;
  readonly type: string;
  readonly id: string;
}

/** Before all entities. */
export const beginning: Place = { order: 0, type: '', id: '' };

const digestLength = 16;

/** The token for the page after `place`. */
export function tokenOf(query: EntitiesReading, { order, type, id }: Place): string {
  const place = Buffer.from(JSON.stringify([order, type, id])).toString('base64url');
  return digestOf(query, place) + place;
}

/** The place that a token of the same query names; undefined for any other text. */
export function placeOf(query: EntitiesReading, token: string): Place | undefined {
  const place = token.slice(digestLength);
  if (token.slice(0, digestLength) !== digestOf(query, place)) return undefined;
  return readPlace(Buffer.from(place, 'base64url').toString());
}

/** Anybody can make a digest, so what is under it may be anything. */
function readPlace(text: string): Place | undefined {
  try {
    const [order, type, id] = JSON.parse(text) as unknown[];
    const isPlace = Number.isSafeInteger(order) && typeof type === 'string' && typeof id === 'string';
    return isPlace ? { order: Number(order), type, id } : undefined;
  } catch {
    return undefined;
  }
}

function digestOf({ source, id, states, type }: EntitiesReading, place: string): string {
  const query = JSON.stringify([source, id.toLowerCase(), states, type?.toLowerCase() ?? null, place]);
  return hash('sha256', query, 'base64url').slice(0, digestLength);
}
