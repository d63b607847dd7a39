/** Steps of `evaluate bag_unpack`: which slots bags have, and what is in one. */
import { KqlError } from '../errors.ts';
import { ownStep } from './definition.ts';
import { isBag, type Json, numberKind, readMoved, writeMoved } from './json.ts';

/** Whether a text may be a datetime, timespan or guid, which JSON writes as texts. */
const AMBIGUOUS =
  /^(?:\d{4}-\d\d-\d\d(?:[T ].*)?|-?(?:\d+\.)?\d\d:\d\d:\d\d(?:\.\d+)?|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i;

/** The type that a slot's value gives its column; `text` is one that only the query's author can know. */
function slotType(value: Json): string | undefined {
  const number = numberKind(value);
  if (number) return number;
  switch (typeof value) {
    case 'string':
      return AMBIGUOUS.test(value) ? 'text' : 'string';
    case 'boolean':
      return 'bool';
    default:
      return value === null ? undefined : 'dynamic';
  }
}

/** A JSON array of the slots of a bag with their types, each slot as an array of two. */
export const BAG_SLOTS = ownStep('bag_slots', 'never', (json) => {
  const bag = readMoved(json);
  if (!isBag(bag)) return '[]';
  const slots = Object.entries(bag).flatMap(([key, value]) => {
    const type = slotType(value);
    return type === undefined ? [] : [[key, type]];
  });
  return JSON.stringify(slots);
});

/** What a bag has in a slot, as JSON. @throws KqlError where it is not of the type that the schema says */
export const BAG_SLOT = ownStep('bag_slot', 'always', (json, key, type) => {
  const bag = readMoved(json);
  const name = String(key);
  const value = isBag(bag) && Object.hasOwn(bag, name) ? bag[name] : null;
  if (value === null || value === undefined) return null;
  if (type !== 'dynamic' && !isOfType(value, String(type)))
    throw new KqlError(
      `bag_unpack: the schema says that '${name}' is a ${type}, and a bag has ${shown(value)}`,
    );
  return writeMoved(value);
});

function isOfType(value: Json, type: string): boolean {
  const number = numberKind(value);
  switch (type) {
    case 'string':
    case 'datetime':
    case 'timespan':
    case 'guid':
      return typeof value === 'string' && !number;
    case 'bool':
      return typeof value === 'boolean';
    case 'real':
      return number !== undefined;
    default:
      return number === 'long';
  }
}

function shown(value: Json): string {
  const text = writeMoved(value) ?? 'null';
  return text.length > 50 ? `${text.slice(0, 50)}…` : text;
}
