/** Dependencies between the objects of a database, by the names in their KQL. */
import { DefinitionError, type ObjectDefinition, type TableDefinition } from './definitions.ts';

/**
 * Sorts objects so that each comes after those it names, and otherwise keeps their order.
 *
 * @throws DefinitionError for two objects of one name, or objects that need each other
 */
export function inDependencyOrder(objects: readonly ObjectDefinition[]): ObjectDefinition[] {
  const byName = new Map(objects.map((object) => [object.name, object]));
  const twice = objects.find((object) => byName.get(object.name) !== object);
  if (twice) throw new DefinitionError(`${twice.name} is defined twice`);

  const ordered = new Set<ObjectDefinition>();
  const visit = (object: ObjectDefinition, path: readonly string[]): void => {
    if (ordered.has(object)) return;
    if (path.includes(object.name)) {
      throw new DefinitionError(`these need each other: ${[...path, object.name].join(' > ')}`);
    }
    for (const name of wordsIn(textOf(object))) {
      const needed = byName.get(name);
      if (needed && needed !== object) visit(needed, [...path, object.name]);
    }
    ordered.add(object);
  };
  for (const object of objects) visit(object, []);
  return [...ordered];
}

/** The tables that a query reads, through whatever functions and views it names. */
export function tablesRead(query: string, objects: readonly ObjectDefinition[]): TableDefinition[] {
  const byName = new Map(objects.map((object) => [object.name, object]));
  const met = new Set<ObjectDefinition>();
  const visit = (kql: string): void => {
    for (const word of wordsIn(kql)) {
      const object = byName.get(word);
      if (!object || met.has(object)) continue;
      met.add(object);
      visit(textOf(object));
    }
  };
  visit(query);
  return [...met].filter((object) => object.kind === 'table');
}

/** The KQL of an object; none of a table. */
function textOf(object: ObjectDefinition): string {
  if (object.kind === 'table') return '';
  return object.kind === 'view' ? `${object.source}\n${object.query}` : object.body;
}

/** The words that may be other objects' names; names of columns and words in strings are among them. */
function wordsIn(kql: string): Set<string> {
  return new Set(kql.match(/\b[A-Za-z_]\w*\b/g));
}
