/**
 * What a query depends on of a catalogue, so that what was worked out for it holds until one of that changes, whatever
 * else the catalogue gains or loses. A name counts wherever it is written, in a comment too: more than needed does no
 * harm, and a text with `union` and `*` counts as one with a wildcard, which depends on all tables. Nothing else is read
 * that is not named: `find` and `search` are not supported, and `table(name)` takes only names that are written somewhere.
 */
import { createHash } from 'node:crypto';
import type { Catalog, Entity } from './catalog.ts';

/** What `text` reads and calls, at whatever depth. */
export function dependenciesOf(catalog: Catalog, text: string): Entity[] {
  const found = new Map<string, Entity>();
  const texts = [text];
  for (let next = texts.pop(); next !== undefined; next = texts.pop()) {
    for (const entity of mentioned(catalog, next)) {
      if (found.has(entity.name)) continue;
      found.set(entity.name, entity);
      texts.push(textOf(entity));
    }
  }
  return [...found.values()];
}

/** A key that is different whenever one of the entities is. */
export function keyOf(entities: readonly Entity[]): string {
  const hash = createHash('sha256');
  for (const one of entities.map(hashOf).sort()) hash.update(one);
  return hash.digest('hex');
}

function mentioned(catalog: Catalog, text: string): Entity[] {
  const words = new Set(text.match(/[\p{L}\p{N}_]+/gu));
  const hasWildcard = words.has('union') && text.includes('*');
  return [...catalog.entities.values()].filter((entity) => {
    if (hasWildcard && (entity.kind === 'table' || ('isView' in entity && entity.isView))) return true;
    const { name } = entity;
    if (/^[\p{L}\p{N}_]+$/u.test(name)) return words.has(name);
    // A quote within a name is written in several ways.
    return /['"\\]/.test(name) || text.includes(name);
  });
}

function textOf(entity: Entity): string {
  switch (entity.kind) {
    case 'table':
      return '';
    case 'view':
      return `${entity.source}\n${entity.query}`;
    case 'function':
      return [
        entity.body,
        ...entity.parameters.map((parameter) => ('type' in parameter && parameter.defaultValue) || ''),
      ].join('\n');
  }
}

/** Entities are immutable and pass from one snapshot to the next. */
const hashes = new WeakMap<Entity, string>();

function hashOf(entity: Entity): string {
  const hash = hashes.get(entity) ?? createHash('sha256').update(JSON.stringify(entity)).digest('hex');
  hashes.set(entity, hash);
  return hash;
}
